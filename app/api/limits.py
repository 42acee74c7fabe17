"""How often a token may call: a bucket that fills with time, for each process of its own."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

MOST_BUCKETS = 10_000


@dataclass(slots=True)
class Buckets:
    """Lets `burst` calls through at once and `per_minute` in the long run, for each key."""

    burst: int
    per_minute: int
    levels: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def wait(self, key: str, now: datetime) -> int:
        """Takes one call. 0 where there is one left, else after how many seconds there is."""
        with self.lock:
            level, since = self.levels.pop(key, (float(self.burst), now))
            gained = max(0.0, (now - since).total_seconds()) * self.per_minute / 60
            level = min(float(self.burst), level + gained)
            allowed = level >= 1
            self.levels[key] = (level - 1 if allowed else level, now)
            while len(self.levels) > MOST_BUCKETS:  # the one not used for longest is full by now
                self.levels.pop(next(iter(self.levels)))
        return 0 if allowed else math.ceil((1 - level) * 60 / self.per_minute)
