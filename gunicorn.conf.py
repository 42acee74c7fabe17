"""How gunicorn serves `wsgi:app`; it reads this itself. The command line goes before it."""

import gc

# The application is loaded once, and the workers share its memory. It opens no connection while it loads.
preload_app = True
# Nobody steers a running server by a socket in the user's home folder.
control_socket_disable = True
graceful_timeout = 5


def when_ready(_server: object) -> None:
    """Before the workers are forked: what is loaded stays, so nobody looks through it for garbage again.

    That also keeps its memory shared.
    """
    gc.collect()
    gc.freeze()
