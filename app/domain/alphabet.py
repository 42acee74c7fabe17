"""The order of names in Swedish lists."""

from unicodedata import combining, normalize

AFTER_Z = str.maketrans({"å": "{", "ä": "|", "ö": "}", "æ": "|", "ø": "}"})  # what follows z in ASCII


def alphabetical(name: str) -> tuple[str, str]:
    """Sorts as Swedish does: å, ä, ö at the end, other accents and capitals of no account."""
    folded = normalize("NFC", name).casefold().translate(AFTER_Z)
    plain = "".join(each for each in normalize("NFD", folded) if not combining(each))
    return plain, name
