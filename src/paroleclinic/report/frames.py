"""What the report is made of, read once: marks from the gradebook, answers from the hand-ins, tests from progress files.

Marks are those that grading kept; nothing is graded again here. A class is a table of learners by questions, so most of it is
arrays: row i is the learner of `people`, column j the question `asked[j]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
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
NO_COLUMN, NO_VERDICT = repeat(-1), repeat(0)  # for questions and verdicts that are not known
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
    `tests` has a row a learner and form of the test. `earlier` counts cases graded by an earlier key. `untouched` are cases whose
    questions are left out of everything but `cases`, since nobody answered anything in them.
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
    untouched: tuple[str, ...] = ()

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
        self._people: list[tuple[str, str]] = []
        self._units: list[tuple[int, str, str]] = []
        self._cases: list[tuple[object, ...]] = []
        self._sizes: list[int] = []  # of each case: how many marks
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
                marks = case.marks if case.marks and case.state in HAS_MARKS else {}
                if marks:
                    self._earlier += bool(case.earlier)
                    said, got, harm = zip(*marks.values(), strict=True)
                    columns += map(self._columns.get(case.case.id, {}).get, marks, NO_COLUMN)
                    verdicts += map(VERDICTS.get, said, NO_VERDICT)
                    earned += got
                    harms += harm
                self._sizes.append(len(marks))
                self._cases.append((row, unit.unit.id, case.case.id, case.state, score, case.case.most))

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
        columns, verdicts, earned = (
            np.array(self._marks[0], int),
            np.array(self._marks[1], int),
            np.array(self._marks[2], float),
        )
        known = (columns >= 0) & (verdicts > 0)
        columns, verdicts, earned, harms = (
            some[known] for some in (columns, verdicts, earned, np.array(self._marks[3], bool))
        )
        whose: np.ndarray = np.repeat(np.arange(len(self._sizes)), self._sizes)[known]  # a row of `cases` a mark
        rows = np.array([case[0] for case in self._cases], int)[whose]
        worth = np.array([one.question.points for one in self._asked], float)[columns]
        verdict[rows, columns], share[rows, columns], harm[rows, columns] = verdicts, earned / worth, harms
        answers = [
            [_parsed(one, as_answer(key)) for key in some] for one, some in zip(self._asked, seen.answers, strict=True)
        ]
        heads = ["learner", "unit", "case", "state", "score", "most", "points", "possible"]
        cases = pd.DataFrame(self._cases, columns=heads[:6]).astype(dict.fromkeys(heads[4:6], float))
        for name, values in (("points", earned), ("possible", worth)):
            cases[name] = np.bincount(whose, values, minlength=len(cases)).astype(float)
        units = pd.DataFrame(self._units, columns=["learner", "unit", "state"])
        return Frames(
            people, self._asked, purposes, units, cases, verdict, share, harm, seen, answers, tests, self._earlier
        )


def worked(frames: Frames) -> Frames:
    """The same without the questions of cases that were handed in and in which nobody answered anything; all, where that is every case."""
    given = (frames.verdict > 0) & (frames.verdict != BLANK) | (frames.verdict == 0) & (frames.seen.given >= 0)
    touched = {one.case for one, some in zip(frames.asked, given.any(axis=0), strict=True) if some}
    cases = frames.cases
    touched.update(cases.loc[cases["state"].isin(["graded", "memo waits"]), "case"])
    blank = dict.fromkeys(cases.loc[cases["state"] == "blank", "case"])
    untouched = tuple(case for case in blank if case not in touched)
    kept = [column for column, one in enumerate(frames.asked) if one.case not in untouched]
    if not kept or not untouched:
        return frames
    seen = frames.seen
    return replace(
        frames, asked=tuple(frames.asked[at] for at in kept), verdict=frames.verdict[:, kept], share=frames.share[:, kept],
        harm=frames.harm[:, kept], answers=[frames.answers[at] for at in kept], untouched=untouched,
        seen=replace(
            seen, sure=seen.sure[:, kept], tries=seen.tries[:, kept], seconds=seen.seconds[:, kept], given=seen.given[:, kept],
            answers=[seen.answers[at] for at in kept],
        ),
    )  # fmt: skip


def _parsed(one: Asked, answer: object) -> Picks | None:
    try:
        return parsed_answer(one.question, answer)
    except Unreadable:
        return None


def sittings_in(folder: Path, learners: Sequence[str], within: str = "**") -> tuple[pd.DataFrame, list[str]]:
    """A row a learner and form of the test, `right` of `of`, from progress files; and whose files are nobody's of the class.

    A file is a learner's when it is FOLDER/LEARNER.jsonl or FOLDER/LEARNER/WITHIN/progress.jsonl. Of several sittings that one
    counts which counts for the learner.
    """
    rows, strangers = [], []
    known = set(learners)
    for learner, path in progress_files(folder, within):
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


def progress_files(folder: Path, within: str = "**") -> list[tuple[str, Path]]:
    """Whose progress lies where; links are left alone."""
    found = [(path.stem, path) for path in sorted(folder.glob("*.jsonl")) if path.name != PROGRESS]
    found += [(path.relative_to(folder).parts[0], path) for path in sorted(folder.glob(f"*/{within}/{PROGRESS}"))]
    return [(learner, path) for learner, path in found if path.is_file() and not path.is_symlink()]
