"""Asking first, before what loses something: a page with the button that does it, and the way back."""

from collections.abc import Iterable, Sequence

from flask import render_template, request


def ask(
    heading: str,
    text: str,
    button: str,
    *,
    back_url: str,
    facts: Sequence[str] = (),
    fields: Iterable[tuple[str, object]] = (),
    section: str | None = None,
) -> str:
    """The question, about these facts. The button sends `fields` to the address that asks, by POST."""
    return render_template(
        "sure.html",
        heading=heading,
        text=text,
        button=button,
        back_url=back_url,
        facts=facts,
        fields=[*fields],
        section=section,
        url=request.full_path if request.query_string else request.path,
    )
