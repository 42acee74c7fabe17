"""What goes along in a form from one page to the next, as text that nobody else can write."""

from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def seal(facts: Any, *, purpose: str) -> str:
    """JSON as text, packed and signed for one purpose."""
    sealed: str | bytes = _signer(purpose).dumps(facts)
    return sealed if isinstance(sealed, str) else sealed.decode()


def unseal(text: str | None, *, purpose: str) -> Any:
    """What was sealed; None where it was not, or for another purpose."""
    try:
        return _signer(purpose).loads(text or "")
    except BadData:
        return None


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=purpose)
