"""The sections of the page about questions: which to look at and why, and all of them as a picture and a table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isnan

from paroleclinic.estimates import FEW
from paroleclinic.report.analysis import Report
from paroleclinic.report.learners import percent
from paroleclinic.report.page_cells import coded, counted, cut, decimal, integer, likely, signed, sortable
from paroleclinic.report.verdicts import Finding, Row, choices_by_item, duration


def look(report: Report) -> str:
    """The questions that something stands out at, the worst first."""
    table = report.items.table
    order = sorted(
        (number for number, some in enumerate(report.findings) if some[0].concern > 0),
        key=lambda number: (-report.findings[number][0].concern, table["facility"].iat[number]),
    )
    few = sum(some[0].concern < 0 for some in report.findings)
    says = (
        f"<p>{counted(few, 'question has', 'questions have')} fewer than {FEW} answers: too few to tell, and no verdict is drawn.</p>"
        if few
        else ""
    )
    if not order:
        return f"<p>Nothing stands out.</p>{says}"
    groups = choices_by_item(report.items)
    rows = table.to_dict("records")
    cards = "".join(_card(report, number, rows[number], groups.get(number, [])) for number in order)
    return f"<p>The first ones need you most. A small class can mislead: read the question before you change it.</p>{says}{cards}"


def _card(report: Report, number: int, row: Row, choices: Sequence[Row]) -> str:
    one, found = report.frames.asked[number], report.findings[number]
    kind = "worst" if found[0].concern > 6 else "look" if found[0].concern > 3 else ""
    others = "".join(f"<p><strong>Also:</strong> {escape(also.says)} {coded(also.do)}</p>" for also in found[1:])
    where = f"{report.about.cases[one.case]}, question {one.number}"
    return f"""<details class="pc-found {kind}"><summary>{escape(found[0].says)} <span class="pc-soft">{escape(where)}</span></summary>
<p><strong>What to do:</strong> {coded(found[0].do)}</p>{others}<p><strong>Asked:</strong> {escape(cut(one.question.prompt, 600))}
<span class="pc-soft">({escape(one.name)})</span></p>{_numbers(row)}{_chosen(choices)}</details>"""


def _numbers(row: Row) -> str:
    facts = [
        f"{int(row['right'])} of {int(row['answered'])} right (likely {percent(row['facility low'])} to {percent(row['facility high'])} %)",
        f"blank {int(row['blank'])}, unreadable {int(row['unreadable'])}",
    ]
    if not isnan(row["item-rest"]):
        facts.append(
            f"item-rest correlation {row['item-rest']:.2f} ({row['item-rest low']:.2f} to {row['item-rest high']:.2f}), "
            f"strongest less weakest third {row['upper-lower']:.2f} ({row['upper-lower low']:.2f} to {row['upper-lower high']:.2f})"
            if not isnan(row["upper-lower"])
            else f"item-rest correlation {row['item-rest']:.2f} ({row['item-rest low']:.2f} to {row['item-rest high']:.2f})"
        )
    facts.append(f"{duration(row['seconds'])} in the middle")
    if not isnan(row["tries"]):
        facts.append(f"{row['tries']:.1f} tries")
    if row["said how sure"]:
        facts.append(
            f"right when sure: {int(row['sure right'])} of {int(row['sure'])}, when unsure: {int(row['unsure right'])} of {int(row['unsure'])}; "
            f"sure and wrong: {int(row['sure and wrong'])} of {int(row['said how sure'])}"
        )
    return f"<p>{'; '.join(facts)}.</p>"


def _chosen(choices: Sequence[Row]) -> str:
    if not choices:
        return ""
    rows = []
    for one in choices:
        key = "right" if one["keyed"] else "wrong, and harmful" if one["harm"] else "wrong"
        numbers = [
            f"<td class='n' data-v='{one[name]}'>{one[name]} of {one[f'{name} of' if name != 'chosen' else 'of']}</td>"
            for name in ("chosen", "top", "bottom")
        ]
        rows.append([escape(cut(str(one["text"]))), key, *numbers])
    return sortable("Who chose what", ["Answer", "By the key", "All", "Strongest third", "Weakest third"], rows)


def questions(report: Report) -> str:
    """All questions, as a picture and as a table."""
    if not len(report.items.table):
        return ""
    rows = []
    for number, row in enumerate(report.items.table.to_dict("records")):
        one, first = report.frames.asked[number], report.findings[number][0]
        enough = row["answered"] >= FEW
        rows.append(
            [
                escape(f"{report.about.cases[one.case]}, question {one.number}"),
                f"<td data-v='{first.concern}'>{escape(_verdict(first))}</td>",
                likely(row["right"], row["answered"], row["facility low"], row["facility high"]),
                signed(row["item-rest"], row["item-rest low"], row["item-rest high"]) if enough else "<td>too few</td>",
                signed(row["upper-lower"], row["upper-lower low"], row["upper-lower high"])
                if enough
                else "<td>too few</td>",
                integer(row["blank"]),
                f"<td class='n' data-v='{row['seconds']}'>{duration(row['seconds'])}</td>",
                decimal(row["tries"]),
                f"<td class='n' data-v='{row['sure and wrong']}'>{row['sure and wrong']} of {row['said how sure']}</td>",
            ]
        )
    heads = [
        "Question",
        "Verdict",
        "Right, and likely range",
        "Item-rest correlation",
        "Strongest less weakest",
        "Blank",
        "Median time",
        "Tries",
        "Sure and wrong",
    ]
    return (
        _plot(report)
        + f"<details><summary>The table behind it, all {len(rows)} questions</summary>{sortable('All questions', heads, rows)}</details>"
    )


def _verdict(first: Finding) -> str:
    return first.says if first.concern <= 0 else first.says.partition(":")[0].rstrip(".")


def _plot(report: Report) -> str:
    """Each question as a point: how many are right, and whether the strong do better."""
    wide, high, left, bottom = 640, 360, 56, 44
    table = report.items.table
    points, marked = [], 0
    for number, (facility, rest, answered) in enumerate(
        table[["facility", "item-rest", "answered"]].itertuples(index=False)
    ):
        if answered < FEW or isnan(rest):
            continue
        x, y = left + facility * (wide - left - 10), (high - bottom) * (1 - (rest + 1) / 2) + 10
        points.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4"/>')
        if report.findings[number][0].concern > 6:
            marked += 1
            points.append(f'<rect class="worst" x="{x - 7:.0f}" y="{y - 7:.0f}" width="14" height="14"/>')
    if not points:
        return "<p>Too few answers to draw a picture.</p>"
    ticks = "".join(
        f'<line x1="{left + part * (wide - left - 10):.0f}" x2="{left + part * (wide - left - 10):.0f}" y1="10" y2="{high - bottom + 10}"/>'
        f'<text x="{left + part * (wide - left - 10):.0f}" y="{high - 14}" text-anchor="middle">{100 * part:.0f} %</text>'
        for part in (0, 0.25, 0.5, 0.75, 1)
    )
    lines = "".join(
        f'<line x1="{left}" x2="{wide - 10}" y1="{(high - bottom) * (1 - (rest + 1) / 2) + 10:.0f}" y2="{(high - bottom) * (1 - (rest + 1) / 2) + 10:.0f}"/>'
        f'<text x="{left - 8}" y="{(high - bottom) * (1 - (rest + 1) / 2) + 14:.0f}" text-anchor="end">{rest:+.1f}</text>'
        for rest in (-1, -0.5, 0, 0.5, 1)
    )
    says = f"{len(points) - marked} questions; {marked} framed ones come first under Questions to look at"
    return f"""<p>Each point is a question. To the right: more people are right. Up: who is strong elsewhere does better. Below the middle line the
strong do worse, which a sound question does not do. A frame marks what to look at first.</p>
<svg class="pc-plot" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img" aria-label="Share right and item-rest correlation: {says}">
{ticks}{lines}{"".join(points)}<text x="{wide / 2:.0f}" y="{high - 1}" text-anchor="middle">share right</text></svg>"""
