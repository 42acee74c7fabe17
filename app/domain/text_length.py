"""How long texts of people may be."""

from app.domain.errors import Refusal


def too_long(**texts: tuple[str, int]) -> list[Refusal]:
    """Of the fields, each with its text and its most characters, those with more."""
    return [
        Refusal("words_too_long", name, {"length": len(text), "most": most})
        for name, (text, most) in texts.items()
        if len(text) > most
    ]
