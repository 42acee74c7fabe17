"""`@both` runs a test on SQLite and on real PostgreSQL."""

import pytest

both = pytest.mark.parametrize("app", ["sqlite", "postgres"], indirect=True)
