"""What the version of a report for the public says about itself: on the page, in every file and mail."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext


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
