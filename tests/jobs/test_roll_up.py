"""What the jobs of the roll-up need, and others do not."""

import subprocess
import sys

LOADED = (
    "import sys, wsgi; print('numpy' in sys.modules, 'app.services.reports.roll_up.compare' in sys.modules)"
)


def test_a_web_server_loads_no_numpy() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["False", "True"]
