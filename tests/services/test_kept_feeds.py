"""Where feeds are kept: whole or not at all, for their owner alone, and gone when told."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.services import kept_feeds
from app.services.feed_pieces import Piece, Pieces
from app.services.kept_feeds import Facts, Kept, clear_kept, forget_kept, shelf

NOW = datetime(2026, 9, 7, 7, tzinfo=UTC)
FACTS = Facts("a tag", "a frame", "2026-09-07", 1_788_000_000, {"7": (3, -12), "8": (0, None)})
ZONES = ("Europe/Stockholm", "Europe/Stockholm")
PIECES = [Piece(10, 1, 5, ZONES, b"one"), Piece(20, 2, 6, ZONES, b"three")]
HEAD, FOOT = b"head ", b" foot"


def keep(folder: Path, name: str = "a", now: datetime = NOW, facts: Facts = FACTS) -> bytes:
    kept = shelf(folder, name).keep(facts, Pieces.of(PIECES), HEAD, FOOT, now)
    assert kept
    return sent(kept)


def sent(kept: Kept) -> bytes:
    with kept.sent() as file:
        return file.read()


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_what_is_kept_is_what_was_written(tmp_path: Path) -> None:
    assert shelf(tmp_path, "a").open() is None
    assert keep(tmp_path) == b"head onethree foot"
    kept = shelf(tmp_path, "a").open()
    assert kept
    assert kept.facts == FACTS
    pieces = kept.pieces(len(FOOT))
    assert (pieces.columns, b"".join(pieces.written)) == (Pieces.of(PIECES).columns, b"onethree")
    assert list(pieces.zones_of()) == [ZONES]
    assert sent(kept) == b"head onethree foot"
    assert kept.size == len(b"head onethree foot")


def test_an_empty_feed_is_kept_too(tmp_path: Path) -> None:
    kept = shelf(tmp_path, "a").keep(FACTS, Pieces.of([]), HEAD, FOOT, NOW)
    assert kept
    assert len(kept.pieces(len(FOOT))) == 0
    assert sent(kept) == HEAD + FOOT


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    keep(tmp_path / "feeds")
    (file,) = files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [stat.S_IMODE(each.stat().st_mode) for each in (file.parent, tmp_path / "feeds")] == [0o700] * 2


def test_many_pieces_are_written_whole(tmp_path: Path) -> None:
    pieces = [Piece(at, at, at, ZONES, b"%06d\r\n" % at * 40) for at in range(3000)]
    some = Pieces.of(pieces).mended(set(range(0, 3000, 3)), pieces[::3])
    kept = shelf(tmp_path, "a").keep(FACTS, some, HEAD, FOOT, NOW)
    assert kept
    assert sent(kept) == HEAD + b"".join(piece.written for piece in pieces) + FOOT


@pytest.mark.parametrize("length", [0, 10, 40, -1])
def test_a_file_cut_short_is_none(tmp_path: Path, length: int) -> None:
    keep(tmp_path)
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:length])
    assert shelf(tmp_path, "a").open() is None


def test_any_other_file_is_none(tmp_path: Path) -> None:
    keep(tmp_path)
    (file,) = files(tmp_path)
    file.write_bytes(b"x" * len(file.read_bytes()))
    assert shelf(tmp_path, "a").open() is None


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_text("a file where the folder should be")
    place = shelf(tmp_path / "feeds", "a")
    assert place.keep(FACTS, Pieces.of(PIECES), HEAD, FOOT, NOW) is None
    assert place.open() is None


def test_what_was_forgotten_is_gone_and_what_was_read_before_is_not_put_back(tmp_path: Path) -> None:
    keep(tmp_path)
    keep(tmp_path, "b")
    before = shelf(tmp_path, "a")  # somebody is just about to read from the database
    forget_kept(tmp_path)
    assert before.keep(FACTS, Pieces.of(PIECES), HEAD, FOOT, NOW) is None
    assert files(tmp_path) == []
    assert keep(tmp_path) == b"head onethree foot", "whoever comes after that keeps it again"


def test_forgetting_where_nothing_is_kept(tmp_path: Path) -> None:
    forget_kept(tmp_path / "feeds")
    assert not (tmp_path / "feeds").exists()


def test_what_cannot_be_forgotten_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path)

    def in_the_way(place: Path, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            raise PermissionError(place)

    monkeypatch.setattr(kept_feeds.shutil, "rmtree", in_the_way)
    with pytest.raises(PermissionError):
        forget_kept(tmp_path)


def test_what_goes_while_it_is_cleared_away_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path)
    (file,) = files(tmp_path)
    monkeypatch.setattr(
        Path, "iterdir", lambda at: iter([file.parent] if at == tmp_path else [at / "x", file])
    )
    assert clear_kept(tmp_path, NOW + timedelta(days=31)) == 1


def test_what_nobody_asks_for_is_cleared_away(tmp_path: Path) -> None:
    keep(tmp_path, "old")
    keep(tmp_path, "used")
    place = shelf(tmp_path, "used")
    kept = place.open()
    assert kept
    with kept.file:
        place.used(kept, NOW + timedelta(days=29))
    assert clear_kept(tmp_path, NOW + timedelta(days=31)) == 1
    assert [file.name for file in files(tmp_path)] == ["used"]
    assert clear_kept(tmp_path, NOW + timedelta(days=31)) == 0


def test_the_oldest_of_too_much_is_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for days, name in enumerate("abc"):
        keep(tmp_path, name, NOW + timedelta(days=days))
    size = files(tmp_path)[0].stat().st_size
    monkeypatch.setattr(kept_feeds, "MOST_BYTES", 2 * size)
    assert clear_kept(tmp_path, NOW + timedelta(days=3)) == 1
    assert sorted(file.name for file in files(tmp_path)) == ["b", "c"]


def test_another_boot_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path / "feeds")
    boot = tmp_path / "boot"
    boot.write_text("another-boot\n")
    monkeypatch.setattr(kept_feeds, "_BOOT", boot)
    assert shelf(tmp_path / "feeds", "a").open() is None
    clear_kept(tmp_path / "feeds", NOW)
    assert files(tmp_path / "feeds") == []
