"""Sectors as people write them."""

import pytest

from app.domain.nace import read_sector


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("62.10", "62.10"),  # Rev. 2.1
        ("62.01", "62.01"),  # Rev. 2
        ("K 62.10", "62.10"),
        ("j62.01", "62.01"),
        ("J.62.01", "62.01"),
        (" 6210 ", "62.10"),
        ("62.100", "62.10"),  # SNI 2025
        ("62010", "62.01"),  # SNI 2007
        ("62,10", "62.10"),
        ("62.1", "62.1"),
        ("62", "62"),
        ("", None),
        ("6", None),
        ("62.", None),
        ("62..10", None),
        ("62.1000", None),
        ("Z 62.10", None),
        ("IT", None),
        ("٦٢", None),
    ],
)
def test_both_revisions_and_what_stands_around_them(text: str, sector: str | None) -> None:
    assert read_sector(text) == sector
