"""What the report is made of, read once: marks from the gradebook, answers from the hand-ins, tests from progress files.

Marks are those that grading kept; nothing is graded again here. A class is a table of learners by questions, so most of it is
arrays: row i is the learner of `people`, column j the question `asked[j]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from paroleclinic.cohort.objectives import Aim, Purpose
from paroleclinic.cohort.standings import Standing
from paroleclinic.content import Scenario
from paroleclinic.grading import Unreadable, parsed_answer
from paroleclinic.progress import FILE_NAME as PROGRESS
from paroleclinic.progress import Diary
from paroleclinic.questions import Graded, Memo
from paroleclinic.report.seen import Seen, as_answer
from paroleclinic.standing import counted, counting
from paroleclinic.states import WITH_SCORE

RIGHT, PARTLY, WRONG, BLANK, UNREADABLE = range(1, 6)  # 0 for no mark
VERDICTS = {"right": RIGHT, "partly": PARTLY, "wrong": WRONG, "blank": BLANK, "unreadable": UNREADABLE}
HAS_MARKS = (*WITH_SCORE, "memo waits")
FORMS = ("pre-test", "post-test")
Picks = tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question that grading marks: where it stands, `number` in its case from 1, and what it serves."""

    unit: str
    case: str
    title: str
    number: int
    question: Graded
    aim: Aim

    @property
    def name(self) -> str:
        """Its name in tables and in `closed`: case/question."""
        return f"{self.case}/{self.question.id}"


@dataclass(frozen=True)
class Frames:
    """A class. `people` has a row a learner: `learner` (the id), `name`, `shown` (what the report calls them).

    `units` has a row a learner and unit: `state`. `cases` has a row a learner and case: `state`, `score` (nan for none) of
    `most` as in the gradebook, `points` of `possible` of the questions with a mark. `learner` in both is the row in `people`.
    `verdict`, `share` (of the points, nan for none) and `harm` are what grading kept, `seen` is what the answer files say,
    and `answers[j]` the different answers to question j that it points to: None is one that cannot be read.
    `tests` has a row a learner and form of the test. `earlier` counts cases graded by an earlier key.
    """

    people: pd.DataFrame
    asked: tuple[Asked, ...]
    purposes: Mapping[tuple[str, str], Purpose]
    units: pd.DataFrame
    cases: pd.DataFrame
    verdict: np.ndarray
    share: np.ndarray
    harm: np.ndarray
    seen: Seen
    answers: list[list[Picks | None]]
    tests: pd.DataFrame
    earlier: int = 0

    @property
    def answered(self) -> np.ndarray:
        """Where there is an answer that grading could read."""
        found: np.ndarray = (self.verdict >= RIGHT) & (self.verdict <= WRONG)
        return found

    def raw(self, row: int, column: int) -> object:
        """An answer as it stands in the answer file; None where there is none."""
        code = self.seen.given[row, column]
        return as_answer(self.seen.answers[column][code]) if code >= 0 else None


def questions(cases: Iterable[Scenario], aims: Mapping[tuple[str, str], Aim]) -> tuple[Asked, ...]:
    """All questions of the cases that grading marks, in order."""
    return tuple(
        Asked(case.unit, case.id, case.title, number, question, aims[case.id, question.id])
        for case in cases
        for number, question in enumerate(case.questions, 1)
        if not isinstance(question, Memo)
    )


def columns_of(asked: Sequence[Asked]) -> dict[tuple[object, object], int]:
    """(case, question) -> its column."""
    return {(one.case, one.question.id): number for number, one in enumerate(asked)}


class Marks:
    """Takes in what the gradebook says, learner by learner."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._asked = tuple(asked)
        self._columns: dict[str, dict[str, int]] = {}
        for number, one in enumerate(asked):
            self._columns.setdefault(one.case, {})[one.question.id] = number
        self._points = [one.question.points for one in asked]
        self._people: list[tuple[str, str]] = []
        self._units: list[tuple[int, str, str]] = []
        self._cases: list[tuple[object, ...]] = []
        self._rows: list[tuple[int, int]] = []  # of each case with marks: whose, how many
        self._marks: tuple[list[int], list[int], list[float], list[bool]] = ([], [], [], [])
        self._earlier = 0

    def take(self, one: Standing) -> None:
        """The next learner."""
        row = len(self._people)
        self._people.append((one.person.id, one.person.name))
        columns, verdicts, earned, harms = self._marks
        for unit in one.units:
            self._units.append((row, unit.unit.id, unit.state))
            for case in unit.cases:
                score = case.score.total if case.score and case.state in WITH_SCORE else None
                points, possible, before = 0.0, 0, len(columns)
                if case.marks and case.state in HAS_MARKS:
                    self._earlier += bool(case.earlier)
                    known = self._columns.get(case.case.id, {})
                    for name, (verdict, got, harm) in case.marks.items():
                        if name in known and verdict in VERDICTS:
                            column = known[name]
                            columns.append(column)
                            verdicts.append(VERDICTS[verdict])
                            earned.append(got)
                            harms.append(harm)
                            points += got
                            possible += self._points[column]
                    self._rows.append((row, len(columns) - before))
                self._cases.append(
                    (row, unit.unit.id, case.case.id, case.state, score, case.case.most, points, possible)
                )

    def frames(
        self, shown: Mapping[str, str], seen: Seen, tests: pd.DataFrame, purposes: Mapping[tuple[str, str], Purpose]
    ) -> Frames:
        """Everything taken in; `shown` is what each learner is called."""
        people = pd.DataFrame(self._people, columns=["learner", "name"])
        people["shown"] = [shown[learner] for learner in people["learner"]]
        shape = (len(people), len(self._asked))
        verdict: np.ndarray = np.zeros(shape, np.int8)
        share: np.ndarray = np.full(shape, np.nan)
        harm: np.ndarray = np.zeros(shape, bool)
        if self._rows:
            whose, sizes = np.array(self._rows).T
            rows: np.ndarray = np.repeat(whose, sizes)
            columns = np.array(self._marks[0], int)
            verdict[rows, columns] = self._marks[1]
            share[rows, columns] = np.array(self._marks[2]) / np.array(self._points, float)[columns]
            harm[rows, columns] = self._marks[3]
        answers = [
            [_parsed(one, as_answer(key)) for key in some] for one, some in zip(self._asked, seen.answers, strict=True)
        ]
        heads = ["learner", "unit", "case", "state", "score", "most", "points", "possible"]
        cases = pd.DataFrame(self._cases, columns=heads)
        cases = cases.astype(dict.fromkeys(heads[4:], float))
        units = pd.DataFrame(self._units, columns=["learner", "unit", "state"])
        return Frames(
            people, self._asked, purposes, units, cases, verdict, share, harm, seen, answers, tests, self._earlier
        )


def _parsed(one: Asked, answer: object) -> Picks | None:
    try:
        return parsed_answer(one.question, answer)
    except Unreadable:
        return None


def sittings_in(folder: Path | None, learners: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """A row a learner and form of the test, `right` of `of`, from progress files; and whose files are nobody's of the class.

    A file is a learner's when it is FOLDER/LEARNER.jsonl or FOLDER/LEARNER/…/progress.jsonl. Of several sittings that one
    counts which counts for the learner.
    """
    rows, strangers = [], []
    known = set(learners)
    for learner, path in progress_files(folder) if folder else ():
        if learner not in known:
            strangers.append(learner)
            continue
        progress = Diary(path).progress()
        for form in FORMS:
            if sitting := counting(progress.tests.get(form, [])):
                share = counted(sitting)
                rows.append((learner, form, share.right, share.of))
    found = pd.DataFrame(rows, columns=["learner", "form", "right", "of"])
    return found.drop_duplicates(["learner", "form"]), strangers


def progress_files(folder: Path) -> list[tuple[str, Path]]:
    """Whose progress lies where; links are left alone."""
    found = [(path.stem, path) for path in sorted(folder.glob("*.jsonl")) if path.name != PROGRESS]
    found += [(path.relative_to(folder).parts[0], path) for path in sorted(folder.glob(f"*/**/{PROGRESS}"))]
    return [(learner, path) for learner, path in found if path.is_file() and not path.is_symlink()]
