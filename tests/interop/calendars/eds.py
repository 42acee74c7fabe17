"""Every date of a subscribed calendar as Evolution Data Server counts it: "start end" in seconds, one a line.

Run by the system's own Python, which has the bindings, inside a session of D-Bus. Arguments: the name of
the source, how many events it has, and from and until when.
"""

import sys
import time
from importlib import import_module
from typing import Any

import gi


def bound(name: str, version: str) -> Any:
    """The bindings of a library. Which version has to be said before they are imported."""
    gi.require_version(name, version)
    return import_module(f"gi.repository.{name}")


ECal = bound("ECal", "2.0")
EDataServer = bound("EDataServer", "1.2")
ICalGLib = bound("ICalGLib", "3.0")
PATIENCE = 120  # seconds
UTC = ICalGLib.Timezone.get_utc_timezone()


def fetched(client: Any, events: int) -> bool:
    """Whether it has got all of them, sooner or later: it fetches and stores behind our back."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        _, found = client.get_object_list_as_comps_sync("#t", None)
        if len(found) == events:
            return True
        time.sleep(0.2)
    return False


def say(component: Any, start: Any, end: Any, *_: object) -> bool:
    """Prints one date; true to be told the next."""
    print(*(at.as_timet_with_zone(at.get_timezone() or UTC) for at in (start, end)))
    return True


def main(name: str, events: str, first: str, last: str) -> int:
    source = EDataServer.SourceRegistry.new_sync(None).ref_source(name)
    client = ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, 5, None)
    client.refresh_sync(None)
    if not fetched(client, int(events)):
        print("never got as many events as there are", file=sys.stderr)
        return 1
    client.generate_instances_sync(int(first), int(last), None, say)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
