"""A feed as Evolution's own server subscribes to it, stores and expands it: Evolution, GNOME Calendar."""

from pathlib import Path
from urllib.parse import urlsplit

from tests.calendars.samples import Spans
from tests.interop.calendars.programs import HERE, install, run, serving, spans_in

FIRST, LAST = "1735689600", "1893456000"  # 2025 to 2029
SOURCE = """[Data Source]
DisplayName={name}
Enabled=true
Parent=webcal-stub

[Calendar]
BackendName=webcal
Selected=true

[Authentication]
Host={host}
Port={port}
Method=none

[Security]
Method=none

[WebDAV Backend]
ResourcePath={path}

[Refresh]
Enabled=false

[Offline]
StaySynchronized=true
"""


def by_evolution(ics: bytes, home: Path) -> Spans:
    """The dates that Evolution Data Server has of it. `home` is where it keeps its things."""
    install(
        (Path("/usr/libexec/evolution-calendar-factory"), "evolution-data-server"),
        (Path("/usr/share/doc/gir1.2-ecal-2.0"), "gir1.2-ecal-2.0"),
        (Path("/usr/lib/python3/dist-packages/gi"), "python3-gi"),
        ("dbus-run-session", "dbus-daemon"),
    )
    with serving({"feed": ics}) as base:
        subscribe("Feed", f"{base}/feed.ics", home)
        events = str(ics.count(b"\r\nBEGIN:VEVENT\r\n"))
        asked = ("/usr/bin/python3", HERE / "eds.py", "feed", events, FIRST, LAST)
        own = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
        return spans_in(run("dbus-run-session", "--", *asked, env=own))


def subscribe(name: str, address: str, home: Path) -> None:
    """What Evolution, started with this home, then has a calendar of. The name of the source is "feed"."""
    sources, parts = home / ".config/evolution/sources", urlsplit(address)
    sources.mkdir(parents=True)
    written = SOURCE.format(name=name, host=parts.hostname, port=parts.port, path=parts.path)
    (sources / "feed.source").write_text(written)
