"""The linter for mails, tried on a mail."""

from email.message import EmailMessage

import pytest

from tests.calendars.sound import defects_of
from tests.calendars.test_lint import MESSAGE


def mail(method: str = "REQUEST", encoding: str = "base64") -> EmailMessage:
    message = EmailMessage()
    message["To"] = "bo@example.org"
    message.set_content("Du är bjuden.")
    message.add_alternative(
        MESSAGE,
        maintype="text",
        subtype="calendar",
        params={"method": method, "charset": "utf-8"},
        cte=encoding,
    )
    return message


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_an_invitation_in_a_mail(encoding: str) -> None:
    assert defects_of(mail(encoding=encoding)) == []
    assert defects_of(mail(encoding=encoding).as_bytes()) == []


def test_what_is_wrong_with_it() -> None:
    assert {defect.code for defect in defects_of(mail(method="CANCEL"))} == {"content-type-method"}
    with pytest.raises(AssertionError):
        defects_of(EmailMessage())
