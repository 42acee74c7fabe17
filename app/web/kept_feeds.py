"""Feeds as they were last written, by their ETag: programs that ask without one get them without work.

An ETag stands for all that decides the bytes, so what is kept under it is never out of date.
"""

from collections import OrderedDict
from collections.abc import Callable

MOST_BYTES = 32 * 1024 * 1024  # in each worker


class KeptFeeds:
    """So many bytes; what was asked for least recently is forgotten first."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.size = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, etag: str, write: Callable[[], bytes]) -> bytes:
        """The bytes of this ETag, written now where they are not known. A large part of all is not kept."""
        known = self._kept.get(etag)
        if known is not None:
            self._kept.move_to_end(etag)
            return known
        body = write()
        if len(body) <= self.most // 4:
            self._kept[etag] = body
            self.size += len(body)
        while self.size > self.most:
            self.size -= len(self._kept.popitem(last=False)[1])
        return body
