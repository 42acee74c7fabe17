"""Idempotency-Key: what is sent again with the same key is not done again."""

import hashlib
import json
from collections.abc import Callable

from flask import request

from app.api.access import caller
from app.api.problems import Problem
from app.clock import now
from app.services.idempotency import LONGEST_KEY, Key, do_once
from app.services.serializers import Data


def once(action: Callable[[], Data], body: object = None) -> Data:
    """What the action tells: of now, or of the first time where this key came before. See `do_once`."""
    key = key_sent(body)
    return do_once(action, key) if key else action()


def key_sent(body: object = None) -> Key | None:
    """The key of this request, whose body this is; None where it has none. 400."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or any(not 33 <= ord(character) <= 126 for character in key):
        raise Problem(400, "bad_idempotency_key")
    return Key(caller().id, key, _hash_of(body), now())


def _hash_of(body: object) -> str:
    """The same for requests that ask for the same: in whichever order their keys stand."""
    asked = [request.method, request.path, sorted(request.args.items(multi=True)), body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
