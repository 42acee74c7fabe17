"""The host's own words about a period: two sentences that stand on the report's first page.

They may change at any time. A published report keeps those it was published with; others make a new revision.
"""

from collections.abc import Mapping
from datetime import datetime

from app.domain.errors import Refused, Stale
from app.domain.period import Period
from app.domain.text_length import too_long
from app.extensions import db
from app.models import Person, Project, ReportWords
from app.models.report import MOST_WORDS
from app.services.authorize import authorize
from app.services.locking import lock_project
from app.services.transaction import use_case

LANGUAGES = ("sv", "en")


def words_of(project: Project | None, period: Period) -> dict[str, str] | None:
    """By language, those that are there; None where nothing was written."""
    row = written_words(project, period) if project else None
    found = {each: getattr(row, each) for each in LANGUAGES} if row else {}
    return {language: text for language, text in found.items() if text} or None


def written_words(project: Project, period: Period) -> ReportWords | None:
    """What was written, with when and by whom."""
    return db.session.get(ReportWords, (project.id, period.first, period.last_exclusive))


@use_case
def write_words(
    project: Project, period: Period, words: Mapping[str, str], *, version: int, by: Person, now: datetime
) -> bool:
    """Keeps the words, by language; whether they are other ones than before.

    `version` is the one that was shown, 0 where nothing was written. NotAllowed; Refused for too many words;
    Stale where somebody has written meanwhile.
    """
    authorize(by, "host", project.office)
    said = {each: " ".join(words.get(each, "").split()) for each in LANGUAGES}
    if wrong := too_long(**{language: (text, MOST_WORDS) for language, text in said.items()}):
        raise Refused(*wrong)
    lock_project(project)  # whoever writes at the same time waits here, and is then told
    row = written_words(project, period)
    if version != (row.version if row else 0):
        raise Stale()
    if row is None:
        if not any(said.values()):
            return False
        row = ReportWords(project_id=project.id, starts_on=period.first, ends_on=period.last_exclusive)
        row.version = 0
        db.session.add(row)
    elif all(getattr(row, each) == text for each, text in said.items()):
        return False
    row.sv, row.en = said["sv"], said["en"]
    row.version, row.written_at, row.by_id = row.version + 1, now, by.id
    return True
