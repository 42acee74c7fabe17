"""Who uses a time and who comes: drawn at random, but more likely where a share lags behind."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random

from app.demo.published import Aim
from app.demo.world import Party

# How far a share may stray before it is pulled back hard. Small beside a month's use.
LOOSE_MINUTES = 6000
LOOSE_HEADS = 50

# Which categories come for what, where it is not all alike.
LIKING: Mapping[str, Mapping[str, float]] = {
    "internal": {"region": 2.0, "municipality": 1.6, "co-funding-company": 1.4, "company": 0.6},
    "advice": {"company": 6.0, "regional-network": 0.2, "region": 0.1, "municipality": 0.1},
    "breakfast-meeting": {"regional-network": 2.5, "company": 1.4, "association": 2.0},
    "seminar": {"academia": 3.0, "region": 1.5, "regional-network": 1.6},
    "event": {"association": 2.5, "region": 1.4, "other": 2.0},
    "video-conference": {"region": 1.3, "municipality": 1.3},
    "desk-work": {"company": 1.2, "other": 1.5},
}


class Balance:
    """The use of one office so far, against its aim."""

    def __init__(self, aim: Aim) -> None:
        self.aim = aim
        self.used: defaultdict[str, int] = defaultdict(int)
        self.total = 0
        self.women = 0
        self.men = 0

    def category(self, rng: Random, activity: str) -> str:
        liking = LIKING.get(activity, {})
        weights = [self._pull(slug, share) * liking.get(slug, 1.0) for slug, share in self.aim.shares.items()]
        return rng.choices(list(self.aim.shares), weights)[0]

    def _pull(self, slug: str, share: float) -> float:
        behind = share * self.total - self.used[slug]
        return share * min(6.0, max(0.02, 1 + behind / (share * LOOSE_MINUTES)))

    def use(self, category: str, minutes: int) -> None:
        self.used[category] += minutes
        self.total += minutes

    def women_among(self, rng: Random, heads: int) -> int:
        """How many of these are women; remembered by `come`."""
        behind = self.aim.women * (self.women + self.men) - self.women
        chance = min(0.95, max(0.1, self.aim.women + behind / LOOSE_HEADS))
        return sum(rng.random() < chance for _ in range(heads))

    def come(self, women: int, men: int) -> None:
        self.women += women
        self.men += men


class Parties:
    """Draws organisations: those named first come most often, but each comes now and then."""

    def __init__(self, parties: Sequence[Party]) -> None:
        self.by_slug = {party.slug: party for party in parties}
        of_category: defaultdict[str, list[Party]] = defaultdict(list)
        for party in parties:
            of_category[party.category].append(party)
        self.of_category = {
            category: (members, list(accumulate(1 / (rank + 4) for rank in range(len(members)))))
            for category, members in of_category.items()
        }

    def draw(self, rng: Random, category: str) -> Party:
        members, weights = self.of_category[category]
        return rng.choices(members, cum_weights=weights)[0]
