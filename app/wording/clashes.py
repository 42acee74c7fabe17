"""What is in the way of a wish, in words."""

from flask_babel import gettext as _

from app.domain.errors import Clash
from app.wording.formats import Zone, clock, span


def in_the_way(clash: Clash, tz: Zone) -> str:
    """What it is, and when: taken, only asked for, or time to set up or clear away for another booking."""
    told = {"resource": clash.resource_name, "time": span(clash.start, clash.end, tz)}
    wanted, blocks = clash.wanted, clash.blocks
    if wanted and wanted.end <= clash.start:
        starts = {"resource": clash.resource_name, "time": clock(clash.start, tz)}
        if blocks and blocks.start < wanted.end:
            return _("%(resource)s: time to set up for the booking that starts at %(time)s", **starts)
        return _("%(resource)s: no time to clear away before the booking that starts at %(time)s", **starts)
    if wanted and clash.end <= wanted.start:
        ends = {"resource": clash.resource_name, "time": clock(clash.end, tz)}
        if blocks and blocks.end > wanted.start:
            return _("%(resource)s: time to clear away after the booking that ends at %(time)s", **ends)
        return _("%(resource)s: no time to set up after the booking that ends at %(time)s", **ends)
    if clash.requested:
        return _("%(resource)s is asked for %(time)s, the host has not decided", **told)
    return _("%(resource)s is taken %(time)s", **told)
