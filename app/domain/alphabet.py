"""The order of names in lists."""

from unicodedata import combining, normalize

AFTER_Z = str.maketrans({"å": "{", "ä": "|", "ö": "}", "æ": "|", "ø": "}"})  # what follows z in ASCII


def alphabetical(name: str, language: str = "sv") -> tuple[str, str]:
    """Sorts as Swedish does: å, ä, ö at the end, other accents and capitals of no account.

    Other languages take å, ä, ö for a and o with an accent.
    """
    folded = normalize("NFC", name).casefold()
    if language == "sv":
        folded = folded.translate(AFTER_Z)
    plain = "".join(each for each in normalize("NFD", folded) if not combining(each))
    return plain, name
