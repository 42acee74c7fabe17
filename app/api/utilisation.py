"""The report as JSON."""

from flask import Blueprint, Response, jsonify

from app.api.access import caller, with_token
from app.api.reading import Fields
from app.clock import now
from app.domain.errors import Refusal, Refused
from app.domain.period import PeriodError
from app.services.reports import report_for


def add_to(api: Blueprint) -> None:
    """Registers the endpoint."""
    api.get("/utilisation")(get_utilisation)


@with_token
def get_utilisation() -> Response:
    """An office's report of a period, live; for funders, hosts and administrators."""
    fields = Fields.of_query("office", "period")
    office, period = fields.text("office", required=True), fields.text("period", required=True)
    fields.check()
    try:
        return jsonify(report_for(office or "", period or "", now=now(), by=caller()))
    except PeriodError as error:
        raise Refused(Refusal(error.code, "period", error.params)) from error
