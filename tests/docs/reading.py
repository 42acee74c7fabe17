"""What a page of the documentation holds: fenced examples, tables and the words in `code`."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def text(name: str) -> str:
    """The page `docs/<name>`."""
    return (ROOT / "docs" / name).read_text("utf-8")


def fenced(page: str, language: str) -> list[str]:
    """The examples in that language; "" is those that name none."""
    return [body for found, body in FENCE.findall(page) if found == language]


def section(page: str, heading: str) -> str:
    """What stands below a heading, down to the next of its rank or higher."""
    rank = heading.split()[0]
    body = page.split(f"\n{heading}\n", 1)[1]
    return re.split(rf"^#{{1,{len(rank)}}} ", body, maxsplit=1, flags=re.MULTILINE)[0]


def rows(page: str) -> list[list[str]]:
    """The cells of every table row that begins with a word in `code`."""
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def codes(cell: str) -> list[str]:
    """The words in `code`."""
    return re.findall(r"`([^`]+)`", cell)
