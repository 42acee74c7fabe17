"""Head counts in words."""

from collections.abc import Mapping

from flask_babel import ngettext

HEADS = ("women", "men", "other")


def heads_in_words(heads: Mapping[str, int | None]) -> str | None:
    """ "3 women, 2 men"; None where nobody was counted."""
    if all(heads.get(name) is None for name in HEADS):
        return None
    parts = [
        ngettext("%(num)d woman", "%(num)d women", heads.get("women") or 0),
        ngettext("%(num)d man", "%(num)d men", heads.get("men") or 0),
    ]
    if other := heads.get("other"):
        parts.append(ngettext("%(num)d other or not stated", "%(num)d other or not stated", other))
    return ", ".join(parts)
