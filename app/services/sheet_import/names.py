"""What a sheet calls our rooms, organisations, activities, categories and outcomes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Activity, Category, Office, Organisation, Pool, Resource
from app.models.booking import STATUSES
from app.services.sheet_import.synonyms import same_as

LEFT_OUT = "-"  # instead of a name of ours: rows with this name are not brought in
SEVERAL = re.compile(r"\s*(?:[;,+&/\n]|\boch\b|\band\b)\s*")
MOST_SUGGESTED = 3
ALIKE = 0.6  # of 1: from here on a name is suggested
MUCH_ALIKE = 0.85  # from here on it is chosen, until somebody chooses another
_STATUS_WORDS = {
    "confirmed": "bekräftad, bokad, godkänd, ok, genomförd, genomfört, klar, ja, confirmed, "
    "booked, done, yes",
    "checked_in": "incheckad, kom, närvarande, checked in, attended, came",
    "no_show": "uteblev, utebliven, kom ej, kom inte, ej närvarande, no show, no-show, noshow, did not come",
    "cancelled": "avbokad, avbokat, inställd, inställt, återbud, canceled, cancelled, called off",
    "declined": "avslagen, avslag, nekad, nej, declined, rejected, no",
    "requested": "preliminär, önskad, förfrågan, väntar, obekräftad, requested, tentative, pending",
}


@dataclass(frozen=True, slots=True)
class Known:
    """Ours, by kind (see NAMED) and slug: the names that each goes by, in its languages."""

    names: Mapping[str, Mapping[str, Mapping[str, str]]]
    by_name: Mapping[tuple[str, str], str]
    category_of: Mapping[str, str]  # of an organisation

    def slug(self, kind: str, text: str) -> str | None:
        """What goes by this slug or name, whatever its capitals."""
        return self.by_name.get((kind, folded(text)))

    def suggestions(self, kind: str, text: str) -> tuple[list[str], str]:
        """The slugs of what is called most alike, the best first; and the one that it likely is, or ""."""
        candidates = [name for each, name in self.by_name if each == kind]
        near = get_close_matches(folded(text), candidates, n=2 * MOST_SUGGESTED, cutoff=ALIKE)
        words = same_as(kind, folded(text))
        same = [name for name in candidates if name in words]
        # "Konferensrum Tallen" is not much like "Tallen", and yet it is that.
        inside = [name for name in candidates if len(name) > 3 and _holds(folded(text), name)]
        found = list(dict.fromkeys(self.by_name[kind, name] for name in [*same, *inside, *near]))
        sure = same or inside or [name for name in near[:1] if _alike(folded(text), name) >= MUCH_ALIKE]
        return found[:MOST_SUGGESTED], found[0] if sure else ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that is none of ours, how many rows have it, and which of ours (slugs) are most like it.

    `likely` is the one that it hardly can be other than, or "".
    """

    kind: str
    text: str
    count: int
    suggestions: tuple[str, ...]
    likely: str


def load_known(office: Office) -> Known:
    """The office's own things, retired ones too: old bookings were made on them."""
    organisations = db.session.scalars(
        select(Organisation).order_by("name").options(joinedload(Organisation.category))
    ).all()
    names: dict[str, dict[str, dict[str, str]]] = {
        "resource": {
            each.slug: {"": each.name}
            for each in [
                *db.session.scalars(
                    select(Resource).filter_by(office_id=office.id).order_by("position", "id")
                ),
                *db.session.scalars(select(Pool).filter_by(office_id=office.id).order_by("name")),
            ]
        },
        "organisation": {each.slug: {"": each.name} for each in organisations},
        "activity": _several(db.session.scalars(select(Activity).order_by("position", "id"))),
        "category": _several(db.session.scalars(select(Category).order_by("position", "id"))),
        "status": {each: dict(_numbered(_STATUS_WORDS[each])) for each in STATUSES if each in _STATUS_WORDS},
    }
    by_name: dict[tuple[str, str], str] = {}
    for kind, things in names.items():
        for slug in things:
            by_name[kind, folded(slug)] = slug
        for slug, called in things.items():
            for name in called.values():
                by_name.setdefault((kind, folded(name)), slug)
    return Known(names, by_name, {each.slug: each.category.slug for each in organisations})


def unknown_names(cells: Mapping[str, Iterable[str]], known: Known) -> list[Unknown]:
    """The names in these cells, by kind, that are none of ours: each once, the most frequent first."""
    found = []
    for kind, texts in cells.items():
        spelled: dict[str, str] = {}
        counted: Counter[str] = Counter()
        for text in texts:
            counted[folded(spelled.setdefault(folded(text), text))] += 1
        for each, count in counted.most_common():
            if each and not known_as(kind, each, known):
                suggested, likely = known.suggestions(kind, each)
                found.append(Unknown(kind, spelled[each], count, tuple(suggested), likely))
    return found


def known_as(kind: str, text: str, known: Known) -> list[str]:
    """The slugs that a cell means without asking; of resources there may be several in it."""
    whole = known.slug(kind, text)
    if whole or kind != "resource":
        return [whole] if whole else []
    slugs = [known.slug(kind, part) for part in SEVERAL.split(text) if part]
    return list(dict.fromkeys(each for each in slugs if each)) if all(slugs) else []


def is_known(known: Known, kind: str, text: str) -> bool:
    """Whether it is one of ours, or a word for it."""
    words = same_as(kind, folded(text))
    return bool(known_as(kind, text, known)) or any((kind, word) in known.by_name for word in words)


def digest_of(kind: str, text: str) -> str:
    """Stands for a name where it is not to be read."""
    return f"{kind}-{sha256(folded(text).encode()).hexdigest()[:16]}"


def folded(text: str) -> str:
    """For comparing: one space between words, no capitals."""
    return " ".join(text.split()).casefold()


def _numbered(text: str) -> Iterator[tuple[str, str]]:
    """Each word as a name in a language of its own."""
    return ((str(number), word) for number, word in enumerate(text.split(", ")))


def _several(things: Iterable[Activity | Category]) -> dict[str, dict[str, str]]:
    return {each.slug: dict(each.names) for each in things}


def _alike(text: str, name: str) -> float:
    return SequenceMatcher(None, text, name).ratio()


def _holds(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None
