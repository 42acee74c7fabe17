"""Which bookings a figure of the layout is made of: what they are chosen by, for a link to them."""

from collections.abc import Callable, Mapping

from app.reports.layout import Figure, Row, Section, Table

# What they are chosen by: category, resource …, or `only` no-shows, counted, uncounted, outside … Empty: all.
Choice = Mapping[str, str]
Address = Callable[[Choice], str]  # of the page that lists them

ALL: Choice = {}
BEHIND: Mapping[tuple[str, str], Choice] = {
    ("totals", "used_hours"): ALL,
    ("totals", "bookings"): ALL,
    ("totals", "no_shows"): {"only": "no_show"},
    ("totals", "outside_hours"): {"only": "outside"},
    ("quality", "out_of_service_bookings"): {"only": "out_of_service"},
    ("quality", "out_of_service_hours"): {"only": "out_of_service"},
    ("no_shows", "no_shows"): {"only": "no_show"},
    ("attendance", "women"): {"only": "counted"},
    ("attendance", "men"): {"only": "counted"},
    ("attendance", "other"): {"only": "counted"},
    ("quality", "head_counts_missing"): {"only": "uncounted"},
}
OF_FIGURES: Mapping[str, Choice] = {"share_women": {"only": "counted"}, "no_show_rate": {"only": "no_show"}}


def behind_figure(figure: Figure) -> Choice | None:
    """Behind one of the figures at the top; None where nothing is known."""
    return OF_FIGURES.get(figure.key, ALL) if figure.is_known else None


def behind_row(section: Section, table: Table, row: Row) -> Choice | None:
    """Behind a row of a table; None where it is not made of bookings of the period."""
    if table.is_facts:
        return BEHIND.get((section.key, row.key or ""))
    if table.about is None or row.key is None:
        return None
    return ALL if row.key == "total" else {table.about: row.key}
