"""What is said where somebody does not read all of a report.

The version for the public says so itself: on the page, in every file and mail. On the page its reader is
also told why it is what they read, and who could change it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from app.services.reports.readers import PUBLIC, WITHOUT_ANNEX


def reader_note(reads: str, offices: Sequence[str], *, public: bool = False) -> str:
    """Why they read no more of it, and whom they can ask. "" where they read all that they want to.

    `public`: the version for the public is what they want.
    """
    names = ", ".join(offices)
    if reads == PUBLIC:
        return gettext(
            "You read the version for the public, since your organisation neither runs nor pays for a "
            "project of %(offices)s in all of this time. Who does is entered by those who run the office: "
            "ask its hosts.",
            offices=names,
        )
    if reads == WITHOUT_ANNEX and not public:
        return gettext(
            "Which organisations used %(offices)s is left out, as the hosts have chosen for your "
            "organisation. They can change that.",
            offices=names,
        )
    return ""


def public_note(report: Mapping[str, Any]) -> str:
    """What the version for the public leaves out, and why, in one sentence."""
    if report["tells_persons"]:
        return gettext(
            "For the public: no organisation is named, and numbers of persons are hidden (..) where they are "
            "from one to four or of a single organisation, with those that would give them away."
        )
    return gettext(
        "For the public: no organisation is named, and no numbers of persons are told, for they are told "
        "once only, for a calendar month as it was first frozen, so that no report can be subtracted from "
        "another."
    )
