"""Marks explained: for each question the answer, the verdict, the points, why, the fact and the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from paroleclinic.content import Outline, Scenario
from paroleclinic.criteria import level
from paroleclinic.drawing import paragraphs, tag
from paroleclinic.drawing.cards import law_lines
from paroleclinic.drawing.readings import seen, two_days
from paroleclinic.grading import VERDICT_WORDS, CaseMark, Mark, Note
from paroleclinic.law import Rule
from paroleclinic.questions import Memo

HARM = "Stop: this advice could hurt the client."
TOTAL_LATER = (
    "<p>The points of this case are told when none of its keys is closed any more: they would tell the key.</p>"
)
CLOSED = '<p class="pc-soft">Your instructor keeps this key closed for now. The points count all the same.</p>'


def verdict(mark: Mark, law: Mapping[str, Rule], day: date, *, reveal: bool) -> str:
    """What is said about one answer; `day` is the course's or case's, unless the question has its own.

    Until `reveal`, only what was chosen is explained, so that a retry is worth it.
    """
    tone = "harm" if mark.harmful else mark.verdict
    head = f"{HARM} " if mark.harmful else ""
    shown = [note for note in mark.notes if reveal or note.chosen]
    notes = sorted(shown, key=lambda note: (not (note.harm and note.chosen), not note.chosen, not note.right))
    left = "" if reveal or mark.verdict != "partly" else "<p>Something is missing or does not belong. Look again.</p>"
    fact = f"<p><strong>In the file:</strong> {escape(mark.question.fact)}</p>" if mark.question.fact and reveal else ""
    asked_on = mark.question.on or day
    rules = "".join(law_lines(law[rule], asked_on) for rule in mark.question.rules)
    law_part = rules if reveal or mark.verdict in ("right", "partly", "wrong") else ""
    return f"""<div class="pc-verdict {tone}"><p class="pc-says">{head}{VERDICT_WORDS[mark.verdict]}{_points(mark) if reveal else ""}</p>
{_why(notes)}{left}{fact}{law_part}{_reread(mark)}</div>"""


def case_marks(mark: CaseMark, law: Mapping[str, Rule], closed: frozenset[str] = frozenset()) -> str:
    """The whole case explained, harmful answers first; of `closed` questions only the answer given is shown.

    What the case teaches as a whole tells keys too, so that it waits until none of its questions is closed.
    """
    points = TOTAL_LATER if closed & {question.id for question in mark.case.graded} else score(mark)
    parts = [f"<h2>{escape(mark.case.title)}: how the answers were graded</h2>", points, harm_first(mark, closed)]
    parts += [answer_explained(number, one, mark, law, closed) for number, one in in_order(mark, closed)]
    parts.append(CLOSED if closed else lesson_of_case(mark.case, law))
    return "\n".join(parts)


def in_order(mark: CaseMark, closed: frozenset[str] = frozenset()) -> list[tuple[int, Mark]]:
    """The marks of a case but the memo's with their numbers, in the order they are explained in: harmful ones first."""
    asked = [(number, m) for number, m in enumerate(mark.marks, 1) if not isinstance(m.question, Memo)]
    return sorted(asked, key=lambda n: not n[1].harmful or n[1].question.id in closed)


def answer_explained(
    number: int,
    one: Mark,
    mark: CaseMark,
    law: Mapping[str, Rule],
    closed: frozenset[str] = frozenset(),
    place: str = "",
) -> str:
    """One question with the answer given and what is said about it; `place` is an id to link to."""
    answer = escape(one.answer) if one.answer else f"<em>{VERDICT_WORDS[one.verdict]}</em>"
    if one.question.id in closed:
        unread = f"{VERDICT_WORDS[one.verdict]}: {one.notes[0].because}" if one.verdict == "unreadable" else ""
        said = tag("p", unread) + CLOSED
    else:
        said = verdict(one, law, mark.case.as_of, reveal=True)
    link = f' id="{place}"' if place else ""
    return (
        f'<section class="pc-q"{link}><h3>Question {number}</h3>{paragraphs(one.question.prompt)}'
        f"<p><strong>The answer given:</strong> {answer}</p>{said}</section>"
    )


def lesson_of_case(case: Scenario, law: Mapping[str, Rule]) -> str:
    """What a case teaches: the debrief, what a careful reader sees, and the same client on two days."""
    teaches = f'<section class="pc-card"><h3>What this case teaches</h3>{paragraphs(case.debrief)}</section>'
    return teaches + seen(case) + two_days(case, law)


def score(mark: CaseMark) -> str:
    """The points in one line, and what the memo still waits for."""
    memo = mark.case.memo
    waits = f" The memo is worth {memo.points} more and is marked by a person." if memo else ""
    capped = " Harmful advice caps the case at half its points." if mark.capped else ""
    return f'<p class="pc-score">{figure(mark.earned)} of {mark.points} points</p><p>{capped}{waits}</p>'


def test_result(marks: list[Mark], outline: Outline, revealed: bool) -> str:
    """What a test says about each lesson: how many answers were right, and whether to take the lesson or skip it."""
    lesson_of = {goal.id: lesson.id for lesson in outline.lessons for goal in lesson.objectives}
    rows = ""
    for lesson in outline.lessons:
        own = [mark for mark in marks if lesson_of.get(mark.question.objective or "") == lesson.id]
        if not own:
            continue
        right = sum(mark.verdict == "right" for mark in own)
        harm = " You chose advice that could hurt a client." if any(mark.harmful for mark in own) else ""
        given = [mark for mark in own if mark.verdict != "blank"]
        advice = "You may read it quickly." if right == len(own) else "Take your time over it." if given else ""
        open_ = f", {len(own) - len(given)} not answered" if len(given) < len(own) else ""
        goals = "".join(
            tag("li", f"{goal.says} {sum(m.verdict == 'right' for m in asked)} of {len(asked)} right.")
            for goal in lesson.objectives
            if (asked := [mark for mark in own if mark.question.objective == goal.id])
        )
        rows += (
            f'<tr><th scope="row"><a data-page="{lesson.id}" href="{lesson.id}.ipynb">{escape(lesson.title)}</a>'
            f"<details><summary>By objective</summary><ul>{goals}</ul></details></th>"
            f"<td>{right} of {len(own)} right{open_}</td><td>{advice}{harm}</td></tr>"
        )
    right = sum(mark.verdict == "right" for mark in marks)
    blank = sum(mark.verdict == "blank" for mark in marks)
    left = f", {blank} not answered" if blank else ""
    later = (
        ""
        if revealed
        else "<p>The answers stay closed for now: the lessons teach them, and the post-test asks the like again.</p>"
    )
    return f"""<section class="pc-card"><h2>How you did</h2><p class="pc-score">{right} of {len(marks)} right{left}</p>{later}
<div class="pc-wide" role="group" aria-label="Table" tabindex="0"><table class="pc-rubric"><thead><tr><th scope="col">Lesson</th>
<th scope="col">Your answers</th><th scope="col">What to do</th></tr></thead><tbody>{rows}</tbody></table></div></section>"""


test_result.__test__ = False  # type: ignore[attr-defined]


def figure(number: float) -> str:
    """A number without a trailing .0."""
    return f"{number:g}"


def rubric(memo: Memo, given: Sequence[float] = ()) -> str:
    """The table a marker holds a memo against, the model memo, and the common flaws; with the points `given` by criterion, if any."""
    got = [f"<td><strong>{level(c, points)}</strong></td>" for c, points in zip(memo.rubric, given, strict=False)]
    rows = "".join(
        f'<tr><th scope="row">{escape(c.says)} ({c.points})</th>{"".join(got[number : number + 1])}<td>{escape(c.full)}</td>'
        f"<td>{escape(c.half)}</td><td>{escape(c.none)}</td></tr>"
        for number, c in enumerate(memo.rubric)
    )
    head = '<th scope="col">Your memo</th>' if given else ""
    flaws = "".join(tag("li", flaw) for flaw in memo.flaws)
    return f"""<h3>How the memo is marked</h3><div class="pc-wide" role="group" aria-label="Table" tabindex="0"><table class="pc-rubric"><thead><tr><th scope="col">Look for (points)</th>
{head}<th scope="col">Full points</th><th scope="col">Half</th><th scope="col">None</th></tr></thead><tbody>{rows}</tbody></table></div>
<h3>Common flaws</h3><ul>{flaws}</ul><h3>A model memo</h3><div class="pc-memo">{escape(memo.model)}</div>"""


def _points(mark: Mark) -> str:
    return f" · {figure(mark.earned)} of {mark.question.points}" if not isinstance(mark.question, Memo) else ""


def _reread(mark: Mark) -> str:
    """Where to read again after a miss."""
    return "" if mark.verdict in ("right", "waiting") or not mark.question.reread else reread(mark.question.reread)


def reread(place: str) -> str:
    """A line that names a heading of a lesson, given as `LESSON#SLUG`; the page makes a link of it, where it can."""
    lesson, _, slug = place.rpartition("#")
    words = slug.replace("-", " ").capitalize() + (f" (lesson {lesson.split('-')[0]})" if lesson else "")
    return f'<p>Reread: <a data-lesson="{escape(f"{lesson}#{slug}", quote=True)}">{escape(words)}</a></p>'


def harm_first(mark: CaseMark, closed: frozenset[str] = frozenset()) -> str:
    """What must be read before anything else: the harmful advice that was chosen, or nothing.

    That an answer would harm is said of `closed` questions too, but not why.
    """
    if not mark.harmful:
        return ""
    lines = "".join(
        f"<li><strong>{escape(m.answer)}</strong> Something in this answer is dangerous. Ask your instructor.</li>"
        if m.question.id in closed
        else f"<li><strong>{escape(note.text)}</strong> {escape(note.because)}</li>"
        for m in mark.harmful
        for note in m.harmful[: 1 if m.question.id in closed else None]
    )
    return f'<section class="pc-verdict harm"><h3>{HARM}</h3><ul>{lines}</ul></section>'


def _why(notes: list[Note]) -> str:
    items = []
    for note in notes:
        kind = "harm" if note.harm and note.chosen else "yes" if note.right else "no"
        yours = " <em>(your answer)</em>" if note.chosen and note.text else ""
        sort = {"yes": "Right: ", "no": "Wrong: ", "harm": "Harmful: "}[kind] if note.text else ""
        text = f"<strong>{sort}{escape(note.text)}</strong>{yours}: " if note.text else ""
        items.append(f'<li class="{kind}">{text}{escape(note.because)}</li>')
    return f'<ul class="pc-why">{"".join(items)}</ul>' if items else ""
