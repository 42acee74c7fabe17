"""Feeds: calendars to subscribe to at secret addresses, and the page on which one looks after these."""

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.http import http_date, is_resource_modified
from werkzeug.wsgi import wrap_file

from app.clock import now
from app.services.authorize import may
from app.services.feed_writing import current_feed, unchanged_since
from app.services.feeds import BUSY, MINE, Feed, busy_feed, find_feed, keep_use, renew_feed
from app.services.offices import office_named
from app.web import log_masking
from app.web.feed_panel import addresses_of, feed_panel, is_followable, name_of, things_to_follow
from app.web.security import allow, safe_path, signed_in
from app.web.sure import ask
from app.web.written_feeds import variant_of, words_of
from calendars.feed import CONTENT_TYPE

# The address is a secret: no link that is followed from a calendar may carry it on.
NO_REFERRER = {"Referrer-Policy": "no-referrer"}
PRIVATE, PUBLIC = "private, max-age=0, must-revalidate", "public, max-age=300"

bp = Blueprint("feeds", __name__, url_prefix="/feeds")
bp.record_once(lambda state: log_masking.init_app(state.app))


@bp.get("/<any(resource,office,organisation):kind>/<slug>/<key>/<name>.ics")
@bp.get("/<any(kind):kind>/<slug>/<part>/<key>/<name>.ics")
@bp.get("/<any(mine):kind>/<key>/<name>.ics")
@allow("token")
def show(kind: str, key: str, name: str, slug: str = "", part: str = "") -> ResponseReturnValue:
    """The feed, or 304 where the reader has it. Who asks is known by the address alone."""
    thing = ":".join(filter(None, (kind, slug, part)))
    feed = find_feed(thing, key, secret=current_app.config["SECRET_KEY"])
    answer = _answer(feed, request.args.get("all") == "1", PRIVATE, "-".join(filter(None, (slug, part))))
    if feed:
        keep_use(feed, now=now())
    return answer


@bp.get(f"/{BUSY}/<slug>.ics")
@allow("token")
def busy(slug: str) -> ResponseReturnValue:
    """When a resource is taken and nothing else, for everybody: no more than its board tells a visitor."""
    return _answer(busy_feed(slug), False, PUBLIC, slug)


def _answer(feed: Feed | None, whole: bool, cache: str, name: str) -> Response:
    if feed is None:
        return Response("There is no calendar at this address.\n", 404, NO_REFERRER, "text/plain")
    variant, moment = variant_of(feed, whole=whole), now()
    etag = variant.etag(moment)
    headers = {"ETag": f'"{etag}"', "Cache-Control": cache, **NO_REFERRER}
    by_time = "If-Modified-Since" in request.headers and "If-None-Match" not in request.headers
    modified_at = unchanged_since(variant, moment) if by_time else None
    if not is_resource_modified(request.environ, etag=etag, last_modified=modified_at):
        return Response(status=304, headers=headers)
    written = current_feed(variant, lambda: words_of(feed.language), now=moment)
    headers |= {
        "Last-Modified": http_date(written.modified_at),
        "Content-Disposition": f'inline; filename="{name or "motesplats"}.ics"',
        "Content-Length": str(written.size),
    }
    if isinstance(written.body, bytes):
        return Response(written.body, headers=headers, content_type=CONTENT_TYPE)
    # The server hands the file to the kernel, which sends it.
    sent = wrap_file(request.environ, written.body)
    return Response(sent, headers=headers, content_type=CONTENT_TYPE, direct_passthrough=True)


@bp.get("")
@allow("member")
def index() -> ResponseReturnValue:
    """One's addresses in use, and what else can be followed."""
    return render_template(
        "feeds/index.html", addresses=addresses_of(signed_in()), groups=things_to_follow(signed_in())
    )


@bp.get("/<thing>")
@allow("member")
def follow(thing: str) -> ResponseReturnValue:
    """The address of one calendar, and how to subscribe to it."""
    name = _followed(thing)
    return render_template("feeds/show.html", name=name, feed=feed_panel(thing, name))


@bp.route("/<thing>/renewal", methods=["GET", "POST"])
@allow("member")
def renew(thing: str) -> ResponseReturnValue:
    """A new address, asked about first; the old one stops at once."""
    if request.method == "GET":
        return ask(
            gettext("Make a new address?"),
            gettext(
                "The old address stops at once: calendars that use it get nothing more"
                " until they are given the new one."
            ),
            gettext("Make a new address"),
            facts=[_followed(thing)],
            back_url=_page_of(thing),
        )
    renew_feed(signed_in(), thing, now=now())
    flash(gettext("The calendar has a new address. Subscribe to it anew; the old one has stopped."))
    return redirect(_page_of(thing), code=303)


@bp.route("/<thing>/revocation", methods=["GET", "POST"])
@allow("member")
def revoke(thing: str) -> ResponseReturnValue:
    """The address stops at once, and nobody is told another. Asked about first."""
    if request.method == "GET":
        return ask(
            gettext("Stop this calendar address?"),
            gettext(
                "Calendars that use it get nothing more."
                " You can follow the same calendar again later, at a new address."
            ),
            gettext("Stop the address"),
            facts=[_followed(thing)],
            back_url=url_for("feeds.index"),
        )
    renew_feed(signed_in(), thing, now=now())
    flash(gettext("The address has stopped: calendars that used it no longer get anything."))
    return redirect(url_for("feeds.index"), code=303)


def _followed(thing: str) -> str:
    """What a calendar is called that this person may follow."""
    name = name_of(thing)
    if name is None or not is_followable(thing, signed_in()):
        abort(404)
    return name


def _page_of(thing: str) -> str:
    """Where its panel stands: where the form was, else the page of the thing."""
    if back := safe_path(request.values.get("next")):
        return back
    kind, _, slug = thing.partition(":")
    if kind == "resource":
        return url_for("resources.show", resource=slug)
    if kind == "office":
        page = "host.today" if may(signed_in(), "host", office_named(slug)) else "board.today"
        return url_for(page, office=slug)
    return url_for("bookings.index") if thing == MINE else url_for("feeds.follow", thing=thing)
