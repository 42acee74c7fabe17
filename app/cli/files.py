"""What the commands that read a file share: its text, and the way to say what is wrong with it."""

from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def read_text(path: Path) -> str:
    """The file as text. Ends the command if it is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        refuse([f"{path}: line {line}: is not UTF-8; save the file with that encoding"])


def plain(text: str) -> str:
    """On one line, without what would command the terminal."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def refuse(lines: Iterable[str]) -> NoReturn:
    """Says what is wrong, a line for each problem, and ends the command with code 1."""
    for line in lines:
        click.echo(line, err=True)
    raise SystemExit(1)
