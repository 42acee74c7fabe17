"""Text in templates that no translation reaches."""

import pytest

from tools.untranslated import untranslated


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("<p>Book now</p>", [(1, "Book now")]),
        ("<p>\n {{ x }}\n  and {{ y }}</p>", [(3, "and")]),
        ("{# a\nnote #}\n<p>Bokad</p>", [(3, "Bokad")]),
        ('<img src="/x.svg" alt="A chart">', [(1, "A chart")]),
        ('<a\n title="Next">›</a>', [(1, "Next")]),
        ('<input placeholder="Your name">', [(1, "Your name")]),
        ('<button aria-label="Close">×</button>', [(1, "Close")]),
        ('<input type="submit" value="Send">', [(1, "Send")]),
        ('<optgroup label="Rooms"></optgroup>', [(1, "Rooms")]),
        ('<svg><text x="1">Hours</text></svg>', [(1, "Hours")]),
        ("<title>Board · Mötesplats</title>", [(1, "Board · Mötesplats")]),
        ("{% if free %}Free{% else %}Taken{% endif %}", [(1, "Free Taken")]),
        ('<p translate="no">name</p><p>text</p>', [(1, "text")]),
        ("<script>var text;</script><p>text</p>", [(1, "text")]),
    ],
)
def test_is_found(template: str, expected: list[tuple[int, str]]) -> None:
    assert untranslated(template) == expected


@pytest.mark.parametrize(
    "template",
    [
        '<p class="hint" id="free">{{ _("Book now") }}</p>',
        '<p title="{{ _("Next day") }}" class="{% if a > b %}on{% endif %}">{{ day }}</p>',
        "{% set label = 'Book' %}{{ ngettext('%(num)s seat', '%(num)s seats', n) }}",
        "{% trans name=name %}Hello <b>{{ name }}</b>{% endtrans %}",
        "<h1>Mötesplats</h1><a>Svenska</a> <a>PDF</a> &nbsp;·&rsaquo; 12 h",
        '<input type="hidden" value="yes"><input name="title" value="{{ form.title.data }}">',
        '<input type="email" placeholder="name@example.org">',
        '<meta name="viewport" content="width=device-width">',
        '<span translate="no"><b>pip</b> install<br>x <i>more</i></span>{{ _("x") }}',
        "<script>\nlet text = 1;\n</script>",
        "{# only a note #}",
    ],
)
def test_is_well(template: str) -> None:
    assert untranslated(template) == []
