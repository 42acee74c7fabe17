"""Clients in processes of their own, and what they measured."""

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

from bench.server import HOST, Server

PATIENCE = 30.0  # seconds that one answer may take


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its bytes with the headers, how long it took in seconds."""

    status: int
    raw: bytes
    seconds: float


@dataclass(frozen=True)
class Pace:
    """What a round of requests measured."""

    per_second: float
    cpu_seconds: float  # of the server's workers, for one request


def request(
    method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"", *, port: int
) -> bytes:
    """A request as it goes over the wire; the server ends every connection after one."""
    lines = {"Host": f"{HOST}:{port}", "Accept-Encoding": "gzip", "Connection": "close", **(headers or {})}
    if body:
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
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


Job = Callable[..., Any]


class Clients:
    """So many processes that each do what they are told, at the same time."""

    def __init__(self, pipes: Sequence["Connection[Any, Any]"]) -> None:
        self.pipes = pipes

    def __len__(self) -> int:
        return len(self.pipes)

    def each(self, job: Job, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Has every client do the job with its own arguments; what they gave back."""
        at = time.monotonic() + 0.02  # all of them begin together
        for pipe, own in zip(self.pipes, arguments, strict=True):
            pipe.send((job, at, own))
        results = [pipe.recv() for pipe in self.pipes]
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results

    def pace(self, server: Server, raw: bytes, seconds: float, status: int = 200) -> Pace:
        """How often per second the server answers this request to all clients together."""
        before = server.cpu_seconds()
        results = self.each(_repeat, [(server.port, raw, seconds, status)] * len(self))
        answered = sum(count for count, _ in results)
        return Pace(
            sum(count / lasted for count, lasted in results), (server.cpu_seconds() - before) / answered
        )


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


def middle(values: Sequence[float]) -> float:
    """The median: one round that something else disturbed does not count."""
    return median(values)


def _obey(pipe: "Connection[Any, Any]") -> None:
    while (told := pipe.recv()) is not None:
        job, at, arguments = told
        time.sleep(max(0.0, at - time.monotonic()))
        try:
            pipe.send(job(*arguments))
        except Exception as error:
            pipe.send(error)


def _repeat(port: int, raw: bytes, seconds: float, status: int) -> tuple[int, float]:
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        answer = send(port, raw)
        if answer.status != status:
            raise RuntimeError(f"{answer.status} instead of {status}: {answer.raw[:300]!r}")
        count += 1
    return count, time.perf_counter() - began
