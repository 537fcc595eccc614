"""Published numbers as bars, each with its date and its source."""

from __future__ import annotations

from decimal import Decimal
from html import escape

from paroleclinic.drawing import Drawing, tag
from paroleclinic.drawing.cards import SURE
from paroleclinic.reference import Figure, Figures


def chart(figures: Figures) -> Drawing:
    """Bars in their groups, what they can and cannot show, and a table of the sources."""
    most = max((row.value for row in figures.rows), default=Decimal(1)) or Decimal(1)
    groups = list(dict.fromkeys(row.group for row in figures.rows))
    blocks = "".join(
        f"{tag('h4', group)}<ul class='pc-bars'>"
        + "".join(_bar(row, most) for row in figures.rows if row.group == group)
        + "</ul>"
        for group in groups
    )
    rows = "".join(_source(row) for row in figures.rows)
    html = f"""<section class="pc-card pc-chart" aria-label="Chart: {escape(figures.title, quote=True)}"><h3>{escape(figures.title)}</h3>
{blocks}<p><strong>What the numbers show:</strong> {escape(figures.can)}</p>
<p><strong>What they cannot show:</strong> {escape(figures.cannot)}</p>
<details><summary>Where each number comes from</summary><ul class="pc-sources">{rows}</ul></details></section>"""
    return Drawing(html, "; ".join(f"{row.group}, {row.label}: {in_words(row)} ({row.as_of})" for row in figures.rows))


def in_words(row: Figure) -> str:
    """A number as a person writes it, such as "$1,050" or "211,040 people"."""
    return f"${row.value:,}" if row.unit == "US dollars" else f"{row.value:,} {row.unit}"


def _bar(row: Figure, most: Decimal) -> str:
    width = max(Decimal("0.4"), 100 * row.value / most)
    when = f" <span class='pc-soft'>{escape(row.as_of)}</span>" if row.as_of not in row.group else ""
    return (
        f"<li><span class='pc-name'>{escape(row.label)}{when}</span><span class='pc-track'>"
        f"<span class='pc-fill' style='width:{width:.1f}%'></span></span><strong>{escape(in_words(row))}</strong></li>"
    )


def _source(row: Figure) -> str:
    cite = escape(row.cite)
    if row.url:
        cite = f'<a href="{escape(row.url, quote=True)}" target="_blank" rel="noopener">{cite}</a>'
    note = f" {escape(row.note)}" if row.note else ""
    sure = SURE.get(row.confidence, row.confidence)
    return f"<li>{escape(row.group)}, {escape(row.label)}: {escape(in_words(row))}, {escape(row.as_of)}. {cite}; {sure}.{note}</li>"
