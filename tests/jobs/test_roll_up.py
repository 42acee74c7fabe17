"""What the comparison of the roll-up needs, and others do not."""

import subprocess
import sys

COMPARISON = "app.services.reports.roll_up.compare"
LOADED = f"import sys, wsgi, app.jobs; print('numpy' in sys.modules, '{COMPARISON}' in sys.modules)"


def test_neither_web_server_nor_scheduler_loads_numpy_before_the_comparison() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["False", "True"]
