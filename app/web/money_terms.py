"""By what an office counts in money: values per hour, whether use is aid, the cap and the exchange rates."""

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.localtime import local_date, zone
from app.domain.money import Since, history, standing
from app.models import AidDecision, Category, Office, Resource, ResourceValue
from app.services.money.cap_effect import effect_of_terms
from app.services.money.caps import caps_of
from app.services.money.decisions import Decisions, decide_category
from app.services.money.effect import Effect, effect_of_decision, effect_of_rate, effect_of_value
from app.services.money.entering import enter_rate, enter_terms, enter_value
from app.services.money.terms import OFFERED, Terms, currency_of, rates_of, terms_of
from app.services.money.values import since, valued, values_of
from app.services.offices import categories
from app.web.hosting import hosted, switch_to
from app.web.money_effect import cap_page, effect_page, entered
from app.web.money_forms import IS_AID, CategoryForm, RateForm, TermsForm, ValueForm
from app.web.money_views import (
    aid_or_not,
    answer,
    cap_lines,
    decided,
    held_line,
    rate_told,
    said_from,
    written,
)
from app.web.security import allow, signed_in
from app.wording.formats import date_plain, money
from app.wording.names import own_name

bp = Blueprint("money_terms", __name__, url_prefix="/host/<office>/money")


@bp.route("/values", methods=["GET", "POST"])
@allow("host")
def values(office: str) -> ResponseReturnValue:
    """What an hour of each resource is worth; from a day on, something else."""
    place, form = hosted(office), ValueForm()
    resources, known = valued(place), values_of(place)
    form.resources.choices = [(each.id, _in_use(each.name, each)) for each in resources]
    here, currency = url_for("money_terms.values", office=place.slug), currency_of(place)

    def wished() -> tuple[list[int], int, date | None]:
        return form.resources.data or [], form.per_hour.amount or 0, form.valid_from.data

    def save() -> None:
        enter_value(place, *wished(), form.reason.data or "", by=signed_in(), now=now())

    if form.is_submitted():
        saved, effect = entered(form, lambda: effect_of_value(place, *wished(), now=now()), save)
        if saved:
            flash(gettext("Saved. What was worth something else before that day stays."), "success")
            return redirect(here, code=303)
        if effect:
            names = ", ".join(each.name for each in resources if each.id in wished()[0])
            told = said_from(money(wished()[1], currency), form.valid_from.data)
            return effect_page(place, form, effect, f"{names}: {told}", here)
    today = _today(place)
    page = render_template(
        "host/money_values.html",
        office=place,
        offices=switch_to("money_terms.values"),
        form=form,
        currency=currency,
        rows=[
            (_in_use(each.name, each), *_value_lines(known.get(each.id, ()), today, place, currency))
            for each in resources
        ],
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/decisions", methods=["GET", "POST"])
@allow("host")
def decisions(office: str) -> ResponseReturnValue:
    """Whether use by a category is aid, with the reason."""
    place, form = hosted(office), CategoryForm()
    every = sorted(categories(), key=attrgetter("retired"))
    form.category.choices = [(each.id, _in_use(own_name(each.names), each)) for each in every]

    def save() -> None:
        decide_category(
            place,
            form.category.data,
            IS_AID.get(form.is_aid.data),
            form.valid_from.data,
            form.reason.data or "",
            by=signed_in(),
            now=now(),
        )

    def outlook() -> Effect:
        is_aid = bool(IS_AID.get(form.is_aid.data))
        return effect_of_decision(place, form.category.data, is_aid, form.valid_from.data, now=now())

    if form.is_submitted():
        here = url_for("money_terms.decisions", office=place.slug)
        saved, effect = entered(form, outlook, save)
        if saved:
            flash(gettext("The decision is saved."), "success")
            return redirect(here, code=303)
        if effect:
            name = next(own_name(each.names) for each in every if each.id == form.category.data)
            said = aid_or_not(bool(IS_AID.get(form.is_aid.data)))
            return effect_page(place, form, effect, f"{name}: {said_from(said, form.valid_from.data)}", here)
    known, today = Decisions.of(place), _today(place)
    page = render_template(
        "host/money_decisions.html",
        office=place,
        offices=switch_to("money_terms.decisions"),
        form=form,
        rows=[
            {
                "name": _in_use(own_name(each.names), each),
                **_decision_lines(
                    known.by_category.get(each.id, ()), known.of_category(each.id, today), place
                ),
            }
            for each in every
        ],
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/terms", methods=["GET", "POST"])
@allow("host")
def terms(office: str) -> ResponseReturnValue:
    """The currency, the cap with its source, and what the register asks."""
    place, form = hosted(office), TermsForm()

    def wished() -> Terms:
        return Terms(
            currency=(form.currency.data or "").strip().upper(),
            cap=form.cap.amount or 0,
            cap_currency=(form.cap_currency.data or "").strip().upper(),
            cap_source=form.cap_source.data or "",
            granter=form.granter.data or "",
            legal_basis=form.legal_basis.data or "",
            instrument=form.instrument.data or "",
        )

    def save() -> None:
        enter_terms(place, wished(), form.reason.data or "", by=signed_in(), now=now())

    if form.is_submitted():
        here = url_for("money_terms.terms", office=place.slug)
        saved, effect = entered(form, lambda: effect_of_terms(place, wished(), now=now()), save)
        if saved:
            flash(gettext("Saved. All amounts are judged by it from now on."), "success")
            return redirect(here, code=303)
        if effect:
            return cap_page(place, form, effect, place.name, here)
        return _terms(place, form, RateForm(formdata=None)), 422
    return _terms(place, _filled_in(place), RateForm(formdata=None)), 200


@bp.post("/rates")
@allow("host")
def rates(office: str) -> ResponseReturnValue:
    """An exchange rate from a day on."""
    place, form = hosted(office), RateForm()

    def save() -> None:
        source, why = form.source.data or "", form.reason.data or ""
        enter_rate(place, form.valid_from.data, form.rate.amount or 0, source, why, by=signed_in(), now=now())

    def outlook() -> Effect:
        return effect_of_rate(place, form.valid_from.data, form.rate.amount or 0, now=now())

    here = url_for("money_terms.terms", office=place.slug, _anchor="rates")
    saved, effect = entered(form, outlook, save)
    if saved:
        flash(gettext("The rate holds from that day, until the next one."), "success")
        return redirect(here, code=303)
    if effect:
        return effect_page(
            place, form, effect, said_from(rate_told(form.rate.amount), form.valid_from.data), here
        )
    return _terms(place, _filled_in(place), form), 422


def _filled_in(place: Office) -> TermsForm:
    form, known = TermsForm(formdata=None), terms_of(place) or OFFERED
    for name in Terms.__slots__:
        form[name].data = written(known.cap) if name == "cap" else getattr(known, name)
    return form


def _terms(place: Office, form: TermsForm, rate_form: RateForm) -> str:
    known = terms_of(place)
    return render_template(
        "host/money_terms.html",
        office=place,
        offices=switch_to("money_terms.terms"),
        form=form,
        rate_form=rate_form,
        said=known,
        caps=cap_lines(caps_of(place), place, _today(place)),
        rates=[
            {**held_line(each, rate_told(each.said.what.rate), place), "source": each.said.what.source}
            for each in history(
                [Since(each.valid_from, each) for each in rates_of(place, known)], _today(place)
            )
        ]
        if known
        else [],
    )


def _value_lines(
    known: Sequence[ResourceValue], today: date, place: Office, currency: str
) -> tuple[str | None, list[dict[str, Any]]]:
    """What holds today, None of what never had a value; and all that was said, the latest day first."""
    said = [Since(each.valid_from, each) for each in known]
    lines = [
        held_line(each, money(each.said.what.per_hour, currency), place) for each in history(said, today)
    ]
    return money(standing(since(known), today), currency) if known else None, lines


def _decision_lines(
    known: Sequence[AidDecision], now_holds: AidDecision | None, place: Office
) -> dict[str, Any]:
    """What holds today, and all decisions, the last first, where there is any other."""
    others = any(each is not now_holds for each in known)
    return {
        "answer": answer(now_holds),
        "now": _decision_line(now_holds, place) if now_holds else None,
        "all": [_decision_line(each, place) for each in reversed(known)] if others else [],
    }


def _decision_line(each: AidDecision, place: Office) -> dict[str, Any]:
    return {
        "answer": answer(each),
        "is_aid": each.is_aid,
        "reason": each.reason,
        "told": decided(each, place),
        "from": date_plain(each.valid_from) if each.valid_from else None,
    }


def _in_use(name: str, each: Resource | Category) -> str:
    """The name; of what is no longer in use it says so, since what it was used for is counted still."""
    return gettext("%(name)s (no longer in use)", name=name) if each.retired else name


def _today(place: Office) -> date:
    return local_date(now(), zone(place.timezone))
