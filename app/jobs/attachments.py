"""The files that a mail leaves with: made when it leaves, and their checksums noted before."""

import hashlib

from app.mailer import Attachment
from app.models import OutboxMail
from app.services.deliveries.sent import MOST_BYTES, note_files
from app.services.outbox import Undeliverable
from app.wording.deliveries import files_of


def attachments_of(mail: OutboxMail) -> list[Attachment]:
    """Undeliverable where they are larger than mails may be."""
    if not mail.attachments:
        return []
    key, made = mail.key, files_of(mail)
    size = sum(len(file.content) for file in made.values())
    if size > MOST_BYTES:
        raise Undeliverable(f"the files are {size} bytes, and a mail may have {MOST_BYTES}: send a link")
    note_files(key, {form: hashlib.sha256(file.content).hexdigest() for form, file in made.items()})
    return [*made.values()]
