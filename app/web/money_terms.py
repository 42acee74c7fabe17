"""By what an office counts in money: values per hour, whether use is aid, the cap and the exchange rates."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.localtime import local_date, zone
from app.domain.money import standing
from app.models import AidDecision, Office, ResourceValue
from app.services.money.decisions import Decisions, decide_category
from app.services.money.terms import OFFERED, Terms, add_rate, currency_of, rates_of, set_terms, terms_of
from app.services.money.values import set_values, since, valued, values_of
from app.services.offices import categories
from app.web.hosting import hosted, switch_to
from app.web.money_forms import IS_AID, CategoryForm, RateForm, TermsForm, ValueForm
from app.web.money_views import answer, decided, rate_told, written
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
    form.resources.choices = [(each.id, each.name) for each in resources]

    def save() -> None:
        ids, per_hour = form.resources.data or [], form.per_hour.amount or 0
        set_values(place, ids, per_hour, form.valid_from.data, by=signed_in(), now=now())

    if form.is_submitted() and form.done(save):
        flash(gettext("Saved. What was worth something else before that day stays."), "success")
        return redirect(url_for("money_terms.values", office=place.slug), code=303)
    currency, today = currency_of(place), _today(place)
    page = render_template(
        "host/money_values.html",
        office=place,
        offices=switch_to("money_terms.values"),
        form=form,
        currency=currency,
        rows=[(each.name, *_value_lines(known.get(each.id, ()), today, currency)) for each in resources],
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/decisions", methods=["GET", "POST"])
@allow("host")
def decisions(office: str) -> ResponseReturnValue:
    """Whether use by a category is aid, with the reason."""
    place, form = hosted(office), CategoryForm()
    every = [each for each in categories() if not each.retired]
    form.category.choices = [(each.id, own_name(each.names)) for each in every]

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

    if form.is_submitted() and form.done(save):
        flash(gettext("The decision is saved."), "success")
        return redirect(url_for("money_terms.decisions", office=place.slug), code=303)
    known, today = Decisions.of(place), _today(place)
    page = render_template(
        "host/money_decisions.html",
        office=place,
        offices=switch_to("money_terms.decisions"),
        form=form,
        rows=[
            {
                "name": own_name(each.names),
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

    def save() -> None:
        wish = Terms(
            currency=(form.currency.data or "").strip().upper(),
            cap=form.cap.amount or 0,
            cap_currency=(form.cap_currency.data or "").strip().upper(),
            cap_source=form.cap_source.data or "",
            granter=form.granter.data or "",
            legal_basis=form.legal_basis.data or "",
            instrument=form.instrument.data or "",
        )
        set_terms(place, wish, by=signed_in(), now=now())

    if form.is_submitted():
        if form.done(save):
            flash(gettext("Saved. All amounts are judged by it from now on."), "success")
            return redirect(url_for("money_terms.terms", office=place.slug), code=303)
        return _terms(place, form, RateForm(formdata=None)), 422
    return _terms(place, _filled_in(place), RateForm(formdata=None)), 200


@bp.post("/rates")
@allow("host")
def rates(office: str) -> ResponseReturnValue:
    """An exchange rate from a day on."""
    place, form = hosted(office), RateForm()

    def save() -> None:
        from_day: date = form.valid_from.data
        rate, source = form.rate.amount or 0, form.source.data or ""
        add_rate(place, from_day, rate, source, by=signed_in(), now=now())

    if form.done(save):
        flash(gettext("The rate holds from that day, until the next one."), "success")
        return redirect(url_for("money_terms.terms", office=place.slug, _anchor="rates"), code=303)
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
        rates=[
            (date_plain(each.valid_from), rate_told(each.rate), each.source)
            for each in sorted(
                rates_of(place, known), key=lambda each: (each.valid_from, each.id), reverse=True
            )
        ]
        if known
        else [],
    )


def _value_lines(known: Sequence[ResourceValue], today: date, currency: str) -> tuple[str | None, list[str]]:
    """What holds today, None of what never had a value; and all that was said, the last first."""
    said = [_value_line(each, currency) for each in reversed(known)]
    return money(standing(since(known), today), currency) if known else None, said


def _value_line(each: ResourceValue, currency: str) -> str:
    amount = money(each.per_hour, currency)
    if each.valid_from is None:
        return gettext("%(amount)s from the beginning", amount=amount)
    return gettext("%(amount)s from %(day)s", amount=amount, day=date_plain(each.valid_from))


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


def _today(place: Office) -> date:
    return local_date(now(), zone(place.timezone))
