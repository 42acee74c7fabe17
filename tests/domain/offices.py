"""What utilisation tests build: resources of an office in Stockholm and their rows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from app.domain.interval import Interval, subtract
from app.domain.localtime import to_utc_shifting, zone
from app.domain.opening import OpeningRow, hours_laid_out
from app.domain.period import Period
from app.domain.utilisation import ResourceFacts, UseRow, Utilisation, measure

STOCKHOLM = zone("Europe/Stockholm")
WEEKDAYS = tuple(OpeningRow(weekday, 8 * 60, 17 * 60) for weekday in range(5))


def local(text: str) -> datetime:
    """An instant from a local time of Stockholm, `2026-10-25 01:00`."""
    return to_utc_shifting(datetime.fromisoformat(text), STOCKHOLM)


def between(start: str, end: str) -> Interval:
    return Interval(local(start), local(end))


def resource(
    slug: str,
    period: Interval,
    *,
    rows: Iterable[OpeningRow] = WEEKDAYS,
    closures: Iterable[Interval] = (),
    service: Interval | None = None,
    **facts: Any,
) -> ResourceFacts:
    rows = tuple(rows)
    window: dict[str, Any] = {
        "timezone": STOCKHOLM,
        "start": period.start,
        "end": period.end,
        "service": service,
    }
    hours = hours_laid_out(rows, **window)
    return ResourceFacts(
        slug=slug,
        kind=facts.pop("kind", "room"),
        hours=hours,
        open=subtract(hours, closures),
        service=service,
        **facts,
    )


def use(key: str, slug: str, start: str, end: str, **facts: Any) -> UseRow:
    """A confirmed row of a company; `date_id` is the key and `date_start` the start unless told."""
    defaults: dict[str, Any] = {
        "date_id": key,
        "date_start": local(start),
        "status": "confirmed",
        "category": "company",
    }
    return UseRow(key=key, resource=slug, start=local(start), end=local(end), **(defaults | facts))


def report(
    rows: Iterable[UseRow], *resources: ResourceFacts, period: str = "2026-10", **more: Any
) -> Utilisation:
    return measure(
        resources, rows, period=Period.parse(period).interval(STOCKHOLM), timezone=STOCKHOLM, **more
    )


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
