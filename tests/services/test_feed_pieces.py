"""Pieces of a feed: mended is the same as put together anew."""

from hypothesis import given
from hypothesis import strategies as st

from app.services.feed_pieces import Piece, Pieces

ZONES = (
    ("Europe/Stockholm", "Europe/Stockholm"),
    ("Europe/Stockholm", ""),
    ("Europe/London", "Europe/London"),
)


@st.composite
def feeds(draw: st.DrawFn) -> list[Piece]:
    """Pieces in order, each date once; several of one booking."""
    dates = draw(st.lists(st.integers(1, 60), unique=True, max_size=25))
    return sorted(
        Piece(
            draw(st.integers(0, 5)),
            date,
            draw(st.integers(1, 8)),
            draw(st.sampled_from(ZONES)),
            draw(st.binary(min_size=1, max_size=4)),
        )
        for date in dates
    )


def seen(pieces: Pieces) -> object:
    """What is in them; zones may be numbered in another way."""
    *numbers, zones = pieces.columns
    return numbers, [pieces.zones[each] for each in zones], b"".join(pieces.written)


@given(feeds(), feeds(), st.sets(st.integers(1, 8)))
def test_mended_is_the_same_as_put_together_anew(
    before: list[Piece], after: list[Piece], changed: set[int]
) -> None:
    stay = [piece for piece in before if piece.booking_id not in changed]
    known = {piece.date_id for piece in stay}
    others = [piece for piece in after if piece.booking_id in changed and piece.date_id not in known]
    mended = Pieces.of(before).mended(changed, others)
    anew = Pieces.of(sorted([*stay, *others], key=lambda piece: (piece.starts_at, piece.date_id)))
    assert seen(mended) == seen(anew)
    assert set(mended.zones_of()) == {piece.zones for piece in [*stay, *others]}
    assert len(mended) == len(stay) + len(others)


@given(feeds())
def test_nothing_changed_is_nothing_mended(before: list[Piece]) -> None:
    assert seen(Pieces.of(before).mended(set(), [])) == seen(Pieces.of(before))
