"""The host writes the two sentences that stand on a report's first page."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import ValidationError

from app.clock import now
from app.domain.errors import Refused, Stale
from app.domain.period import Period, PeriodError
from app.models import Office, Project
from app.models.report import MOST_WORDS
from app.services.reports.words import LANGUAGES, words_of, write_words, written_words
from app.services.snapshots import content_of, revisions
from app.web.hosting import hosted
from app.web.report_asked import no_period, project_asked, report_url
from app.web.security import allow, signed_in
from app.wording import say
from app.wording.formats import date_plain
from app.wording.reports import period_title

bp = Blueprint("report_words", __name__)
bp.register_error_handler(PeriodError, no_period)


def _short_enough(_form: FlaskForm, field: TextAreaField) -> None:
    if len(" ".join((field.data or "").split())) > MOST_WORDS:
        raise ValidationError(gettext("At most %(most)s characters.", most=MOST_WORDS))


def _sentences(label: str, language: str) -> TextAreaField:
    shown = {"rows": 4, "maxlength": MOST_WORDS, "lang": language}
    return TextAreaField(label, [_short_enough], render_kw=shown)


class WordsForm(FlaskForm):
    """The same in both languages, or in one."""

    sv = _sentences(lazy_gettext("In Swedish"), "sv")
    en = _sentences(lazy_gettext("In English"), "en")
    version = HiddenField(default="0")


@bp.route("/offices/<office>/reports/<period>/words", methods=["GET", "POST"])
@allow("host")
def edit(office: str, period: str) -> ResponseReturnValue:
    """Two sentences about the period, before it is published or after."""
    place = hosted(office)
    project, about = project_asked(place, period)
    form = WordsForm()
    if form.is_submitted():
        if form.validate() and (done := _save(form, project, about)):
            return done
        return _page(place, project, about, form), 422
    if row := written_words(project, about):
        form.sv.data, form.en.data, form.version.data = row.sv, row.en, str(row.version)
    return _page(place, project, about, form)


def words_url(project: Project, period: Period) -> str:
    """Where the words about a project's period are written."""
    return url_for("report_words.edit", office=project.office.slug, period=period.label, project=project.slug)


def _save(form: WordsForm, project: Project, about: Period) -> ResponseReturnValue | None:
    said = {each: form[each].data or "" for each in LANGUAGES}
    version = int(form.version.data) if (form.version.data or "").isdigit() else 0
    try:
        changed = write_words(project, about, said, version=version, by=signed_in(), now=now())
    except (Refused, Stale) as error:
        form.form_errors = [say(error)]
        return None
    if changed and revisions(project.office, about, project):
        flash(gettext("Saved. To publish it, freeze a new revision at the foot of this page."), "success")
    else:
        flash(gettext("Saved.") if changed else gettext("Nothing was changed."), "success")
    return redirect(report_url(project, about), code=303)


def _page(place: Office, project: Project, about: Period, form: WordsForm) -> str:
    row, published = written_words(project, about), revisions(place, about, project)
    latest = published[0] if published else None
    return render_template(
        "reports/words.html",
        form=form,
        office=place,
        project=project,
        title=period_title(about),
        days=(date_plain(about.first), date_plain(about.last)),
        written=date_plain(row.written_at, place.timezone) if row else None,
        published=latest
        and {
            "number": latest.revision,
            "day": date_plain(latest.frozen_at, place.timezone),
            "words": [*(content_of(latest).get("words") or {}).items()],
            "differs": (content_of(latest).get("words") or None) != words_of(project, about),
        },
        back=report_url(project, about),
        most=MOST_WORDS,
    )
