"""What a report was counted from, as one number."""

import hashlib
import json

from app.domain.interval import Interval
from app.domain.utilisation import METHOD_VERSION, ResourceFacts, UseRow
from app.services.reports.material import Material

_canonical = json.JSONEncoder(separators=(",", ":")).encode


def checksum(material: Material) -> str:
    """SHA-256 over statistical columns only, so that erasing a person changes nothing.

    The times at which a resource was open are among them: a closure entered afterwards makes another report.
    """
    basis = [METHOD_VERSION, _span(material.within), material.kinds and sorted(material.kinds)]
    resources = [_resource(each) for each in sorted(material.facts, key=lambda facts: facts.slug)]
    rows = sorted(_canonical(_row(row)) for row in material.rows)
    return hashlib.sha256(_canonical([basis, resources, rows]).encode()).hexdigest()


def _resource(facts: ResourceFacts) -> list[object]:
    hours, opened = (list(map(_span, spans)) for spans in (facts.hours, facts.open))
    capacities = [[_span(span), capacity] for span, capacity in facts.other_capacities]
    return [facts.slug, facts.kind, hours, opened, facts.capacity, capacities]


def _row(row: UseRow) -> list[object]:
    times = [int(instant.timestamp()) for instant in (row.start, row.end, row.date_start)]
    what = [row.status, row.category, row.activity, row.organisation]
    return [row.resource, *times, *what, row.women, row.men, row.other]


def _span(interval: Interval) -> list[int]:
    return [int(interval.start.timestamp()), int(interval.end.timestamp())]
