"""How rooms are called: by their name alone where their office is known, else with it.

It is known on the pages of an office, and where one is named for all. It is not in the sender of a mail,
among those invited, over a calendar, and where rooms of several offices stand together.
"""

from collections.abc import Iterable

from app.models import Office, Pool, Resource


def name_of(thing: Resource | Pool, office: Office) -> str:
    """Tallen – Mötesplatsen i Umeå"""
    return with_office(thing.name, office)


def with_office(name: str, office: Office) -> str:
    """The same for a name of several things."""
    return f"{name} – {office.name}"


def names_at(here: Office, things: Iterable[Resource]) -> list[str]:
    """Each once: those of the office alone, those elsewhere with their office."""
    each_once = dict.fromkeys(things)
    return [each.name if each.office_id == here.id else name_of(each, each.office) for each in each_once]
