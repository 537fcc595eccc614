"""Feedback on one case as a page of its own, to read or print: no network, no script. Everything in, HTML out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from itertools import accumulate
from typing import Literal, NamedTuple

from paroleclinic.content import Scenario
from paroleclinic.criteria import from_comment, without_line
from paroleclinic.drawing import paragraphs, tag
from paroleclinic.drawing.cards import DISCLAIMER, law_lines
from paroleclinic.drawing.feedbackstyle import page_style
from paroleclinic.drawing.marks import (
    CLOSED,
    TOTAL_LATER,
    answer_explained,
    figure,
    harm_first,
    in_order,
    lesson_of_case,
    rubric,
)
from paroleclinic.grading import VERDICT_WORDS, CaseMark, Mark
from paroleclinic.law import Rule, long_day
from paroleclinic.questions import Memo
from paroleclinic.scores import CaseScore, Score

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LONGEST_MEMO = 20_000  # bytes of it as HTML; some 3,000 words
LONGEST_LINE = 150  # characters of an answer that could not be read, or of a line passed over
NEARLY = 0.006  # points by which rounding may differ
MOST_LINES = 10  # passed over that are named
MemoState = Literal["waits", "again", "marked", "blank"]
MEMO_SAYS: dict[MemoState, str] = {
    "waits": "Waits for your instructor to read it. That is not a score of 0.",
    "again": "Was marked before; your instructor is to look at it again.",
    "marked": "Marked by your instructor.",
    "blank": "No memo was handed in.",
}


@dataclass(frozen=True)
class Head:
    """Whose page it is: the learner's name, or id where no name is known, the unit's title, the case, and when it was handed in
    (UTC, without zone); `id` stands beside a name."""

    learner: str
    unit: str
    case: Scenario
    at: datetime | None = None
    id: str = ""


class Part(NamedTuple):
    """A part of a page under its own heading; `place` is its id. Without `html` it is left out."""

    place: str
    title: str
    html: str


def feedback_page(
    head: Head,
    mark: CaseMark,
    score: CaseScore,
    law: Mapping[str, Rule],
    closed: frozenset[str] = frozenset(),
    passed_over: Sequence[str] = (),
    *,
    key_seen: bool = False,
) -> str:
    """The page of a graded case. `mark` and `score` agree; of `closed` questions nothing tells the key."""
    mark = _shortened(mark)
    comments, given = _by_criterion(mark, score, closed)
    parts = [
        Part("score", "Your score", _score(mark, score, closed, key_seen=key_seen)),
        Part("comments", "What your instructor wrote", "".join(map(_kept, comments))),
        Part("harm", "Read this first", harm_first(mark, closed)),
        Part("answers", "Your answers at a glance", _glance(mark, closed)),
        Part("explained", "Each answer explained", _explained(mark, law, closed)),
        Part("memo", "The memo", _memo(mark, score.memo, law, closed, given)),
        Part("teaches", "What to take away", CLOSED if closed else lesson_of_case(mark.case, law)),
        Part("passed-over", "Passed over in the answer file", _lines(passed_over)),
    ]
    day = long_day(mark.case.as_of)
    return _page(
        head, parts, f"The law is shown as it stood on the day of the case, {day}, or on the day a question names. "
    )


def untouched_page(head: Head, mark: CaseMark, score: CaseScore) -> str:
    """The page of a graded case in which nothing was answered. It tells nothing of any key, so that the case can still be worked."""
    do = """<p>The answers of this case are not explained yet, so that you can still work it. Hand in the unit again when you have: the latest
hand-in counts. Or ask your instructor, who can open them.</p>"""
    parts = [
        Part("score", "Your score", _score(mark, score, frozenset(), key_seen=False)),
        Part("to-do", "What to do now", do),
    ]
    comments = "".join(_kept(text) for text in score.comments)
    return _page(head, [*parts, Part("comments", "What your instructor wrote", comments)])


def not_graded_page(head: Head, why: str, score: CaseScore) -> str:
    """The page of a case whose hand-in could not be graded: why, and what to do. It tells nothing of any key."""
    manual = score.answers.manual
    given = f"<p>Your instructor gave {_points(manual)} points for it by hand.</p>" if manual is not None else ""
    says = f"""<p class="pc-score">Could not be graded: there is no score</p>
<p>This is not a score of 0, and it does not mean that you answered nothing. Your hand-in could not be read, so nobody knows yet what it earns.</p>
{given}<p><strong>Why:</strong> {escape(_cut(why, LONGEST_LINE))}.</p>"""
    do = """<ol><li>Open the case where you worked on it. Your answers are kept there, in the file <code>answers.jsonl</code> beside the notebooks.</li>
<li>Hand in the unit again, in the same way as before. The latest hand-in counts.</li>
<li>Tell your instructor that you did, or that it did not work.</li></ol>"""
    parts = [Part("score", "Your score", says), Part("to-do", "What to do now", do)]
    comments = "".join(_kept(text) for text in score.comments)
    return _page(head, [*parts, Part("comments", "What your instructor wrote", comments)])


def memo_state(mark: Mark, score: Score) -> MemoState:
    """How a memo stands; "again" is one that was marked before, and is to be looked at once more."""
    if score.waits or (score.manual is None and mark.verdict != "blank"):
        return "waits" if score.manual is None else "again"
    return "blank" if score.manual is None else "marked"


def _page(head: Head, parts: Sequence[Part], about: str = "") -> str:
    shown = [part for part in parts if part.html]
    links = "".join(f'<li><a href="#{place}">{title}</a></li>' for place, title, _ in shown)
    at = head.at
    when = f"{long_day(at.date())}, {at:%H:%M} UTC" if at else "no time was noted"
    known = f' <span class="pc-soft">{escape(head.id)}</span>' if head.id not in ("", head.learner) else ""
    facts = (("Learner", head.learner), ("Case", head.case.title), ("Unit", head.unit), ("Handed in", when))
    listed = "".join(
        f"<dt>{name}</dt><dd>{escape(says)}{known if name == 'Learner' else ''}</dd>" for name, says in facts
    )
    sections = "\n".join(
        f'<section aria-labelledby="{place}"><h2 id="{place}">{title}</h2>\n{html}</section>'
        for place, title, html in shown
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Feedback: {escape(head.case.title)}, {escape(head.learner)}</title><style>{page_style()}</style></head>
<body class="pc"><header><h1>Feedback: {escape(head.case.title)}</h1><dl class="pc-facts">{listed}</dl>
<p class="pc-notice">{DISCLAIMER}</p></header>
<nav aria-label="On this page"><ul>{links}</ul></nav>
<main>
{sections}
</main><footer><p class="pc-soft">{about}Training, not legal advice.</p></footer></body></html>
"""


def _score(mark: CaseMark, score: CaseScore, closed: frozenset[str], *, key_seen: bool) -> str:
    if closed & {question.id for question in mark.case.graded}:
        return TOTAL_LATER
    memo = _memo_mark(mark)
    state = memo_state(memo, score.memo) if memo and score.memo else None
    rows = [_row("Questions", score.answers, _questions_say(mark, score.answers))]
    if score.memo and state:
        rows.append(_row("Memo", score.memo, MEMO_SAYS[state], "not yet" if state == "waits" else ""))
    if score.extra:
        rows.append(_figures("Extra credit", f"{score.extra:+g}", "", "Given by your instructor."))
    if score.late:
        rows.append(_figures("Late hand-in", f"\u2212{_points(score.late)}", "", "Taken off for handing in late."))
    most = score.answers.most if state == "waits" else score.most
    later = " so far" if state in ("waits", "again") or score.answers.waits else ""
    total = f"{_points(score.total)} of {_points(most)} points{later}"
    more = f"; the memo, worth {_points(score.memo.most)} more, is not marked yet" if score.memo and later else ""
    more = more if state == "waits" else ""
    rows.append(
        _figures(f"Total{later}", _points(score.total), _points(most), "The score of this case." if not later else "")
    )
    seen = "<p>The key was looked at before this was handed in.</p>" if key_seen else ""
    table = _table("How the points add up", ("What for", "Points", "Of", "What it means"), rows)
    return f'<p class="pc-score">{total}{more}</p>\n{table}{seen}'


def _row(name: str, score: Score, says: str, instead: str = "") -> str:
    return _figures(name, instead or _points(score.counts), _points(score.most), says)


def _points(number: float) -> str:
    return figure(round(number, 2))


def _questions_say(mark: CaseMark, score: Score) -> str:
    asked = [one for one in mark.marks if not isinstance(one.question, Memo)]
    if score.manual is not None:
        again = " Your instructor is to look at it again." if score.waits else ""
        return f"Set by your instructor; grading had given {_points(score.auto or 0.0)}.{again}"
    if all(one.verdict == "blank" for one in asked):
        return "Nothing was answered in this case. Not answered is not the same as answered wrong."
    says = "Harmful advice caps the case at half its points." if mark.capped else ""
    if not says and not mark.earned:
        says = "There are answers, and none of them earned points."
    left = sum(one.verdict == "blank" for one in asked)
    unread = sum(one.verdict == "unreadable" for one in asked)
    says += f" Not answered: {left} of {len(asked)}." if left else ""
    return (says + (f" Could not be read: {unread} of {len(asked)}." if unread else "")).strip()


def _glance(mark: CaseMark, closed: frozenset[str]) -> str:
    rows = []
    for number, one in enumerate(mark.marks, 1):
        if isinstance(one.question, Memo):
            continue
        points, most = figure(one.earned), str(one.question.points)
        says = VERDICT_WORDS[one.verdict]
        if one.question.id in closed:
            points, says = "kept closed", says if one.verdict in ("blank", "unreadable") else "Kept closed for now"
        says = "<strong>Harmful advice</strong>" if one.harmful else says
        link = f'<a href="#q{number}">Question {number}</a>'
        rows.append(
            f'<tr><th scope="row">{link}</th><td>{says}</td><td class="pc-n">{points}</td><td class="pc-n">{most}</td></tr>'
        )
    capped = ""
    if mark.capped and not closed:
        whole = _points(sum(one.earned for one in mark.marks))
        capped = (
            f"<p>Together {whole}, but harmful advice caps the case at half its points: {_points(mark.earned)}.</p>"
        )
    return _table("Your answers", ("Question", "How it went", "Points", "Of"), rows) + capped


def _explained(mark: CaseMark, law: Mapping[str, Rule], closed: frozenset[str]) -> str:
    parts = [answer_explained(number, one, mark, law, closed, f"q{number}") for number, one in in_order(mark, closed)]
    return _without_links("\n".join(parts))


def _by_criterion(
    mark: CaseMark, score: CaseScore, closed: frozenset[str]
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The comments, and the memo's points by criterion that one of them names; they leave it for the table where that is shown."""
    one = _memo_mark(mark)
    if one is None or score.memo is None or not isinstance(one.question, Memo) or one.question.id in closed:
        return score.comments, ()
    if memo_state(one, score.memo) != "marked":
        return score.comments, ()
    for number, text in enumerate(score.comments):
        if given := from_comment(text, one.question.rubric):
            left = (*score.comments[:number], without_line(text), *score.comments[number + 1 :])
            return tuple(filter(None, left)), given
    return score.comments, ()


def _memo(
    mark: CaseMark, score: Score | None, law: Mapping[str, Rule], closed: frozenset[str], given: Sequence[float] = ()
) -> str:
    one = _memo_mark(mark)
    if one is None or score is None or not isinstance(one.question, Memo):
        return ""
    memo, state = one.question, memo_state(one, score)
    parts = [paragraphs(memo.prompt), f"<p><strong>{MEMO_SAYS[state]}</strong></p>"]
    if state == "marked":
        parts.append(f'<p class="pc-score">{_points(score.counts)} of {memo.points} points</p>')
    if given and abs(sum(given) - score.counts) > NEARLY:
        parts.append(
            f"<p>By criterion it is {_points(sum(given))}; your instructor set the points of the whole memo.</p>"
        )
    if one.verdict == "unreadable":
        parts.append(tag("p", f"{VERDICT_WORDS[one.verdict]}: {one.notes[0].because}"))
    if one.answer:
        parts += ["<h3>What you wrote</h3>", _kept(one.answer)]
    if memo.id in closed:
        parts.append(CLOSED)
    elif state in ("marked", "blank"):
        fact = f"<p><strong>In the file:</strong> {escape(memo.fact)}</p>" if memo.fact else ""
        parts += [rubric(memo, given), fact, *(law_lines(law[rule], memo.on or mark.case.as_of) for rule in memo.rules)]
    else:
        parts.append("<p>How the memo is marked, and a model memo, are shown here once it has been marked.</p>")
    return "\n".join(parts)


def _memo_mark(mark: CaseMark) -> Mark | None:
    return next((one for one in mark.marks if isinstance(one.question, Memo)), None)


def _lines(lines: Sequence[str]) -> str:
    if not lines:
        return ""
    items = "".join(tag("li", _cut(line, LONGEST_LINE)) for line in lines[:MOST_LINES])
    more = f"<p>And {len(lines) - MOST_LINES:,} more.</p>" if len(lines) > MOST_LINES else ""
    return f"<p>This was in the file and counted for nothing.</p><ul>{items}</ul>{more}"


def _kept(text: str) -> str:
    """Text as it was written, white space and all, and nothing in it alive; far too long a one is cut."""
    whole = escape(text)
    if len(whole.encode("utf-8")) <= LONGEST_MEMO:
        return f'<div class="pc-memo">{whole}</div>'
    room = accumulate(len(escape(sign).encode("utf-8")) for sign in text)
    start = text[: sum(size <= LONGEST_MEMO for size in room)]
    left = f"{len(text) - len(start):,} more characters are not shown here; the answer file has them."
    return f'<div class="pc-memo">{escape(start)} …</div><p class="pc-soft">{left}</p>'


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]} …"


def _shortened(mark: CaseMark) -> CaseMark:
    """The marks with answers that could not be read cut short: they may be of any length."""
    marks = tuple(
        replace(one, answer=_cut(one.answer, LONGEST_LINE))
        if one.verdict == "unreadable" and not isinstance(one.question, Memo)
        else one
        for one in mark.marks
    )
    return replace(mark, marks=marks)


def _table(title: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    number = {"Points": ' class="pc-n"', "Of": ' class="pc-n"'}
    head = "".join(f'<th scope="col"{number.get(one, "")}>{one}</th>' for one in heads)
    return (
        f'<table class="pc-rubric"><caption class="pc-unseen">{title}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _figures(name: str, points: str, most: str, says: str) -> str:
    return (
        f'<tr><th scope="row">{name}</th><td class="pc-n">{points}</td><td class="pc-n">{most}</td>'
        f"<td>{escape(says)}</td></tr>"
    )


def _without_links(html: str) -> str:
    """Lessons do not lie beside this page, so that their names stand there as words."""
    return re.sub(r'<a data-lesson="[^"]*">(.*?)</a>', r"<strong>\1</strong>", html)
