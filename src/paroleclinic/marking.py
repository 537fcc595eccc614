"""A hand-in and the keys of its unit make everything that grading writes. Pure: bytes in, scores and pages out.

It runs alike in this process, in a pool of processes and on another machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import Literal

from paroleclinic.answers import Answered, NotReadable, answers_in
from paroleclinic.content import Scenario, Unit
from paroleclinic.drawing import style
from paroleclinic.drawing.marks import case_marks, rubric
from paroleclinic.grading import CaseMark, Verdict, grade_case
from paroleclinic.law import Rule
from paroleclinic.questions import Memo
from paroleclinic.realdata import invented_in, kinds, strings

as_json = json.JSONEncoder(ensure_ascii=False).encode
GRADED = "# The answers were read from answers.jsonl and graded without running anything."
LONGEST_NAME = 80  # characters shown of a question that nobody asked
MOST_LINES = 20  # of a hand-in's odd lines are named to its reader
MemoState = Literal["none", "blank", "waits"]
QuestionMark = tuple[Verdict, float, bool]  # verdict, points earned, whether the advice would harm


@dataclass(frozen=True)
class Shell:
    """A released notebook as text, cut where a hand-in's marks and memo are put: text, slot, text, slot, … text.

    A slot is what goes there and how many blanks its lines are indented by.
    """

    texts: tuple[str, ...]
    slots: tuple[tuple[Literal["points", "marks", "memo"], int], ...]
    stub: str = ""

    def filled(self, points: str, marks: str, memo: str | None) -> str:
        """The notebook of one hand-in; without a memo its stub stays."""
        content = {"points": points, "marks": marks, "memo": self.stub if memo is None else memo}
        parts = [self.texts[0]]
        for (slot, indent), text in zip(self.slots, self.texts[1:], strict=True):
            parts += [_json_lines(content[slot], indent), text]
        return "".join(parts)


@dataclass(frozen=True)
class Plan:
    """What is needed to grade one unit: its cases with keys, the law they rest on, and the shells of its notebooks.

    `closed` names the questions, as `case/question`, whose keys the instructor keeps closed.
    """

    unit: str
    cases: tuple[Scenario, ...]
    law: Mapping[str, Rule]
    closed: frozenset[str] = frozenset()
    shells: Mapping[str, Shell] = field(default_factory=dict)

    def closed_in(self, case: str) -> frozenset[str]:
        """Ids of the closed questions of a case."""
        return frozenset(name.partition("/")[2] for name in self.closed if name.partition("/")[0] == case)


@dataclass(frozen=True)
class CaseSheet:
    """One graded case of a hand-in: points, how the memo stands, each question's mark, and the notebook for the grader.

    `real` are kinds of what looks like a real person's number in the memo; see paroleclinic.realdata.
    """

    case: str
    earned: float
    memo: MemoState
    questions: Mapping[str, QuestionMark]
    notebook: str = ""
    real: tuple[str, ...] = ()


@dataclass(frozen=True)
class Marked:
    """A hand-in after grading: its cases in order, or the `problem` that kept it from being graded."""

    cases: tuple[CaseSheet, ...] = ()
    problem: str = ""
    passed_over: int = 0


def plan_of(
    unit: Unit, cases: Sequence[Scenario], law: Mapping[str, Rule], shells: Mapping[str, Shell] | None = None
) -> Plan:
    """The plan of a unit; of the law it keeps what its cases name, so that it can travel."""
    named = {rule for case in cases for question in case.questions for rule in question.rules}
    named |= {rule for case in cases if case.twin for rule in case.twin.turns_on}
    kept = {rule: law[rule] for rule in sorted(named)}
    return Plan(
        unit.id, tuple(sorted(cases, key=lambda case: case.id)), kept, closed_questions(unit, cases), shells or {}
    )


def closed_questions(unit: Unit, cases: Sequence[Scenario]) -> frozenset[str]:
    """The questions, as `case/question`, that `closed` of the unit names, one by one or by the case."""
    return frozenset(
        f"{case.id}/{question.id}"
        for case in cases
        for question in case.questions
        if {case.id, f"{case.id}/{question.id}"} & set(unit.closed)
    )


def unknown_closed(unit: Unit, cases: Sequence[Scenario]) -> list[str]:
    """Names in `closed` of the unit that are neither one of its cases nor a question of one: a slip would open a key."""
    known = {case.id for case in cases} | {f"{case.id}/{question.id}" for case in cases for question in case.questions}
    return [name for name in unit.closed if name not in known]


def key_print(case: Scenario) -> str:
    """A fingerprint of what a graded case was graded and explained by; it changes with any key, points or reason."""
    return sha256(case.model_dump_json(exclude={"interview", "file"}).encode()).hexdigest()[:16]


def mark(plan: Plan, data: bytes) -> Marked:
    """Grade the bytes of an answer file for all cases of a unit."""
    try:
        answered = answers_in(data)
    except NotReadable as error:
        return Marked(problem=str(error))
    return Marked(tuple(_sheet(plan, case, answered) for case in plan.cases), passed_over=len(answered.problems))


def _sheet(plan: Plan, case: Scenario, answered: Answered) -> CaseSheet:
    marked = grade_case(case, answered.of(case.id))
    shell = plan.shells.get(case.id)
    html = explained(marked, answered, plan.law, plan.closed_in(case.id)) if shell else ""
    notebook = shell.filled(points(marked), html, memo_cell(marked, plan.closed_in(case.id))) if shell else ""
    real = looks_real(case, answered.of(case.id))
    return CaseSheet(case.id, marked.earned, memo_state(marked), question_marks(marked), notebook, real)


def looks_real(case: Scenario, answers: Mapping[str, object]) -> tuple[str, ...]:
    """Kinds of what looks like a real person's number in the memo of a case; what stands in the case itself is invented."""
    memo = answers.get(case.memo.id) if case.memo else None
    if not isinstance(memo, str):
        return ()
    return kinds(memo, lambda: invented_in(strings(case.model_dump(mode="json"))))


def question_marks(marked: CaseMark) -> dict[str, QuestionMark]:
    """Question id -> its mark, in a form that can be kept."""
    return {one.question.id: (one.verdict, one.earned, bool(one.harmful)) for one in marked.marks}


def points(marked: CaseMark) -> str:
    """The points as nbgrader is told them: one plain float as text."""
    return repr(float(min(marked.earned, marked.points)))


def memo_state(marked: CaseMark) -> MemoState:
    """Whether the case has a memo, and whether there is one to read."""
    memo = _memo(marked)
    return "none" if memo is None else "blank" if memo[1] is None else "waits"


def explained(marked: CaseMark, answered: Answered, law: Mapping[str, Rule], closed: frozenset[str]) -> str:
    """The marks of a case with their reasons, as they stand in the graded notebook; `closed` questions keep their keys."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in passed_over(marked.case, answered)[:MOST_LINES])
    passed = f"<details><summary>Passed over in the answer file</summary><ul>{lines}</ul></details>" if lines else ""
    helped = (
        "<p>The key was looked at before this was handed in.</p>" if answered.happened(marked.case.id, "shown") else ""
    )
    return f'<style>{style()}</style><div class="pc">{case_marks(marked, law, closed)}{helped}{passed}</div>'


def passed_over(case: Scenario, answered: Answered) -> list[str]:
    """What in an answer file counted for nothing: lines that are no answers, and answers to what the case does not ask."""
    known = {question.id for question in case.questions}
    odd = [
        f"an answer to {name[:LONGEST_NAME]!r}, which this case does not ask"
        for name in answered.of(case.id)
        if name not in known
    ]
    return [*answered.problems, *odd]


def memo_cell(marked: CaseMark, closed: frozenset[str]) -> str | None:
    """The learner's memo as inert HTML, with its rubric under it unless that is closed; None when it is blank."""
    question, text = _memo(marked) or (None, None)
    if question is None or text is None:
        return None
    how = "" if question.id in closed else _one_line(rubric(question))
    marking = f"<details open><summary>How it is marked</summary>{how}</details>" if how else ""
    return f"""<div class="pc mathjax_ignore tex2jax_ignore"><h3>The memo</h3><div class="pc-memo">{inert(text)}</div> {marking}</div>"""


def inert(text: str) -> str:
    """Text as HTML on one line, since Markdown ends an HTML block at the first blank line."""
    return escape(text.replace("\r\n", "\n").replace("\r", "\n")).replace("\n", "<br>")


def _one_line(html: str) -> str:
    head, *memos = html.split('<div class="pc-memo">')
    parts = [head.replace("\n", " ")]
    for memo in memos:
        text, rest = memo.split("</div>", 1)
        parts.append(text.replace("\n", "<br>") + "</div>" + rest.replace("\n", " "))
    return '<div class="pc-memo">'.join(parts)


def _memo(marked: CaseMark) -> tuple[Memo, str | None] | None:
    """The memo question of a case and what was written, None when that is nothing."""
    for one in marked.marks:
        if isinstance(one.question, Memo):
            return one.question, None if one.verdict == "blank" else one.answer or one.notes[0].because
    return None


def _json_lines(text: str, indent: int) -> str:
    """Text as nbformat writes it into a notebook: a list of lines, without the brackets."""
    between = ",\n" + " " * indent
    return between.join(map(as_json, text.splitlines(keepends=True)))
