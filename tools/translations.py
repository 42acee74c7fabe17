"""The Swedish catalog against the texts in code and templates.

python -m tools.translations check     names everything missing, fuzzy, obsolete, wrong or stale
python -m tools.translations update    brings the catalog up to date; new texts wait in it, empty
"""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from tools.untranslated import texts_without_gettext

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {"app": [("**.py", "python")], "templates": [("**", "jinja2")]}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_l": None,
}
LANGUAGE = "sv"
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def catalog_path(root: Path) -> Path:
    return root / "app" / "translations" / LANGUAGE / "LC_MESSAGES" / "messages.po"


def texts_in(root: Path) -> Catalog:
    """Every text that the code and the templates ask a translation for, with the places that do."""
    found = Catalog(project="Mötesplats", charset="utf-8")
    for folder, methods in SOURCES.items():
        texts = extract_from_dir(root / folder, methods, {}, KEYWORDS, strip_comment_tags=True)
        for name, line, text, comments, context in texts:
            found.add(text, locations=[(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return found


def stored(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """A text's singular and plural; one form where it has no plural, an empty one where there is none."""
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def named(message: Message) -> str:
    places = ", ".join(f"{name}:{line}" for name, line in message.locations[:3])
    return f"“{forms(message.id)[0]}”" + (f" ({places})" if places else "")


def wrong_placeholders(message: Message) -> str | None:
    """What is wrong with the placeholders of a translation; a singular need not repeat its number."""
    originals, translations = forms(message.id), forms(message.string)
    wanted = set(PLACEHOLDER.findall(" ".join(originals)))
    for index, translation in enumerate(translations):
        used = set(PLACEHOLDER.findall(translation))
        if unknown := used - wanted:
            return f"unknown placeholder {', '.join(sorted(unknown))}"
        may_be_left_out = {"n", "num", "count"} if len(originals) > 1 and index == 0 else set()
        if lost := wanted - used - may_be_left_out:
            return f"placeholder {', '.join(sorted(lost))} is lost"
        try:
            _ = translation % dict.fromkeys(wanted, 1) if wanted else None
        except (TypeError, ValueError, KeyError) as problem:
            return f"cannot be filled in: {problem}"
    return None


def faults(wanted: Catalog, catalog: Catalog) -> Iterator[str]:
    """One line for everything missing, fuzzy, wrong or obsolete."""
    for message in wanted:
        if not message.id:
            continue
        translation = catalog.get(message.id, message.context)
        if translation is None or not all(forms(translation.string)):
            yield f"missing: {named(message)}"
        elif translation.fuzzy:
            yield f"fuzzy: {named(message)}"
        elif len(forms(translation.id)) != len(forms(message.id)):
            yield f"plural forms differ: {named(message)}"
        elif wrong := wrong_placeholders(translation):
            yield f"wrong: {named(message)}: {wrong}"
    for message in catalog:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"obsolete: {named(message)}"
    yield from (f"obsolete: {named(message)}" for message in catalog.obsolete.values())


def content(catalog: Catalog) -> dict[object, object]:
    """What readers of a catalog get to see."""
    return {
        (*forms(message.id), message.context): tuple(forms(message.string))
        for message in catalog
        if message.id and not message.fuzzy and all(forms(message.string))
    }


def is_stale(path: Path, catalog: Catalog) -> bool:
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        return True
    with compiled.open("rb") as file:
        return content(read_mo(file)) != content(catalog)


def check(root: Path) -> list[str]:
    """Everything that keeps a Swedish reader from reading Swedish; empty when all is well."""
    path = catalog_path(root)
    catalog = stored(path)
    found = list(faults(texts_in(root), catalog))
    if is_stale(path, catalog):
        found.append("stale: messages.mo is not what messages.po says; run `make translations`")
    found += [f"not translatable: {line}" for line in texts_without_gettext(root / "templates", root)]
    return found


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Writes a file whole or not at all: a server or a test that starts meanwhile reads the old one."""
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as file:
        yield file
    draft.replace(path)


def update(root: Path) -> int:
    """Adds new texts, empty, drops those no longer asked for, compiles. How many wait for a translation."""
    path = catalog_path(root)
    before, wanted = stored(path), texts_in(root)
    after = Catalog(locale=LANGUAGE, project="Mötesplats", charset="utf-8", fuzzy=False)
    after.mime_headers = before.mime_headers
    for message in wanted:
        if not message.id:
            continue
        known = before.get(message.id, message.context)
        string = known.string if known and len(forms(known.id)) == len(forms(message.id)) else None
        after.add(message.id, string, context=message.context, auto_comments=message.auto_comments)
    with whole(path) as file:
        write_po(file, after, width=110, sort_output=True)
    with whole(path.with_suffix(".mo")) as file:
        write_mo(file, stored(path))
    return sum(1 for message in after if message.id and not all(forms(message.string)))


def main() -> int:
    parser = argparse.ArgumentParser(
        description="The Swedish catalog against the texts in code and templates."
    )
    parser.add_argument("action", choices=("check", "update"))
    if parser.parse_args().action == "update":
        waiting = update(ROOT)
        print(f"{waiting} texts wait for a translation in {catalog_path(ROOT).relative_to(ROOT)}")
        return 0
    found = check(ROOT)
    print("\n".join(found) or "Every text has its Swedish.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
