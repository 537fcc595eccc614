"""The report as HTML: one page that needs nothing else, or the same sections within a notebook. Every word is escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from paroleclinic.drawing import style
from paroleclinic.estimates import FEW
from paroleclinic.report import page_gains, page_items, page_learners
from paroleclinic.report.analysis import Report
from paroleclinic.report.page_cells import counted, integer, sortable
from paroleclinic.states import MEANING

HERE = Path(__file__).parent
DARK = '[data-jp-theme-light="false"] '


class Part(NamedTuple):
    """A section under its own heading; `place` is its id. Without `html` it is left out."""

    place: str
    title: str
    html: str


def page(report: Report) -> str:
    """The whole page, with its style, its dark theme and the script that sorts its tables."""
    parts = sections(report)
    links = "".join(f'<li><a href="#{part.place}">{part.title}</a></li>' for part in parts)
    body = "\n".join(_section(part) for part in parts)
    script = (HERE / "sort.js").read_text(encoding="utf-8") + "sortable(document);"
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
<title>How the class does</title><style>{page_style()}</style></head>
<body class="pc pc-report"><header><h1>How the class does</h1>{head(report)}</header>
<nav aria-label="On this page"><ul>{links}</ul></nav>
<main>
{body}
</main><footer><p class="pc-soft">Training, not legal advice.</p></footer><script>{script}</script></body></html>
"""


def body(report: Report) -> str:
    """The same within a notebook, whose page has its own title and style."""
    return head(report) + "\n".join(_section(part) for part in sections(report))


@cache
def sheet() -> str:
    """The style of the report, without that of all drawings."""
    return (HERE / "report.css").read_text(encoding="utf-8")


@cache
def page_style() -> str:
    """The whole style, with the dark theme for whoever asks for one."""
    whole = style() + sheet()
    rules = re.findall(re.escape(DARK) + r"(\.pc(?:\{| )[^{}]*(?:\{)?[^{}]*\})", whole)
    dark = "".join(rule for rule in rules if rule.startswith(".pc{"))
    return f"{whole}body.pc{{margin:0 auto;padding:1em;background:var(--paper)}}@media screen and (prefers-color-scheme:dark){{{dark}}}"


def empty() -> str:
    """What stands there before anything is handed in or graded."""
    return f'<section aria-labelledby="nothing"><h2 id="nothing">Nothing is handed in yet</h2>{_what_to_do()}</section>'


def _what_to_do() -> str:
    return """<p>What to do: put hand-ins in place with <code>paroleclinic collect</code>, grade them with <code>paroleclinic grade</code>, then come
back. Who is stuck, what was advised, and which questions to look at will stand here.</p>"""


def head(report: Report) -> str:
    """Who this is for, what it is of, and whether names are shown."""
    about = report.about
    whose = (
        "It shows names: keep it where only those who grade can read it."
        if about.names
        else "Names are hidden: each learner has a pseudonym that stays the same in every report of this course."
    )
    units = ", ".join(map(escape, about.units.values()))
    return f"""<div class="pc-report-head"><p><strong>For the instructor only.</strong> It names right answers and what learners did. Do not show it in the
room, and do not send it on.</p><p>{whose}</p></div>
<p>{escape(about.course)}. Units: {units}. Made {about.at:%Y-%m-%d %H:%M} UTC from what was handed in and graded by then.
Training, not legal advice.</p>"""


def sections(report: Report) -> list[Part]:
    """All sections that have something to say."""
    if not report.handed_in:
        return [Part("nothing", "Nothing is handed in yet", _nothing(report))]
    parts = [
        Part("glance", "At a glance", _glance(report)),
        Part("ask", "Whom to ask how it is going", page_learners.ask(report)),
        Part("harm", "Harmful advice", page_learners.harm(report)),
        Part("sure", "Sure and wrong", page_learners.sure(report)),
        *(Part(f"by-{by}", page_learners.TITLES[by], page_learners.grid(report, by)) for by in report.grids),
        Part("gain", "Before and after", page_gains.gain(report)),
        Part("look", "Questions to look at", page_items.look(report)),
        Part("questions", "All questions", page_items.questions(report)),
        Part("read", "How to read this", _how(report)),
    ]
    return [part for part in parts if part.html]


def _section(part: Part) -> str:
    return f'<section aria-labelledby="{part.place}"><h2 id="{part.place}">{part.title}</h2>\n{part.html}</section>'


def _nothing(report: Report) -> str:
    waiting = report.frames.people.shape[0]
    who = f" {counted(waiting, 'learner is', 'learners are')} known." if waiting else ""
    return f"<p>There is nothing to show for these units.{who}</p>{_what_to_do()}"


def _glance(report: Report) -> str:
    frames = report.frames
    states = Counter(frames.units["state"])
    rows = [[escape(state), integer(states[state]), escape(MEANING[state])] for state in MEANING if states[state]]
    found = Counter(some[0].concern > 3 for some in report.findings)
    few = sum(some[0].concern < 0 for some in report.findings)
    ask = int((report.learners["why"].map(len) > 0).sum())
    harm = int((report.learners["harmful"] > 0).sum())
    old = (
        f"<p class='pc-notice'>{counted(frames.earlier, 'case was', 'cases were')} graded by an earlier key than today's. "
        "<code>paroleclinic regrade UNIT</code> shows what would change.</p>"
        if frames.earlier
        else ""
    )
    left_out = f"<p>{escape(report.left_out)}</p>" if report.left_out else ""
    tiles = [
        (f"{report.handed_in:,} of {len(frames.people):,}", "learners handed something in"),
        (f"{ask:,}", "to ask how it is going"),
        (f"{harm:,}", "gave harmful advice"),
        (
            f"{found[True]:,} of {len(report.findings) - few:,}",
            f"questions to look at; {few:,} more have too few answers to tell",
        ),
    ]
    told = "".join(f"<li><div><strong>{value}</strong>{says}</div></li>" for value, says in tiles)
    return f"<ul class='pc-tiles'>{told}</ul>{left_out}{old}" + sortable(
        "Learners and units: what became of the hand-ins", ["State", "How many", "What it means"], rows
    )


def _how(report: Report) -> str:
    return f"""<ul>
<li><strong>Ranges</strong> in brackets are 95 % intervals: with a class like this one, the true value would lie there 95 times in 100.
From fewer than {FEW} people nothing is concluded.</li>
<li><strong>Right</strong> is fully right, of those who answered; blank and unreadable answers are counted by themselves.
Memos are left out: people mark them. Points leave out the cap for harmful advice.</li>
<li><strong>Strong</strong> means doing well at all <em>other</em> questions: the mean difference from the class, question by question. The strongest and
the weakest third are thirds of those who answered that question; equals are kept together.</li>
<li><strong>Time</strong> is what lies between two lines of the answer file. A wait of more than ten minutes counts as a pause, not as time; more than four
hours as another sitting. It is the time until an answer was saved, with all tries: reading the papers counts for the question answered next.</li>
<li><strong>Key or lesson may be wrong</strong> is said when more than half of the strongest third (at least four people) chose the same thing against the key,
more than of the weakest third, and guessing would bring that about less than twice in a hundred.</li>
<li><strong>Guessing</strong>, <strong>sure and wrong</strong>, <strong>hardly anybody</strong> are said only when the whole interval lies there.</li>
<li><strong>Signs that somebody may be stuck</strong>: nothing handed in or all blank; a third of the questions blank; surely fewer right than the pass line of
{report.about.pass_line} %; 2.5 tries a question; four pauses, and twice as many as is usual in the class.</li></ul>"""
