"""Title cards, law cards, timelines and the map of the course."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import escape
from itertools import zip_longest

from paroleclinic.content import Glance, Lesson, Outline, Page
from paroleclinic.drawing import Drawing, paragraphs, tag
from paroleclinic.drawing.lawline import as_read
from paroleclinic.law import STATUS_WORDS, Rule, Version, long_day

DISCLAIMER = (
    "Training, not legal advice. The clients are invented. When you are unsure, stop and ask the supervising attorney."
)
SURE = {
    "high": "well supported",
    "medium": "fairly sure; check before relying on it",
    "low": "unsure; check first",
}


def title_card(lesson: Lesson, outline: Outline) -> Drawing:
    """The card at the top of a lesson: its question, what you will be able to do, minutes, the day of the law."""
    goals = "".join(tag("li", goal.says) for goal in lesson.objectives)
    html = f"""<section class="pc-card pc-title" aria-label="About this lesson">
<p class="pc-ask">{escape(lesson.question)}</p>
<p><strong>After this lesson you can</strong></p><ul>{goals}</ul>
<p class="pc-soft">About {lesson.minutes} minutes · {as_read(outline)}</p>
<p class="pc-notice">{DISCLAIMER}</p></section>"""
    return Drawing(html, f"{lesson.title}: {lesson.question}")


def resume(section: str) -> str:
    """A link to the section, given as its slug, where the learner was last; nothing when there is none."""
    if not section:
        return ""
    words = section.replace("-", " ").capitalize()
    return f'<p class="pc-soft">You were at: <a data-lesson="#{escape(section, quote=True)}" href="#">{escape(words)}</a></p>'


def page_card(page: Page, outline: Outline) -> Drawing:
    """The card at the top of a page that is no lesson."""
    html = f"""<section class="pc-card pc-title" aria-label="About this page"><p class="pc-ask">{escape(page.question)}</p>
<p class="pc-soft">{as_read(outline)}</p>
<p class="pc-notice">{DISCLAIMER}</p></section>"""
    return Drawing(html, f"{page.title}: {page.question}")


def cases(glances: dict[tuple[str, str], Glance], *, own: bool) -> Drawing:
    """Links to cases, by unit and case; `own` says that they are the lesson's, else they stand in for such."""
    links = "".join(f"<li>{_link(unit, case, glance)}</li>" for (unit, case), glance in glances.items())
    says = (
        "Practice this lesson on a client file:"
        if own
        else "No case is set apart for this lesson. These practice parts of it:"
    )
    html = f'<nav class="pc-card" aria-label="Cases">{tag("p", says)}<ul>{links}</ul></nav>'
    return Drawing(html, f"{says} {', '.join(glance.title for glance in glances.values())}")


def _link(unit: str, case: str, glance: Glance) -> str:
    return (
        f'<a href="../exercises/{unit}/{case}.ipynb">{escape(glance.title)}</a> '
        f'<span class="pc-soft"><span role="img" aria-label="difficulty {glance.stars} of 3">{"★" * glance.stars}</span> '
        f"{glance.minutes} minutes</span>"
    )


def rule_card(rule: Rule, day: date) -> str:
    """The card for one rule as it stood on `day`: what it says, citation, since when, how sure, source."""
    version = rule.at(day)
    tone = {"in-force": "good", "ended": "bad", "blocked": "bad"}.get(version.status, "warn")
    later = [v for v in rule.versions if v.first_day > day]
    changed = f" It changed on {later[0].since}." if later else ""
    trap = f"<p><strong>Trap:</strong> {escape(rule.trap)}</p>" if rule.trap else ""
    return f"""<section class="pc-card" aria-label="Law: {escape(rule.title, quote=True)}"><div class="pc-head">
<h3>{escape(rule.title)}</h3><span class="pc-badge {tone}">{STATUS_WORDS[version.status]}</span></div>
{_figure(version)}{paragraphs(version.says)}{trap}{_spoken(version)}{_facts(version)}
{tag("p", changed.strip(), "pc-soft")}</section>"""


def law_lines(rule: Rule, day: date) -> str:
    """The rule in small, for feedback: what it said on `day`, and who says so."""
    version = rule.at(day)
    cites = "; ".join(source.cite for source in version.sources)
    note = f" <em>{escape(version.note)}</em>" if version.note else ""
    return f"""<details class="pc-law"><summary>The rule on {long_day(day)}: <strong>{escape(rule.title)}</strong></summary>
<p>{escape(version.says)}{note}</p>{_spoken(version)}<p class="pc-soft">{escape(cites)} · since: {escape(version.since)} · {SURE[version.confidence]}</p>
</details>"""


def timeline(rule: Rule) -> Drawing:
    """The dated versions of a rule down a line, oldest first, numbers drawn as bars."""
    numbers = [Decimal(v.value) for v in rule.versions if v.value]
    most = max(numbers, default=Decimal(0)) or Decimal(1)
    items = []
    for version, later in zip_longest(rule.versions, rule.versions[1:]):
        bar = ""
        if version.value:
            width = max(25, round(100 * Decimal(version.value) / most))
            bar = f'<div class="pc-bar"><span style="width:{width}%">{amount(version)}</span></div>'
        status = STATUS_WORDS[version.status] + (f", until {later.since}" if later else "")
        cites = "; ".join(source.cite for source in version.sources)
        items.append(
            f"<li><strong>{escape(_from(version))}</strong> · {status}{bar}{paragraphs(version.says)}"
            f"{tag('p', cites, 'pc-soft')}</li>"
        )
    label = f"Timeline: {rule.title}"
    html = f"""<section class="pc-card" aria-label="{escape(label, quote=True)}"><h3>{escape(label)}</h3>
<ol class="pc-line">{"".join(items)}</ol></section>"""
    return Drawing(html, "; ".join(f"{_from(v)}: {v.says}" for v in rule.versions))


def amount(version: Version) -> str:
    """A version's number as a person writes it, such as "$1,050" or "23 months"."""
    value = f"{Decimal(version.value or 0):,}"
    return f"${value}" if version.unit == "US dollars" else f"{value} {escape(version.unit or '')}"


def _spoken(version: Version) -> str:
    if not version.client:
        return ""
    return (
        f'<details class="pc-spoken"><summary>How to say it to a client</summary>{paragraphs(version.client)}</details>'
    )


def _figure(version: Version) -> str:
    return f'<p class="pc-figure">{amount(version)}</p>' if version.value else ""


def _from(version: Version) -> str:
    return "Before" if version.starts == "unknown" else f"From {version.since}"


def _facts(version: Version) -> str:
    cites = []
    for source in version.sources:
        cite = escape(source.cite)
        if source.url:
            cite = f'<a href="{escape(source.url, quote=True)}" target="_blank" rel="noopener">{cite}</a>'
        read = long_day(source.read) if isinstance(source.read, date) else "not read for this course"
        cites.append(f"{cite} (read: {read})")
    known = f"; last known on {long_day(version.known_on)}" if version.known_on else ""
    note = f"<dt>Take care</dt><dd>{escape(version.note)}</dd>" if version.note else ""
    return f"""<dl class="pc-facts"><dt>Source</dt><dd>{"<br>".join(cites)}</dd><dt>Since</dt><dd>{escape(version.since)}</dd>
<dt>How sure</dt><dd>{SURE[version.confidence]}{known}</dd>{note}</dl>"""
