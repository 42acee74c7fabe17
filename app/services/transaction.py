"""One transaction per use case."""

from collections.abc import Callable
from functools import wraps
from random import random
from time import sleep
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from app.database import is_overlap, is_retryable
from app.domain.errors import Stale, Taken
from app.extensions import db
from app.models import Category, Organisation, Person, Role

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 8
LONGEST_PAUSE = 0.02  # seconds; twice as long with every try
WHO_ASKS = (Person, Role, Organisation, Category)
UNDER_WAY = "use case"  # a mark on the session


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """Runs the function in one writing transaction: all of it is kept, or nothing.

    A deadlock, serialization failure or stale row is tried again. Where the database's guard refuses an
    overlap, Taken is raised (without naming the clash). Any other error rolls back and goes on.
    What was read before is read anew, so that decisions rest on what is true inside; only who asks was
    settled when the request began. A use case called by another is part of that one's transaction.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if UNDER_WAY in db.session.info:
            return function(*args, **kwargs)
        for tried in range(TRIES):
            if tried:  # at once, those who fell over each other would do so again
                sleep(random() * LONGEST_PAUSE * 2**tried)
            try:
                return _in_transaction(function, *args, **kwargs)
            except DBAPIError as error:
                if is_overlap(error):
                    raise Taken(()) from error
                if tried == TRIES - 1 or not is_retryable(error):
                    raise
            except StaleDataError:  # somebody was faster: decided anew on what they left
                if tried == TRIES - 1:
                    raise Stale() from None
        raise AssertionError("unreachable")

    return run


def _in_transaction(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    db.session.commit()  # ends the reading transaction, if there was one
    for known in list(db.session):
        if not isinstance(known, WHO_ASKS):
            db.session.expire(known)
    db.session.connection(execution_options={"writes": True})
    db.session.info[UNDER_WAY] = function.__name__
    try:
        result = function(*args, **kwargs)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.info.pop(UNDER_WAY, None)
    return result
