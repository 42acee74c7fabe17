"""Reports on their way: a host holds one back and lets it go, and a funder finds last month's PDF."""

import re
from datetime import date

from playwright.sync_api import expect

from app.jobs.table import monthly_reports, send_mail
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import local
from tests.journeys.site import Site

pytestmark = journey

FIRST = date(2026, 10, 1)  # a Thursday: the first working day of October


def test_a_host_holds_back_and_releases(visit: Visit, site: Site) -> None:
    site.at(local("09:00", date(2026, 9, 29)))
    page = visit("host", "/host")
    page.get_by_role("link", name="Rapporter till finansiärerna").click()
    report = page.get_by_role("article", name="September 2026")
    expect(report).to_contain_text("Skickas snart")
    expect(report).to_contain_text("saknar antal personer")
    report.get_by_text("Håll inne …").click()
    report.get_by_role("button", name="Håll inne", exact=True).click()
    expect(page.get_by_label("Varför?").first).to_be_focused()
    report.get_by_label("Varför?").fill("Några antal saknas")
    report.get_by_role("button", name="Håll inne", exact=True).click()
    expect(report).to_contain_text("Några antal saknas")

    site.at(local("06:10", FIRST))
    with site.context():
        assert monthly_reports(site.clock.at, False) == {"reports": 0, "mails": 0}
    page.reload()
    report.get_by_role("button", name="Släpp och skicka").click()
    with site.context():
        assert monthly_reports(site.clock.at, False) == {"reports": 1, "mails": 1}
        send_mail(site.clock.at, False)
    page.reload()
    sent = page.get_by_role("region", name="Skickat").get_by_role("article", name="September 2026")
    expect(sent).to_contain_text("funder@example.org")
    expect(sent.get_by_text("Skickat", exact=True)).to_be_visible()


def test_a_host_changes_what_a_funder_gets(visit: Visit) -> None:
    page = visit("host", "/host/stockholm/reports", phone=True)
    page.get_by_role("link", name="Skellefteå").first.click()
    for name in ("PDF", "Excel"):
        page.get_by_role("checkbox", name=name, exact=True).uncheck()
    page.get_by_label("Fler adresser, en på varje rad").fill("ingen adress")
    page.get_by_role("button", name="Spara").click()
    wrong = page.get_by_role("alert")
    expect(wrong).to_contain_text("Välj minst en sorts fil.")
    expect(wrong).to_contain_text("ingen adress är ingen e-postadress.")
    page.get_by_role("checkbox", name="PDF", exact=True).check()
    page.get_by_label("Fler adresser, en på varje rad").fill("diariet@example.org")
    page.get_by_label("Hur ofta").select_option("quarter")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_text("Varje kvartal: PDF som länkar")).to_be_visible()
    expect(page.get_by_text("diariet@example.org · versionen för allmänheten")).to_be_visible()


def test_a_funder_finds_last_months_pdf(visit: Visit, site: Site) -> None:
    page = visit("funder", "/")
    page.get_by_role("link", name="Rapporter", exact=True).click()
    expect(page.get_by_text("Det är inte slutligt", exact=False).first).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^Augusti 2026.*PDF"))
    with page.expect_download() as download:
        row.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename.endswith("revision-1.pdf")
    assert download.value.path().read_bytes().startswith(b"%PDF-")
