"""Names in the order of a Swedish list."""

from random import Random

import pytest

from app.domain.alphabet import alphabetical

IN_ORDER = [
    "3 Granar",
    "Abborren",
    "Idé & Co",
    "idéverket",
    "Kåda & Kol",
    "Kärr & Keramik",
    "Zebra",
    "Åkerbär",
    "Älg & Ark",
    "Öring",
]


@pytest.mark.parametrize("seed", range(5))
def test_swedish_order(seed: int) -> None:
    mixed = Random(seed).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(mixed, key=alphabetical) == IN_ORDER


def test_however_a_letter_is_written() -> None:
    assert sorted(["Zon", "Ål", "Alm"], key=lambda name: alphabetical(name, "en")) == ["Ål", "Alm", "Zon"]
    assert sorted(["A\u0308lg", "Ål", "Zon"], key=alphabetical) == ["Zon", "Ål", "A\u0308lg"]
