"""Utilisation: how much of the open time was used, and by whom.

`measure` is the whole of it, in two steps `measure_each` and `figures`; the definitions stand in `records`,
the rule for overlaps in `ownership`, what else a measurement tells in `profile`, and
many parts at once are counted in `parts`.
"""

from app.domain.utilisation.dates import DateTally, grouped
from app.domain.utilisation.measure import Measurement, figures, measure, measure_each
from app.domain.utilisation.parts import ResourceTime, time_by_part
from app.domain.utilisation.profile import (
    HourOfWeek,
    NoShowTime,
    hours_of_week,
    lead_times,
    no_show_time,
    used_by,
)
from app.domain.utilisation.records import (
    METHOD_VERSION,
    NO_SHOW,
    Attendance,
    GroupFigures,
    KindFigures,
    OpenTime,
    ResourceFacts,
    ResourceFigures,
    UseRow,
    Utilisation,
    in_hours,
)

__all__ = [
    "METHOD_VERSION",
    "NO_SHOW",
    "Attendance",
    "DateTally",
    "GroupFigures",
    "HourOfWeek",
    "KindFigures",
    "Measurement",
    "NoShowTime",
    "OpenTime",
    "ResourceFacts",
    "ResourceFigures",
    "ResourceTime",
    "UseRow",
    "Utilisation",
    "figures",
    "grouped",
    "hours_of_week",
    "in_hours",
    "lead_times",
    "measure",
    "measure_each",
    "no_show_time",
    "time_by_part",
    "used_by",
]
