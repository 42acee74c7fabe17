"""Debian's Postfix, set up as docs/mail.md says, hands mail to the rooms over."""

import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.docs.reading import fenced, text
from tests.interop.calendars.programs import install, run
from tests.interop.mail_office import PATIENCE, MailOffice, calendar_in, day
from tests.services.mails import AT, UNTIL, calendar, mail

PORT = 2424  # of the mail room, in the page
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
alias_maps =
local_recipient_maps =
"""


@contextmanager
def postfix(settings: str) -> Iterator[int]:
    """The port of a Postfix with these lines besides."""
    install(("postfix", "postfix"), ("swaks", "swaks"))
    with TemporaryDirectory(prefix="postfix") as name, socket.create_server(("127.0.0.1", 0)) as free:
        folder, port = Path(name), int(free.getsockname()[1])
        free.close()
        folder.chmod(0o755)
        (folder / "queue").mkdir()
        (folder / "data").mkdir()
        shutil.chown(folder / "data", "postfix")
        services = Path("/usr/share/postfix/master.cf.dist").read_text().replace("  y  ", "  n  ")
        services = re.sub(r"^smtp +inet", f"127.0.0.1:{port} inet", services, count=1, flags=re.MULTILINE)
        (folder / "master.cf").write_text(services)
        (folder / "main.cf").write_text(MAIN.format(folder=folder) + settings)
        run("postfix", "-c", folder, "start")
        try:
            yield port
        finally:
            run("postfix", "-c", folder, "stop")


def as_the_page_says(room: str) -> str:
    """The lines of docs/mail.md, with the port at which the mail room of the test listens."""
    (lines, *_) = [each for each in fenced(text("mail.md"), "") if "virtual_" in each]
    assert f"127.0.0.1:{PORT}" in lines
    return lines.replace(str(PORT), room).replace("rooms.example.org", "rum.example")


def test_an_invitation_comes_in_by_smtp_and_nobodys_address_is_refused_at_once(tmp_path: Path) -> None:
    office = MailOffice(tmp_path)
    ics = calendar("REQUEST", f"{AT}{day()}T080000", f"{UNTIL}{day()}T090000", uid="by-postfix")
    (tmp_path / "mail.eml").write_bytes(mail(ics))
    with office.mail_room("--port", "0") as room, postfix(as_the_page_says(room.says(r":(\d+)$")[1])) as port:
        server = ("--server", "127.0.0.1", "--port", str(port), "--data", f"@{tmp_path / 'mail.eml'}")
        deliver = ("swaks", *server, "--from", "member@example.org", "--to")
        run(*deliver, "bjorken@rum.example")
        with pytest.raises(AssertionError, match="550"):
            run(*deliver, "nothing@rum.example")
        until = time.monotonic() + PATIENCE
        while not (sent := office.sent()):
            assert time.monotonic() < until
    assert b"PARTSTAT=ACCEPTED" in calendar_in(sent[0])
