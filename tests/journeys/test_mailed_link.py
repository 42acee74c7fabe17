"""Signing in without a password: a link by mail, used once, and not by a scanner."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from app.clock import now
from app.jobs.table import send_mail
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import email_of
from tests.journeys.site import Site, path_of

pytestmark = journey

TEXTS = {
    "sv": ("Mejla mig en länk", "Logga in på Mötesplats", "Logga in", "Be om en ny länk"),
    "en": ("Mail me a link", "Sign in to Mötesplats", "Sign in", "Ask for a new link"),
}


def sent(site: Site) -> list[EmailMessage]:
    """All mails that went out, invitations to what is booked among them."""
    files = site.mails.glob("*.eml")
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def mailed(site: Site) -> tuple[str, str]:
    """Subject and link of the one mail about signing in that was sent."""
    with site.context():
        send_mail(now(), True)
    subjects = {subject for _, subject, _, _ in TEXTS.values()}
    (mail,) = (each for each in sent(site) if each["Subject"] in subjects)
    assert mail["To"] == email_of("member")
    body = mail.get_content()
    (link,) = re.findall(r"http\S+", body)
    return mail["Subject"], link


@pytest.mark.parametrize("language", ["sv", "en"])
def test_ask_open_press(visit: Visit, site: Site, language: str) -> None:
    ask, subject, button, anew = TEXTS[language]
    page = visit(None, "/sign-in?next=/bookings", language=language)
    page.locator("#link-email").fill(email_of("member"))
    page.get_by_role("button", name=ask).click()
    expect(page.get_by_role("status")).to_contain_text(email_of("member"))

    told, link = mailed(site)
    assert told == subject
    assert link.startswith(site.base)
    for _ in range(2):  # a mail scanner looks at it first
        assert page.request.get(path_of(link)).status == 200
    page.goto(path_of(link))
    page.get_by_role("main").get_by_role("button", name=button).click()
    page.wait_for_url("**/bookings")

    other = visit(None, path_of(link), language=language)
    expect(other.get_by_role("link", name=anew)).to_be_visible()


def test_an_unknown_address_is_told_the_same_and_gets_no_mail(visit: Visit, site: Site) -> None:
    page = visit(None, "/sign-in")
    page.locator("#link-email").fill("nobody@example.org")
    page.get_by_role("button", name="Mejla mig en länk").click()
    expect(page.get_by_role("status")).to_contain_text("nobody@example.org")
    with site.context():
        send_mail(now(), True)
    assert not [mail for mail in sent(site) if "nobody@example.org" in mail["To"]]
