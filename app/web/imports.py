"""An old calendar of a room: chosen, looked through, brought in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import now
from app.domain.errors import DomainError, NotFound
from app.domain.localtime import local_date, zone
from app.models import Office, Person, Resource
from app.services.availability import bookable
from app.services.calendar_import import (
    CalendarFileInvalid,
    ImportResult,
    InTheWay,
    Judged,
    import_entries,
    judge,
    organisers_in,
    read_calendar,
    window_from,
)
from app.web.choices import organisation_choices
from app.web.hosting import hosted, switch_to
from app.web.import_forms import ChooseForm, UploadForm, chosen_for, organisations_of, seal, unseal
from app.web.security import allow, signed_in
from app.wording import say
from app.wording.calendar_import import notes_of, why_skipped, why_unreadable
from app.wording.formats import date_short, sentence, span, weekday
from app.wording.names import titled
from calendars.entries import Entry, Found, LeftOut

bp = Blueprint("imports", __name__, url_prefix="/host/<office>/imports")

SHOWN_AT_ONCE = 12  # more of a kind are folded


@bp.get("")
@allow("host")
def index(office: str) -> ResponseReturnValue:
    """Which file, and whose calendar it is."""
    return _upload(hosted(office))


@bp.post("")
@allow("host")
def read(office: str) -> ResponseReturnValue:
    """What is in the file; nothing is stored, neither here nor of it."""
    place = hosted(office)
    form = UploadForm.for_office(place, _today(place))
    if not form.validate():
        return _upload(place, form), 422
    resource = next(each for each in bookable(place) if each.slug == form.resource.data)
    since = form.since.data or window_from(_today(place))
    try:
        found = read_calendar(form.content(), resource, since=since, now=now())
    except CalendarFileInvalid as invalid:
        form.file.errors = [say(invalid)]
        return _upload(place, form), 422
    choose = ChooseForm.for_host(signed_in())
    choose.found.data = seal(found, resource, signed_in())
    return _Preview(place, resource, found, choose).render()


@bp.post("/bookings")
@allow("host")
def make(office: str) -> ResponseReturnValue:
    """What was chosen becomes bookings, all of it or nothing."""
    place = hosted(office)
    form = ChooseForm.for_host(signed_in())
    resource, found = _brought_along(form, place)
    preview = _Preview(place, resource, found, form, sent=True)
    taken = _numbers(request.form.getlist("take"), len(found.entries))
    if not taken:
        form.form_errors = [gettext("Choose at least one entry.")]
    if not form.validate() or not taken:
        return preview.render(), 422
    chosen = [found.entries[each] for each in sorted(taken)]
    choices = form.choices(organisers_in(found.entries))
    try:
        result = import_entries(chosen, resource.id, choices, by=signed_in(), now=now())
    except NotFound:
        raise
    except DomainError as error:
        form.form_errors = [say(error)]
        return preview.render(), 409
    flash(_told(result, resource), "success")
    return redirect(url_for("imports.index", office=place.slug), code=303)


@dataclass(frozen=True, slots=True)
class _Preview:
    """What of a file is new, known, in the way of others or unreadable."""

    office: Office
    resource: Resource
    found: Found
    form: ChooseForm
    sent: bool = False

    def render(self) -> str:
        judged = judge(self.found.entries, self.resource, now=now())
        groups = [
            self._group(
                "coming",
                gettext("To come"),
                gettext("They hold the room from now on, like any booking."),
                judged,
            ),
            self._group(
                "twice",
                gettext("To come, at the same time as another"),
                gettext("Of each pair one can come in: choose it here, and take the other away above."),
                judged,
            ),
            self._group(
                "history",
                gettext("Over"),
                gettext("They become history, count in the reports, and may overlap."),
                judged,
            ),
        ]
        return render_template(
            "imports/preview.html",
            office=self.office,
            resource=self.resource.name,
            form=self.form,
            groups=[each for each in groups if each["rows"]],
            taken=[self._row(number, each) for number, each in enumerate(judged) if each.state == "taken"],
            changed=[
                self._row(number, each) for number, each in enumerate(judged) if each.state == "changed"
            ],
            known=sum(each.state in ("known", "own") for each in judged),
            unreadable=[
                self._left_out(each, why_unreadable(each.code, each.detail)) for each in self.found.unreadable
            ],
            skipped=[self._left_out(each, why_skipped(each.code)) for each in self.found.skipped],
            found=self.found,
            organisers=self._organisers(judged),
            new=sum(each.is_new for each in judged),
            shown_at_once=SHOWN_AT_ONCE,
            again=url_for("imports.index", office=self.office.slug),
        )

    @property
    def tz(self) -> ZoneInfo:
        return zone(self.office.timezone)

    def _group(self, state: str, name: str, hint: str, judged: Sequence[Judged]) -> dict[str, Any]:
        rows = [self._row(number, each) for number, each in enumerate(judged) if each.state == state]
        return {"id": state, "name": name, "hint": hint, "rows": rows}

    def _row(self, number: int, judged: Judged) -> dict[str, Any]:
        entry = judged.entry
        return {
            "number": number,
            "title": _called(entry),
            "when": self._when(entry.start, entry.end),
            "organiser": entry.organiser,
            "notes": notes_of(entry.notes),
            "line": entry.line,
            "ticked": self._ticked(number, judged),
            "in_the_way": self._in_the_way(judged.in_the_way) if judged.in_the_way else None,
        }

    def _ticked(self, number: int, judged: Judged) -> bool:
        if self.sent:
            return str(number) in request.form.getlist("take")
        return judged.state in ("coming", "history") and "tentative" not in judged.entry.notes

    def _in_the_way(self, other: InTheWay) -> dict[str, Any]:
        when = self._when(other.start, other.end)
        if other.entry:
            text = gettext(
                "overlaps “%(title)s”, %(time)s (line %(line)s)",
                title=_called(other.entry),
                time=when,
                line=other.entry.line,
            )
            return {"text": text, "url": None}
        return {
            "text": f"{titled(other.title)}, {when}",
            "url": url_for("bookings.show", booking=other.booking_id),
        }

    def _left_out(self, each: LeftOut, why: str) -> dict[str, Any]:
        return {
            "title": each.title or gettext("Without a title"),
            "when": f"{sentence(weekday(each.start, self.tz))} {date_short(each.start, self.tz)}"
            if each.start
            else "",
            "line": each.line,
            "why": why,
        }

    def _when(self, start: datetime, end: datetime) -> str:
        text = span(start, end, self.tz)
        if " – " in text:
            return f"{text} {start.astimezone(self.tz).year}"
        return f"{weekday(start, self.tz)} {date_short(start, self.tz)} {text}"

    def _organisers(self, judged: Iterable[Judged]) -> list[dict[str, Any]]:
        found = organisers_in(each.entry for each in judged if each.is_new)
        return [self._organiser(person, count) for person, count in found]

    def _organiser(self, person: Person, count: int) -> dict[str, Any]:
        return {
            "id": person.id,
            "name": person.name or person.email,
            "count": count,
            "choices": organisation_choices(organisations_of(person)),
            "chosen": chosen_for(person, sent=self.sent),
        }


def _upload(place: Office, form: UploadForm | None = None) -> str:
    return render_template(
        "imports/index.html",
        office=place,
        offices=switch_to("imports.index"),
        form=form or UploadForm.for_office(place, _today(place)),
    )


def _brought_along(form: ChooseForm, place: Office) -> tuple[Resource, Found]:
    unsealed = unseal(form.found.data, signed_in())
    if unsealed is None:
        abort(400)
    resource = next((each for each in bookable(place) if each.id == unsealed[0]), None)
    return resource or abort(404), unsealed[1]


def _numbers(sent: Iterable[str], most: int) -> set[int]:
    found = {int(each) for each in sent if each.isascii() and each.isdigit() and len(each) < 6}
    return {each for each in found if each < most}


def _called(entry: Entry) -> str:
    return entry.called(untitled=gettext("Without a title"), private=gettext("Private meeting"))


def _told(result: ImportResult, resource: Resource) -> str:
    said = [
        ngettext(
            "%(num)s entry brought into %(resource)s, %(coming)s of them to come.",
            "%(num)s entries brought into %(resource)s, %(coming)s of them to come.",
            result.imported,
            resource=resource.name,
            coming=result.coming,
        )
    ]
    if result.overlapping:
        said.append(
            ngettext(
                "%(num)s overlaps others and is marked.",
                "%(num)s overlap others and are marked.",
                result.overlapping,
            )
        )
    if result.known:
        said.append(ngettext("%(num)s was here already.", "%(num)s were here already.", result.known))
    return " ".join(said)


def _today(place: Office) -> date:
    return local_date(now(), zone(place.timezone))
