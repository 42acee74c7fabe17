"""Waiting for a time that somebody else has."""

from flask import Blueprint, Response, jsonify

from app.api.access import caller, with_token
from app.api.answers import page_of
from app.api.keys import once
from app.api.reading import Fields, json_body
from app.clock import now
from app.models import Organisation, Waiting
from app.services import waiting
from app.services.agenda import zone_of
from app.services.bookings import Wish
from app.services.directory import directory
from app.services.serializers import Data, instant, instant_or_none, thing_slug

KEYS = ("resource", "start", "end", "title", "organisation", "activity")


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get("/waiting")(list_waiting)
    api.post("/waiting")(create_waiting)
    api.delete("/waiting/<id:waiting_id>")(delete_waiting)


@with_token
def list_waiting() -> Response:
    """What the caller waits for, in order of time."""
    fields = Fields.of_query("limit", "cursor")
    page, following = page_of(fields, waiting.waits_of(caller(), now()))
    return jsonify(items=[_whole(each) for each in page], next_cursor=following)


@with_token
def create_waiting() -> Response:
    """Notes that the caller wants a time that is taken; a mail tells when it is free."""
    body = json_body()
    fields = Fields(body)
    fields.only(KEYS)
    fields.need(KEYS)
    slug = fields.text("resource") or ""
    tz = zone_of([slug])
    start = fields.instant("start", tz) if "start" in body else None
    end = fields.instant("end", tz) if "end" in body else None
    title = fields.title("title")
    organisation, activity = fields.text("organisation") or "", fields.text("activity") or ""
    fields.check()
    assert start
    assert end
    wish = Wish((slug,), start, end, title, organisation, activity)
    by, moment = caller(), now()
    facts = once(lambda: _facts(waiting.wait(wish, by=by, now=moment)), body)
    response = jsonify({**facts, "title": title.strip()})
    response.status_code = 201
    return response


@with_token
def delete_waiting(waiting_id: int) -> Response:
    """The caller waits no more."""
    waiting.stop_waiting(waiting_id, by=caller())
    return Response(status=204)


def _facts(each: Waiting) -> Data:
    """The part that holds no words of anybody."""
    return {
        "id": each.id,
        "resource": thing_slug(each.resource_id, each.pool_id),
        "start": instant(each.starts_at),
        "end": instant(each.ends_at),
        "organisation": directory().of_id(Organisation, each.organisation_id).slug,
        "created_at": instant(each.created_at),
        "told_at": instant_or_none(each.told_at),
    }


def _whole(each: Waiting) -> Data:
    return {**_facts(each), "title": each.title}
