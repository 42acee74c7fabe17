"""From slots and open time to the figures of a period."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.domain.interval import Interval, clip, intersect, merge, total
from app.domain.localtime import local_date
from app.domain.utilisation.groups import DateTally, attendance_of, grouped, lead_time_of
from app.domain.utilisation.ownership import Piece, cut, owned
from app.domain.utilisation.records import (
    METHOD_VERSION,
    NO_SHOW,
    KindFigures,
    ResourceFacts,
    ResourceFigures,
    USED_STATUSES,
    UseRow,
    Utilisation,
)
