"""The tables of an export: a row a learner and unit, case, question or objective. Pure; a cell without a value is None."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from paroleclinic.cohort.objectives import Aim, Purpose
from paroleclinic.cohort.standings import CaseStanding, Standing
from paroleclinic.grading import Verdict
from paroleclinic.scores import CaseScore, Score
from paroleclinic.states import WITH_SCORE

Cell = str | int | float | datetime | None
Row = tuple[Cell, ...]
By = Literal["unit", "case", "question", "objective"]
Said = Verdict | Literal["marked", "waits"]
IN_PART = "graded in part"


class Column(NamedTuple):
    """A column: its heading, what stands in it, how wide it is drawn, and how a number is drawn."""

    name: str
    says: str
    width: int = 10
    drawn: Literal["plain", "share", "moment"] = "plain"


@dataclass(frozen=True)
class Table:
    """A table: the name of its sheet, its columns, and the rows of one learner."""

    name: str
    says: str
    columns: tuple[Column, ...]
    rows: Callable[[Standing], Iterable[Row]]


WHO = (
    Column("learner", "The id in the gradebook, which is the name of the folder in submitted/.", 20),
    Column("name", "First and last name, from the gradebook or the roster.", 24),
)
UNIT = Column("unit", "The unit: what is handed in at once.", 20)
CASE = Column("case", "The client file.", 24)
STATE = Column("state", "What became of the hand-in, in words; see below.", 16)
TITLE = Column("title", "Its title.", 30)
SCORES = (
    Column("score", "Points, memo and extra credit in, lateness off. Empty when there is no score."),
    Column("possible", "Points possible, memo included."),
    Column("share", "Score divided by points possible.", 8, "share"),
    Column("question points", "Points of the questions as the gradebook has them: a case in which advice would harm the "
           "client earns at most half of them, and a grader may have set another number.", 9),
    Column("memo points", "Points that a person gave the memo; 0 when it is blank, empty while it waits.", 9),
    Column("extra credit", "Extra credit from a person.", 9),
    Column("late penalty", "Points taken off for lateness.", 9),
    Column("questions", "Questions, memo included.", 9),
    Column("blank", "Of these, not answered.", 7),
    Column("unreadable", "Of these, answered with something that cannot be read.", 9),
    Column("harmful", "Of these, answered with advice that would harm the client.", 8),
)  # fmt: skip
EARLIER = Column(
    "earlier key",
    "yes when it was graded by another key than the course has today; `paroleclinic regrade` brings it up to date. "
    "Empty where nothing is graded, or was graded before keys were kept.",
)
VERDICTS: dict[Said, str] = {
    "right": "Full points.",
    "partly": "Some of the points.",
    "wrong": "Answered, and worth no points.",
    "blank": "Not answered; 0 points.",
    "unreadable": "Answered with something that makes no sense for the question; 0 points.",
    "waits": "The memo waits for a person's mark.",
    "marked": "The memo was marked by a person.",
}


def unit_table() -> Table:
    """A row a learner and unit."""

    def rows(one: Standing) -> Iterator[Row]:
        for unit in one.units:
            scored = [case.score for case in unit.cases if case.score] if unit.state in HAS_POINTS else []
            score = unit.score if unit.state in WITH_SCORE else None
            yield (
                *_who(one), one.person.email or None, unit.unit.id, unit.unit.title, unit.state, unit.at,
                *_points(score, unit.unit.most, scored), *_counts(unit.cases), _earlier(unit.cases),
            )  # fmt: skip

    email = Column("email", "From the gradebook or the roster.", 26)
    at = Column("handed in", "When, in universal time (UTC).", 17, "moment")
    columns = (*WHO, email, UNIT, TITLE, STATE, at, *SCORES, EARLIER)
    return Table("summary", "A row a learner and unit.", columns, rows)


def case_table() -> Table:
    """A row a learner and case."""

    def rows(one: Standing) -> Iterator[Row]:
        for unit in one.units:
            for case in unit.cases:
                scored = [case.score] if case.score and case.state in HAS_POINTS else []
                score = scored[0].total if scored and case.state in WITH_SCORE else None
                yield (
                    *_who(one), unit.unit.id, case.case.id, case.case.title, case.state,
                    *_points(score, case.case.most, scored), *_counts([case]), _earlier([case]),
                )  # fmt: skip

    return Table("cases", "A row a learner and case.", (*WHO, UNIT, CASE, TITLE, STATE, *SCORES, EARLIER), rows)


def question_table() -> Table:
    """A row a learner and question; one row for a case whose questions have no marks."""

    def rows(one: Standing) -> Iterator[Row]:
        for unit in one.units:
            for case in unit.cases:
                head, earlier = (*_who(one), unit.unit.id, case.case.id), _earlier([case])
                if not case.marks or case.state not in HAS_POINTS:
                    yield (*head, None, case.state, None, None, None, None, earlier)
                    continue
                for name in [*case.case.questions, *(case.marks.keys() - case.case.questions.keys())]:
                    if name not in case.marks:
                        yield (*head, name, case.state, None, None, case.case.questions[name].points, None, earlier)
                        continue
                    verdict, earned = said(case, name)
                    worth = case.case.questions.get(name)
                    harmful = "yes" if case.marks[name][2] else "no"
                    yield (
                        *head, name, case.state, verdict, earned, worth.points if worth else None, harmful, earlier,
                    )  # fmt: skip

    columns = (
        *WHO, UNIT, CASE,
        Column("question", "The question. Empty in the one row of a case whose questions have no marks.", 22),
        Column("state", "What became of the case, in words; see below.", 16),
        Column("verdict", "In words; see below. Keys that are kept closed to learners are graded like others.", 12),
        Column("points", "Points earned, before harm halves a case. Empty while a memo waits."),
        Column("possible", "Points possible, by today's key; empty for a question that is no longer asked."),
        Column("harmful", "yes when the advice chosen would harm the client.", 8),
        EARLIER,
    )  # fmt: skip
    return Table("questions", "A row a learner and question.", columns, rows)


def objective_table(aims: Mapping[tuple[str, str], Aim], purposes: Mapping[tuple[str, str], Purpose]) -> Table:
    """A row a learner and objective that the questions of the units serve, or lesson where no objective is known."""
    found_by: dict[tuple[str, str], set[str]] = {}
    for aim in aims.values():
        found_by.setdefault((aim.lesson, aim.objective), set()).add(aim.by)
    order = [key for key in purposes if key in found_by] + sorted(found_by.keys() - purposes.keys())

    def rows(one: Standing) -> Iterator[Row]:
        sums = {key: _Sum() for key in order}
        for unit in one.units:
            for case in unit.cases:
                for name, worth in case.case.questions.items():
                    aim = aims[case.case.id, name]
                    sums[aim.lesson, aim.objective].add(case, name, worth.points)
        for key, total in sums.items():
            if total.states:
                about = purposes.get(key) or Purpose(*key[:1], "", key[1], "")
                how = "; ".join(sorted(found_by[key]))
                yield (
                    *_who(one),
                    about.lesson,
                    about.title,
                    about.objective or None,
                    about.says or None,
                    *total.row(),
                    how,
                )

    columns = (
        *WHO,
        Column("lesson", "The lesson that the objective belongs to.", 26),
        Column("title", "Its title.", 26),
        Column("objective", "The objective. Empty for questions of which only the lesson is known.", 14),
        Column("says", "The objective in words.", 50),
        Column("state", f"As for a hand-in, over all questions of the row; {IN_PART!r} when they stand differently.", 16),
        Column("questions", "Questions of the units exported that serve it, memos included.", 9),
        *(Column(name, f"Of these, {says}", 9) for name, says in COUNTED.items()),
        Column("points", "Points earned with those that have a verdict, before harm halves a case."),
        Column("possible", "Points possible with those that have a verdict."),
        Column("share", "Points divided by points possible. Empty when nothing has a verdict.", 8, "share"),
        Column("harmful", "Questions answered with advice that would harm the client.", 8),
        Column("found by", "How the questions were found to serve it; see below.", 40),
    )  # fmt: skip
    return Table("objectives", "A row a learner and objective.", columns, rows)


HAS_POINTS = (*WITH_SCORE, "memo waits")
COUNTED = {
    "right": "right.", "partly": "partly right.", "wrong": "wrong.", "blank": "not answered.",
    "unreadable": "answered with something that cannot be read.", "marked": "memos that a person marked.",
    "memo waits": "memos that wait for a person's mark.", "could not grade": "in hand-ins that could not be graded.",
    "not graded yet": "handed in since the last grading, or not asked yet when it was graded.",
    "not handed in": "not handed in.",
}  # fmt: skip


class _Sum:
    def __init__(self) -> None:
        self.states: set[str] = set()
        self.counts = dict.fromkeys(COUNTED, 0)
        self.earned, self.possible, self.harmful = 0.0, 0, 0

    def add(self, case: CaseStanding, name: str, points: int) -> None:
        verdict: str = case.state
        if case.marks and case.state in HAS_POINTS:
            told, earned = said(case, name) if name in case.marks else (None, None)
            verdict = "not graded yet" if told is None else "memo waits" if told == "waits" else told
            self.harmful += name in case.marks and case.marks[name][2]
            if earned is not None:
                self.earned += earned
                self.possible += points
        elif case.state in HAS_POINTS:
            verdict = "not graded yet"
        self.counts[verdict] += 1
        self.states.add(verdict if verdict in STAYS else "graded")

    def row(self) -> Row:
        state = self.states.copy().pop() if len(self.states) == 1 else IN_PART
        if self.states == {"graded", "blank"}:
            state = "graded"
        share = self.earned / self.possible if self.possible else None
        points = (number(self.earned), self.possible) if self.possible else (None, None)
        return (state, sum(self.counts.values()), *self.counts.values(), *points, number(share), self.harmful)


STAYS = ("blank", "memo waits", "could not grade", "not graded yet", "not handed in")


def said(case: CaseStanding, name: str) -> tuple[Said, float | int | None]:
    """The verdict on a question that has a mark, and the points earned; a memo's are a person's."""
    assert case.marks is not None
    verdict, earned, _ = case.marks[name]
    worth = case.case.questions.get(name)
    memo = case.score.memo if case.score and worth and worth.memo else None
    if memo is None:
        return ("waits", None) if verdict == "waiting" else (verdict, number(earned))
    if memo.waits or (verdict == "waiting" and not _set(memo)):
        return "waits", None
    return ("marked" if verdict == "waiting" or memo.counts else verdict), number(memo.counts)


def _set(score: Score) -> bool:
    return score.manual is not None or score.auto is not None


def _who(one: Standing) -> tuple[str, str | None]:
    return one.person.id, one.person.name or None


def _points(score: float | None, most: float, scored: Sequence[CaseScore]) -> Row:
    if not scored:
        return (None, number(most), None, None, None, None, None)
    memos = [one.memo for one in scored if one.memo]
    memo = sum(one.counts for one in memos) if memos and all(_set(one) and not one.waits for one in memos) else None
    share = score / most if score is not None and most else None
    answers, extra, late = (
        sum(one.answers.counts for one in scored), sum(one.extra for one in scored), sum(one.late for one in scored),
    )  # fmt: skip
    return tuple(number(one) for one in (score, most, share, answers, memo, extra, late))


def _counts(cases: Sequence[CaseStanding]) -> Row:
    """Questions, and how many of them are blank, unreadable, harmful; the last three are empty without marks."""
    asked = sum(len(one.case.questions) for one in cases)
    if any(one.marks is None or one.state not in HAS_POINTS for one in cases):
        return (asked, None, None, None)
    marks = [mark for one in cases if one.marks for mark in one.marks.values()]
    verdicts = [verdict for verdict, _, _ in marks]
    return (asked, verdicts.count("blank"), verdicts.count("unreadable"), sum(harmful for _, _, harmful in marks))


def _earlier(cases: Sequence[CaseStanding]) -> str | None:
    known = [one.earlier for one in cases if one.earlier is not None]
    return None if not known else "yes" if any(known) else "no"


def number(value: float | None) -> float | int | None:
    """The value without the dust of adding fractions; a whole number as such."""
    if value is None:
        return None
    value = round(value, 4)
    return int(value) if value == int(value) else value
