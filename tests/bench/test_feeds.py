"""The bench of feeds on a small calendar: it runs, its parts are judged, and nginx is gone afterwards."""

from pathlib import Path

import pytest

from bench import feeds
from bench.__main__ import running
from bench.load import clients
from bench.nginx import nginx


def test_nginx_serves_and_ends(tmp_path: Path) -> None:
    with nginx(tmp_path / "nginx") as (server, served):
        (served / "feed.ics").write_bytes(b"BEGIN:VCALENDAR\r\n")
        assert feeds._body(server, feeds.FILE) == b"BEGIN:VCALENDAR\r\n"
        assert feeds._etag(server, feeds.FILE)
        assert len(server.workers) == 1
    with pytest.raises(ConnectionRefusedError):
        feeds._body(server, feeds.FILE)


def test_the_bench_of_feeds_measures_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "EVENTS", 100)
    with clients(1) as one, running(tmp_path / "world", 300) as found:
        rows = list(feeds.measure(found, tmp_path / "nginx", one, 1))
    judged = {row.name: row.target for row in rows if row.target}
    assert judged == {"whole feed": 3, "304 of that feed": 1.5, "first time after a booking": 10}
    assert all(row.value > 0 for row in rows)


def test_without_nginx_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.nginx._find", lambda: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(RuntimeError, match="apt install nginx-light"), nginx(tmp_path / "nginx"):
        pass
