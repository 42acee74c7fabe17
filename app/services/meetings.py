"""Where people meet from afar: addresses of meetings."""

import secrets
from urllib.parse import urlsplit

from app.domain.errors import Refusal

LONGEST_LINK = 500


def new_link(base: str) -> str:
    """The address of a new meeting under `base`, which nobody can guess (120 bits)."""
    return f"{base.rstrip('/')}/motesplats-{secrets.token_hex(15)}"


def link_refusals(link: str | None) -> list[Refusal]:
    """Why an address cannot be kept: not https, longer than it may be, or with spaces or control characters.

    None and an empty text say that there is no meeting to keep.
    """
    return [] if not link or _is_link(link) else [Refusal("bad_meeting_url", "meeting")]


def _is_link(link: str) -> bool:
    if len(link) > LONGEST_LINK or not link.isprintable() or any(character.isspace() for character in link):
        return False
    try:
        parts = urlsplit(link)
        site = parts.hostname and parts.port != 0  # a port that is no number is an error
    except ValueError:
        return False
    # A name before the host could pass for another site than the one it leads to.
    return parts.scheme == "https" and bool(site) and "@" not in parts.netloc and "\\" not in link
