"""The report as HTML: one page that needs nothing else, or the same sections within a notebook. Every word is escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from math import isnan
from pathlib import Path
from typing import NamedTuple

from paroleclinic.drawing import style
from paroleclinic.estimates import FEW, Estimate
from paroleclinic.report.analysis import Report
from paroleclinic.report.learners import By, percent
from paroleclinic.report.verdicts import Finding, Row, choices_by_item, duration
from paroleclinic.states import MEANING

HERE = Path(__file__).parent
MOST_ROWS = 100  # learners in a grid or list of the page; all of them stand in the tables beside it
MOST_LISTED = 40  # pieces of harmful advice, and sure mistakes
DARK = '[data-jp-theme-light="false"] '
SHORT = {
    "not handed in": "not in",
    "could not grade": "no grade",
    "not graded yet": "new",
    "no mark": "–",
    "blank": "blank",
}
BANDS = (0.4, 0.55, 0.7, 0.85)
TITLES: dict[By, str] = {"case": "By case", "lesson": "By lesson", "objective": "By objective"}


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
        Part("ask", "Whom to ask how it is going", _ask(report)),
        Part("harm", "Harmful advice", _harm(report)),
        Part("sure", "Sure and wrong", _sure(report)),
        *(Part(f"by-{by}", TITLES[by], _grid(report, by)) for by in report.grids),
        Part("gain", "Before and after", _gain(report)),
        Part("look", "Questions to look at", _look(report)),
        Part("questions", "All questions", _questions(report)),
        Part("read", "How to read this", _how(report)),
    ]
    return [part for part in parts if part.html]


def _section(part: Part) -> str:
    return f'<section aria-labelledby="{part.place}"><h2 id="{part.place}">{part.title}</h2>\n{part.html}</section>'


def _nothing(report: Report) -> str:
    waiting = report.frames.people.shape[0]
    who = f" {_number(waiting, 'learner is', 'learners are')} known." if waiting else ""
    return f"<p>There is nothing to show for these units.{who}</p>{_what_to_do()}"


def _glance(report: Report) -> str:
    frames = report.frames
    states = Counter(frames.units["state"])
    rows = [[escape(state), _n(states[state]), escape(MEANING[state])] for state in MEANING if states[state]]
    found = Counter(some[0].concern > 3 for some in report.findings)
    few = sum(some[0].concern < 0 for some in report.findings)
    ask = int((report.learners["why"].map(len) > 0).sum())
    harm = int((report.learners["harmful"] > 0).sum())
    old = (
        f"<p class='pc-notice'>{_number(frames.earlier, 'case was', 'cases were')} graded by an earlier key than today's. "
        "<code>paroleclinic regrade UNIT</code> shows what would change.</p>"
        if frames.earlier
        else ""
    )
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
    return f"<ul class='pc-tiles'>{told}</ul>{old}" + _table(
        "Learners and units: what became of the hand-ins", ["State", "How many", "What it means"], rows
    )


def _ask(report: Report) -> str:
    people = report.learners[report.learners["why"].map(len) > 0]
    if not len(people):
        return "<p>Nothing tells that somebody is stuck.</p>"
    rows = [
        [
            _who(report, row["row"]),
            f'<td class="w">{" ".join(map(escape, row["why"]))}</td>',
            _n(row["answered"]),
            _likely(row["right"], row["answered"], row["low"], row["high"]),
            _n(row["blank"]),
            _decimal(row["tries"]),
            _n(row["pauses"]),
            _n(row["minutes"]),
            _n(row["harmful"]),
            f"<td class='n' data-v='{row['sure and wrong']}'>{row['sure and wrong']} of {row['sure']}</td>",
        ]
        for row in people.head(MOST_ROWS).to_dict("records")
    ]
    heads = [
        "Learner",
        "What the data show",
        "Answered",
        "Right",
        "Blank",
        "Tries a question",
        "Pauses",
        "Minutes",
        "Harmful",
        "Sure and wrong",
    ]
    return (
        "<p>These are signs, not judgments: there may be a good reason for each. Ask.</p>"
        + _table("Learners with a sign that they may be stuck", heads, rows)
        + _more(len(people), MOST_ROWS, "learners.csv")
    )


def _harm(report: Report) -> str:
    if not len(report.harms):
        return "<p>Nobody gave advice that would harm the client.</p>"
    titles, asked = report.about.cases, report.frames.asked
    groups = report.harms.groupby(["item", "chose", "because"], sort=False)["learner"].agg(list).reset_index()
    groups = groups.assign(number=groups["learner"].map(len)).sort_values("number", ascending=False, kind="stable")
    rows = [
        [
            escape(f"{titles[asked[row['item']].case]}, question {asked[row['item']].number}"),
            f'<td class="w">{escape(row["chose"])}</td>',
            f'<td class="w">{escape(row["because"])}</td>',
            _n(row["number"]),
            escape(_listed([report.frames.people["shown"].iat[one] for one in row["learner"]])),
        ]
        for row in groups.head(MOST_LISTED).to_dict("records")
    ]
    heads = ["Where", "The advice", "Why it harms", "How many", "Who"]
    return _table("Harmful advice, the most common first", heads, rows) + _more(len(groups), MOST_LISTED, "harmful.csv")


def _sure(report: Report) -> str:
    topics, questions = report.sure_topics, report.sure_questions
    if not len(topics):
        return "<p>Nobody said of a wrong answer that they were sure; or nobody said how sure they were.</p>"
    says = {purpose.objective: purpose.says for purpose in report.frames.purposes.values() if purpose.objective}
    rows = []
    for row in topics.head(MOST_LISTED).to_dict("records"):
        lesson = report.about.lessons.get(row["lesson"], row["lesson"])
        topic = says.get(row["topic"], "the lesson as a whole")
        rows.append([escape(lesson), escape(topic), *_wrong_share(row)])
    each = []
    for row in questions.head(MOST_LISTED).to_dict("records"):
        one = report.frames.asked[row["item"]]
        where = f"{report.about.cases[one.case]}, question {one.number}"
        each.append([escape(where), escape(_cut(one.question.prompt)), *_wrong_share(row)])
    return (
        "<p>These mistakes are the ones to meet in the room: nobody stops to ask when they feel sure.</p>"
        + _table("By topic", ["Lesson", "Objective", "Sure and not right", "Share, and likely range"], rows)
        + _more(len(topics), MOST_LISTED, "questions.csv")
        + f"<details><summary>By question ({len(questions)})</summary>"
        + _table("By question", ["Where", "What is asked", "Sure and not right", "Share, and likely range"], each)
        + _more(len(questions), MOST_LISTED, "sure-and-wrong.csv")
        + "</details>"
    )


def _wrong_share(row: Row) -> list[str]:
    number, of = int(row["sure and wrong"]), int(row["sure"])
    return [f"<td class='n' data-v='{number}'>{number} of {of}</td>", _range(number / of, row["low"], row["high"], of)]


def _grid(report: Report, by: By) -> str:
    found = report.grids[by]
    if not len(found):
        return ""
    heads = _columns(report, by, list(dict.fromkeys(found["key"])))
    place = {key: number for number, key in enumerate(heads)}
    people = report.learners.head(MOST_ROWS)["row"]
    cells = {row: ["<td>–</td>"] * len(heads) for row in people}
    shown = found[found["learner"].isin(people)][["learner", "key", "state", "points", "possible"]]
    for learner, key, state, points, possible in shown.itertuples(index=False):
        cells[learner][place[key]] = _cell(state, points, possible)
    sums = found.groupby("key")[["points", "possible"]].sum()
    whole = "".join(_cell("graded", *sums.loc[key]) for key in heads)
    top = "".join(f'<th scope="col" class="pc-up">{escape(says)}</th>' for says in heads.values())
    rows = "".join(f"<tr>{_who(report, row)}{''.join(cells[row])}</tr>" for row in people)
    bands = "".join(
        f'<span class="pc-key h{number}">{says}</span> '
        for number, says in enumerate(("0–39", "40–54", "55–69", "70–84", "85–100"))
    )
    return f"""<p>Percent of the points of the questions that have a mark; {bands} memos left out. <em>not in</em>: not handed in;
<em>no grade</em>: could not be graded; <em>new</em>: not graded yet; <em>blank</em>: nothing answered; –: no mark; <em>m</em>: a memo waits.</p>
<div class="pc-wide" role="group" aria-label="{TITLES[by]}, a wide table" tabindex="0"><table class="pc-table pc-heat"><caption>{TITLES[by]}</caption>
<thead><tr><th scope="col">Learner</th>{top}</tr></thead><tbody>{rows}</tbody>
<tfoot><tr><th scope="row">Everybody</th>{whole}</tr></tfoot></table></div>{_more(len(report.learners), MOST_ROWS, "grid.csv")}"""


def _columns(report: Report, by: By, keys: Sequence[str]) -> dict[str, str]:
    """Key -> heading, in the order of the course."""
    about = report.about
    if by == "case":
        return {key: about.cases[key] for key in keys}
    if by == "lesson":
        return {key: about.lessons.get(key, key) for key in sorted(keys, key=_order(about.lessons))}
    says = {purpose.objective: purpose.says for purpose in report.frames.purposes.values()}
    return {key: _cut(says.get(key, key), 60) for key in sorted(keys, key=_order(says))}


def _order(known: Iterable[str]) -> Callable[[str], tuple[int, str]]:
    place = {key: number for number, key in enumerate(known)}
    return lambda key: (place.get(key, len(place)), key)


def _cell(state: str, points: float, possible: float) -> str:
    if state in SHORT:
        return f"<td>{SHORT[state]}</td>"
    if not possible:
        return "<td>–</td>"
    share = points / possible
    band = sum(share >= line for line in BANDS)
    return f'<td class="h{band}">{100 * share:.0f}{" m" if state == "memo waits" else ""}</td>'


def _gain(report: Report) -> str:
    gain = report.gains
    alone = []
    if gain.before_only:
        alone.append(f"{_number(gain.before_only, 'person has', 'people have')} taken the pre-test only")
    if gain.after_only:
        alone.append(f"{_number(gain.after_only, 'person has', 'people have')} taken the post-test only")
    left = f"<p>Counted apart: {'; '.join(alone)}.</p>" if alone else ""
    strangers = (
        f"<p>{_number(report.about.strangers, 'progress file is', 'progress files are')} of nobody in this class.</p>"
        if report.about.strangers
        else ""
    )
    n = gain.gain.n
    if not n:
        if not alone and not strangers:
            return ""
        return f"<p>Nobody has taken both forms of the test.</p>{left}{strangers}"
    rows = [
        ["Before: share right", _figure(gain.before, 100, " %"), "Mean of the pre-test."],
        ["After: share right", _figure(gain.after, 100, " %"), "Mean of the post-test."],
        ["Gain", _figure(gain.gain, 100, " points of 100"), "Mean difference of the same people."],
        ["Normalised gain", _figure(gain.normalised, 100, " %"), "Of what could still be learned, how much was."],
        [
            "Effect",
            _figure(gain.effect, 1, " standard deviations"),
            "The gain in units of how much people differ (Hedges' g, by the mean of both spreads).",
        ],
    ]
    if gain.gain.few:
        verdict = f"Too few to tell: {n} took both forms, and nothing is concluded from fewer than {FEW}."
    elif gain.gain.low is not None and gain.gain.low > 0:
        verdict = "The class gained more than chance would explain. Who practiced between the forms, and what else they read, nobody can tell from this."
    elif gain.gain.high is not None and gain.gain.high < 0:
        verdict = "The class did worse in the second form, by more than chance would explain. Look at when and how it was taken."
    else:
        verdict = "Chance alone could explain the difference."
    told = [[escape(str(one)), two, three] for one, two, three in rows]
    return f"<p><strong>{verdict}</strong></p>" + _table(
        f"Pre-test and post-test of the {_number(n, 'person', 'people')} who took both", ["What", "Value, and likely range", "Meaning"], told
    ) + left + strangers  # fmt: skip


def _figure(one: Estimate, times: float, unit: str) -> str:
    if one.value is None:
        return "<td>cannot be told</td>"
    digits = 0 if times == 100 else 2
    value = f"{times * one.value:.{digits}f}{unit}"
    if one.low is None or one.high is None:
        return f"<td>{value}</td>"
    return f"<td>{value} ({times * one.low:.{digits}f} to {times * one.high:.{digits}f})</td>"


def _look(report: Report) -> str:
    table = report.items.table
    order = sorted(
        (number for number, some in enumerate(report.findings) if some[0].concern > 0),
        key=lambda number: (-report.findings[number][0].concern, table["facility"].iat[number]),
    )
    few = sum(some[0].concern < 0 for some in report.findings)
    says = (
        f"<p>{_number(few, 'question has', 'questions have')} fewer than {FEW} answers: too few to tell, and no verdict is drawn.</p>"
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
    others = "".join(f"<p><strong>Also:</strong> {escape(also.says)} {_coded(also.do)}</p>" for also in found[1:])
    where = f"{report.about.cases[one.case]}, question {one.number}"
    return f"""<details class="pc-found {kind}"><summary>{escape(found[0].says)} <span class="pc-soft">{escape(where)}</span></summary>
<p><strong>What to do:</strong> {_coded(found[0].do)}</p>{others}<p><strong>Asked:</strong> {escape(_cut(one.question.prompt, 600))}
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
        rows.append([escape(_cut(str(one["text"]))), key, *numbers])
    return _table("Who chose what", ["Answer", "By the key", "All", "Strongest third", "Weakest third"], rows)


def _questions(report: Report) -> str:
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
                _likely(row["right"], row["answered"], row["facility low"], row["facility high"]),
                _signed(row["item-rest"], row["item-rest low"], row["item-rest high"])
                if enough
                else "<td>too few</td>",
                _signed(row["upper-lower"], row["upper-lower low"], row["upper-lower high"])
                if enough
                else "<td>too few</td>",
                _n(row["blank"]),
                f"<td class='n' data-v='{row['seconds']}'>{duration(row['seconds'])}</td>",
                _decimal(row["tries"]),
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
        + f"<details><summary>The table behind it, all {len(rows)} questions</summary>{_table('All questions', heads, rows)}</details>"
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


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that can be sorted. A cell that does not begin with <td or <th is HTML to be put in one."""
    top = "".join(f'<th scope="col"><button type="button" data-sort>{head}</button></th>' for head in heads)
    lines = "".join("<tr>" + "".join(_td(cell) for cell in row) + "</tr>" for row in rows)
    return f"""<div class="pc-wide" role="group" aria-label="{escape(caption, quote=True)}" tabindex="0"><table class="pc-table"><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>
<tbody>{lines}</tbody></table></div>"""


def _td(cell: str) -> str:
    return cell if cell.startswith(("<td", "<th")) else f"<td>{cell}</td>"


def _who(report: Report, row: int) -> str:
    people = report.frames.people
    name = str(people["name"].iat[row]) if report.about.names else ""
    shown = str(people["shown"].iat[row])
    return f'<th scope="row">{escape(shown)}{f" ({escape(name)})" if name and name != shown else ""}</th>'


def _n(number: float) -> str:
    return f'<td class="n">{number:.0f}</td>'


def _decimal(number: float) -> str:
    return f'<td class="n">{number:.1f}</td>' if not isnan(number) else "<td>–</td>"


def _likely(right: float, of: float, low: float, high: float) -> str:
    if not of:
        return "<td>–</td>"
    return f"<td class='n' data-v='{right / of:.4f}'>{right:.0f} of {of:.0f} ({percent(low)}–{percent(high)} %)</td>"


def _range(value: float, low: float, high: float, of: int) -> str:
    few = ", too few to tell" if of < FEW else ""
    return f"<td class='n' data-v='{value:.4f}'>{percent(value)} % ({percent(low)}–{percent(high)} %){few}</td>"


def _signed(value: float, low: float, high: float) -> str:
    if isnan(value):
        return "<td>cannot be told</td>"
    return f"<td class='n' data-v='{value:.4f}'>{value:.2f} ({low:.2f} to {high:.2f})</td>"


def _more(number: int, shown: int, file: str) -> str:
    return f"<p>{number - shown:,} more stand in {file}.</p>" if number > shown else ""


def _listed(names: Sequence[str], most: int = 12) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def _number(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _coded(text: str) -> str:
    """Text with what stands between backticks as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


def _cut(text: str, longest: int = 140) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[:longest].rstrip() + " …"
