"""What the page is put together from: tables that can be sorted, their cells, and short phrases, as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from math import isnan

from paroleclinic.estimates import FEW
from paroleclinic.report.analysis import Report
from paroleclinic.report.learners import percent


def sortable(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that can be sorted. A cell that does not begin with <td or <th is HTML to be put in one."""
    top = "".join(f'<th scope="col"><button type="button" data-sort>{head}</button></th>' for head in heads)
    lines = "".join("<tr>" + "".join(_td(cell) for cell in row) + "</tr>" for row in rows)
    return f"""<div class="pc-wide" role="group" aria-label="{escape(caption, quote=True)}" tabindex="0"><table class="pc-table"><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>
<tbody>{lines}</tbody></table></div>"""


def _td(cell: str) -> str:
    return cell if cell.startswith(("<td", "<th")) else f"<td>{cell}</td>"


def who(report: Report, row: int) -> str:
    """A learner as the heading of a row: as the report calls them, with the name where names are shown."""
    people = report.frames.people
    name = str(people["name"].iat[row]) if report.about.names else ""
    shown = str(people["shown"].iat[row])
    return f'<th scope="row">{escape(shown)}{f" ({escape(name)})" if name and name != shown else ""}</th>'


def integer(number: float) -> str:
    """A cell with a whole number."""
    return f'<td class="n">{number:.0f}</td>'


def decimal(number: float) -> str:
    """A cell with one digit after the point; a dash for nan."""
    return f'<td class="n">{number:.1f}</td>' if not isnan(number) else "<td>–</td>"


def likely(right: float, of: float, low: float, high: float) -> str:
    """A cell such as "7 of 9 (45–94 %)"; a dash where nothing was answered."""
    if not of:
        return "<td>–</td>"
    return f"<td class='n' data-v='{right / of:.4f}'>{right:.0f} of {of:.0f} ({percent(low)}–{percent(high)} %)</td>"


def spread(value: float, low: float, high: float, of: int) -> str:
    """A cell with a share and its interval in percent, and whether it is from too few."""
    few = ", too few to tell" if of < FEW else ""
    return f"<td class='n' data-v='{value:.4f}'>{percent(value)} % ({percent(low)}–{percent(high)} %){few}</td>"


def signed(value: float, low: float, high: float) -> str:
    """A cell with a value and its interval; nan cannot be told."""
    if isnan(value):
        return "<td>cannot be told</td>"
    return f"<td class='n' data-v='{value:.4f}'>{value:.2f} ({low:.2f} to {high:.2f})</td>"


def more(number: int, shown: int, file: str) -> str:
    """That more rows stand in a file, where the page does not show all."""
    return f"<p>{number - shown:,} more stand in {file}.</p>" if number > shown else ""


def listed(names: Sequence[str], most: int = 12) -> str:
    """The first names, escaped by whoever uses it, and how many more there are."""
    rest = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + rest


def counted(number: int, one: str, several: str) -> str:
    """A number with the word for one or for several."""
    return f"{number:,} {one if number == 1 else several}"


def coded(text: str) -> str:
    """Text with what stands between backticks as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


def cut(text: str, longest: int = 140) -> str:
    """Text on one line, cut where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[:longest].rstrip() + " …"
