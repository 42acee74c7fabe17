"""Every command and setting that the documentation names is there, and so is all that it links to."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from flask import Flask

from tests.docs.reading import PAGES, ROOT, codes, fenced, rows, section, text
from tools.translations import catalog_path, forms, stored

README = (ROOT / "README.md").read_text("utf-8")
FLASK = ".venv/bin/flask --app wsgi "
OTHERS = {"run"}  # Flask's own
LINK = re.compile(r"\]\(([^)\s]+)\)")


def commands() -> Iterator[tuple[str, str]]:
    """Where a flask command stands, and what follows after `--app wsgi`."""
    for page in PAGES:
        for line in page.read_text("utf-8").splitlines():
            for found in re.findall(rf"{re.escape(FLASK)}([^`#)|]+)", line):
                yield page.name, found
    for cells in rows(section(README, "## Commands")):
        for found in codes(cells[0]):
            if not found.startswith("make "):
                yield "README.md", found


def command_of(app: Flask, words: list[str]) -> click.Command:
    command: click.Command = app.cli
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        found = command.get_command(click.Context(command), word)
        assert found, words
        command = found
    return command


@pytest.mark.parametrize(("page", "text"), sorted(set(commands())))
def test_a_command_is_there_with_its_options(app: Flask, page: str, text: str) -> None:
    words = text.split()
    if words[0] in OTHERS:
        return
    options = {name for parameter in command_of(app, words).params for name in parameter.opts}
    assert {word for word in words if re.match(r"--?[a-z]", word)} <= options, page


def test_other_spellings_of_the_command_are_not_used() -> None:
    for page in PAGES:
        for line in page.read_text("utf-8").splitlines():
            assert not re.search(r"(?<!bin/)\bflask (--app|db|office|user|report|token|run-job)", line), (
                page.name
            )


def test_make_targets_are_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        examples = "\n".join(fenced(page.read_text("utf-8"), "sh") + codes(page.read_text("utf-8")))
        named = re.findall(r"^(?:\w+=\S+ )?make ([a-z]+)", examples, re.MULTILINE)
        assert set(named) <= targets, page.name


def test_settings_are_those_that_are_read() -> None:
    named = {found for cells in rows(section(README, "## In production")) for found in codes(cells[0])}
    config = (ROOT / "config.py").read_text("utf-8")
    read = set(re.findall(r'setting\("([A-Z_]+)"', config)) | set(
        re.findall(r'environ\.get\("([A-Z_]+)"', config)
    )
    assert named == read


def anchors(page: Path) -> set[str]:
    """The headings, as addresses name them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    for link in LINK.findall(page.read_text("utf-8")):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_files_that_a_page_names_are_there() -> None:
    for page in PAGES:
        for name in codes(page.read_text("utf-8")):
            if re.fullmatch(r"(app|calendars|docs|templates|tests|tools|bench)/[\w./-]*", name):
                assert (ROOT / name).exists(), f"{page.name}: {name}"


def catalog() -> Catalog:
    return stored(catalog_path(ROOT))


def test_swedish_words_are_those_of_the_pages() -> None:
    swedish = " ".join(str(message.string) for message in catalog()).lower()
    for line in text("glossary.md").splitlines():
        for words in re.findall(r"\(([^()`]+)\)", line.split("|")[1] if line.startswith("| ") else ""):
            assert all(word in swedish for word in words.split(", ")), words


def test_both_guides_for_those_who_book_have_the_same_parts() -> None:
    english, swedish = (text(guide) for guide in ("booking.md", "boka.md"))
    for part in (r"^#", r"^\|", r"^- ", r"\*\*[^*]+\*\*", r"\d+ kB", r"`[^`]+`"):
        found = [len(re.findall(part, guide, re.MULTILINE)) for guide in (english, swedish)]
        assert found[0] == found[1] > 0, part


@pytest.mark.parametrize(
    ("guide", "swedish"), [("host.md", False), ("vard.md", True), ("booking.md", False), ("boka.md", True)]
)
def test_a_guide_calls_things_as_the_pages_do(guide: str, swedish: bool) -> None:
    shown = {(str(each.string) if swedish else forms(each.id)[0]) for each in catalog() if each.id}
    bold = re.findall(r"\*\*([^*]+)\*\*", " ".join(text(guide).split()))
    labels = [words for words in bold if words[-1] not in ".?"]  # the others begin a paragraph
    assert len(labels) > 10
    assert [label for label in labels if label not in shown] == []
