"""Utilisation: how much of the open time was used, and by whom.

`measure` is the whole of it; the definitions stand in `records`, the rule for overlaps in `ownership`.
"""

from app.domain.utilisation.measure import measure
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
    "GroupFigures",
    "KindFigures",
    "ResourceFacts",
    "ResourceFigures",
    "UseRow",
    "Utilisation",
    "in_hours",
    "measure",
]
