"""The forms of bringing a spreadsheet in: which file, what its columns are, what its names mean."""

from collections.abc import Iterable, Mapping
from string import ascii_uppercase

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, ValidationError

from app.models import Office, Person
from app.services.sheet_import import (
    FIELDS,
    LEFT_OUT,
    Known,
    Matching,
    Remembered,
    Sheet,
    Unknown,
    digest_of,
    guess,
    guess_header,
    recall,
)
from app.web import sealed
from app.web.choices import NOBODY_CHOSEN
from app.web.naming import STATUSES
from app.wording.names import own_name
from app.wording.sheet_import import COLUMNS

SEALED = "sheet import"
MOST_SEALED = 1_700_000  # letters of the form's field; a form may have 2 MB
MAY_SHARE = ({"date", "start"}, {"end_date", "end"})  # a column of days with times
WITH_USUAL = ("resource", "organisation", "activity", "status")
HEADERS_OFFERED = 20
NOT_THERE = ("", lazy_gettext("Not in the sheet"))


class SheetUploadForm(FlaskForm):
    """A file."""

    file = FileField(lazy_gettext("Spreadsheet (.xlsx or .csv)"), render_kw={"accept": ".xlsx,.csv,.txt"})

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError(gettext("Choose a file."))


class ColumnsForm(FlaskForm):
    """What was read, signed; which sheet and headings; and which column says what.

    The selects `column_FIELD` and `usual_KIND` are made below: there is one for each.
    """

    anew = False
    remembered: Remembered | None = None  # of a sheet with these headings
    found = HiddenField()
    sheet = SelectField(lazy_gettext("Sheet"), coerce=int)
    header = SelectField(lazy_gettext("The row with the headings"), coerce=int)

    @classmethod
    def of(cls, sheets: list[Sheet], known: Known, office: Office, *, sealed: str) -> "ColumnsForm":
        """As it was sent; of a sheet or row that was not shown yet (`anew`), as it was said of such headings
        before, else as they and the cells below say."""
        form = cls()
        form.found.data = sealed
        form.sheet.choices = [(number, each.name) for number, each in enumerate(sheets)]
        if form.sheet.data not in range(len(sheets)):
            form.sheet.data = _largest(sheets)
        sheet = form.chosen(sheets)
        remembered = recall(office, sheet)
        shown_sheet, _, shown_header = request.form.get("shown", "").partition(":")
        form.header.choices = [
            (number, f"{number}: {_shortened(', '.join(filter(None, cells)), 60)}")
            for number, cells in sheet.rows[:HEADERS_OFFERED]
        ]
        if shown_sheet != str(form.sheet.data) or form.header.data not in dict(form.header.choices):
            form.header.data = next(iter(remembered), None) or guess_header(sheet)
        form.remembered = remembered.get(form.header.data)
        form.anew = (shown_sheet, shown_header) != (str(form.sheet.data), str(form.header.data))
        form._offer(sheet, known)
        if form.anew:
            form._guess(sheet, known)
        return form

    def chosen(self, sheets: list[Sheet]) -> Sheet:
        return sheets[self.sheet.data]

    def of_column(self, name: str) -> SelectField:
        return self[f"column_{name}"]

    def of_usual(self, kind: str) -> SelectField:
        return self[f"usual_{kind}"]

    def check(self, sheet: Sheet) -> bool:
        """Whether it says enough to go on."""
        if not self.validate():
            return False
        columns = self._columns()
        if not columns.keys() & {"start", "date"}:
            self.of_column("start").errors = [gettext("Choose the column of the date, or of the start.")]
        for kind in ("resource", "organisation", "activity"):
            if kind not in columns and not self.of_usual(kind).data:
                self.of_usual(kind).errors = [gettext("Choose a column, or one for all rows.")]
        for name, place in columns.items():
            sharing = {each for each, its_place in columns.items() if its_place == place}
            if len(sharing) > 1 and sharing not in MAY_SHARE:
                self.of_column(name).errors = [gettext("Another is from that column too.")]
        if not sheet.after(self.header.data):
            self.header.errors = [gettext("No rows are below it.")]
        return not self.errors

    def matching(self, names: Mapping[tuple[str, str], str] | None = None) -> Matching:
        usual = {kind: self.of_usual(kind).data for kind in WITH_USUAL if self.of_usual(kind).data}
        return Matching(self.header.data, self._columns(), usual, dict(names or {}))

    def _columns(self) -> dict[str, int]:
        chosen = {name: self.of_column(name).data for name in FIELDS}
        return {name: int(place) for name, place in chosen.items() if place}

    def _offer(self, sheet: Sheet, known: Known) -> None:
        headings = sheet.row(self.header.data)
        below = sheet.after(self.header.data)
        width = max([len(headings), *(len(cells) for _, cells in below)])
        choices = [NOT_THERE, *((str(place), _called(place, headings)) for place in range(width))]
        for name in FIELDS:
            self.of_column(name).choices = choices
        for kind in WITH_USUAL:
            self.of_usual(kind).choices = [NOBODY_CHOSEN, *options(kind, known)]
        self.of_usual("status").choices = options("status", known)

    def _guess(self, sheet: Sheet, known: Known) -> None:
        if self.remembered:
            self._take(self.remembered)
            return
        guessed = guess(sheet, self.header.data, known)
        for name in FIELDS:
            self.of_column(name).data = str(guessed[name]) if name in guessed else ""
        by_sheet = known.slug("resource", sheet.name)
        if by_sheet and not self.of_usual("resource").data:
            self.of_usual("resource").data = by_sheet

    def _take(self, said: Remembered) -> None:
        """What was said before, as far as there still is what it names."""
        for name in FIELDS:
            _choose(self.of_column(name), str(said.columns.get(name, "")))
        for kind in WITH_USUAL:
            _choose(self.of_usual(kind), said.usual.get(kind, ""))


def _choose(field: SelectField, value: str) -> None:
    offered = [choice[0] for choice in field.choices]
    field.data = value if value in offered else offered[0]


for _name, _label in COLUMNS.items():
    setattr(ColumnsForm, f"column_{_name}", SelectField(_label, default=""))
for _kind, _label in {
    "resource": lazy_gettext("Room or other, where none stands"),
    "organisation": lazy_gettext("Organisation, where none stands"),
    "activity": lazy_gettext("Activity, where none stands"),
    "status": lazy_gettext("Status, where none stands"),
}.items():
    setattr(
        ColumnsForm, f"usual_{_kind}", SelectField(_label, default="confirmed" if _kind == "status" else "")
    )


def options(kind: str, known: Known) -> list[tuple[str, str]]:
    """Ours of a kind, with their names in the reader's language."""
    if kind == "status":
        return [(each, str(STATUSES[each])) for each in known.names["status"]]
    return [(slug, own_name(names)) for slug, names in known.names[kind].items()]


def name_field(kind: str, text: str) -> str:
    """What the field for a name of the sheet is called: the same on every page, whatever else is chosen."""
    return f"name-{digest_of(kind, text)}"


def chosen_name(each: Unknown, known: Known, before: Remembered | None) -> str:
    """What was chosen for a name, else said of it before: a slug of ours or LEFT_OUT; "" for nothing."""
    sent = request.form.get(name_field(each.kind, each.text))
    if sent is None and before:
        sent = before.name(each.kind, each.text)
    return sent if sent == LEFT_OUT or sent in known.names[each.kind] else ""


def carried(*beginnings: str) -> list[tuple[str, str]]:
    """What was sent in fields with these beginnings: goes along unseen."""
    return [(name, value) for name, value in request.form.items() if name.startswith(beginnings)]


def seal(sheets: Iterable[Sheet], office: Office, host: Person) -> str | None:
    """What was read, as text that nobody else can write; None if it is too long for a form."""
    text = sealed.seal([host.id, office.id, [each.to_json() for each in sheets]], purpose=SEALED)
    return text if len(text) <= MOST_SEALED else None


def unseal(text: str | None, office: Office, host: Person) -> list[Sheet] | None:
    """None where it is not what this host was shown for this office."""
    found = sealed.unseal(text, purpose=SEALED)
    if found is None:
        return None
    host_id, office_id, sheets = found
    return [Sheet.of_json(each) for each in sheets] if (host_id, office_id) == (host.id, office.id) else None


def _largest(sheets: list[Sheet]) -> int:
    return max(range(len(sheets)), key=lambda number: len(sheets[number].rows))


def _called(place: int, headings: tuple[str, ...]) -> str:
    heading = headings[place] if place < len(headings) else ""
    return f"{letters(place)}: {_shortened(heading, 40)}" if heading else letters(place)


def letters(place: int) -> str:
    """A, B … Z, AA, as spreadsheets name columns."""
    before, last = divmod(place, len(ascii_uppercase))
    return (letters(before - 1) if before else "") + ascii_uppercase[last]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
