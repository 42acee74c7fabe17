"""Feeds: calendars to subscribe to, at secret addresses."""

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from werkzeug.http import http_date, is_resource_modified

from app.clock import now
from app.services.authorize import may
from app.services.feed_events import Words, render_feed
from app.services.feeds import MINE, find_feed, renew_feed
from app.services.offices import office_named
from app.web import log_masking
from app.web.security import allow, signed_in
from app.wording.languages import LOCALES
from calendars.feed import CONTENT_TYPE

# The address is a secret: no link that is followed from a calendar may carry it on.
NO_REFERRER = {"Referrer-Policy": "no-referrer"}

bp = Blueprint("feeds", __name__, url_prefix="/feeds")
bp.record_once(lambda state: log_masking.init_app(state.app))


@bp.get("/<any(resource,office):kind>/<slug>/<key>/<name>.ics")
@bp.get("/mine/<key>/<name>.ics", defaults={"kind": MINE, "slug": ""})
@allow("token")
def show(kind: str, slug: str, key: str, name: str) -> ResponseReturnValue:
    """The feed, or 304 where the reader has it. Who asks is known by the address alone."""
    config, moment = current_app.config, now()
    feed = find_feed(f"{kind}:{slug}" if slug else kind, key, secret=config["SECRET_KEY"])
    if feed is None:
        return Response("There is no calendar at this address.\n", 404, NO_REFERRER, "text/plain")
    whole = request.args.get("all") == "1"
    etag = feed.etag(whole=whole, base_url=config["BASE_URL"], now=moment)
    modified_at = feed.modified_at(whole=whole, now=moment)
    kept = {"ETag": f'"{etag}"', "Cache-Control": "private, max-age=0, must-revalidate", **NO_REFERRER}
    if not is_resource_modified(request.environ, etag=etag, last_modified=modified_at):
        return Response(status=304, headers=kept)
    with force_locale(LOCALES[feed.language]):
        words = Words(busy=gettext("Busy"), mine=gettext("My bookings"))
    body = render_feed(
        feed, words, whole=whole, base_url=config["BASE_URL"], secret=config["SECRET_KEY"], now=moment
    )
    more = {
        "Last-Modified": http_date(modified_at),
        "Content-Disposition": f'inline; filename="{slug or "motesplats"}.ics"',
    }
    return Response(body, headers=kept | more, content_type=CONTENT_TYPE)


@bp.post("/<thing>/renewal")
@allow("member")
def renew(thing: str) -> ResponseReturnValue:
    """A new address; the old one stops at once."""
    renew_feed(signed_in(), thing, now=now())
    flash(gettext("The calendar has a new address. Subscribe to it anew; the old one has stopped."))
    kind, _, slug = thing.partition(":")
    if kind == "resource":
        return redirect(url_for("resources.show", resource=slug), code=303)
    if kind == "office":
        page = "host.today" if may(signed_in(), "host", office_named(slug)) else "board.today"
        return redirect(url_for(page, office=slug), code=303)
    return redirect(url_for("bookings.index"), code=303)
