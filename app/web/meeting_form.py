"""Fields for where to meet from afar; put into the form of a booking and of a video conference."""

from flask import current_app
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField

from app.services.meetings import new_link
from app.web.times_unclear import TimesUnclear

MEETING_FIELDS = ("meeting", "meeting_url")


class MeetingFields(FlaskForm):
    """A link made here, one from elsewhere, or none."""

    meeting = RadioField(lazy_gettext("Meeting link"), default="", validate_choice=False)
    meeting_url = StringField(lazy_gettext("Link to the meeting"), render_kw={"maxlength": 500})

    @property
    def meeting_is_wrong(self) -> bool:
        return any(self[name].errors for name in MEETING_FIELDS)

    def offer_meeting(self) -> None:
        made = [("new", gettext("Make a link"))] if current_app.config["MEETING_BASE_URL"] else []
        self.meeting.choices = [
            ("", gettext("No link")),
            *made,
            ("paste", gettext("Paste one (Teams, Zoom …)")),
        ]

    def fill_in_meeting(self, url: str | None) -> None:
        """From a booking that is to be changed."""
        self.meeting.data, self.meeting_url.data = ("paste", url) if url else ("", "")

    def chosen_link(self) -> str:
        """The link that the booking gets, empty for none. TimesUnclear where none was pasted."""
        match self.meeting.data:
            case "new" if current_app.config["MEETING_BASE_URL"]:
                return new_link(current_app.config["MEETING_BASE_URL"])
            case "paste":
                if not (self.meeting_url.data or "").strip():
                    raise TimesUnclear({"meeting_url": gettext("Paste the link, or choose another way.")})
                return self.meeting_url.data.strip()
        return ""
