"""What `make check` says about the Swedish catalog, on small projects made for each test."""

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from tools import translations

CODE = """
from flask_babel import gettext as _, lazy_gettext, ngettext
LABEL = lazy_gettext("Book")
def told(n: int, name: str) -> list[str]:
    return [_("Hello %(name)s", name=name), ngettext("%(num)s seat", "%(num)s seats", n)]
"""
SWEDISH: dict[str | tuple[str, str], str | tuple[str, str]] = {
    "Book": "Boka",
    "Hello %(name)s": "Hej %(name)s",
    ("%(num)s seat", "%(num)s seats"): ("en plats", "%(num)s platser"),
    "Cancel": "Avboka",
}


def write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "things.py").write_text(CODE)
    (tmp_path / "templates" / "board").mkdir(parents=True)
    (tmp_path / "templates" / "board" / "day.html").write_text('<a title="{{ _("Cancel") }}">×</a>\n')
    return tmp_path


Swedish = Callable[..., None]


@pytest.fixture
def swedish(project: Path) -> Swedish:
    """Writes the catalog, with the changes given; None leaves a text out."""

    def written(changes: dict[object, object] | None = None, fuzzy: str | None = None) -> None:
        catalog = Catalog(locale="sv", fuzzy=False)
        for text, translation in {**SWEDISH, **(changes or {})}.items():
            if translation is not None:
                catalog.add(text, translation, flags={"fuzzy"} if text == fuzzy else ())
        write(translations.catalog_path(project), catalog)

    return written


def test_a_whole_catalog_passes(project: Path, swedish: Swedish) -> None:
    swedish()
    assert translations.check(project) == []


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"Book": None}, "missing: “Book” (app/things.py:3)"),
        ({"Book": ""}, "missing: “Book” (app/things.py:3)"),
        ({"Cancel": None}, "missing: “Cancel” (templates/board/day.html:1)"),
        ({"Hello %(name)s": "Hej"}, "wrong: “Hello %(name)s” (app/things.py:5): placeholder name is lost"),
        (
            {"Hello %(name)s": "Hej %(namn)s"},
            "wrong: “Hello %(name)s” (app/things.py:5): unknown placeholder namn",
        ),
        ({"Hello %(name)s": "Hej %(name)"}, "wrong: “Hello %(name)s” (app/things.py:5): cannot be filled in"),
        ({("%(num)s seat", "%(num)s seats"): ("en plats", "platser")}, "placeholder num is lost"),
        ({("%(num)s seat", "%(num)s seats"): ("en plats", "")}, "missing: “%(num)s seat”"),
        ({"Gone": "Borta"}, "obsolete: “Gone”"),
    ],
)
def test_each_fault_is_named(
    changes: dict[object, object], line: str, project: Path, swedish: Swedish
) -> None:
    swedish(changes)
    found = translations.check(project)
    assert len([fault for fault in found if not fault.startswith("stale")]) == 1
    assert line in found[0]


def test_a_fuzzy_translation_is_none(project: Path, swedish: Swedish) -> None:
    swedish(fuzzy="Book")
    assert "fuzzy: “Book” (app/things.py:3)" in translations.check(project)


def test_a_stale_compiled_catalog_is_found(project: Path, swedish: Swedish) -> None:
    swedish({"Book": "Reservera"})
    path = translations.catalog_path(project)
    old = path.with_suffix(".mo").read_bytes()
    swedish()
    path.with_suffix(".mo").write_bytes(old)
    assert [line.split(":")[0] for line in translations.check(project)] == ["stale"]
    path.with_suffix(".mo").unlink()
    assert [line.split(":")[0] for line in translations.check(project)] == ["stale"]


def test_text_outside_gettext_is_found_with_file_and_line(project: Path, swedish: Swedish) -> None:
    swedish()
    (project / "templates" / "board" / "week.html").write_text("<p>\n  Week\n</p>\n")
    assert translations.check(project) == ["not translatable: templates/board/week.html:2: “Week”"]


def test_update_keeps_what_is_known_adds_what_is_new_and_drops_what_is_gone(
    project: Path, swedish: Swedish
) -> None:
    swedish({"Gone": "Borta", "Cancel": None})
    assert translations.update(project) == 1
    stored = translations.stored(translations.catalog_path(project))
    assert stored.get("Book").string == "Boka"
    assert stored.get("Gone") is None
    assert translations.check(project) == ["missing: “Cancel” (templates/board/day.html:1)"]
