"""nginx as Debian has it, with one file to serve: what the feeds are held against."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server import HOST, STARTS_WITHIN, Server, end, free_port

PACKAGE = "nginx-light"
TYPE = "text/calendar; charset=utf-8"
# As in Debian's own nginx.conf where it matters here; everything it writes stays in the folder.
CONFIG = """
{user}daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    sendfile on;
    tcp_nopush on;
    access_log off;
    default_type "{type}";
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{port};
        root {folder}/served;
    }}
}}
"""


@contextmanager
def nginx(folder: Path) -> Iterator[tuple[Server, Path]]:
    """One that answers, until the end of the block, and the folder it serves.

    RuntimeError where there is none to be had.
    """
    command, port, served = program(), free_port(), folder / "served"
    served.mkdir(parents=True)
    user = "user root;\n" if os.geteuid() == 0 else ""  # the folder is nobody else's to read
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(user=user, folder=folder, type=TYPE, host=HOST, port=port))
    options = ["-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    process = subprocess.Popen([command, *options])
    try:
        _wait_for(port, process)
        yield Server(port, process.pid, ""), served
    finally:
        end(process)


def program() -> str:
    """Where nginx is; root has it installed where it is missing. RuntimeError where that is not possible."""
    found = _find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "-y", "--no-install-recommends", PACKAGE]):
            subprocess.run(["apt-get", "-qq", *step], env=settings, stdout=subprocess.DEVNULL, check=False)
        found = _find()
    if found is None:
        raise RuntimeError(f"feeds are held against nginx; install it first: apt install {PACKAGE}")
    return found


def _find() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"nginx ended with exit code {process.returncode}")
        try:
            with socket.create_connection((HOST, port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("nginx did not answer")
