"""Finds text in templates that reaches a reader without passing through gettext.

Expressions and statements of Jinja are blanked out, line for line; what letters are then left between
the tags, or in an attribute that is read aloud or shown, stand in one language only. An element with
`translate="no"` is left alone, as HTML means it.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

# Names, the same in every language.
NAMES = (
    "Mötesplats",
    "Outlook",
    "Google",
    "Apple",
    "iCalendar",
    "Svenska",
    "English",
    "CSV",
    "ICS",
    "JSON",
    "PDF",
    "SHA",
    "XLSX",
)
SPOKEN = {
    "alt",
    "title",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "placeholder",
}
SPOKEN_WITH = {"input": "value", "option": "label", "optgroup": "label", "meta": "content", "track": "label"}
BUTTONS = {"submit", "button", "reset"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

JINJA = re.compile(
    r"{#.*?#}|{%-?\s*trans\b.*?endtrans\s*-?%}|{%-?\s*raw\s*-?%}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
KNOWN = re.compile(r"\b(?:" + "|".join(NAMES) + r")\b|&\w+;|\S+@\S+|https?://\S+")
LETTERS = re.compile(r"[^\W\d_]{2,}")


def blanked(source: str) -> str:
    """The template without Jinja, every line break where it was."""
    return JINJA.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)


def is_text(value: str) -> bool:
    return bool(LETTERS.search(KNOWN.sub(" ", value)))


class Reader(HTMLParser):
    """Collects (line, text) of what a person would read or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self.quiet: list[str] = []  # the elements we are inside of, from the first untranslatable one on

    def note(self, line: int, text: str) -> None:
        if is_text(text):
            self.found.append((line, " ".join(text.split())))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        untranslatable = tag in ("script", "style") or given.get("translate") == "no"
        if (self.quiet or untranslatable) and tag not in VOID:
            self.quiet.append(tag)
        if self.quiet or untranslatable:
            return
        line = self.getpos()[0]
        for name in SPOKEN & given.keys():
            self.note(line, given[name])
        other = SPOKEN_WITH.get(tag)
        read_out = {"input": given.get("type") in BUTTONS, "meta": given.get("name") == "description"}
        if other in given and read_out.get(tag, True):
            self.note(line, given[other])

    def handle_endtag(self, tag: str) -> None:
        if tag in self.quiet:
            while self.quiet.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.quiet:
            return
        first = self.getpos()[0]
        for offset, line in enumerate(data.split("\n")):
            self.note(first + offset, line)


def untranslated(source: str) -> list[tuple[int, str]]:
    """The (line, text) pairs of a template that no translation reaches."""
    reader = Reader()
    reader.feed(blanked(source))
    reader.close()
    return sorted(reader.found)


def texts_without_gettext(folder: Path, root: Path) -> Iterator[str]:
    """`templates/x.html:3: “text”` for each of them, in every template below the folder."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for line, text in untranslated(path.read_text("utf-8")):
            yield f"{path.relative_to(root)}:{line}: “{text}”"
