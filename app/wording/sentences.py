"""One sentence per code of the domain and the services, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.errors import DomainError, Refusal, Refused, Taken
from app.wording.calendar_import import about_file
from app.wording.clashes import say_whose
from app.wording.delivery_sentences import SENTENCES as ABOUT_DELIVERIES
from app.wording.erasure import REFUSALS as ABOUT_ERASING
from app.wording.formats import (
    clock,
    date_plain,
    day,
    day_span,
    duration,
    hours_exact,
    lead,
    month,
    number,
)
from app.wording.mail_refusals import REFUSALS as ABOUT_MAILED
from app.wording.money import REFUSALS as ABOUT_MONEY
from app.wording.sheet_import import about_sheet
from app.wording.shut import closed_already, closed_then, of_date, open_else

Params = Mapping[str, Any]


def say(problem: Refusal | DomainError) -> str:
    """What is wrong, in words; several broken rules one after the other."""
    return " ".join(say_all(problem))


def say_all(problem: Refusal | DomainError) -> list[str]:
    """What is wrong, one sentence for each broken rule, and for what is in the way besides."""
    if isinstance(problem, Refused) and problem.refusals:
        told = dict.fromkeys(_sentence(refusal.code, refusal.params) for refusal in problem.refusals)
        return [*told, *([say_whose(problem.clashes)] if problem.clashes else [])]
    if isinstance(problem, Taken):
        return [_taken(problem)]
    return [_sentence(problem.code, problem.params)]


def _sentence(code: str, params: Params) -> str:
    return SENTENCES[code](params) if code in SENTENCES else _("That did not work.")


def _taken(problem: Taken) -> str:
    return say_whose(problem.clashes) or _("Somebody has just booked that time.")


def _too_far_ahead(p: Params) -> str:
    return _(
        "%(resource)s can be booked %(days)s days ahead, until %(last)s.",
        resource=p["resource"],
        days=p["days"],
        last=date_plain(p["last"], p["timezone"]),
    )


def _not_for_you(p: Params) -> str:
    if p["reason"]:
        return _(
            "%(organisation)s cannot book %(resource)s: %(reason)s.",
            organisation=p["organisation"] or _("Your organisation"),
            resource=p["resource"],
            reason=p["reason"].rstrip("."),
        )
    return _(
        "%(organisation)s cannot book %(resource)s.",
        organisation=p["organisation"] or _("Your organisation"),
        resource=p["resource"],
    )


def _blacked_out(p: Params) -> str:
    when = day_span(p["start"], p["end"], p["timezone"])
    if p["reason"]:
        return _(
            "%(resource)s cannot be booked %(time)s: %(reason)s.",
            resource=p["resource"],
            time=when,
            reason=p["reason"].rstrip("."),
        )
    return _("%(resource)s cannot be booked %(time)s.", resource=p["resource"], time=when)


def _too_little_notice(p: Params) -> str:
    return _(
        "%(resource)s is booked at least %(length)s ahead: now from %(day)s %(time)s.",
        resource=p["resource"],
        length=lead(p["minutes"]),
        day=day(p["earliest"], p["timezone"]),
        time=clock(p["earliest"], p["timezone"]),
    )


def _too_many_at_once(p: Params) -> str:
    return _(
        "%(organisation)s may have %(most)s at the same time at %(office)s; on %(day)s at %(time)s it would"
        " be %(count)s.",
        organisation=p["organisation"],
        most=p["most"],
        office=p["office"],
        day=day(p["at"], p["timezone"]),
        time=clock(p["at"], p["timezone"]),
        count=p["held"] + p["asked"],
    )


def _quota_spent(p: Params) -> str:
    return _(
        "%(organisation)s has %(hours)s at %(place)s in %(month)s. %(left)s is left; this takes %(asked)s.",
        organisation=p["organisation"],
        hours=hours_exact(timedelta(hours=p["hours"])),
        place=p["place"],
        month=month(p["month"]),
        left=hours_exact(timedelta(minutes=p["left"])),
        asked=hours_exact(timedelta(minutes=p["asked"])),
    )


def _local(p: Params) -> dict[str, str]:
    local: datetime = p["local"]
    return {"day": day(local), "time": f"{local:%H:%M}"}


def _status(p: Params) -> str:
    names = {
        "requested": _("it awaits approval"),
        "confirmed": _("it is confirmed"),
        "declined": _("it was declined"),
        "cancelled": _("it is cancelled"),
        "checked_in": _("it is checked in"),
        "no_show": _("it is a no-show"),
    }
    return names.get(p.get("status", ""), "")


def _period(p: Params) -> str:
    reasons = {
        "month": _("there is no such month"),
        "quarter": _("there is no such quarter"),
        "half": _("there is no such half-year"),
        "date": _("there is no such date"),
        "year": _("the year is out of range"),
        "empty": _("no day lies in it, as it ends no later than it starts"),
        "long": _("it is too long"),
    }
    if p["reason"] in reasons:
        return _("%(text)s is no period: %(reason)s.", text=p["text"], reason=reasons[p["reason"]])
    forms = "2026-10, 2026-Q4, 2026-H2, 2026, 2015-11-01..2018-12-01"
    return _("%(text)s is no period. Write it as one of these: %(forms)s.", text=p["text"], forms=forms)


SENTENCES: Mapping[str, Callable[[Params], str]] = {
    # Anything
    "error": lambda p: _("That did not work."),
    "refused": lambda p: _("That is not possible."),
    "not_found": lambda p: _("There is no such thing, or it is not for you to see."),
    "not_allowed": lambda p: _("You may not do this."),
    "backup_failed": lambda p: _("The copy could not be written: %(found)s", found=p.get("found", "")),
    "backup_disk_full": lambda p: _("The disk is full: there is no new copy."),
    "backup_in_use": lambda p: _(
        "The database is in use all the time. Stop the web server and the scheduler, and try again."
    ),
    "backup_unsound": lambda p: _("%(file)s is not a whole copy: %(found)s", **p),
    "goal_missing": lambda p: _("Say what the goal is."),
    "goal_known": lambda p: _("The project has this goal already."),
    "judgement_missing": lambda p: _("Say whether it is met, partly met or not met."),
    "judged_ahead": lambda p: _("A goal is judged as of today or a day that is over."),
    "judged_before": lambda p: _(
        "The project began on %(day)s: give that day or a later one.", day=date_plain(p["first"])
    ),
    "words_too_long": lambda p: _(
        "It has %(length)s characters; %(most)s is the most.", length=number(p["length"]), most=p["most"]
    ),
    "stale": lambda p: _(
        "Somebody else changed this meanwhile. Look at it anew; nothing of theirs was overwritten."
    ),
    "taken": lambda p: _("Somebody has just booked that time."),
    "outside_calendar": lambda p: _(
        "%(resource)s: the calendar “%(calendar)s” has that time.",
        resource=p["resource"],
        calendar=p["name"],
    ),
    # A booking's title and what it is for
    "title_missing": lambda p: _("Give the booking a title."),
    "title_line_break": lambda p: _("The title must be one line of text."),
    "title_too_long": lambda p: _(
        "The title has %(length)s characters; %(most)s is the most.",
        length=number(p["length"]),
        most=p["most"],
    ),
    "unknown_resource": lambda p: _("There is nothing to book called %(slug)s.", slug=p["slug"]),
    "resource_missing": lambda p: _("Choose what to book."),
    "unknown_organisation": lambda p: (
        _("There is no organisation called %(slug)s.", slug=p["slug"])
        if p["slug"]
        else _("Choose an organisation.")
    ),
    "unknown_activity": lambda p: _("There is no activity called %(slug)s.", slug=p["slug"]),
    "not_your_organisation": lambda p: _(
        "You cannot book for %(organisation)s.", organisation=p["organisation"]
    ),
    # Its time
    "end_before_start": lambda p: _("The end must come after the start."),
    "in_past": of_date(lambda p: _("That time has already passed.")),
    "too_far_ahead": of_date(_too_far_ahead),
    "too_short": lambda p: _(
        "%(resource)s is booked for at least %(length)s.",
        resource=p["resource"],
        length=duration(p["minutes"]),
    ),
    "too_long": lambda p: _(
        "%(resource)s is booked for at most %(length)s.",
        resource=p["resource"],
        length=duration(p["minutes"]),
    ),
    "not_in_service": of_date(
        lambda p: _("%(resource)s is not in use at that time.", resource=p["resource"])
    ),
    "outside_opening_hours": open_else,
    "closed": closed_then,
    "nowhere_open": lambda p: (
        _("None of these places is open that day: %(reason)s.", reason=p["reason"].rstrip("."))
        if p.get("reason")
        else _("None of these places is open that day.")
    ),
    # What the office asks beyond that
    "not_for_you": _not_for_you,
    "blacked_out": of_date(_blacked_out),
    "too_little_notice": of_date(_too_little_notice),
    "too_many_at_once": _too_many_at_once,
    "quota_spent": _quota_spent,
    "unknown_timezone": lambda p: _("There is no time zone called %(name)s.", name=p["name"]),
    "time_does_not_exist": lambda p: _(
        "The clocks go forward that night: on %(day)s there is no %(time)s. Choose another time.", **_local(p)
    ),
    "time_is_ambiguous": lambda p: _(
        "The clocks go back that night: on %(day)s %(time)s comes twice. Choose which one you mean.",
        **_local(p),
    ),
    # A series
    "bad_recurrence": lambda p: _(
        "That repetition cannot be understood: FREQ is DAILY, WEEKLY or MONTHLY, with either COUNT or UNTIL."
    ),
    "no_date_left": lambda p: _("Every date of this series is closed."),
    "too_many_dates": lambda p: _("A series has at most %(most)s dates.", most=p["most"]),
    "series_too_long": lambda p: _("A series lasts at most %(years)s years.", years=p["years"]),
    "series_without_first": lambda p: _("The first date does not fit the repetition."),
    # What a host says that holds
    "rule_says_nothing": lambda p: _("This rule says nothing yet. Fill in at least one thing it asks."),
    "rule_for_two": lambda p: _("A rule is for a category or for an organisation, not for both."),
    "rule_of_office": lambda p: _(
        "How many at the same time is counted in the whole office: choose that instead of one room."
    ),
    "rule_ends_first": lambda p: _("It must end after it begins."),
    "rule_below": lambda p: (
        _("Nothing could be booked like this: the longest is shorter than the shortest.")
        if p.get("other") == "min_minutes"
        else _("Nothing could be booked like this: the notice is longer than how far ahead one may book.")
    ),
    "rule_of_file": lambda p: _("This rule stands in the office's file and is changed there."),
    "closed_already": closed_already,
    "closure_of_file": lambda p: _("This closure was not entered by a host, so it stays."),
    "out_of_range": lambda p: _(
        "Give a number from %(low)s to %(high)s.", low=number(p["low"]), high=number(p["high"])
    ),
    "reason_too_long": lambda p: _("The reason has at most %(most)s characters.", most=p["most"]),
    "unknown_category": lambda p: _("There is no category called %(slug)s.", slug=p["slug"]),
    "series_overlaps_itself": lambda p: _("The dates of this series would overlap each other."),
    "cannot_shift_series": lambda p: _(
        "A series that comes once a month cannot be moved to another day like this. Book it anew instead."
    ),
    "words_of_series": lambda p: _(
        "Title, activity, organisation, meeting link and guests belong to all dates of the series. Choose "
        "more than this date to change them, or leave them as they were."
    ),
    "composite_in_a_loop": lambda p: _(
        "%(resource)s is entered as a part of itself. The host has to put that right first.",
        resource=p["resource"],
    ),
    "pool_empty": lambda p: _("There is nothing in %(name)s to book.", name=p["name"]),
    "pool_too_small": lambda p: _("There is not enough of %(name)s for one booking.", name=p["name"]),
    "no_room_at_site": lambda p: ngettext(
        "%(office)s has no room for one person.",
        "%(office)s has no room for %(num)s people.",
        p["people"],
        office=p["office"],
    ),
    "office_without_hours": lambda p: _("%(office)s has no opening hours.", office=p["office"]),
    **ABOUT_MAILED,
    "not_the_organiser": lambda p: _("Only whoever booked it can change it."),
    "bad_guest": lambda p: _("“%(name)s” is no e-mail address.", name=p["name"]),
    "too_many_guests": lambda p: _("At most %(most)s guests can be invited.", most=p["most"]),
    "guests_elsewhere": lambda p: _(
        "Nobody is invited to this booking from here. Invite them in the calendar that it was made in."
    ),
    "bad_meeting_url": lambda p: _(
        "Give the whole address of the meeting, beginning with https://, without spaces."
    ),
    # What happens to a booking afterwards
    "cannot_change": lambda p: _("This booking cannot be changed any more: %(status)s.", status=_status(p)),
    "has_started": lambda p: _("It has started: you can end it now, or ask the host."),
    "is_over": lambda p: _("It is over. If something in it is wrong, ask the host."),
    "already_checked_in": lambda p: _("It is checked in. You can still cancel it, or ask the host."),
    "cannot_cancel": lambda p: _("There is nothing left of this booking to cancel."),
    "cannot_restore": lambda p: _("This booking cannot be brought back."),
    "replaced": lambda p: _(
        "An update by mail was booked anew: the booking from %(day)s %(time)s is there instead of this one,"
        " so its dates do not come back.",
        day=date_plain(p["start"], p["timezone"]),
        time=clock(p["start"], p["timezone"]),
    ),
    "cannot_check_in": lambda p: _("This booking cannot be checked in: %(status)s.", status=_status(p)),
    "too_early_to_check_in": lambda p: _(
        "It is too early to check in. The booking starts at %(time)s.", time=clock(p["start"], p["timezone"])
    ),
    "too_late_to_check_in": lambda p: _("It is over: ask the host to check it in."),
    "cannot_mark_no_show": lambda p: _(
        "This booking cannot become a no-show: %(status)s.", status=_status(p)
    ),
    "no_show_was_counted": lambda p: _(
        "It has a head count, so somebody came. If that is wrong, take the head count back first."
    ),
    "too_early_for_no_show": lambda p: _(
        "The booking starts at %(time)s: they may still come.", time=clock(p["start"], p["timezone"])
    ),
    "nothing_to_undo": lambda p: _("There is nothing to undo."),
    "cannot_end_early": lambda p: _("Only a booking that is going on can end early."),
    "not_requested": lambda p: _("This booking does not await approval: %(status)s.", status=_status(p)),
    "request_is_over": lambda p: _("Its time is over: it can no longer be approved."),
    "bad_head_count": lambda p: _(
        "A head count is a whole number from 0 to %(most)s.", most=number(p["most"])
    ),
    "too_early_for_heads": lambda p: _("People can be counted once the booking has started."),
    "too_late_for_heads": lambda p: _(
        "It ended more than %(days)s days ago: ask the host to change the head count.", days=p["days"]
    ),
    "cannot_count_heads": lambda p: _(
        "Nobody can be counted for this booking: %(status)s.", status=_status(p)
    ),
    # At the door, and waiting for a time
    "not_at_this_door": lambda p: _("That meeting is not here, or not now. Open the page anew."),
    "too_many_at_the_door": lambda p: _("Too much at once. Wait a few minutes, or ask the host."),
    "wait_for_one_date": lambda p: _("You can wait for one time of one room, not for a series."),
    "time_is_free": lambda p: _("That time is free: you can book it now."),
    "too_many_waits": lambda p: _("You wait for %(most)s times already; that is the most.", most=p["most"]),
    # Old calendars
    "calendar_file_invalid": about_file,
    "import_not_as_seen": lambda p: ngettext(
        "%(num)s of the entries you chose cannot come in any more: look at the list. Nothing was imported.",
        "%(num)s of the entries you chose cannot come in any more: look at the list. Nothing was imported.",
        p["count"],
    ),
    # Somebody's own spreadsheet
    "sheet_file_invalid": about_sheet,
    # Reports
    "period_invalid": _period,
    "period_not_over": lambda p: _(
        "%(period)s is not over yet, so its report cannot be frozen.", period=p["period"]
    ),
    "different_time_zones": lambda p: _("Offices in different time zones cannot be counted together."),
    **ABOUT_DELIVERIES,
    **ABOUT_MONEY,
    # People and signing in
    "bad_email": lambda p: _("%(email)s is no e-mail address.", email=p["email"]),
    "unknown_person": lambda p: _("Nobody has the e-mail address %(email)s.", email=p["email"]),
    "unknown_role": lambda p: _("There is no role called %(role)s.", role=p["role"]),
    "unknown_office": lambda p: _("There is no office called %(slug)s.", slug=p["slug"]),
    "unknown_language": lambda p: _(
        "There is no language %(language)s here: choose sv or en.", language=p["language"]
    ),
    "password_too_short": lambda p: _(
        "A password needs at least %(characters)s characters.", characters=p["characters"]
    ),
    "password_too_long": lambda p: _(
        "A password has at most %(characters)s characters.", characters=number(p["characters"])
    ),
    "wrong_password": lambda p: _("That e-mail address and password do not belong together."),
    "too_many_tries": lambda p: ngettext(
        "Too many tries. Try again in %(num)s minute, or have a link mailed to you.",
        "Too many tries. Try again in %(num)s minutes, or have a link mailed to you.",
        p["minutes"],
    ),
    "link_gone": lambda p: _("This link has been used already or is too old. Ask for a new one."),
    **ABOUT_ERASING,
}
