"""Money: what each company has received beside its cap, the bookings behind it, and the register."""

from datetime import date, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.localtime import local_date, zone
from app.domain.money import rolling_years
from app.domain.period import Period
from app.models import Office, Organisation
from app.reports import days_named, ending_of
from app.services.bookings.change import booking_for
from app.services.money.ahead import ahead_of
from app.services.money.cap_effect import effect_of_company
from app.services.money.caps import own_caps_of
from app.services.money.companies import (
    Company,
    company_of,
    declare,
    declared_with,
    organisation_with,
    take_out,
    undertaking_of,
)
from app.services.money.decisions import decide_booking, offices_of
from app.services.money.effect import effect_of_booking
from app.services.money.entering import enter_company
from app.services.money.received import account_of, received
from app.services.money.register import register
from app.services.money.terms import currency_of, terms_of
from app.services.money.uses import uses_of
from app.services.money.values import has_values
from app.web.hosting import hosted, switch_to
from app.web.money_effect import cap_page, effect_page, entered
from app.web.money_forms import IS_AID, BookingForm, CompanyForm, ElsewhereForm
from app.web.money_views import (
    aid_or_not,
    behind_lines,
    booking_view,
    cap_lines,
    company_line,
    declared_lines,
    undecided_lines,
    written,
)
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.web.texts import language
from app.wording.formats import date_plain, money
from app.wording.money import say_ahead, warned_at
from app.wording.money_register import MEDIA_TYPES, file_of, shown_lines
from app.wording.names import titled
from app.wording.reports import period_title

bp = Blueprint("money", __name__, url_prefix="/host/<office>/money")


@bp.get("")
@allow("host")
def index(office: str) -> str:
    """What each company has received in three rolling years up to today."""
    place = hosted(office)
    found = received(place, _today(place, now()))
    return render_template(
        "host/money.html",
        office=place,
        offices=switch_to("money.index"),
        companies=[company_line(each, place, found.terms) for each in found.companies],
        undecided=undecided_lines(found.undecided, currency_of(place)),
        terms=found.terms,
        valued=has_values(place),
        lacks_rate=found.lacks_rate,
        first=date_plain(found.period.first),
        last=date_plain(found.day),
        warned_at=warned_at(),
        cap=money(found.terms.cap, found.terms.cap_currency, 0) if found.terms else None,
    )


@bp.get("/companies/<organisation>")
@allow("host")
def company(office: str, organisation: str) -> str:
    """One company: the bookings behind its amount, and what it had elsewhere."""
    place = hosted(office)
    return _company(place, organisation_with(organisation))


@bp.post("/companies/<organisation>")
@allow("host")
def facts(office: str, organisation: str) -> ResponseReturnValue:
    """What holds for the company."""
    place, about = hosted(office), organisation_with(organisation)
    form, known = CompanyForm(), company_of(about)

    def wished() -> Company:
        return Company(
            undertaking=form.undertaking.data or "",
            sector=form.sector.data or "",
            cap=form.cap.amount,
            reason=form.reason.data or "",
        )

    def save() -> None:
        enter_company(place, about, wished(), by=signed_in(), now=now())

    saved, effect = entered(form, lambda: effect_of_company(place, about, wished(), now=now()), save)
    if saved:
        flash(gettext("Saved."), "success")
        return redirect(_company_url(place, about), code=303)
    if effect is None:
        return _company(place, about, facts=form), 422
    if known and not form.told.data and form.reason.data == known.reason:
        form.reason.data = ""  # why the cap was what it is does not say why it becomes another
    return cap_page(place, form, effect, about.name, _company_url(place, about))


@bp.post("/companies/<organisation>/elsewhere")
@allow("host")
def elsewhere(office: str, organisation: str) -> ResponseReturnValue:
    """Aid that the company says it had from somebody else."""
    place, about = hosted(office), organisation_with(organisation)
    form = ElsewhereForm()

    def save() -> None:
        declare(
            place,
            about,
            granted_on=form.granted_on.data,
            amount=form.amount.amount or 0,
            granter=form.granter.data or "",
            note=form.note.data or "",
            by=signed_in(),
            now=now(),
        )

    if not form.done(save):
        return _company(place, about, declared=form), 422
    if form.granted_on.data in rolling_years(_today(place, now())):
        flash(gettext("It counts towards the cap from now on."), "success")
    else:
        flash(gettext("It is kept. It lies outside the three years, so it does not count today."), "success")
    return redirect(_company_url(place, about), code=303)


@bp.route("/companies/<organisation>/elsewhere/<int:number>/removal", methods=["GET", "POST"])
@allow("host")
def remove(office: str, organisation: str, number: int) -> ResponseReturnValue:
    """What was entered by mistake; asked about first."""
    place, about = hosted(office), organisation_with(organisation)
    if request.method == "GET":
        row = declared_with(about, number)
        return ask(
            gettext("Take this aid from elsewhere out?"),
            gettext("It counts no more towards the cap, at any of our offices, and cannot be put back."),
            gettext("Take it out"),
            facts=[
                f"{money(row.amount, row.currency)}, {date_plain(row.granted_on)}",
                f"{about.name}: {row.granter}",
                *filter(None, [row.note]),
            ],
            back_url=_company_url(place, about),
        )
    take_out(place, about, number, by=signed_in(), now=now())
    flash(gettext("It counts no more."), "success")
    return redirect(_company_url(place, about), code=303)


@bp.route("/bookings/<int:booking>", methods=["GET", "POST"])
@allow("host")
def decide(office: str, booking: int) -> ResponseReturnValue:
    """Whether one booking is aid."""
    place, thing = hosted(office), booking_for(booking, signed_in(), "host_booking")
    if place.id not in offices_of(thing):
        abort(404)
    form, title = BookingForm(), titled(thing.title)

    def answer() -> bool | None:
        return IS_AID.get(form.is_aid.data)

    def save() -> None:
        decide_booking(place, booking, answer(), form.reason.data or "", by=signed_in(), now=now())

    if form.is_submitted():
        saved, effect = entered(form, lambda: effect_of_booking(place, thing, answer(), now=now()), save)
        if saved:
            flash(
                gettext("The decision is saved. It stays with the booking, also when that changes."),
                "success",
            )
            return redirect(url_for("bookings.show", booking=booking), code=303)
        if effect:
            given = answer()
            said = gettext("as its category") if given is None else aid_or_not(given)
            here = url_for("money.decide", office=place.slug, booking=booking)
            return effect_page(place, form, effect, f"{title}: {said}", here)
    uses = uses_of(thing, place)
    page = render_template(
        "host/money_booking.html",
        office=place,
        form=form,
        title=title,
        organisation=thing.organisation,
        about=booking_view(thing, place, uses),
        lines=behind_lines(uses, place),
        ahead=say_ahead(ahead_of(thing, place, by=signed_in())),
        back=url_for("bookings.show", booking=booking),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/register")
@allow("host")
def entries(office: str) -> str:
    """What the office reports to the register for a period."""
    place = hosted(office)
    about, today = _period(place), _today(place, now())
    found = register(place, about, by=signed_in(), today=today) if terms_of(place) else None
    return render_template(
        "host/money_register.html",
        office=place,
        offices=switch_to("money.entries"),
        period=about.label,
        title=period_title(about),
        previous=about.previous().label,
        next=about.next().label,
        terms=found.terms if found else None,
        table=shown_lines(found) if found else None,
        unnumbered=found.unnumbered if found else [],
        is_over=about.last < today,
        files=[
            (form, url_for("money.download", office=place.slug, form=form, period=about.label))
            for form in MEDIA_TYPES
        ],
    )


@bp.get('/register.<any("excel-csv", csv, json):form>')
@allow("host")
def download(office: str, form: str) -> Response:
    """The same as a file."""
    place = hosted(office)
    found = register(place, _period(place), by=signed_in(), today=_today(place, now()))
    response = Response(file_of(found, form, language()), content_type=MEDIA_TYPES[form])
    name = f"{place.slug}-{days_named(found.period)}-register.{ending_of(form)}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _company(
    place: Office,
    about: Organisation,
    facts: CompanyForm | None = None,
    declared: ElsewhereForm | None = None,
) -> str:
    undertaking = undertaking_of(about)
    account = account_of(place, undertaking, _today(place, now()))
    found, terms = account.of(undertaking), account.terms
    known, form = company_of(about), facts or CompanyForm(formdata=None)
    if facts is None and known:
        form.undertaking.data, form.sector.data, form.reason.data = (
            known.undertaking,
            known.sector,
            "" if known.cap is None else known.reason,
        )
        form.cap.data = written(known.cap) if terms and known.cap_currency == terms.cap_currency else ""
    return render_template(
        "host/money_company.html",
        office=place,
        organisation=about,
        found=company_line(found, place, terms),
        lines=behind_lines(found.uses, place, terms),
        besides=behind_lines(account.besides, place),
        declared=declared_lines(found, place, terms),
        others=[
            (each.name, _company_url(place, each))
            for each in undertaking.organisations
            if each.id != about.id
        ],
        terms=terms,
        facts=form,
        caps=cap_lines(own_caps_of(about), place, account.day),
        elsewhere=declared or ElsewhereForm(formdata=None),
        wrong=facts or declared,
        first=date_plain(account.period.first),
        last=date_plain(account.day),
    )


def _period(place: Office) -> Period:
    """The one that is asked for, else the month before."""
    asked = request.args.get("period", "").strip()
    return Period.parse(asked) if asked else Period.month_of(_today(place, now())).previous()


def _today(place: Office, moment: datetime) -> date:
    return local_date(moment, zone(place.timezone))


def _company_url(place: Office, about: Organisation) -> str:
    return url_for("money.company", office=place.slug, organisation=about.slug)
