"""The rules that hosts make, replace and end, as on their page."""

from flask import Blueprint, Response, jsonify

from app.api.access import caller, with_token
from app.api.answers import page_of
from app.api.keys import once
from app.api.places import office_hosted
from app.api.reading import Fields, json_body
from app.api.rules import rule_data
from app.domain.localtime import zone
from app.domain.policy import FLAGS, NUMBERS
from app.models import Office
from app.services.directory import directory
from app.services.rules.made import (
    RuleWish,
    end_rule,
    make_rule,
    refusals_of,
    replace_rule,
    rule_for,
    rules_ever,
)

WISH = ("resource", "category", "organisation", "starts", "ends", "reason", *FLAGS, *NUMBERS)


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.post("/rules")(create_rule)
    api.get("/rules/history")(list_rules_ever)
    api.put("/rules/<id:rule_id>")(replace)
    api.delete("/rules/<id:rule_id>")(end)


@with_token
def create_rule() -> Response:
    """One more rule, from now on."""
    body = json_body()
    fields = Fields(body)
    fields.only(("office", *WISH))
    office = office_hosted(fields)
    wish = _wish(fields, office)
    by = caller()
    response = jsonify(once(lambda: rule_data(make_rule(office, wish, by=by)), body))
    response.status_code = 201
    return response


@with_token
def list_rules_ever() -> Response:
    """Every rule that holds or has held, the latest first."""
    fields = Fields.of_query("office", "limit", "cursor")
    page, following = page_of(fields, rules_ever(office_hosted(fields)))
    return jsonify(items=[rule_data(each) for each in page], next_cursor=following)


@with_token
def replace(rule_id: int) -> Response:
    """Another rule in the stead of one that holds: what the body leaves out, it does not say."""
    by = caller()
    former = rule_for(rule_id, by)
    body = json_body()
    fields = Fields(body)
    fields.only(WISH)
    wish = _wish(fields, directory().of_id(Office, former.office_id))
    return jsonify(once(lambda: rule_data(replace_rule(rule_id, wish, by=by)), body))


@with_token
def end(rule_id: int) -> Response:
    """It holds no more. Bookings that were made meanwhile stay."""
    return jsonify(once(lambda: rule_data(end_rule(rule_id, by=caller()))))


def _wish(fields: Fields, office: Office) -> RuleWish:
    """Refused with everything that is wrong: what is no value, and what makes no sense beside the rest."""
    tz = zone(office.timezone)
    settings: dict[str, int | None] = {name: fields.flag(name) for name in FLAGS}
    settings |= {name: fields.count(name, least=least, most=most) for name, (least, most) in NUMBERS.items()}
    wish = RuleWish(
        resource=fields.text("resource"),
        category=fields.text("category"),
        organisation=fields.text("organisation"),
        starts_at=fields.instant_or_none("starts", tz),
        ends_at=fields.instant_or_none("ends", tz),
        reason=fields.text("reason") or "",
        settings=settings,
    )
    if fields.refusals:
        # What has no field is about all of it together, which is not known here.
        fields.refuse_besides(each for each in refusals_of(office, wish) if each.field)
        fields.check()
    return wish
