"""Before amounts are changed that are counted already: which they are is told, and why is asked."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, TypeVar

from flask import render_template, request
from flask_babel import gettext

from app.models import Office
from app.services.money.cap_effect import CapEffect
from app.services.money.effect import Changed, Effect
from app.web.freezing import freeze_url
from app.web.money_forms import ToldForm
from app.web.money_views import SIGNS, cap_told
from app.wording.formats import money, month
from app.wording.money import LEVELS, share_said
from app.wording.reports import period_title

NOT_SENT_ON = ("csrf_token", "told", "reason")
E = TypeVar("E")


def entered(
    form: ToldForm, outlook: Callable[[], E | None], save: Callable[[], object]
) -> tuple[bool, E | None]:
    """Whether it is saved. If not, what has to be told first, or None where the form is filled in wrongly."""
    if not form.validate():
        return False, None
    if not form.told.data and (effect := outlook()):
        return False, effect
    if form.done(save):
        return True, None
    return False, (outlook() or None) if form.told.data else None


def effect_page(place: Office, form: ToldForm, effect: Effect, what: str, back: str) -> tuple[str, int]:
    """The page that tells it. `what` is entered, in words."""
    grouped = groupby(effect.changed, lambda each: each.organisation.id)
    by_organisation = sorted(([*some] for _, some in grouped), key=_most_aid)
    return _page(
        "host/money_effect.html",
        place,
        form,
        what,
        back,
        companies=[_line(some, effect.currency) for some in by_organisation],
        together=_amounts(effect.changed, effect.currency),
        months=[_line([each], effect.currency) for some in by_organisation for each in some],
        reports=[
            (
                gettext(
                    "%(period)s, revision %(number)s",
                    period=period_title(each.period),
                    number=each.revision,
                ),
                each.project.name,
                freeze_url(each.project, each.period),
            )
            for each in effect.reports
        ],
    )


def cap_page(place: Office, form: ToldForm, effect: CapEffect, name: str, back: str) -> tuple[str, int]:
    """The page that tells who passes to another level by another cap; `name`: whose it is."""
    before, after = zip(effect.caps, effect.currencies, strict=True)
    what = gettext(
        "%(name)s: a cap of %(after)s instead of %(before)s",
        name=name,
        before=cap_told(*before),
        after=cap_told(*after),
    )
    rows = [
        {
            "name": each.undertaking.name,
            "received": _unless_same(
                money(each.before.received, before[1]), money(each.after.received, after[1])
            ),
            "share": _unless_same(share_said(each.before), share_said(each.after)),
            "before": str(LEVELS[each.before.level]),
            "level": SIGNS[each.after.level],
            "after": str(LEVELS[each.after.level]),
        }
        for each in effect.passing
    ]
    return _page("host/money_cap.html", place, form, what, back, companies=rows)


def _page(
    template: str, place: Office, form: ToldForm, what: str, back: str, **told: object
) -> tuple[str, int]:
    """The page, which sends on what was filled in."""
    sent_on = [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_SENT_ON]
    page = render_template(template, office=place, form=form, what=what, back=back, sent_on=sent_on, **told)
    return page, 422 if form.errors or form.form_errors else 200


def _most_aid(some: list[Changed]) -> tuple[int, int]:
    """Where the most aid changes first, then the most value."""
    worth, aid = (
        sum(pair[1] - pair[0] for pair in pairs)
        for pairs in ([each.worth for each in some], [each.aid for each in some])
    )
    return -abs(aid), -abs(worth)


def _line(some: list[Changed], currency: str) -> dict[str, Any]:
    """One organisation over some months, or in one."""
    first, last = month(some[0].month.first), month(some[-1].month.first)
    return {
        "name": some[0].organisation.name,
        "months": first if first == last else f"{first} \N{EN DASH} {last}",
        **_amounts(some, currency),
    }


def _amounts(some: Sequence[Changed], currency: str) -> dict[str, str]:
    """What use was worth and what of it was aid, before and after."""
    worth, aid = (
        [sum(pair[when] for pair in pairs) for when in (0, 1)]
        for pairs in ([each.worth for each in some], [each.aid for each in some])
    )
    return {"worth": _from_to(worth, currency), "aid": _from_to(aid, currency)}


def _from_to(amounts: list[int], currency: str) -> str:
    before, after = (money(each, currency) for each in amounts)
    return _unless_same(before, after)


def _unless_same(before: str, after: str) -> str:
    return before if before == after else f"{before} \N{RIGHTWARDS ARROW} {after}"
