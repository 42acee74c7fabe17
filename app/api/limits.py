"""How often a token may call: one count for all worker processes, kept in memory that they share.

Memory that is mapped before gunicorn forks its workers (`preload_app`) is one and the same in all of them.
No lock is held, so a killed worker leaves none behind: two calls at the very same moment may count as one,
which lets a call too many through now and then and refuses none too many.
See docs/decisions/0013-one-count-of-calls-for-all-workers.md.
"""

import math
from datetime import datetime
from hashlib import blake2b
from mmap import mmap
from struct import Struct

PLACES = 16_384
LOOKED_AT = 8  # places that a key may have
ENTRY = Struct("=Qd")  # a key, and when its bucket will be full again (seconds since 1970)


class Buckets:
    """Lets `burst` calls through at once and `per_minute` in the long run, for each key."""

    def __init__(self, burst: int, per_minute: int, places: int = PLACES) -> None:
        self.burst = burst
        self.per_minute = per_minute
        self.places = places
        self.memory = mmap(-1, places * ENTRY.size)  # anonymous: shared with the processes forked later

    def wait(self, key: str, now: datetime) -> int:
        """Takes one call. 0 where there is one left, else after how many seconds there is."""
        number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) or 1
        at = now.timestamp()
        place, full_again = self._find(number, at)
        step = 60 / self.per_minute
        emptied = self.burst * step
        # Further ahead than an emptied bucket is none: the clock was put back.
        behind = min(max(full_again - at, 0.0), emptied)
        short = behind + step - emptied
        allowed = short <= 1e-6
        ENTRY.pack_into(self.memory, place, number, at + behind + (step if allowed else 0))
        return 0 if allowed else math.ceil(short)

    def forget(self) -> None:
        """Everybody begins anew."""
        self.memory[:] = bytes(len(self.memory))

    def _find(self, number: int, at: float) -> tuple[int, float]:
        """Where a key has its entry, or can have one: instead of the one that was full first."""
        best, earliest = 0, math.inf
        for step in range(LOOKED_AT):
            place = (number + step) % self.places * ENTRY.size
            known, full_again = ENTRY.unpack_from(self.memory, place)
            if known == number:
                return place, full_again
            if full_again < earliest:
                best, earliest = place, full_again
        return best, at
