"""Freezing on the report pages: who may, what is sent, and what a revision shows from then on."""

import json
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Booking, BookingDate, Office, OutboxMail, ReportSnapshot
from app.reports import FORMATS
from app.services.people import add_person
from app.services.reports import project_named
from app.services.snapshots import content_of, freeze
from tests.reports.october import NOVEMBER
from tests.reports.read_back import texts_of
from tests.web.october import OCTOBER, PAGE, enter, office, text_of

__all__ = ["office"]  # a fixture

SENT = {"send": "now", "to": "f@example.org"}


def test_a_host_freezes_and_the_funders_get_a_mail_with_a_link(client: FlaskClient, office: Office) -> None:
    add_person("f@example.org", role="funder", organisation="kommunen", language="en", now=NOVEMBER)
    enter(client, "host", language="en")
    answer = client.post(f"{PAGE}/revisions", data=SENT)
    assert answer.status_code == 303
    assert answer.location == f"{PAGE}?project=kontoret&revision=1"
    text = text_of(client, answer.location)
    assert "Frozen as revision 1. 1 reader gets a mail." in text
    assert "Frozen 2 November 2026, revision 1" in text
    mail = db.session.scalars(select(OutboxMail).filter_by(recipient="f@example.org")).one()
    assert mail.subject == "Report for Oktoberkontoret, October 2026"
    assert f"http://localhost{answer.location}\n" in mail.body
    assert "Utilisation: 7.5" in mail.body
    assert f"PDF: http://localhost{PAGE}.pdf?project=kontoret&revision=1\n" in mail.body
    assert f"Excel: http://localhost{PAGE}.xlsx?project=kontoret&revision=1\n" in mail.body
    again = client.post(f"{PAGE}/revisions", data=SENT)
    assert "Nothing has changed since revision 1." in text_of(client, again.location)
    assert db.session.query(ReportSnapshot).count() == db.session.query(OutboxMail).count() == 1


def test_frozen_figures_stand_still_and_every_revision_stays_readable(
    client: FlaskClient, office: Office
) -> None:
    enter(client, "host", language="en")
    client.post(f"{PAGE}/revisions")
    assert "Live figures, the same as revision 1" in text_of(client, PAGE)
    db.session.query(BookingDate).filter(BookingDate.women == 7).update({"women": 17})
    db.session.commit()
    assert "something has changed since revision 1" in text_of(client, PAGE)
    client.post(f"{PAGE}/revisions")
    assert "Women 22 32" in text_of(client, f"{PAGE}?revision=2")
    assert json.loads(client.get(f"{PAGE}.json?revision=1").data)["attendance"]["women"] == 22
    assert json.loads(client.get(f"{PAGE}.json?revision=2").data)["attendance"]["women"] == 32


def test_a_revision_opens_to_what_it_counted_and_says_what_replaced_it(
    client: FlaskClient, office: Office
) -> None:
    project = project_named(office, "kontoret")
    freeze(office, project, OCTOBER, now=NOVEMBER)
    date = db.session.query(Booking).filter_by(imported_as="3").one().dates[0]
    date.status = "cancelled"
    db.session.commit()
    freeze(office, project, OCTOBER, now=NOVEMBER + timedelta(days=1))
    enter(client, "host", language="en")
    first = client.get(f"{PAGE}?project=kontoret&revision=1").text
    assert "Revision 1 was replaced by revision 2 on 3 November 2026." in first
    assert f"{PAGE}/bookings?project=kontoret&amp;revision=1" in first
    behind = text_of(client, f"{PAGE}/bookings?project=kontoret&revision=1")
    assert "7 bookings with 21 h used" in behind
    assert "This is what revision 1 counted" in behind
    assert "Since then 1 booking has changed" in behind
    assert "A cancelled" in behind
    second = client.get(f"{PAGE}?project=kontoret&revision=2").text
    assert "<p>This report corrects revision 1, which it replaces.</p>" in second
    fold = second.partition("Why, and what it changed</summary>")[2].partition("</details>")[0]
    assert "Why: 1 booking cancelled." in fold
    assert "Bookings: 7 → 6" in fold
    assert '<a href="#changes">Every figure that changed</a>' in fold
    assert (
        "None of them has changed since." in client.get(f"{PAGE}/bookings?project=kontoret&revision=2").text
    )


def test_files_of_a_replaced_revision_say_so_and_lead_to_the_latest(
    client: FlaskClient, office: Office
) -> None:
    project = project_named(office, "kontoret")
    freeze(office, project, OCTOBER, now=NOVEMBER)
    enter(client, "host", language="en")

    def file(form: str, revision: int) -> TestResponse:
        return client.get(f"{PAGE}.{form}?project=kontoret&revision={revision}")

    before = {form: file(form, 1).data for form in FORMATS}
    db.session.query(BookingDate).filter(BookingDate.women == 7).update({"women": 17})
    db.session.commit()
    for day in (1, 2):
        freeze(office, project, OCTOBER, now=NOVEMBER + timedelta(days=day))
    told = "Revision 1 was replaced by revision 2 on 3 November 2026."
    for form in FORMATS:
        first, second = file(form, 1), file(form, 2)
        assert "revision-1-replaced" in first.headers["Content-Disposition"]
        assert first.headers["Link"] == f'<{PAGE}.{form}?project=kontoret&revision=2>; rel="latest-version"'
        assert "replaced" not in second.headers["Content-Disposition"]
        assert "Link" not in second.headers
        # What programs read is the frozen report itself.
        assert (first.data == before[form]) == (form in ("json", "csv"))
        assert (told in texts_of(first.data, form)) == (form in ("pdf", "xlsx", "excel-csv"))
        assert "was replaced" not in texts_of(second.data, form)
    corrects = "This report corrects revision 1, which it replaces."
    assert all(corrects in texts_of(file(form, 2).data, form) for form in ("pdf", "xlsx", "excel-csv"))
    public = client.get(f"{PAGE}.pdf?project=kontoret&revision=1&audience=public")
    assert told in texts_of(public.data, "pdf")


def test_bookings_of_a_revision_that_kept_none_are_called_todays(client: FlaskClient, office: Office) -> None:
    snapshot = freeze(office, project_named(office, "kontoret"), OCTOBER, now=NOVEMBER)
    snapshot.content = content_of(snapshot)
    db.session.query(Booking).filter_by(imported_as="3").one().dates[0].status = "cancelled"
    db.session.commit()
    enter(client, "funder", language="en")
    page = client.get(f"{PAGE}/bookings?project=kontoret&revision=1").text
    assert "These are today&#39;s bookings" in page
    assert "It counted 7 bookings, today there are 6." in page


def test_funders_and_members_do_not_freeze(client: FlaskClient, office: Office) -> None:
    for role in ("funder", "member"):
        enter(client, role)
        assert client.get(f"{PAGE}/revisions").status_code == 403
        assert client.post(f"{PAGE}/revisions").status_code == 403
    assert db.session.query(ReportSnapshot).count() == 0


def test_a_running_month_is_not_frozen(client: FlaskClient, office: Office) -> None:
    enter(client, "host", language="en")
    assert "Freeze" not in text_of(client, "/offices/oktober/reports/2026-11")
    answer = client.post("/offices/oktober/reports/2026-11/revisions", follow_redirects=True)
    assert "cannot be frozen" in answer.text
    assert db.session.query(ReportSnapshot).count() == 0


def test_without_a_project_there_is_nothing_to_freeze(client: FlaskClient, office: Office) -> None:
    enter(client, "host")
    assert client.post("/offices/oktober/reports/2026-09/revisions").status_code == 404
