"""Charts for paper as SVG with everything in it: fixed colours, one font, lengths in points.

The page draws the same charts by `templates/charts`, in the colours of its theme. All text from people is
escaped; the words for those who cannot see them stand beside the drawing, in the document.
"""

from xml.sax.saxutils import escape

from app.reports.layout import Chart, Heat

WIDTH = 190
FONT = 'font-family="Inter" font-size="7.5"'
INK, MUTED, LINE, GROUND = "#16202B", "#55606B", "#D5DBE1", "#EAEEF1"
STRONG, PALE, GOAL = "#0B5C7A", "#9CC3D6", "#B4540A"
PARTS = (STRONG, "#D98E2B", "#8A95A0")
LONGEST = 36  # letters of a label
DARK = 0.68  # from which share on white can be read better than ink
SPACE = "\N{NO-BREAK SPACE}"


def drawn(chart: Chart | Heat) -> str:
    """The chart as an SVG document."""
    if isinstance(chart, Heat):
        return _heat(chart)
    return {"bars": _bars, "columns": _columns, "stacked": _stacked}[chart.kind](chart)


def _bars(chart: Chart) -> str:
    step = 20
    parts = []
    for number, bar in enumerate(chart.bars):
        y = number * step
        parts.append(_text(0, y + 8, bar.label) + _text(WIDTH, y + 8, bar.text, anchor="end"))
        parts.append(_rect(0, y + 11, WIDTH, 5, GROUND, 2.5))
        if bar.share:
            parts.append(_rect(0, y + 11, max(WIDTH * min(bar.share, 1), 1), 5, STRONG, 2.5))
    return _svg(WIDTH, len(chart.bars) * step, parts)


def _columns(chart: Chart) -> str:
    width, height, left, top = 494, 104, 28, 8
    room = width - left - 12
    step = room / max(len(chart.bars), 1)
    parts = []
    sign = f"{SPACE}%" if any(f"{SPACE}%" in bar.text for bar in chart.bars) else "%"
    for mark in (0, 25, 50, 75, 100):
        y = top + height * (1 - mark / 100)
        parts.append(_line(left, y, width, y, LINE))
        parts.append(_text(left - 4, y + 2.5, f"{mark}{sign}", anchor="end", fill=MUTED))
    every = -(-len(chart.bars) // 13)
    for number, bar in enumerate(chart.bars):
        middle, tall = left + (number + 0.5) * step, height * min(bar.share or 0, 1)
        thick = min(step * 0.62, 26)
        if tall:
            fill = STRONG if bar.strong else PALE
            parts.append(_rect(middle - thick / 2, top + height - tall, thick, tall, fill, 1.5))
        if len(chart.bars) <= 13:
            parts.append(_text(middle, top + height - tall - 3, bar.text, anchor="middle", size=6.5))
        if number % every == 0:
            parts.append(_text(middle, top + height + 11, bar.label, anchor="middle", fill=MUTED))
    if chart.goal is not None:
        y = top + height * (1 - min(chart.goal, 1))
        parts.append(_line(left, y, width, y, GOAL, dashes="4 3"))
    return _svg(width, top + height + 16, parts)


def _stacked(chart: Chart) -> str:
    parts, x = [], 0.0
    for bar, fill in zip(chart.bars, PARTS, strict=False):
        wide = WIDTH * (bar.share or 0)
        if wide:
            parts.append(_rect(x, 0, wide, 18, fill))
        x += wide
    y = 30
    for bar, fill in zip(chart.bars, PARTS, strict=False):
        parts.append(_rect(0, y - 6, 7, 7, fill, 1.5) + _text(11, y, f"{bar.label} {bar.text}"))
        y += 12
    return _svg(WIDTH, y - 6, parts)


def _heat(chart: Heat) -> str:
    left, top, tall = 32, 14, 15
    wide = (WIDTH - left) / max(len(chart.columns), 1)
    parts = [
        _text(left + (number + 0.5) * wide, 9, name, anchor="middle", fill=MUTED)
        for number, name in enumerate(chart.columns)
    ]
    for row, (name, shares) in enumerate(zip(chart.rows, chart.cells, strict=True)):
        y = top + row * tall
        parts.append(_text(left - 6, y + 10, name, anchor="end", fill=MUTED))
        for column, share in enumerate(shares):
            x = left + column * wide
            parts.append(_rect(x + 0.75, y + 0.75, wide - 1.5, tall - 1.5, shade(share), 2))
            if share is not None:
                ink = "#FFFFFF" if share > DARK else INK
                parts.append(
                    _text(x + wide / 2, y + 10, f"{share * 100:.0f}", anchor="middle", fill=ink, size=6.5)
                )
    return _svg(WIDTH, top + len(chart.rows) * tall + 2, parts)


def shade(share: float | None) -> str:
    """From nearly white to the accent, by share; a hatch is not needed, since the number stands in it."""
    if share is None:
        return "#F6F7F8"
    part = min(max(share, 0), 1)
    low, high = (226, 238, 244), (11, 92, 122)
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in zip(low, high, strict=True))


def _svg(width: float, height: float, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float, fill: str, radius: float = 0) -> str:
    place = f'x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"'
    return f'<rect {place} rx="{radius}" fill="{fill}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{stroke}" '
        f'stroke-width="{1.2 if dashes else 0.6}"{dashed}/>'
    )


def _text(
    x: float, y: float, text: str, anchor: str = "start", fill: str = INK, size: float | None = None
) -> str:
    font = FONT if size is None else FONT.replace('"7.5"', f'"{size}"')
    place = f'x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{fill}" {font}>{escape(_short(text))}</text>'


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
