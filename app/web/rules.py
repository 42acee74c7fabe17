"""What an office asks of bookings: the rules that hold, closures, and what is left of quotas."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.alphabet import alphabetical
from app.domain.errors import Refused, Stale
from app.domain.localtime import local_date, zone
from app.models import BookingRule, Category, Office, Organisation, Resource
from app.services.closures import booked_under
from app.services.directory import directory
from app.services.offices import categories
from app.services.rules import quotas_of
from app.services.rules.limits import is_period, settings_of, time_of
from app.services.rules.made import RuleWish, end_rule, make_rule, refusals_of, replace_rule, rule_for
from app.web.closures import closures_of, lying_under
from app.web.hosting import hosted, switch_to
from app.web.rule_forms import RuleForm
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.wording import say
from app.wording.formats import hours_exact, month, sentence
from app.wording.names import own_name
from app.wording.rules import left_in_words, rule_in_words, time_of_rule

bp = Blueprint("rules", __name__, url_prefix="/host/<office>/rules")

Group = tuple[int, tuple[Any, ...], str]  # rank, place within it, name
# Refusals speak of a wish; these are the fields of the form.
FIELD_OF = {"organisation": "whom", "category": "whom", "notice_minutes": "notice"}


@bp.get("")
@allow("host")
def index(office: str) -> ResponseReturnValue:
    """What holds now."""
    place = hosted(office)
    moment, tz = now(), zone(place.timezone)
    today = local_date(moment, tz)
    return render_template(
        "host/rules.html",
        office=place,
        offices=switch_to("rules.index"),
        groups=_groups(place, moment),
        closures=closures_of(place, moment),
        quotas=[
            {
                "name": each.organisation.name,
                "of": each.resource.name if each.resource else None,
                "hours": hours_exact(timedelta(hours=each.hours)),
                "spent": hours_exact(each.spent),
                "left": left_in_words(each),
                "gone": not each.left,
            }
            for each in quotas_of(place, today)
        ],
        month=month(today),
    )


@bp.route("/new", methods=["GET", "POST"])
@allow("host")
def new(office: str) -> ResponseReturnValue:
    """One more rule."""
    place = hosted(office)
    form = RuleForm.for_office(place, signed_in())

    def save(wish: RuleWish) -> None:
        make_rule(place, wish, by=signed_in())

    return _saved(form, save, gettext("The rule holds from now on.")) or _form(place, form)


@bp.route("/<int:rule>", methods=["GET", "POST"])
@allow("host")
def edit(office: str, rule: int) -> ResponseReturnValue:
    """Another rule instead of one that holds."""
    place = hosted(office)
    former = _rule(place, rule)
    form = RuleForm.for_office(place, signed_in())
    if not form.is_submitted():
        if former.retired:
            return redirect(url_for("rules.index", office=place.slug))
        form.fill_in_from(former, _slug_of_resource(former), _slug_of_whom(former))

    def save(wish: RuleWish) -> None:
        replace_rule(rule, wish, by=signed_in())

    return _saved(form, save, gettext("The rule is changed.")) or _form(place, form, former)


@bp.route("/<int:rule>/end", methods=["GET", "POST"])
@allow("host")
def end(office: str, rule: int) -> ResponseReturnValue:
    """A rule holds no more; asked about first."""
    place = hosted(office)
    former = _rule(place, rule)
    if request.method == "GET":
        if former.retired:
            return redirect(_back(place))
        entry = _entry(former, place, now())
        return ask(
            gettext("End the rule?"),
            gettext("It holds no more for what is booked from then on. To have it back, make it anew."),
            gettext("End the rule"),
            facts=[f"{_whom(former)[2]} · {entry['of']}", *entry["said"], *filter(None, [entry["time"]])],
            back_url=_back(place),
        )
    end_rule(rule, by=signed_in())
    flash(gettext("The rule is ended. Bookings that were made meanwhile stay."), "success")
    return redirect(url_for("rules.index", office=place.slug), code=303)


def _saved(form: RuleForm, save: Callable[[RuleWish], None], done: str) -> ResponseReturnValue | None:
    """On to the list where all went well; None with everything that is wrong on the form where not."""
    if not form.is_submitted():
        return None
    form.validate()
    wish = form.wish()
    form.show(refusals_of(form.office, wish), FIELD_OF)
    if form.errors:
        return None
    try:
        save(wish)
    except (Refused, Stale) as error:
        form.form_errors = [say(error)]
        return None
    flash(done, "success")
    return redirect(_back(form.office), code=303)


def _form(place: Office, form: RuleForm, former: BookingRule | None = None) -> ResponseReturnValue:
    page = render_template(
        "host/rules_form.html", form=form, office=place, changes=former is not None, back=_back(place)
    )
    return page, 422 if form.is_submitted() else 200


def _groups(place: Office, moment: datetime) -> list[dict[str, Any]]:
    """Everybody, then categories, then organisations: what is said to each, the office before its rooms."""
    known = directory()
    own = [
        settings_of(each)
        for each in known.resources.values()
        if each.office_id == place.id and not each.retired
    ]
    rules = [rule for rule in (*known.rules.get(place.id, ()), *own) if rule_in_words(rule)]
    current = [rule for rule in rules if rule.ends_at is None or rule.ends_at > moment]
    positions = {each.id: number for number, each in enumerate(known.resources.values(), 1)}
    current.sort(key=lambda rule: (positions.get(rule.resource_id or 0, 0), rule.starts_at is not None))
    groups: dict[Group, list[dict[str, Any]]] = {}
    for rule in current:
        groups.setdefault(_whom(rule), []).append(_entry(rule, place, moment))
    return [{"name": group[2], "rules": groups[group]} for group in sorted(groups)]


def _whom(rule: BookingRule) -> Group:
    if rule.organisation_id:
        name = directory().of_id(Organisation, rule.organisation_id).name
        return 2, alphabetical(name), name
    if rule.category_id:
        position, category = _category(rule.category_id)
        return 1, (position,), own_name(category.names)
    return 0, (), gettext("Everybody")


def _entry(rule: BookingRule, place: Office, moment: datetime) -> dict[str, Any]:
    tz = zone(place.timezone)
    thing = directory().of_id(Resource, rule.resource_id) if rule.resource_id else None
    under = []
    if rule.may_book is False and is_period(rule):
        whom = {"category_id": rule.category_id, "organisation_id": rule.organisation_id}
        under = [*booked_under(place, thing, time_of(rule), **whom)]
    return {
        "id": rule.id,
        "of": thing.name if thing else gettext("The whole office"),
        "said": rule_in_words(rule),
        "time": sentence(time_of_rule(rule, tz)),
        "reason": rule.reason,
        "by_host": rule.source == "host",
        "under": lying_under(under, moment, tz),
    }


def _rule(place: Office, rule_id: int) -> BookingRule:
    rule = rule_for(rule_id, signed_in())
    if rule.office_id != place.id:
        abort(404)
    return rule


def _slug_of_resource(rule: BookingRule) -> str:
    return directory().of_id(Resource, rule.resource_id).slug if rule.resource_id else ""


def _slug_of_whom(rule: BookingRule) -> str:
    known = directory()
    if rule.organisation_id:
        return f"organisation:{known.of_id(Organisation, rule.organisation_id).slug}"
    return f"category:{_category(rule.category_id)[1].slug}" if rule.category_id else ""


def _category(category_id: int) -> tuple[int, Category]:
    """And its place among them."""
    return next(found for found in enumerate(categories()) if found[1].id == category_id)


def _back(place: Office) -> str:
    return url_for("rules.index", office=place.slug)
