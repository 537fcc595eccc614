"""Pages to look things up in: the comparison grid, the picture of dated events, the glossary.

Each piece bears `data-in`, the names of the filters that show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from html import escape
from itertools import accumulate, groupby, pairwise

from paroleclinic.drawing import paragraphs, tag
from paroleclinic.drawing.cards import SURE
from paroleclinic.law import STATUS_WORDS, NotYetLaw, Rule, long_day
from paroleclinic.reference import Comparison, Event, Events, Term


def comparison(grid: Comparison, law: Mapping[str, Rule], day: date) -> str:
    """The grid as a table; each cell says what holds and which rules of the register say so on `day`."""
    heads = "".join(
        f'<th scope="col" data-in="{column.id}" class="{column.group}">{escape(column.title)}</th>'
        for column in grid.columns
    )
    rows = ""
    for row in grid.rows:
        cells = "".join(
            f'<td data-in="{column.id}">{paragraphs(row.cells[column.id].says)}'
            f"{_grounds(row.cells[column.id].rules, law, day)}</td>"
            for column in grid.columns
        )
        rows += f'<tr data-in="{row.id}"><th scope="row">{escape(row.title)}</th>{cells}</tr>'
    return f"""<h3>Parole and its neighbors</h3><p class="pc-soft">The law as read on {long_day(day)}.</p>
<div class="pc-wide" role="group" aria-label="The comparison as a table" tabindex="0"><table class="pc-grid">
<thead><tr><th scope="col">Question</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"""


def _grounds(rules: tuple[str, ...], law: Mapping[str, Rule], day: date) -> str:
    cites = []
    for rule in rules:
        try:
            version = law[rule].at(day)
        except NotYetLaw:
            continue
        status = "" if version.status == "in-force" else f" ({STATUS_WORDS[version.status].lower()})"
        cites.append(f"{version.sources[0].cite}{status}")
    return f"<details><summary>Law</summary>{''.join(tag('p', cite, 'pc-soft') for cite in cites)}</details>"


def events(happened: Events, law: Mapping[str, Rule]) -> str:
    """The picture: a lane for each kind of parole, a dot for each event; below it the events in words, by year."""
    shown = happened.events
    years = _years(shown)
    labels = "".join(f'<span style="left:{start:.2f}%">{year}</span>' for year, (start, _) in years.items())
    lanes = "".join(
        f'<div class="pc-lane" data-in="{kind.id}"><span class="pc-lane-name">{escape(kind.title)}</span>'
        f'<span class="pc-lane-line">{_dots(kind.id, shown, years)}</span></div>'
        for kind in happened.kinds
    )
    titles = {kind.id: kind.title for kind in happened.kinds}
    told = "".join(
        f"<h3>{year}</h3><ol class='pc-line'>{''.join(_told(event, titles, law) for event in group)}</ol>"
        for year, group in ((year, list(group)) for year, group in groupby(shown, key=lambda event: event.day.year))
    )
    return f"""<div class="pc-card pc-events"><div class="pc-wide" role="group" aria-label="The picture" tabindex="0"><div class="pc-lanes">
<div class="pc-lane pc-years" aria-hidden="true"><span class="pc-lane-name"></span><span class="pc-lane-line">{labels}</span></div>{lanes}</div></div>
<div class="pc-pointed" role="status"><p class="pc-soft">Point at a dot, or move to it with Tab, to
see what happened. Press it to go to the event in the list below.</p></div></div>{told}"""


def _years(shown: tuple[Event, ...]) -> dict[int, tuple[float, float]]:
    """Year -> where it starts and how wide it is, in percent; a year of many events is up to twice as wide."""
    count = Counter(event.day.year for event in shown)
    span = range(shown[0].day.year, shown[-1].day.year + 1)
    weight = {year: 1 + count[year] / max(count.values()) for year in span}
    starts = [0.0, *accumulate(100 * weight[year] / sum(weight.values()) for year in span)]
    return {year: (start, end - start) for year, (start, end) in zip(span, pairwise(starts), strict=True)}


def _place(day: date, years: Mapping[int, tuple[float, float]]) -> float:
    start, width = years[day.year]
    return start + width * (day - date(day.year, 1, 1)).days / 366


def _dots(kind: str, shown: tuple[Event, ...], years: Mapping[int, tuple[float, float]]) -> str:
    dots, rows = "", [-9.0, -9.0, -9.0]
    for event in shown:
        if kind not in event.kinds:
            continue
        place = _place(event.day, years)
        row = min(
            range(3),
            key=lambda number: (place - rows[number] < 2.2, number if place - rows[number] >= 2.2 else rows[number]),
        )
        rows[row] = place
        label = f"{long_day(event.day)}: {event.title}"
        dots += (
            f'<button type="button" class="pc-dot row{row}" style="left:{place:.2f}%" data-event="{event.id}" '
            f'aria-label="{escape(label, quote=True)}"></button>'
        )
    return dots


def _told(event: Event, titles: Mapping[str, str], law: Mapping[str, Rule]) -> str:
    until = f" to {long_day(event.until)}" if event.until else ""
    kinds = "".join(f'<span class="pc-badge">{escape(titles[kind])}</span> ' for kind in event.kinds)
    known = f"; vouched for up to {long_day(event.known_on)}" if event.known_on else ""
    rules = ", ".join(law[rule].title for rule in event.rules if rule in law)
    rules = f" In the register: {rules}." if rules else ""
    return f"""<li id="event-{event.id}" data-in="{" ".join(event.kinds)}" tabindex="-1"><p><strong>{long_day(event.day)}{until}: {escape(event.title)}</strong></p>
<p>{kinds}</p>{paragraphs(event.says)}<p><strong>For people:</strong> {escape(event.people)}</p>
<p class="pc-soft">{escape(event.cite)}. {escape(event.status.rstrip("."))}{known}. {SURE[event.confidence].capitalize()}.{escape(rules)}</p></li>"""


def glossary(terms: list[Term], law: Mapping[str, Rule], day: date) -> str:
    """Every term with its plain meaning, its legal definition, and what it is not."""
    return "<h2>The words, from A to Z</h2>" + "".join(
        f'<section class="pc-card" id="term-{term.id}" data-in="term"><h3>{escape(term.term)}</h3>{meaning(term)}'
        f"{_grounds(term.rules, law, day)}</section>"
        for term in terms
    )


def meaning(term: Term) -> str:
    """What a term means, for the glossary and its pop-ups."""
    also = f'<p class="pc-soft">Also: {escape(", ".join(term.also))}</p>' if term.also else ""
    statute = f"<p><strong>In the law:</strong> {escape(term.statute)}</p>" if term.statute else ""
    return f"{also}{paragraphs(term.says)}{statute}<p><strong>Not to be confused with:</strong> {escape(term.confused)}</p>"
