"""The report as a JSON document: figures unrounded, null where nothing could be divided."""

import json
from collections.abc import Mapping
from typing import Any


def as_json(report: Mapping[str, Any]) -> bytes:
    """UTF-8, two spaces of indentation, a line break at the end."""
    return (json.dumps(report, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
