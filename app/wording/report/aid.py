"""The annex about money: what use was worth, what of it is aid, and where companies stand."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext

from app.reports.layout import Section
from app.services.reports.aid import WORTH
from app.wording.formats import date_plain
from app.wording.report import charts
from app.wording.report.cells import Line, Tables

ADD_NOTHING = ("zero_hours", "unvalued_hours")  # in columns of their own where there are any
STANDS = ("received", "cap", "share_of_cap")


def aid_annex(report: Line, tables: Tables) -> Iterator[Section]:
    """None in the report of an office without values, and in those that name no organisation."""
    lines = report.get("aid")
    if not lines:
        return
    terms = report["aid_terms"]
    title = gettext("Value and aid")
    columns = [key for key in WORTH if key not in ADD_NOTHING or any(line.get(key) for line in lines)]
    worth = tables.list(
        "aid",
        lines,
        "organisation",
        gettext("Organisation"),
        columns,
        label=_name,
        caption=gettext("What use was worth, in %(currency)s", currency=terms["currency"]),
        total={key: sum(line[key] for line in lines) for key in columns},
        about="organisation",
    )
    standing = sorted(
        (line for line in lines if line["received"] is not None),
        key=lambda line: line["share_of_cap"] or 0,
        reverse=True,
    )
    found = [worth]
    drawn = []
    if standing:
        stands = tables.list(
            "aid",
            standing,
            "organisation",
            gettext("Organisation"),
            STANDS,
            label=_name,
            caption=gettext("Received beside the cap, in %(currency)s", currency=terms["cap_currency"]),
        )
        found.append(stands)
        drawn.append(charts.bars(stands, "share_of_cap", gettext("Share of the cap by organisation")))
    yield Section(
        "aid",
        title,
        lead=" ".join(_lead(report)),
        charts=drawn,
        tables=found,
        annex=True,
    )


def _lead(report: Line) -> Iterator[str]:
    """For whom it is, and by which method: on paper too, so not as a note."""
    terms = report["aid_terms"]
    yield gettext("This annex names companies. It is for those who run and pay for the office.")
    yield gettext(
        "Value, in %(currency)s: the time of use, in opening hours and outside them, times what an hour of"
        " the room is worth on that day. A use counts whole on the day on which it begins, so hours may"
        " differ from the used hours.",
        currency=terms["currency"],
    )
    if any(line.get(key) for line in report["aid"] for key in ADD_NOTHING):
        yield gettext(
            "Hours at a value of 0, and hours of rooms for which no value was set then, add nothing to the"
            " amounts."
        )
    if terms["cap_currency"]:
        yield gettext(
            "Received: de minimis aid in the three years up to %(day)s, of all our offices and as declared"
            " from elsewhere, converted at the rate of its day. Cap: %(source)s. Granter: %(granter)s.",
            day=date_plain(date.fromisoformat(terms["received_until"])),
            source=terms["cap_source"],
            granter=terms["granter"],
        )


def _name(line: Line) -> str:
    return str(line["name"] or line["organisation"])
