"""Defects gathered by class, however many there are of one."""

from collections.abc import Iterable
from dataclasses import dataclass

from calendars.lint.defect import Defect

_KEPT = 100  # of each class


@dataclass(frozen=True)
class Remark:
    """One class of defect: the first of it in order of the file, and how many there are in all."""

    first: tuple[Defect, ...]
    count: int

    @property
    def is_fault(self) -> bool:
        """Whether it is a fault; else advice."""
        return self.first[0].is_fault


def gather(defects: Iterable[Defect]) -> list[Remark]:
    """Remarks on all of these: faults first, then advice, each in order of the file."""
    kept: dict[str, set[Defect]] = {}
    left: dict[str, int] = {}
    for defect in defects:
        known = kept.setdefault(defect.code, set())
        if len(known) < _KEPT:
            known.add(defect)
        else:
            left[defect.code] = left.get(defect.code, 0) + 1
    found = [Remark(tuple(sorted(known)), len(known) + left.get(code, 0)) for code, known in kept.items()]
    return sorted(found, key=lambda remark: (not remark.is_fault, remark.first[0]))
