"""Utilisation: how much of the open time was used, and by whom.

`measure` is the whole of it, in two steps `measure_each` and `figures`; the definitions stand in `records`,
the rule for overlaps in `ownership`.
"""

from app.domain.utilisation.dates import DateTally
from app.domain.utilisation.measure import Measurement, figures, measure, measure_each
from app.domain.utilisation.records import (
    METHOD_VERSION,
    Attendance,
    GroupFigures,
    KindFigures,
    ResourceFacts,
    ResourceFigures,
    UseRow,
    Utilisation,
    in_hours,
)

__all__ = [
    "METHOD_VERSION",
    "Attendance",
    "DateTally",
    "GroupFigures",
    "KindFigures",
    "Measurement",
    "ResourceFacts",
    "ResourceFigures",
    "UseRow",
    "Utilisation",
    "figures",
    "in_hours",
    "measure",
    "measure_each",
]
