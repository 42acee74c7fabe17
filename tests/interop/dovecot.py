"""Debian's Dovecot, an IMAP server of the test's own: in a folder of its own, on the loopback, with TLS."""

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme
from imapclient import IMAPClient

from tests.interop.calendars.programs import install

USER, PASSWORD = "rum@rum.example", "s/e@cr%t 1"
NOBODY = 65534
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
auth_failure_delay = 0
mail_location = maildir:{folder}/mail
mail_uid = {nobody}
mail_gid = {nobody}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = home={folder}/mail
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
"""


@dataclass
class Dovecot:
    """The server. `plain` takes passwords after STARTTLS only."""

    folder: Path
    plain: int
    tls: int
    program: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Returns once it takes connections."""
        command = ("dovecot", "-F", "-c", str(self.folder / "dovecot.conf"))
        quiet = subprocess.DEVNULL
        self.program = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.plain)) == 0:
                    return
            time.sleep(0.1)
        log = self.folder / "dovecot.log"
        raise AssertionError(log.read_text() if log.exists() else "Dovecot does not start")

    def stop(self) -> None:
        """Ends it, and with it every connection."""
        if self.program:
            self.program.terminate()
            self.program.wait(20)
            self.program = None

    @contextmanager
    def mailbox(self) -> Iterator[IMAPClient]:
        """The mailbox, as its owner's own program sees it."""
        with IMAPClient("127.0.0.1", self.plain, ssl=False) as client:
            client.starttls(trusting(self.folder / "ca.pem"))
            client.login(USER, PASSWORD)
            yield client


def trusting(authority: Path) -> ssl.SSLContext:
    """What trusts this authority, for a server that is asked by its number."""
    context = ssl.create_default_context(cafile=str(authority))
    context.check_hostname = False
    return context


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A server that runs, with one mailbox and a certificate that `folder/ca.pem` vouches for."""
    install(("dovecot", "dovecot-imapd"), (Path("/usr/lib/dovecot/imap"), "dovecot-imapd"))
    with TemporaryDirectory(prefix="dovecot") as folder:
        server = _prepared(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _prepared(folder: Path) -> Dovecot:
    folder.chmod(0o755)  # mail is read by nobody, which pytest's own folders do not let in
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    server = Dovecot(folder, *_free_ports())
    (folder / "mail").mkdir()
    os.chown(folder / "mail", NOBODY, NOBODY)
    text = CONFIG.format(folder=folder, plain=server.plain, tls=server.tls, nobody=NOBODY)
    (folder / "dovecot.conf").write_text(text)
    return server


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]
