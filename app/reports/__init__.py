"""A report as a file. Every format is made from the same report JSON, live or frozen.

Map:
    document    JSON, as in the contract
    table       CSV, one figure a line
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.reports.document import as_json
from app.reports.table import as_csv

Render = Callable[[Mapping[str, Any]], bytes]

FORMATS: Mapping[str, Render] = {"json": as_json, "csv": as_csv}
MEDIA_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def file_name(report: Mapping[str, Any], extension: str) -> str:
    """What a download is called: stockholm-2026-10-01-2026-11-01-revision-2.csv"""
    period, revision = report["period"], report["revision"]
    parts = [report["office"], period["from"], period["to"]]
    if revision:
        parts.append(f"revision-{revision}")
    return f"{'-'.join(parts)}.{extension}"


__all__ = ["FORMATS", "MEDIA_TYPES", "as_csv", "as_json", "file_name"]
