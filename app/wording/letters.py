"""Mails, in their reader's language."""

from flask import current_app
from flask_babel import force_locale

from app.wording.languages import LOCALES


def write_letter(template: str, language: str, subject: object, /, **context: object) -> tuple[str, str]:
    """Subject and body of the letter `templates/mail/TEMPLATE.txt` in that language ("sv" or "en").

    `subject` is lazily translated text (`lazy_gettext`): here it becomes words.
    """
    with force_locale(LOCALES[language]):
        body = current_app.jinja_env.get_template(f"mail/{template}.txt").render(**context)
        return str(subject), body.strip() + "\n"
