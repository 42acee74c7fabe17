"""The bytes: physical lines checked, content lines unfolded and split into properties."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from calendars.lint.defect import Defect

_ANY_BREAK = re.compile(rb"\r\n|\n|\r")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PROPERTY = re.compile(
    r"([A-Za-z0-9-]+)"
    r"((?:;[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\",;:]*)(?:,(?:\"[^\"]*\"|[^\",;:]*))*)*)"
    r":(.*)",
    re.DOTALL,
)
_PARAMETER = re.compile(r";([A-Za-z0-9-]+)=((?:\"[^\"]*\"|[^\",;:]*)(?:,(?:\"[^\"]*\"|[^\",;:]*))*)")
_PARAMETER_VALUE = re.compile(r"\"([^\"]*)\"|([^\",]+)")
_NAME_FIRST = re.compile(r"[A-Za-z0-9-]+;")
_SINGLE = {"CN", "TZID", "VALUE", "PARTSTAT", "ROLE", "RSVP", "CUTYPE", "LANGUAGE", "FMTTYPE", "RANGE"}
_TEXT = {"SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT", "UID", "NAME", "PRODID", "TZNAME"}
_TEXT |= {"X-WR-CALNAME", "X-WR-CALDESC", "RELATED-TO"}
_TEXT_LISTS = {"CATEGORIES", "RESOURCES"}
_ESCAPED = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*")
_ESCAPED_LIST = re.compile(r"(?:[^\\;]|\\[\\;,nN])*")
_LONGEST = 75


@dataclass(frozen=True)
class Property:
    """One property; `line` is where it begins in the file."""

    name: str
    value: str
    line: int
    parameters: dict[str, list[str]] = field(default_factory=dict)

    def parameter(self, name: str) -> str | None:
        """The first value of a parameter."""
        values = self.parameters.get(name)
        return values[0] if values else None

    @property
    def text(self) -> str:
        """The value with its escapes resolved."""
        return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], self.value, flags=re.DOTALL)


def check_bytes(ics: bytes) -> Iterator[Defect]:
    """Faults of the file as bytes: line ends, lengths, encoding, control characters."""
    if ics.startswith(b"\xef\xbb\xbf"):
        yield Defect(1, "bom", "byte order mark")
    if last := _ANY_BREAK.split(ics)[-1]:  # a line end that is no CRLF is told as that
        yield Defect(ics.count(b"\n") + 1, "no-final-newline", f"{_said(last[-20:])} is the end")
    for number, line_break in enumerate(_ANY_BREAK.findall(ics), 1):
        if line_break != b"\r\n":
            yield Defect(number, "bare-newline", "LF alone" if line_break == b"\n" else "CR alone")
    for number, physical in _physical_lines(ics):
        yield from _check_physical(number, physical)
    for number, logical, is_folded in _logical_lines(ics):
        yield from _check_encoding(number, logical, is_folded)


def _check_physical(number: int, physical: bytes) -> Iterator[Defect]:
    if not physical.strip():
        yield Defect(number, "empty-line", "nothing but a line break")
    if len(physical) > _LONGEST:
        yield Defect(number, "long-line", f"{len(physical)} octets")
    if match := _CONTROL.search(physical.decode(errors="ignore")):
        yield Defect(number, "control-character", f"U+{ord(match[0]):04X}")


def _check_encoding(number: int, logical: list[bytes], is_folded: bool) -> Iterator[Defect]:
    broken = next((i for i, piece in enumerate(logical) if not _is_utf8(piece)), None)
    if broken is not None:
        code = "split-character" if is_folded and _is_utf8(b"".join(logical)) else "not-utf8"
        yield Defect(number + broken, code, _said(logical[broken][-20:]))


def _said(octets: bytes) -> str:
    return f"“{octets.decode(errors='replace').strip()}”"


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _physical_lines(ics: bytes) -> Iterator[tuple[int, bytes]]:
    lines = _ANY_BREAK.split(ics.removeprefix(b"\xef\xbb\xbf"))
    if lines and not lines[-1]:
        lines.pop()
    yield from enumerate(lines, 1)


def _logical_lines(ics: bytes) -> Iterator[tuple[int, list[bytes], bool]]:
    """Line number, pieces with the fold's white space taken off, whether it was folded."""
    pieces: list[bytes] = []
    begun = 1
    for number, physical in _physical_lines(ics):
        if physical[:1] in (b" ", b"\t") and pieces:
            pieces.append(physical[1:])
            continue
        if pieces:
            yield begun, pieces, len(pieces) > 1
        pieces, begun = [physical], number
    if pieces:
        yield begun, pieces, len(pieces) > 1


def properties(ics: bytes) -> Iterator[Property | Defect]:
    """Every content line as a property, or as the defect that keeps it from being one."""
    for number, pieces, _ in _logical_lines(ics):
        content = b"".join(pieces).decode(errors="replace")
        if not content.strip():
            continue
        match = _PROPERTY.fullmatch(content)
        if match is None:
            code = "unquoted-parameter" if _NAME_FIRST.match(content) else "malformed-line"
            yield Defect(number, code, content[:60])
            continue
        parameters = {
            name.upper(): [quoted or plain for quoted, plain in _PARAMETER_VALUE.findall(values)]
            for name, values in _PARAMETER.findall(match[2])
        }
        yield Property(match[1].upper(), match[3], number, parameters)


def check_property(prop: Property) -> Iterator[Defect]:
    """Faults of one property in itself: quoting and escaping."""
    for name in _SINGLE & prop.parameters.keys():
        if len(prop.parameters[name]) != 1:
            yield Defect(prop.line, "unquoted-parameter", f"{name}={','.join(prop.parameters[name])}")
    escaped = _ESCAPED if prop.name in _TEXT else _ESCAPED_LIST if prop.name in _TEXT_LISTS else None
    if escaped is not None and not escaped.fullmatch(prop.value):
        yield Defect(prop.line, "unescaped-text", f"{prop.name}:{prop.value[:50]}")
