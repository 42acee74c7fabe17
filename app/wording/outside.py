"""What is said of calendars that are kept elsewhere."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext

WRONG = {
    # The address
    "no_https": lazy_gettext("This is no https address of a calendar."),
    "with_password": lazy_gettext("An address with a password in it is not taken. Ask for one without."),
    "host_not_allowed": lazy_gettext(
        "Calendars may not be fetched from there: whoever runs the service says from where. "
        "A file can always be uploaded."
    ),
    "not_public": lazy_gettext("The address leads into a closed network, where nothing is fetched."),
    # On the way
    "unknown_host": lazy_gettext("Nobody knows the server in the address."),
    "unreachable": lazy_gettext("The server does not answer."),
    "certificate": lazy_gettext("The server cannot prove that it is the one in the address."),
    "too_slow": lazy_gettext("It takes too long."),
    "redirected_away": lazy_gettext("The server sends us on to another one, where we do not go."),
    "too_many_redirects": lazy_gettext("The server sends us round in a circle."),
    # What came
    "no_access": lazy_gettext("The server lets nobody read it without signing in. Is it published?"),
    "gone": lazy_gettext("There is no calendar at that address any more. Has it got a new one?"),
    "server_trouble": lazy_gettext("The server has trouble of its own."),
    "odd_answer": lazy_gettext("The server answers with something that cannot be understood."),
    "not_a_calendar": lazy_gettext("What stands at the address is a page, no calendar."),
    "no_calendar": lazy_gettext("What came is no calendar."),
    "too_large": lazy_gettext("The calendar is larger than 1 MB. Publish a shorter time."),
    "too_many_dates": lazy_gettext("The calendar has more than 3 000 dates. Publish a shorter time."),
}


def what_went_wrong(code: str) -> str:
    """Why a calendar could not be fetched or read, as a sentence."""
    return str(WRONG[code]) if code in WRONG else _("The calendar could not be read.")
