"""iCalendar, and nothing else: no table, no web, no clock.

Map:
    lines       one content line: cleaned, escaped, folded
    zones       VTIMEZONE blocks with yearly rules, and what a wall clock may say
    recurrence  RRULE: parse, expand within bounds, what Outlook can show
    record      Event, the record that everything here speaks of
    series      from an event to the VEVENTs it needs, clock changes included
    event       Event again, and its VEVENTs as bytes, to be kept
    feed        kept bytes joined to a subscribable calendar, or a single download
    message     an event as mail: invitations, cancellations, answers (iTIP)
    read        a bounded reader of other people's files
    entries     every entry of a stranger's file, or why it cannot be read; in a process of its own
    lint        the checklist that everything written here must pass
"""
