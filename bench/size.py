"""Memory of the workers and bytes of the pages."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.booking import CALENDAR, call
from bench.browser import Browser
from bench.load import PLAIN, send
from bench.server import Server
from bench.table import Measured
from bench.world import World

MEGABYTE = 1024  # of the kilobytes that the kernel tells


def memory(server: Server) -> list[Measured]:
    """Of all workers together, after what went before; from /proc/PID/smaps_rollup."""
    told = [_rollup(worker) for worker in server.workers]
    proportional, resident = (sum(each[name] for each in told) / MEGABYTE for name in ("Pss", "Rss"))
    note = f"Pss, in which pages that processes share are divided among them; Rss: {resident:.0f} MB"
    return [Measured(f"memory of {len(told)} workers", proportional, "MB", 150, note)]


def weights(world: World, server: Server) -> list[Measured]:
    """The heaviest page, and every one of them."""
    visitor, host = Browser(server.port), Browser(server.port)
    host.sign_in(world.host, world.password)
    found = {name: browser.weight(path) for name, browser, path in _pages(world, server, visitor, host)}
    heaviest = max(found, key=lambda name: found[name])
    rows = [Measured(f"page weight, heaviest: {heaviest}", found[heaviest] / 1024, "KB", 50)]
    return rows + [Measured(f"  {name}", weight / 1024, "KB") for name, weight in found.items()]


def _rollup(process_id: int) -> dict[str, int]:
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}


def _pages(
    world: World, server: Server, visitor: Browser, host: Browser
) -> Iterator[tuple[str, Browser, str]]:
    day, room = f"/offices/{world.office}/days/{world.day}", world.rooms[0]
    yield "day board, visitor", visitor, day
    yield "day board, host", host, day
    yield "find", visitor, f"/find?office={world.office}"
    yield "room", host, f"/resources/{room}"
    yield "week of a room", host, f"/resources/{room}/weeks/{_iso_week(world.day)}"
    yield "book", host, f"/bookings/new?resource={room}&date={world.day}&start=09:30&end=09:45"
    yield "a booking", host, f"/bookings/{_some_booking(world, server)}"
    yield "my bookings", host, "/bookings"
    yield "host's day", host, f"/host/{world.office}/{world.day}"
    yield "report of a month", host, f"/offices/{world.office}/reports/{world.month}"
    yield "sign in", visitor, "/sign-in"
    yield "privacy", visitor, "/privacy"


def _iso_week(day: str) -> str:
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"


def _some_booking(world: World, server: Server) -> int:
    path = f"{CALENDAR}?from={world.day}&office={world.office}"
    answer = send(server.port, call("GET", path, world.tokens[0], server.port, headers=PLAIN))
    return next(item["id"] for item in answer.json["items"] if item["id"])
