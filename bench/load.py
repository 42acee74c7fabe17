"""Clients in processes of their own, and what they measured."""

import json
import multiprocessing
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.server import HOST, Server

PATIENCE = 60.0  # seconds that one answer may take
MADE = re.compile(rb"\r\nLocation: \S*/bookings/(\d+)\r\n")

PLAIN = {"Accept-Encoding": "identity"}  # for answers whose JSON is read

Request = tuple[Server, bytes, int]  # where, what, and the status that is expected


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its bytes with the headers, how long it took in seconds."""

    status: int
    raw: bytes
    seconds: float

    @property
    def made(self) -> int | None:
        """The id of the booking that was made, if one was."""
        found = MADE.search(self.raw) if self.status == 201 else None
        return int(found[1]) if found else None

    @property
    def json(self) -> Any:
        """Of an answer that was asked for without compression."""
        return json.loads(self.raw.partition(b"\r\n\r\n")[2])


@dataclass(frozen=True)
class Cost:
    """What one request costs: of the time that passed, and of the workers' processor time; in seconds."""

    passed: float
    processor: float


@dataclass(frozen=True)
class Turn:
    """One answer of several that took turns, its cost, and the id of the booking that it made."""

    cost: Cost
    made: int | None


def request(
    method: str, path: str, port: int, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """A request as it goes over the wire; the server ends every connection after one."""
    lines = {"Host": f"{HOST}:{port}", "Accept-Encoding": "gzip", "Connection": "close", **(headers or {})}
    if body:
        lines = {"Content-Type": "application/json", **lines, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def send(port: int, raw: bytes) -> Answer:
    """Sends one request over a new connection and reads until its end."""
    began = time.perf_counter()
    pieces = []
    with socket.create_connection((HOST, port), PATIENCE) as connection:
        connection.sendall(raw)
        while piece := connection.recv(65536):
            pieces.append(piece)
    answer = b"".join(pieces)
    return Answer(int(answer[9:12] or 0), answer, time.perf_counter() - began)


class Clients:
    """So many processes that each do what they are told, at the same time."""

    def __init__(self, pipes: Sequence[Any]) -> None:
        self.pipes = pipes

    def __len__(self) -> int:
        return len(self.pipes)

    def each(self, job: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Has every client do the job with its own arguments; what they gave back."""
        at = time.monotonic() + 0.03  # all of them begin together
        for pipe, own in zip(self.pipes, arguments, strict=True):
            pipe.send((job, at, own))
        results = [pipe.recv() for pipe in self.pipes]
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results

    def cost(self, server: Server, raw: bytes, status: int, seconds: float) -> Cost:
        """What this request costs when all clients send it again and again for so long."""
        before = server.processor_seconds()
        results = self.each(_repeat, [(server.port, raw, seconds, status)] * len(self))
        return _cost(results, server.processor_seconds() - before)

    def cost_of_all(self, server: Server, raws: Sequence[Sequence[bytes]], status: int) -> Cost:
        """What a request costs when every client sends its own ones, each once."""
        before = server.processor_seconds()
        results = self.each(_send_all, [(server.port, own, status) for own in raws])
        return _cost(results, server.processor_seconds() - before)

    def in_turns(self, kinds: Mapping[str, Sequence[Request]]) -> Mapping[str, Sequence[Turn]]:
        """One of every kind after another, again and again, by a single client."""
        turns: Mapping[str, Sequence[Turn]]
        (turns,) = Clients(self.pipes[:1]).each(_in_turns, [(kinds,)])
        return turns

    def race(self, port: int, raws: Sequence[bytes]) -> list[Answer]:
        """The answers when every client sends one request in the same moment."""
        return self.each(send, [(port, raw) for raw in raws])


@contextmanager
def clients(count: int) -> Iterator[Clients]:
    """Client processes, ended at the end of the block."""
    context = multiprocessing.get_context("fork")
    ends = [context.Pipe() for _ in range(count)]
    processes = [context.Process(target=_obey, args=(theirs,), daemon=True) for _, theirs in ends]
    for process in processes:
        process.start()
    try:
        yield Clients([ours for ours, _ in ends])
    finally:
        for ours, _ in ends:
            ours.send(None)
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()


def _obey(pipe: Any) -> None:
    while (told := pipe.recv()) is not None:
        job, at, arguments = told
        time.sleep(max(0.0, at - time.monotonic()))
        try:
            pipe.send(job(*arguments))
        except Exception as error:
            pipe.send(error)


def _cost(results: Sequence[tuple[int, float]], processor_seconds: float) -> Cost:
    per_second = sum(count / lasted for count, lasted in results)
    return Cost(1 / per_second, processor_seconds / sum(count for count, _ in results))


def _repeat(port: int, raw: bytes, seconds: float, status: int) -> tuple[int, float]:
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        _expect(send(port, raw), status)
        count += 1
    return count, time.perf_counter() - began


def _send_all(port: int, raws: Sequence[bytes], status: int) -> tuple[int, float]:
    began = time.perf_counter()
    for raw in raws:
        _expect(send(port, raw), status)
    return len(raws), time.perf_counter() - began


def _in_turns(kinds: Mapping[str, Sequence[Request]]) -> Mapping[str, Sequence[Turn]]:
    turns: dict[str, list[Turn]] = {name: [] for name in kinds}
    for number, together in enumerate(zip(*kinds.values(), strict=True)):
        named = list(zip(kinds, together, strict=True))
        for name, (server, raw, status) in named if number % 2 else reversed(named):
            before = server.processor_seconds()
            answer = send(server.port, raw)
            _expect(answer, status)
            turns[name].append(Turn(Cost(answer.seconds, server.processor_seconds() - before), answer.made))
    return turns


def times_as_dear(one: Sequence[Turn], other: Sequence[Turn]) -> Cost:
    """How many times as much the one costs as the other, by their medians."""
    passed, processor = (
        median(getattr(turn.cost, what) for turn in one) / median(getattr(turn.cost, what) for turn in other)
        for what in ("passed", "processor")
    )
    return Cost(passed, processor)


def _expect(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise RuntimeError(f"{answer.status} instead of {status}: {answer.raw[:500]!r}")
