"""What the figures of a report are called, and what they mean."""

from flask_babel import gettext, lazy_gettext

SHARES = {
    "utilisation": lazy_gettext("Utilisation"),
    "share_women": lazy_gettext("Share of women"),
    "day_frequency": lazy_gettext("Day frequency"),
    "occupancy": lazy_gettext("Seats taken while in use"),
    "seat_fill": lazy_gettext("Seats taken of all open time"),
    "no_show_rate": lazy_gettext("No-shows"),
    "booked_share": lazy_gettext("Booked share of open time"),
}
COUNTS = {
    "bookings": lazy_gettext("Bookings"),
    "unique_companies": lazy_gettext("Unique companies"),
    "visits": lazy_gettext("Visits"),
}
HOURS = {
    "available_hours": lazy_gettext("Available hours"),
    "booked_hours": lazy_gettext("Booked hours"),
    "used_hours": lazy_gettext("Used hours"),
    "outside_hours": lazy_gettext("Outside opening hours"),
    "lost_hours": lazy_gettext("Lost to closures"),
}
HEADS = {
    "women": lazy_gettext("Women"),
    "men": lazy_gettext("Men"),
    "other": lazy_gettext("Other or not stated"),
}
OWN_WORDS = {
    "sv": lazy_gettext("The host's own words in Swedish"),
    "en": lazy_gettext("The host's own words in English"),
}
JUDGEMENTS = {
    "met": lazy_gettext("Met"),
    "partly": lazy_gettext("Partly met"),
    "not_met": lazy_gettext("Not met"),
    "open": lazy_gettext("Not judged yet"),
}
JUDGED = {
    **JUDGEMENTS,
    "met_to_date": lazy_gettext("Met to date"),
    "met_in_period": lazy_gettext("Met in the period only"),
    "not_met_in_period": lazy_gettext("Not met in the period"),
}
KINDS = {
    "room": lazy_gettext("Rooms"),
    "desk": lazy_gettext("Desks"),
    "video": lazy_gettext("Video units"),
    "adviser": lazy_gettext("Advisers"),
}
AHEAD = {
    "after_start": lazy_gettext("When it had begun"),
    "within_a_day": lazy_gettext("Less than a day ahead"),
    "one_to_seven_days": lazy_gettext("1–7 days ahead"),
    "eight_to_thirty_days": lazy_gettext("8–30 days ahead"),
    "over_thirty_days": lazy_gettext("More than 30 days ahead"),
    "unknown": lazy_gettext("Not known (old data)"),
}
STATUSES = {
    "confirmed": lazy_gettext("Confirmed"),
    "checked_in": lazy_gettext("Checked in"),
    "no_show": lazy_gettext("No-show"),
}


def definitions() -> list[tuple[str, str]]:
    """What the figures mean, in the reader's language."""
    return [(str(term), str(text)) for term, text in DEFINITIONS]


def indicator_name(indicator: str, categories: dict[str, str]) -> str:
    """What a target is about: a known figure, the share of a category, or a goal in its own words."""
    what, _, category = indicator.partition(":")
    if what == "share" and category:
        return gettext("Share of use: %(category)s", category=categories.get(category, category))
    return str({**SHARES, **COUNTS}.get(indicator, indicator))


def is_share(indicator: str) -> bool:
    return indicator in SHARES or indicator.startswith("share:")


DEFINITIONS = (
    (
        lazy_gettext("Available hours"),
        lazy_gettext(
            "The opening hours of every resource while it was in service, less public holidays and closures."
        ),
    ),
    (
        lazy_gettext("Booked hours"),
        lazy_gettext("The part of the available hours that was booked, no-shows included."),
    ),
    (
        lazy_gettext("Used hours"),
        lazy_gettext("The booked hours without no-shows. Cancelled bookings count for nothing."),
    ),
    (
        lazy_gettext("Utilisation"),
        lazy_gettext(
            "All used hours divided by all available hours. Hours are summed first: it is never a mean of "
            "shares."
        ),
    ),
    (
        lazy_gettext("First figure"),
        lazy_gettext(
            "The figure that the project has chosen to be measured by: by hours, by days or by seats. The "
            "other two stand beside it."
        ),
    ),
    (
        lazy_gettext("Share of use"),
        lazy_gettext("The used hours of a category, activity or organisation, of all used hours."),
    ),
    (
        lazy_gettext("Share of capacity"),
        lazy_gettext("The same hours, of all available hours."),
    ),
    (
        lazy_gettext("Bookings"),
        lazy_gettext(
            "Dates with used hours in the period: one that is repeated ten times is ten bookings. A booking "
            "of several rooms counts its hours in each, but is one booking, and its visitors are counted "
            "once."
        ),
    ),
    (
        lazy_gettext("Category"),
        lazy_gettext("As it was when the booking was made, so no figure moves because an organisation does."),
    ),
    (
        lazy_gettext("Day frequency"),
        lazy_gettext("Days with any use, of the days on which anything was open."),
    ),
    (
        lazy_gettext("No-shows"),
        lazy_gettext("Bookings that nobody came to, of all bookings with hours in the period."),
    ),
    (
        lazy_gettext("Booked share of open time"),
        lazy_gettext("All booked hours divided by all available hours, no-shows included."),
    ),
    (
        lazy_gettext("Persons times hours"),
        lazy_gettext("The head count of each booking times the hours that it was used, added up."),
    ),
    (
        lazy_gettext("Seats taken while in use"),
        lazy_gettext(
            "Persons times hours, divided by capacity times used hours; of bookings with a head count. "
            "Visitors of a booking in several rooms are split over them by capacity."
        ),
    ),
    (
        lazy_gettext("Seats taken of all open time"),
        lazy_gettext("The same persons times hours, divided by capacity times available hours."),
    ),
    (
        lazy_gettext("Booked ahead"),
        lazy_gettext(
            "The time from when a booking was made until it began. The median: half of the bookings were "
            "made earlier than that, half later. Old bookings are left out where nobody knows when they "
            "were made."
        ),
    ),
    (
        lazy_gettext("Visits"),
        lazy_gettext(
            "Everybody who came to a booking, as the head counts say: visits are persons, not bookings, and "
            "who comes twice is two visits. They belong to the period in which the booking starts. The share "
            "of women is women of women and men; other or not stated is shown beside."
        ),
    ),
    (
        lazy_gettext("Shown apart"),
        lazy_gettext(
            "Time booked outside opening hours, and time that was open by the hours but lost to a closure, "
            "is in neither booked nor used hours. A booking without any open time is no booking in the "
            "figures, and who came to it no visit; how many those are stands in the quality of the data, "
            "with the hours of resources that were not in service."
        ),
    ),
    (
        lazy_gettext("Before the first booking"),
        lazy_gettext(
            "Nothing is known of the months before the first booking: they read no data, and the project to "
            "date is counted from the month of the first booking. A period that begins earlier is counted "
            "whole, with the hours that were open then; what it comes to without them is said beside."
        ),
    ),
    (
        lazy_gettext("Overlaps in old data"),
        lazy_gettext(
            "Where imported bookings overlap, the time belongs to the one that started first; of those that "
            "started together, to the one with the lower number in the system that it was imported from. So "
            "the parts always add up."
        ),
    ),
    (
        lazy_gettext("Clock changes"),
        lazy_gettext("Hours are true hours: the day the clocks go back has 25 of them."),
    ),
    (
        lazy_gettext("Co-funders"),
        lazy_gettext("Those that run and pay for the project, whether or not they used the office."),
    ),
    (
        lazy_gettext("Home municipality"),
        lazy_gettext("That of the organisation booked for, as it is known when the report is made."),
    ),
    (
        lazy_gettext("Use by hour"),
        lazy_gettext(
            "Used hours divided by available hours in each hour of the week, on the clock of the office."
        ),
    ),
    (
        lazy_gettext("Unique companies"),
        lazy_gettext(
            "Each company with used hours, once, told apart by organisation number where it is known. In the "
            "project: from its first day until the end of the period."
        ),
    ),
    (
        lazy_gettext("Video conferences"),
        lazy_gettext(
            "Bookings that held rooms in several offices at once. The hours are those in this office."
        ),
    ),
    (
        lazy_gettext("Corrections"),
        lazy_gettext("Changes to bookings of the period that were made after the period was over."),
    ),
)
