"""What a careful reader sees in a client file, and the same client on two days side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from paroleclinic.content import Issue, Scenario
from paroleclinic.drawing import paragraphs, tag
from paroleclinic.law import STATUS_WORDS, NotYetLaw, Rule, long_day
from paroleclinic.spotting import KIND_WORDS, RULES

ORDER = list(KIND_WORDS)
NEVER_ADVICE = "These readings train the eye. They are no advice, and a file without them is not a safe file."


def seen(case: Scenario) -> str:
    """The issues of the key, dangers first, with the papers that show them; nothing when the key names none."""
    if not case.issues:
        return ""
    several = len({issue.who for issue in case.issues}) > 1
    titles = {paper.id: paper.title for paper in case.exhibits}
    rows = "".join(
        f'<tr><th scope="row">{escape(RULES[i.issue].says)}</th>{f"<td>{_name(i.who)}</td>" if several else ""}'
        f"<td>{KIND_WORDS[RULES[i.issue].kind]}</td><td>{escape(i.because)} "
        f'<span class="pc-soft">({escape("; ".join(titles[p] for p in i.exhibits))})</span></td></tr>'
        for i in sorted(case.issues, key=lambda i: ORDER.index(RULES[i.issue].kind))
    )
    who = '<th scope="col">Who</th>' if several else ""
    hidden = "".join(
        f'<li>{escape(h.says)} <span class="pc-soft">({escape("; ".join(titles[p] for p in h.exhibits))})</span></li>'
        for h in case.hidden
    )
    return f"""<section class="pc-card" aria-label="What a careful reader sees"><h3>What a careful reader sees in this file</h3>
<div class="pc-wide" role="group" aria-label="Table" tabindex="0"><table class="pc-rubric"><thead><tr><th scope="col">Issue</th>{who}
<th scope="col">What it is</th><th scope="col">Why here</th></tr></thead><tbody>{rows}</tbody></table></div>
<h3>What only the papers show</h3><ul>{hidden}</ul>{tag("p", NEVER_ADVICE, "pc-soft")}</section>"""


def two_days(case: Scenario, law: Mapping[str, Rule]) -> str:
    """The rules that changed, as they stood on both days of the case, and the issues of each day; nothing without a twin."""
    twin = case.twin
    if twin is None:
        return ""
    days = sorted([(twin.as_of, twin.issues, case.issues), (case.as_of, case.issues, twin.issues)])
    columns = "".join(
        f"<section><h4>{long_day(day)}</h4>"
        + "".join(_stood(law[rule], day) for rule in twin.turns_on)
        + f"<p><strong>Only on this day the file raises:</strong></p>{_only(own, other)}</section>"
        for day, own, other in days
    )
    return f"""<section class="pc-card" aria-label="The same client on two days"><h3>The same client on two days</h3>
{paragraphs(twin.says)}<div class="pc-days">{columns}</div></section>"""


def _stood(rule: Rule, day: object) -> str:
    try:
        version = rule.at(day)  # type: ignore[arg-type]
    except NotYetLaw:
        return f"<p><strong>{escape(rule.title)}:</strong> not yet law.</p>"
    cites = "; ".join(source.cite for source in version.sources)
    return (
        f"<p><strong>{escape(rule.title)}</strong> ({STATUS_WORDS[version.status]}, since {escape(version.since)})</p>"
        f"{paragraphs(version.says)}{tag('p', cites, 'pc-soft')}"
    )


def _only(own: Iterable[Issue], other: Iterable[Issue]) -> str:
    there = {(issue.who, issue.issue) for issue in other}
    found = [issue for issue in own if (issue.who, issue.issue) not in there]
    items = "".join(f"<li>{escape(RULES[issue.issue].says)}. {escape(issue.because)}</li>" for issue in found)
    return f"<ul>{items}</ul>" if items else "<p>Nothing that the other day does not raise too.</p>"


def _name(who: str) -> str:
    return escape(who.replace("-", " ").title())
