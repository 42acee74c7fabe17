"""Utilisation: how much of the open time was used, and by whom.

`measure` is the whole of it, in two steps `measure_each` and `figures`; the definitions stand in `records`,
the rule for overlaps in `ownership`, what else a measurement tells in `profile`, and
many parts at once are counted in `parts`, single days in `days`.
"""

from app.domain.utilisation.apart import (
    APART,
    OUT_OF_SERVICE,
    OUTSIDE,
    Unvisited,
    apart,
    dates_overlapping,
    time_of,
    unvisited,
)
from app.domain.utilisation.dates import DateTally, grouped
from app.domain.utilisation.days import (
    DatesOfDay,
    DayFigures,
    DaySums,
    LongDate,
    ResourceDay,
    day_figures,
    first_uses,
    is_counted,
)
from app.domain.utilisation.measure import Beside, Measurement, figures, measure, measure_each
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
    PeriodFigures,
    ResourceFacts,
    ResourceFigures,
    Summary,
    UseRow,
    Utilisation,
    in_hours,
)

__all__ = [
    "APART",
    "METHOD_VERSION",
    "NO_SHOW",
    "OUTSIDE",
    "OUT_OF_SERVICE",
    "Attendance",
    "Beside",
    "DateTally",
    "DatesOfDay",
    "DayFigures",
    "DaySums",
    "GroupFigures",
    "HourOfWeek",
    "KindFigures",
    "LongDate",
    "Measurement",
    "NoShowTime",
    "OpenTime",
    "PeriodFigures",
    "ResourceDay",
    "ResourceFacts",
    "ResourceFigures",
    "ResourceTime",
    "Summary",
    "Unvisited",
    "UseRow",
    "Utilisation",
    "apart",
    "dates_overlapping",
    "day_figures",
    "figures",
    "first_uses",
    "grouped",
    "hours_of_week",
    "in_hours",
    "is_counted",
    "lead_times",
    "measure",
    "measure_each",
    "no_show_time",
    "time_by_part",
    "time_of",
    "unvisited",
    "used_by",
]
