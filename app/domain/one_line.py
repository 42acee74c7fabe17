"""Text of people in one line, as headers of mails and names in lists need it."""

# Not printable by themselves, but what joins one sign of several (families, flags, skin and hair).
_JOINERS = frozenset("\u200c\u200d") | {chr(code) for code in range(0xE0020, 0xE0080)}


def one_line(text: str) -> str:
    """Line breaks, control and other invisible characters as spaces, never two together; emoji stay whole."""
    seen = (each if each.isprintable() or each in _JOINERS else " " for each in text)
    return " ".join("".join(seen).split())
