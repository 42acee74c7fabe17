"""What can go wrong, as codes with parameters; `app.wording` turns them into sentences."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from dataclasses import field as attribute  # Refusal has a field named "field"
from datetime import datetime
from typing import Any, ClassVar

from app.domain.interval import Interval


class DomainError(Exception):
    """A foreseen failure. `code` names it, `params` fill its sentence."""

    code: ClassVar[str] = "error"

    def __init__(self, **params: object) -> None:
        super().__init__(self.code, params)
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that a wish breaks: its code, the form field it is about, and what fills the sentence."""

    code: str
    field: str = ""
    params: dict[str, object] = attribute(default_factory=dict)


class Refused(DomainError):
    """A wish that breaks rules; every broken rule is named at once, and what is in its way besides."""

    code = "refused"

    def __init__(self, *refusals: Refusal, clashes: "tuple[Clash, ...]" = ()) -> None:
        super().__init__()
        self.refusals = refusals
        self.clashes = clashes

    def __str__(self) -> str:
        return ", ".join(refusal.code for refusal in self.refusals)


def without_repetition(refusals: Iterable[Refusal]) -> list[Refusal]:
    """Each broken rule once per field and thing: a series says "closed" once, of its first date.

    What it says of the others stands in `also`, by date.
    """
    seen: dict[tuple[object, ...], Refusal] = {}
    dated: dict[tuple[object, ...], dict[object, dict[str, object]]] = {}
    for refusal in refusals:
        about = (refusal.params.get(each) for each in ("resource", "slug", "office", "name", "month"))
        key = (refusal.code, refusal.field, *about)
        seen.setdefault(key, refusal)
        for told in dates_told(refusal):
            dated.setdefault(key, {}).setdefault(told.get("date_on"), told)
    return [_with_dates(refusal, [*dated[key].values()][1:]) for key, refusal in seen.items()]


def dates_told(refusal: Refusal) -> "list[dict[str, object]]":
    """What a refusal says, by date of a series."""
    also: Any = refusal.params.get("also", ())
    return [refusal.params, *also]


def _with_dates(refusal: Refusal, also: "list[dict[str, object]]") -> Refusal:
    return replace(refusal, params={**refusal.params, "also": tuple(also)}) if also else refusal


@dataclass(frozen=True, slots=True)
class BookingInTheWay:
    """The booking that a clash is with, for those who may read it."""

    id: int
    date_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A live slot in the way of a wish, as the one who wishes may know it.

    `start` and `end` are its use, `blocks` that with its buffers. `wanted` is the date of the wish that
    it is in the way of. `requested`: it is only asked for, the host has not decided. `yours`: it is their
    own. `booking` is None where it is not for them to read.
    """

    resource: str
    resource_name: str
    start: datetime
    end: datetime
    wanted: Interval | None = None
    blocks: Interval | None = None
    requested: bool = False
    yours: bool = False
    booking: BookingInTheWay | None = None
    calendar: str | None = None  # the name of one kept elsewhere: then it is that which has the time

    @property
    def only_buffer(self) -> bool:
        """Whether the uses do not meet, but only the time kept free before or after them."""
        wanted = self.wanted
        return wanted is not None and (wanted.end <= self.start or self.end <= wanted.start)

    @property
    def why(self) -> str:
        """What it is, in a word: "calendar", "buffer", "yours", "requested" or "booked"."""
        if self.calendar is not None:
            return "calendar"
        if self.only_buffer:
            return "buffer"
        return "yours" if self.yours else "requested" if self.requested else "booked"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A free time or another free resource instead of one that is taken, which the rules allow.

    `needs_approval`: a host would have to say yes.
    """

    resource: str
    resource_name: str
    start: datetime
    end: datetime
    needs_approval: bool = False


class Taken(DomainError):
    """Somebody has the time already. Names each clash, and up to two free alternatives."""

    code = "taken"

    def __init__(self, clashes: tuple[Clash, ...], alternatives: tuple[Alternative, ...] = ()) -> None:
        super().__init__()
        self.clashes = clashes
        self.alternatives = alternatives


class NotFound(DomainError):
    """There is no such thing, or the person may not know that there is."""

    code = "not_found"


class NotAllowed(DomainError):
    """The person may not do this."""

    code = "not_allowed"


class Stale(DomainError):
    """Somebody else changed the thing meanwhile; nothing was overwritten."""

    code = "stale"
