"""Years of a spreadsheet: chosen, its columns and names matched, looked through, brought in.

Nothing is stored in between: what was read goes along in the form, signed, and so does what was chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from babel.lists import format_list
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, ngettext

from app.clock import now
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.localtime import zone
from app.models import Office
from app.services.booking_file import BookingFileInvalid, ImportResult
from app.services.sheet_import import (
    LEFT_OUT,
    NAMED,
    Known,
    Looked,
    Matching,
    Sheet,
    SheetFileInvalid,
    Unknown,
    import_sheet,
    load_known,
    look_at,
    read_sheets,
    unknown_names,
)
from app.services.sheet_import.names import folded
from app.services.sheet_import.reading import MOST_BYTES
from app.web.hosting import hosted, switch_to
from app.web.import_forms import content_of
from app.web.naming import STATUSES
from app.web.security import allow, signed_in
from app.web.sheet_forms import (
    ColumnsForm,
    SheetUploadForm,
    carried,
    chosen_name,
    letters,
    name_field,
    options,
    seal,
    unseal,
)
from app.wording import say
from app.wording.formats import date_short, span
from app.wording.names import own_name, titled
from app.wording.sheet_import import COLUMNS, about_row

bp = Blueprint("sheets", __name__, url_prefix="/host/<office>/imports/sheet")

ROWS_SHOWN = 6  # of a sheet whose columns are chosen
SOUND_SHOWN = 10
WRONG_SHOWN = 100
TOTALS_SHOWN = 20


@bp.get("")
@allow("host")
def index(office: str) -> ResponseReturnValue:
    """Which file."""
    return _upload(hosted(office), SheetUploadForm())


@bp.post("")
@allow("host")
def read(office: str) -> ResponseReturnValue:
    """What is in the file: its columns, as far as their headings say what they are."""
    place = hosted(office)
    form = SheetUploadForm()
    if not form.validate():
        return _upload(place, form), 422
    try:
        sheets = read_sheets(content_of(form.file, MOST_BYTES), form.file.data.filename or "")
        sealed = seal(sheets, place, signed_in())
        if sealed is None:
            raise SheetFileInvalid(reason="too_large", most=MOST_BYTES)
    except SheetFileInvalid as invalid:
        form.file.errors = [say(invalid)]
        return _upload(place, form), 422
    known = load_known(place)
    columns = ColumnsForm.of(sheets, known, place, sealed=sealed)
    return _Step(place, sheets, known, columns).columns()


@bp.post("/columns")
@allow("host")
def columns(office: str) -> ResponseReturnValue:
    """Other columns: of another sheet or row as they are guessed, else as they were chosen."""
    return _brought_along(office).columns()


@bp.post("/names")
@allow("host")
def names(office: str) -> ResponseReturnValue:
    """What of the sheet's names is not known here; where all is, or was said before, straight on to what it
    comes to."""
    step = _brought_along(office)
    if step.form.anew:
        return step.columns()
    if not step.form.check(step.sheet):
        return step.columns(), 422
    return step.preview() if step.is_as_before else step.names()


@bp.post("/preview")
@allow("host")
def preview(office: str) -> ResponseReturnValue:
    """What it would come to; nothing is stored."""
    step = _brought_along(office)
    if not step.form.check(step.sheet):
        return step.columns(), 422
    return (step.names(sent=True), 422) if step.not_chosen() else step.preview()


@bp.post("/bookings")
@allow("host")
def make(office: str) -> ResponseReturnValue:
    """The rows become bookings, all of them or nothing."""
    step = _brought_along(office)
    if not step.form.check(step.sheet):
        return step.columns(), 422
    try:
        result = import_sheet(
            step.sheet,
            step.matching(),
            step.office.id,
            without_wrong="without_wrong" in request.form,
            by=signed_in(),
            now=now(),
        )
    except (NotFound, NotAllowed):
        raise
    except BookingFileInvalid:
        step.form.form_errors = [
            gettext("Something is wrong in some rows. Mend the file, or tick that they are left out.")
        ]
        return step.preview(), 422
    except DomainError as error:
        step.form.form_errors = [say(error)]
        return step.preview(), 409
    flash(_told(result), "success")
    return redirect(url_for("sheets.index", office=step.office.slug), code=303)


@dataclass(frozen=True)
class _Step:
    """A sheet on its way in, and the page of each step."""

    office: Office
    sheets: list[Sheet]
    known: Known
    form: ColumnsForm

    @property
    def sheet(self) -> Sheet:
        return self.form.chosen(self.sheets)

    @cached_property
    def unknown(self) -> list[Unknown]:
        return unknown_names(self.form.matching().cells(self.sheet), self.known)

    @cached_property
    def chosen(self) -> dict[tuple[str, str], str]:
        """What the names are, as far as it is said, by kind and folded name."""
        said = {
            (each.kind, folded(each.text)): chosen_name(each, self.known, self.form.remembered)
            for each in self.unknown
        }
        return {name: slug for name, slug in said.items() if slug}

    def matching(self) -> Matching:
        return self.form.matching(self.chosen)

    def not_chosen(self) -> bool:
        return len(self.chosen) < len(self.unknown)

    @property
    def is_as_before(self) -> bool:
        """Whether nothing is to be asked about names: all are ours, or were said before."""
        return not self.unknown or not (self.not_chosen() or carried("name-"))

    def columns(self) -> str:
        rows = self.sheet.rows
        begins = next((place for place, row in enumerate(rows) if row[0] == self.form.header.data), 0)
        shown = rows[begins : begins + ROWS_SHOWN]
        width = max(len(cells) for _, cells in shown)
        return self._page(
            "columns",
            sheets=len(self.sheets),
            letters=[letters(place) for place in range(width)],
            rows=[(number, [*cells, *[""] * (width - len(cells))]) for number, cells in shown],
            carried=carried("name-"),
        )

    def names(self, sent: bool = False) -> str:
        missing = 0
        groups = []
        for kind in NAMED:
            asked = [self._asked(each, sent) for each in self.unknown if each.kind == kind]
            missing += sum(each["missing"] for each in asked)
            asked.sort(key=lambda each: each["said_before"])
            if asked:
                groups.append({"name": COLUMNS[kind], "asked": asked, "options": options(kind, self.known)})
        if missing and sent:
            self.form.form_errors = [
                ngettext("Choose what %(num)s name is here.", "Choose what %(num)s names are here.", missing)
            ]
        return self._page("names", groups=groups, leave_out=LEFT_OUT, carried=self._carried(names=False))

    def preview(self) -> str:
        looked = look_at(self.sheet, self.matching(), self.office, now=now())
        return self._page(
            "preview",
            looked=looked,
            shown=[self._row(record, line) for record, line in looked.rows[:SOUND_SHOWN]],
            wrong=self._wrong(looked),
            wrong_more=max(0, len(looked.problems) - WRONG_SHOWN),
            asked_names=bool(self.unknown),
            as_before=bool(self.unknown) and self.is_as_before,
            without_wrong="without_wrong" in request.form,
            totals=_about_totals(looked.totals),
            carried=self._carried(names=True),
        )

    def _page(self, name: str, **more: Any) -> str:
        return render_template(
            f"imports/sheet_{name}.html",
            office=self.office,
            form=self.form,
            sheet=self.sheet,
            again=url_for("sheets.index", office=self.office.slug),
            **more,
        )

    def _carried(self, names: bool) -> list[tuple[str, str]]:
        fields = carried("column_", "usual_", "sheet", "header", "shown")
        said = [(name_field(kind, text), slug) for (kind, text), slug in self.chosen.items()] if names else []
        return [*fields, *said]

    def _asked(self, unknown: Unknown, sent: bool) -> dict[str, Any]:
        chosen = self.chosen.get((unknown.kind, folded(unknown.text)), "" if sent else unknown.likely)
        by_slug, before = self.known.names[unknown.kind], self.form.remembered
        return {
            "field": name_field(unknown.kind, unknown.text),
            "text": unknown.text,
            "count": unknown.count,
            "suggestions": [
                (slug, str(STATUSES[slug]) if unknown.kind == "status" else own_name(by_slug[slug]))
                for slug in unknown.suggestions
            ],
            "chosen": chosen,
            "missing": sent and not chosen,
            "said_before": bool(before and before.name(unknown.kind, unknown.text)),
        }

    def _row(self, record: Any, line: Any) -> dict[str, Any]:
        fields, tz = record.fields, zone(self.office.timezone)
        return {
            "line": record.line,
            "day": date_short(line.row.start, tz),
            "time": span(line.row.start, line.row.end, tz),
            "resource": ", ".join(self._name("resource", slug) for slug in fields["resources"].split(";")),
            "title": titled(fields["title"]),
            "organisation": self._name("organisation", fields["organisation"]),
            "category": self._name(
                "category", fields["category"] or self.known.category_of[fields["organisation"]]
            ),
            "activity": self._name("activity", fields["activity"]),
            "status": fields["status"],
            "status_text": STATUSES[fields["status"]],
            "heads": [fields[name] for name in ("women", "men", "other")],
        }

    def _name(self, kind: str, slug: str) -> str:
        return own_name(self.known.names[kind].get(slug, {"": slug}))

    def _wrong(self, looked: Looked) -> list[tuple[int, str]]:
        tz = zone(self.office.timezone)
        problems = sorted(looked.problems, key=lambda problem: problem.line)[:WRONG_SHOWN]
        return [(problem.line, about_row(problem, tz)) for problem in problems]


def _upload(place: Office, form: SheetUploadForm) -> str:
    return render_template("imports/sheet.html", office=place, offices=switch_to("sheets.index"), form=form)


def _brought_along(slug: str) -> _Step:
    place = hosted(slug)
    sealed = request.form.get("found", "")
    sheets = unseal(sealed, place, signed_in())
    if sheets is None:
        abort(400)
    known = load_known(place)
    return _Step(place, sheets, known, ColumnsForm.of(sheets, known, place, sealed=sealed))


def _about_totals(rows: Sequence[int]) -> str:
    """Which rows are left out because they sum up others; "" for none."""
    if not rows:
        return ""
    shown = [*map(str, rows[:TOTALS_SHOWN]), *(["…"] if len(rows) > TOTALS_SHOWN else [])]
    return ngettext(
        "Row %(rows)s looks like a total and is left out.",
        "Rows %(rows)s look like totals and are left out.",
        len(rows),
        rows=format_list(shown, locale=get_locale()),
    )


def _told(result: ImportResult) -> str:
    said: Sequence[str] = [
        ngettext("%(num)s booking brought in.", "%(num)s bookings brought in.", result.imported),
        ngettext("%(num)s of them is to come.", "%(num)s of them are to come.", result.coming)
        if result.coming
        else "",
        ngettext(
            "%(num)s overlaps others and is marked.",
            "%(num)s overlap others and are marked.",
            result.overlapping,
        )
        if result.overlapping
        else "",
        ngettext("%(num)s was here already.", "%(num)s were here already.", result.skipped)
        if result.skipped
        else "",
    ]
    return " ".join(filter(None, said))
