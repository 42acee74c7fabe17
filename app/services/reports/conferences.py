"""Video: its own hours, and the bookings that held a room in several offices at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.domain.utilisation import DateTally, Measurement, in_hours
from app.extensions import db
from app.models import Office, Resource, Slot
from app.services.reports.material import Material

VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Conferences:
    """Used dates by the offices they were held in. `used` are their hours in the office of the report."""

    tallies: Mapping[int, DateTally]
    places: Mapping[int, set[str]]  # the offices of a date, by slug
    names: Mapping[str, str]

    @classmethod
    def of(cls, offices: Sequence[Office], material: Material, tallies: Sequence[DateTally]) -> "Conferences":
        used = {int(tally.row.date_id): tally for tally in tallies if tally.used}
        places, names = _held_in_several(offices, material)
        return cls(
            tallies={date_id: used[date_id] for date_id in places if date_id in used},
            places={date_id: found for date_id, found in places.items() if date_id in used},
            names=names,
        )

    def joined(self, own: Sequence[Office]) -> list[dict[str, Any]]:
        """By office, how often it took part; of one office's report, the others."""
        left_out = {own[0].slug} if len(own) == 1 else set()
        found: defaultdict[str, list[DateTally]] = defaultdict(list)
        for date_id, places in self.places.items():
            for slug in places - left_out:
                found[slug].append(self.tallies[date_id])
        lines = [
            {
                "office": slug,
                "name": self.names[slug],
                "conferences": len(tallies),
                "used_hours": in_hours(sum((tally.used for tally in tallies), timedelta())),
            }
            for slug, tallies in found.items()
        ]
        return sorted(lines, key=lambda line: (-line["conferences"], line["office"]))


def video_line(measurement: Measurement, conferences: Conferences) -> dict[str, Any]:
    """Use of video units, also where the totals leave them out, and conferences between offices."""
    units = [one for one in measurement.measured if one.facts.kind == VIDEO]
    hours = sum((tally.used for tally in conferences.tallies.values()), timedelta())
    return {
        "units": len(units),
        "bookings": len(set().union(*(one.used_by_date for one in units))),
        "used_hours": in_hours(sum((one.figures.used for one in units), timedelta())),
        "conferences": len(conferences.tallies),
        "conference_hours": in_hours(hours),
    }


def _held_in_several(
    offices: Sequence[Office], material: Material
) -> tuple[dict[int, set[str]], dict[str, str]]:
    """The dates in the period that hold resources of more than one office, with all their offices."""
    here, there = aliased(Slot), aliased(Slot)
    here_resource, there_resource = aliased(Resource), aliased(Resource)
    query = (
        select(here.date_id, here_resource.office_id, there_resource.office_id)
        .join(here_resource, here_resource.id == here.resource_id)
        .join(there, there.date_id == here.date_id)
        .join(there_resource, there_resource.id == there.resource_id)
        .where(
            here.resource_id.in_(select(Resource.id).where(Resource.office_id.in_([o.id for o in offices]))),
            here.starts_at < material.within.end,
            here.ends_at > material.within.start,
            here.starts_at > material.within.start - timedelta(days=31),
            there_resource.office_id != here_resource.office_id,
        )
        .distinct()
    )
    known = {office_id: (slug, name) for office_id, slug, name in db.session.execute(_all_offices())}
    places: defaultdict[int, set[str]] = defaultdict(set)
    for date_id, own, other in db.session.execute(query):
        places[date_id] |= {known[own][0], known[other][0]}
    return dict(places), dict(known.values())


def _all_offices() -> Any:
    return select(Office.id, Office.slug, Office.name)
