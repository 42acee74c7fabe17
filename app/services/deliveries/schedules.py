"""What each organisation that runs or pays for a project gets, how often and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from app.domain.errors import NotFound, Refusal, Refused
from app.extensions import db
from app.models import Office, Organisation, Person, Project, ReportDelivery
from app.reports import FORMATS
from app.services.authorize import authorize
from app.services.people import clean_email
from app.services.transaction import use_case

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
LANGUAGES = ("sv", "en")
USUAL_FORMATS = ("pdf", "xlsx")
MOST_ADDRESSES = 10


@dataclass(frozen=True, slots=True)
class Schedule:
    """What an organisation gets; `since_at` None: nobody has said so, it is the usual.

    `addresses` are of people without an account. `language` None: each reader's own. `annex` is one word for
    all projects of the office.
    """

    organisation: Organisation
    every: str = "month"
    language: str | None = None
    formats: tuple[str, ...] = USUAL_FORMATS
    annex: bool = True
    attached: bool = False
    addresses: tuple[str, ...] = ()
    active: bool = True
    since_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScheduleWish:
    """What a host wants an organisation to get."""

    every: str
    language: str | None
    formats: Sequence[str]
    annex: bool
    attached: bool
    addresses: Sequence[str]
    active: bool


def payers_of(project: Project) -> list[Organisation]:
    """Who runs and pays for the project, each once."""
    return [*{each.id: each for each in (project.host, *project.funders)}.values()]


def schedules_of(project: Project) -> list[Schedule]:
    """One for each who runs or pays for the project."""
    query = select(ReportDelivery).where(ReportDelivery.project_id == project.id)
    rows = {row.organisation_id: row for row in db.session.scalars(query)}
    kept = kept_from_annex(project.office)
    return [_schedule(each, rows.get(each.id), each.id not in kept) for each in payers_of(project)]


def kept_from_annex(office: Office) -> set[int]:
    """The organisations (ids) that are not to see which organisations used the office, whatever the project.

    Where projects say different things, what was unticked once holds.
    """
    query = _rows_at(office).where(ReportDelivery.annex.is_(False))
    return set(db.session.scalars(query.with_only_columns(ReportDelivery.organisation_id)))


def schedule_of(project: Project, organisation_slug: str) -> Schedule:
    """NotFound where the organisation does not run or pay for the project."""
    for each in schedules_of(project):
        if each.organisation.slug == organisation_slug:
            return each
    raise NotFound()


def refusals_of(wish: ScheduleWish) -> list[Refusal]:
    """Everything that is wrong with the wish."""
    found = []
    if wish.every not in MONTHS:
        found.append(Refusal("delivery_every", "every"))
    if wish.language is not None and wish.language not in LANGUAGES:
        found.append(Refusal("delivery_language", "language"))
    if not wish.formats or not set(wish.formats) <= set(FORMATS):
        found.append(Refusal("delivery_formats", "formats"))
    found += [
        Refusal(code, "addresses", {"address": each[:100]})
        for each in wish.addresses
        if (code := _wrong_with(each))
    ]
    if len(set(wish.addresses)) > MOST_ADDRESSES:
        found.append(Refusal("delivery_addresses", "addresses", {"most": MOST_ADDRESSES}))
    return found


@use_case
def set_schedule(
    project: Project, organisation_slug: str, wish: ScheduleWish, *, by: Person, now: datetime
) -> Schedule:
    """From now on the organisation gets this. Refused with everything that is wrong; NotFound, NotAllowed."""
    authorize(by, "host", project.office)
    if refusals := refusals_of(wish):
        raise Refused(*refusals)
    former = schedule_of(project, organisation_slug)
    organisation = former.organisation
    row = db.session.scalar(
        select(ReportDelivery).filter_by(project_id=project.id, organisation_id=organisation.id)
    )
    if row is None:
        row = ReportDelivery(project_id=project.id, organisation_id=organisation.id, since_at=now)
        db.session.add(row)
    elif row.every != wish.every or (wish.active and not row.active):
        row.since_at = now
    row.every, row.language, row.annex = wish.every, wish.language, wish.annex
    row.attached, row.active = wish.attached, wish.active
    row.formats = [form for form in FORMATS if form in wish.formats]
    cleaned = (clean_email(each) for each in wish.addresses)
    row.addresses = [*dict.fromkeys(each for each in cleaned if each)]
    row.changed_at, row.changed_by_id = now, by.id
    db.session.flush()
    for other in db.session.scalars(_rows_at(project.office, organisation)):
        other.annex = wish.annex
    return _schedule(organisation, row, wish.annex)


def _schedule(organisation: Organisation, row: ReportDelivery | None, annex: bool) -> Schedule:
    if row is None:
        return Schedule(organisation, annex=annex)
    return Schedule(
        organisation=organisation,
        every=row.every,
        language=row.language,
        formats=tuple(row.formats),
        annex=annex,
        attached=row.attached,
        addresses=tuple(row.addresses),
        active=row.active,
        since_at=row.since_at,
    )


def _rows_at(office: Office, organisation: Organisation | None = None) -> Select[ReportDelivery]:
    """What was said of all projects of an office, to everybody or to one organisation."""
    found = select(ReportDelivery).join(Project, Project.id == ReportDelivery.project_id)
    found = found.where(Project.office_id == office.id)
    return found.where(ReportDelivery.organisation_id == organisation.id) if organisation else found


def _wrong_with(address: str) -> str | None:
    """The code of what is wrong with an address; None where mail can arrive there."""
    cleaned = clean_email(address)
    if cleaned is None:
        return "delivery_address"
    # On no network but one's own is there a name without a dot.
    return None if "." in cleaned.rpartition("@")[2] else "delivery_address_short"
