"""The report as CSV for programs: one figure a line, `section,key,measure,value`.

- `section` is a name from the report JSON (`totals`, `by_category` …), `report` for what stands outside.
- `key` is what the line is about in a section that is a list: the slug of the category, resource,
  activity or organisation, the kind, the indicator of a target; empty in the others.
- `measure` is the figure's name in the report JSON; names by language are `name_sv`, `name_en`.
- `value` is a number with a decimal point, unrounded; a text; `true` or `false`; or empty for null.

UTF-8 without a byte order mark, commas, CRLF (RFC 4180). A text that a spreadsheet would run as a
formula stands behind an apostrophe; numbers do not, so a negative one stays a number.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

HEADER = ("section", "key", "measure", "value")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# In each list of the report, what tells its lines apart.
KEYS = {
    "by_category": "category",
    "by_resource": "resource",
    "by_kind": "kind",
    "by_activity": "activity",
    "by_organisation": "organisation",
    "targets": "indicator",
    "judgements": "judgement",
    "changes": "figure",
    "causes": "cause",
    "trend": "month",
    "compared": "compared",
    "by_office": "office",
    "by_funder": "organisation",
    "by_municipality": "municipality",
    "by_hour": "cell",
    "lead_time": "ahead",
    "conferences": "office",
    "aid": "organisation",
    "suppressed": "cell",
}

Line = tuple[str, str, str, str]


def as_csv(report: Mapping[str, Any]) -> bytes:
    """The bytes of the file."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    writer.writerows(lines(report))
    return buffer.getvalue().encode()


def lines(report: Mapping[str, Any]) -> Iterator[Line]:
    """The lines below the heading."""
    for section, content in report.items():
        if isinstance(content, Mapping):
            yield from _figures(section, "", content)
        elif isinstance(content, list):
            for row in content:
                name = KEYS[section]
                key = "" if row[name] is None else str(row[name])
                yield from _figures(section, key, {what: row[what] for what in row if what != name})
        else:
            yield from _figures("report", "", {section: content})


def _figures(section: str, key: str, content: Mapping[str, Any]) -> Iterator[Line]:
    for measure, value in content.items():
        if measure == "names" and isinstance(value, Mapping):
            for language, name in value.items():
                yield section, neutral(key), neutral(f"name_{language}"), _value(name)
        else:
            yield section, neutral(key), measure, _value(value)


def _value(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return neutral(str(value))


def neutral(text: str) -> str:
    """The text, such that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
