"""Rules for the answers with which a feed comes: what calendar programs send and expect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message

from calendars.lint.defect import Defect

BEARER = {"Authorization": "Bearer"}
"""What classic Outlook sends along; it means nothing."""


@dataclass(frozen=True)
class Answer:
    """One answer of a server."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """The header's value in whatever case its name came, empty without one."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


def if_unchanged(answer: Answer) -> dict[str, dict[str, str]]:
    """The headers with which a program asks again, by which of them it knows."""
    known = {"If-None-Match": answer.header("ETag"), "If-Modified-Since": answer.header("Last-Modified")}
    return {name: {name: value} for name, value in known.items() if value}


def check_answer(answer: Answer) -> Iterator[Defect]:
    """A plain GET."""
    if answer.status != 200:
        yield Defect(1, "http-status", f"{answer.status}; redirects are followed by few")
        return
    header = Message()
    header["Content-Type"] = answer.header("Content-Type")
    charset = str(header.get_param("charset", "")).lower()
    if header.get_content_type() != "text/calendar" or charset not in ("", "utf-8"):
        yield Defect(1, "http-type", answer.header("Content-Type") or "no Content-Type")
    elif not charset:
        yield Defect(1, "http-charset", answer.header("Content-Type"))
    if answer.header("Content-Encoding") not in ("", "identity"):
        yield Defect(1, "http-encoding", answer.header("Content-Encoding"))
    for name in ("ETag", "Last-Modified"):
        if not answer.header(name):
            yield Defect(1, "http-validators", f"no {name}")


def check_again(asked_by: str, again: Answer) -> Iterator[Defect]:
    """The same address asked again with one of the headers of `if_unchanged`."""
    if again.status != 304 or again.body:
        yield Defect(1, "http-not-modified", f"{asked_by}: {again.status}, {len(again.body)} octets")


def check_same(answer: Answer, head: Answer, bearer: Answer) -> Iterator[Defect]:
    """The same address asked by HEAD, and with an Authorization that says nothing."""
    named = ("Content-Type", "ETag", "Last-Modified", "Content-Length")
    differs = [name for name in named if head.header(name) != answer.header(name)]
    if head.status != answer.status or head.body or differs:
        yield Defect(1, "http-head", f"HEAD: {head.status} {', '.join(differs)}".strip())
    if (bearer.status, bearer.body) != (answer.status, answer.body):
        yield Defect(1, "http-authorization", f"with an empty Authorization: {bearer.status}")
