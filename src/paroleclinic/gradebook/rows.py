"""The rows that nbgrader's autograde would write, for many hand-ins in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import uuid4

from nbgrader.api import Assignment, BaseCell, GradeCell, Notebook, SolutionCell, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Connection, bindparam, insert, select, update
from traitlets.config import Config

from paroleclinic.gradebook.ledger import CHANGE, Kept, kept_as_text, read_kept, write_kept
from paroleclinic.gradebook.setup import quiet
from paroleclinic.gradebook.tables import COMMENT, GRADE, NOTEBOOK, STUDENT, SUBMISSION
from paroleclinic.marking import CaseSheet, Marked

NO_RESPONSE = "No response."


class NotInGradebook(LookupError):
    """The unit has not been put into the gradebook."""


@dataclass(frozen=True)
class Graded:
    """A hand-in to be written down: whose, handed in when (UTC, without zone), by which fingerprint, and its marks."""

    learner: str
    at: datetime | None
    hand_in: str
    marked: Marked


@dataclass(frozen=True)
class Correction:
    """Why scores of hand-ins that did not change are written anew; `at` is UTC, without zone.

    `most_before` is case -> cell -> the points it was worth before.
    """

    batch: str
    at: datetime
    reason: str
    most_before: Mapping[str, Mapping[str, float]]


class Cells(NamedTuple):
    """Ids of the cells of one notebook: name -> id, of those that are graded and of those that take comments."""

    notebook: str
    graded: Mapping[str, str]
    commented: Mapping[str, str]


class Rows:
    """The rows of some hand-ins of one unit. What is missing at any level is added, the rest is brought up to date."""

    def __init__(
        self,
        connection: Connection,
        config: Config,
        unit: str,
        batch: Sequence[Graded],
        keys: Mapping[str, str],
        correction: Correction | None,
    ) -> None:
        self._db, self._config, self._name, self._keys = connection, config, unit, keys
        self._correction = correction
        self._hand_ins = {one.learner: one for one in batch}
        row = connection.execute(select(Assignment.id, Assignment.duedate).where(Assignment.name == unit)).first()
        if row is None:
            raise NotInGradebook(unit)
        self._unit, self._due = row
        self._cells = _cells(connection, self._unit)

    def write(self) -> None:
        """Write them all; the transaction is the caller's."""
        known = set(self._column(select(STUDENT.c.id).where(STUDENT.c.id.in_(self._hand_ins))))
        self._insert(STUDENT, [{"id": one} for one in self._hand_ins if one not in known])
        submissions = self._submissions()
        notebooks = self._notebooks(submissions)
        kept = read_kept(self._db, notebooks.values())
        if self._correction:
            self._note(self._correction, notebooks, kept)
        self._grades(notebooks, kept)
        self._comments(notebooks)
        self._penalties(submissions, notebooks)
        self._keep(notebooks)

    def _submissions(self) -> dict[str, str]:
        """Learner -> submission id."""
        mine = SUBMISSION.c.assignment_id == self._unit
        asked = select(SUBMISSION.c.student_id, SUBMISSION.c.id).where(
            mine, SUBMISSION.c.student_id.in_(self._hand_ins)
        )
        found: dict[str, str] = dict(self._db.execute(asked).all())
        self._update(
            SUBMISSION,
            ("timestamp",),
            [(found[who], one.at) for who, one in self._hand_ins.items() if who in found and one.at is not None],
        )
        new = {who: uuid4().hex for who in self._hand_ins if who not in found}
        self._insert(
            SUBMISSION,
            [
                {"id": id_, "assignment_id": self._unit, "student_id": who, "timestamp": self._hand_ins[who].at}
                for who, id_ in new.items()
            ],
        )
        return found | new

    def _notebooks(self, submissions: Mapping[str, str]) -> dict[tuple[str, str], str]:
        """(learner, case) -> id of the submitted notebook."""
        whose = {id_: who for who, id_ in submissions.items()}
        case_of = {cells.notebook: case for case, cells in self._cells.items()}
        asked = select(NOTEBOOK.c.assignment_id, NOTEBOOK.c.notebook_id, NOTEBOOK.c.id).where(
            NOTEBOOK.c.assignment_id.in_(whose)
        )
        found = {(whose[a], case_of[n]): id_ for a, n, id_ in self._db.execute(asked) if n in case_of}
        new = {(who, case): uuid4().hex for who in submissions for case in self._cells if (who, case) not in found}
        self._insert(
            NOTEBOOK,
            [
                {
                    "id": id_,
                    "assignment_id": submissions[who],
                    "notebook_id": self._cells[case].notebook,
                    "flagged": False,
                }
                for (who, case), id_ in new.items()
            ],
        )
        return found | new

    def _grades(self, notebooks: Mapping[tuple[str, str], str], kept: Mapping[str, Kept]) -> None:
        """Scores; what a person settled stays settled where the hand-in is the one that the person saw."""
        asked = select(GRADE.c.id, GRADE.c.notebook_id, GRADE.c.cell_id, GRADE.c.manual_score).where(
            GRADE.c.notebook_id.in_(notebooks.values())
        )
        there = {(n, c): (id_, manual) for id_, n, c, manual in self._db.execute(asked)}
        new, old, scored = [], [], []
        for (who, case), notebook in notebooks.items():
            for name, cell in self._cells[case].graded.items():
                sheet = self._sheet(who, case)
                seen = notebook in kept and kept[notebook].hand_in == self._hand_ins[who].hand_in
                id_, manual = there.get((notebook, cell), (None, None))
                auto = None if sheet is None else _auto_score(sheet, name)
                needs = sheet is None or auto is None or manual is not None
                if id_ is None:
                    new.append(
                        {
                            "id": uuid4().hex,
                            "notebook_id": notebook,
                            "cell_id": cell,
                            "auto_score": auto,
                            "needs_manual_grade": needs,
                        }
                    )
                elif sheet is None or seen:
                    scored.append((id_, auto))
                else:
                    old.append((id_, auto, needs))
        self._insert(GRADE, new)
        self._update(GRADE, ("auto_score", "needs_manual_grade"), old)
        self._update(GRADE, ("auto_score",), scored)

    def _note(self, correction: Correction, notebooks: Mapping[tuple[str, str], str], kept: Mapping[str, Kept]) -> None:
        """Write into the history what is about to change, texts alone included."""
        cells = [cells.graded[case] for case, cells in self._cells.items() if case in cells.graded]
        asked = select(GRADE.c.notebook_id, GRADE.c.id, GRADE.c.auto_score, NOTEBOOK.c.late_submission_penalty)
        asked = asked.join(NOTEBOOK, NOTEBOOK.c.id == GRADE.c.notebook_id).where(
            GRADE.c.cell_id.in_(cells), GRADE.c.notebook_id.in_(notebooks.values())
        )
        there = {id_: tuple(rest) for id_, *rest in self._db.execute(asked)}
        lines = []
        for (who, case), id_ in notebooks.items():
            sheet, before = self._sheet(who, case), kept.get(id_)
            if sheet is None or id_ not in there:
                continue
            grade, score, late = there[id_]
            now = Kept(self._hand_ins[who].hand_in, self._keys[case], sheet.questions)
            if before == now and score == sheet.earned:
                continue
            lines.append(
                {
                    "batch": correction.batch, "at": correction.at, "reason": correction.reason,
                    "unit": self._name, "learner": who, "case": case, "notebook_id": id_, "grade_id": grade,
                    "before": score, "after": sheet.earned, "late_before": late,
                    "kept_before": kept_as_text(before), "kept_after": kept_as_text(now),
                    "most_before": json.dumps(correction.most_before.get(case, {})),
                }
            )  # fmt: skip
        self._insert(CHANGE, lines)

    def _comments(self, notebooks: Mapping[tuple[str, str], str]) -> None:
        asked = select(COMMENT.c.id, COMMENT.c.notebook_id, COMMENT.c.cell_id).where(
            COMMENT.c.notebook_id.in_(notebooks.values())
        )
        there = {(n, c): id_ for id_, n, c in self._db.execute(asked)}
        new, old = [], []
        for (who, case), notebook in notebooks.items():
            sheet = self._sheet(who, case)
            says = NO_RESPONSE if sheet is not None and sheet.memo == "blank" else None
            for cell in self._cells[case].commented.values():
                if (notebook, cell) not in there:
                    new.append({"id": uuid4().hex, "notebook_id": notebook, "cell_id": cell, "auto_comment": says})
                elif sheet is not None:
                    old.append((there[notebook, cell], says))
        self._insert(COMMENT, new)
        self._update(COMMENT, ("auto_comment",), old)

    def _penalties(self, submissions: Mapping[str, str], notebooks: Mapping[tuple[str, str], str]) -> None:
        """What nbgrader's plugin takes off a late hand-in, and nothing off the others."""
        on_time = {id_: None for (who, case), id_ in notebooks.items() if self._sheet(who, case) is not None}
        penalties: dict[str, float | None] = dict(on_time)
        if self._due is not None:
            penalties |= self._late(submissions, {id_: who for (who, _), id_ in notebooks.items() if id_ in on_time})
        self._update(NOTEBOOK, ("late_submission_penalty",), list(penalties.items()))

    def _late(self, submissions: Mapping[str, str], notebooks: Mapping[str, str]) -> dict[str, float | None]:
        step = AssignLatePenalties(config=self._config, log=quiet())
        step.init_plugin()
        ids = {id_: who for who, id_ in submissions.items()}
        asked = select(SUBMISSION.c.id, SUBMISSION.c.timestamp, SUBMISSION.c.extension).where(SUBMISSION.c.id.in_(ids))
        seconds: dict[str, float] = {}
        for id_, at, extension in self._db.execute(asked):
            due = self._due + extension if extension else self._due
            seconds[ids[id_]] = max(0.0, (at - due).total_seconds()) if at else 0.0
        asked = select(SubmittedNotebook.id, SubmittedNotebook.score).where(SubmittedNotebook.id.in_(notebooks))
        found: dict[str, float | None] = {}
        for id_, score in self._db.execute(asked):
            who = notebooks[id_]
            if seconds[who] > 0:
                penalty = step.plugin_inst.late_submission_penalty(who, score, seconds[who])
                found[id_] = (
                    None if penalty is None else step._check_late_penalty(SimpleNamespace(score=score), penalty)
                )
        return found

    def _keep(self, notebooks: Mapping[tuple[str, str], str]) -> None:
        kept: dict[str, Kept | None] = {}
        for (who, case), id_ in notebooks.items():
            sheet = self._sheet(who, case)
            kept[id_] = Kept(self._hand_ins[who].hand_in, self._keys[case], sheet.questions) if sheet else None
        write_kept(self._db, kept)

    def _sheet(self, who: str, case: str) -> CaseSheet | None:
        return next((sheet for sheet in self._hand_ins[who].marked.cases if sheet.case == case), None)

    def _column(self, asked: Any) -> list[str]:
        return list(self._db.execute(asked).scalars())

    def _insert(self, table: Any, rows: Sequence[Mapping[str, object]]) -> None:
        if rows:
            self._db.execute(insert(table), list(rows))

    def _update(self, table: Any, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
        """Rows are (id, value for each column)."""
        if rows := list(rows):
            change = update(table).where(table.c.id == bindparam("_id"))
            change = change.values({column: bindparam(f"_{column}") for column in columns})
            names = ("_id", *(f"_{column}" for column in columns))
            self._db.execute(change, [dict(zip(names, row, strict=True)) for row in rows])


def _auto_score(sheet: CaseSheet, cell: str) -> float | None:
    """A case's cell bears its name; its other graded cell is the memo, which is 0 when blank and waits otherwise."""
    if cell == sheet.case:
        return sheet.earned
    return 0.0 if sheet.memo == "blank" else None


def _cells(connection: Connection, unit: str) -> dict[str, Cells]:
    """Case -> the ids of its notebook and cells."""
    found = {}
    for case, notebook in connection.execute(select(Notebook.name, Notebook.id).where(Notebook.assignment_id == unit)):
        cells = select(BaseCell.name, BaseCell.id, BaseCell.type).where(BaseCell.notebook_id == notebook)
        rows = connection.execute(cells).all()
        graded, commented = (
            {name: id_ for name, id_, kind in rows if kind == wanted.__name__} for wanted in (GradeCell, SolutionCell)
        )
        found[case] = Cells(notebook, graded, commented)
    return found
