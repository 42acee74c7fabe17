"""What is known of the real office, and made up for its sister.

The schedule is steered towards these figures booking by booking; no report reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aim:
    """Utilisation of open time, each category's share of that use, women of women and men."""

    utilisation: float
    shares: Mapping[str, float]
    women: float


STOCKHOLM_SHARES = {
    "company": 0.32,
    "region": 0.215,
    "municipality": 0.17,
    "co-funding-company": 0.105,
    "regional-network": 0.095,
    "academia": 0.04,
    "association": 0.035,
    "other": 0.02,
}
UMEA_SHARES = {
    "company": 0.35,
    "region": 0.20,
    "municipality": 0.27,
    "co-funding-company": 0.04,
    "regional-network": 0.05,
    "academia": 0.06,
    "association": 0.02,
    "other": 0.01,
}

# The first period, November 2015 to November 2018.
FIRST_PERIOD = {
    "stockholm": Aim(0.71, STOCKHOLM_SHARES, 0.56),
    "umea": Aim(0.20, UMEA_SHARES, 0.53),
}
# Now; in Stockholm with quiet weekends among its open days.
THESE_DAYS = {
    "stockholm": Aim(0.66, STOCKHOLM_SHARES, 0.55),
    "umea": Aim(0.27, UMEA_SHARES, 0.52),
}
