"""What a title may be."""

from app.domain.errors import Refusal

TITLE_LENGTH = 300
# Kept where nobody gave a title: a sign of no language, which whoever shows it words for the reader.
UNTITLED = "\N{EN DASH}"


def title_refusals(title: str) -> list[Refusal]:
    """Why a title cannot be kept: empty, line breaks or other control characters, too long."""
    if not title.strip():
        return [Refusal("title_missing", "title")]
    refusals = []
    if any(
        ord(character) < 32 or ord(character) == 127 or character in "\x85\u2028\u2029" for character in title
    ):
        refusals.append(Refusal("title_line_break", "title"))
    if len(title) > TITLE_LENGTH:
        refusals.append(Refusal("title_too_long", "title", {"length": len(title), "most": TITLE_LENGTH}))
    return refusals
