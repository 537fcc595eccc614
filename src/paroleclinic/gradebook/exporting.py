"""nbgrader's own `export`: its columns, quoted, and a `state`, since what could not be graded is not a zero."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import BaseCell, GradeCell, Notebook
from nbgrader.plugins import ExportPlugin
from sqlalchemy import Connection, select

from paroleclinic.cells import harmless
from paroleclinic.gradebook.ledger import GRADED, from_text, make_tables
from paroleclinic.gradebook.tables import GRADE, NOTEBOOK, STUDENT, SUBMISSION
from paroleclinic.states import WITH_SCORE, State, only_blank

SCORES = ("notebook_id", "cell_id", "auto_score", "manual_score", "extra_credit", "needs_manual_grade")
COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score", "state",
)  # fmt: skip


class ExportMarks(ExportPlugin):
    """nbgrader's columns, quoted, and a `state`: what could not be graded is not a zero."""

    def export(self, gradebook: Any) -> None:
        """Write a CSV file to `--to`, or to grades.csv."""
        make_tables(gradebook.engine)
        with Path(self.to or "grades.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            for row in _rows(gradebook, set(map(str, self.assignment)), set(map(str, self.student)), self._handed_in):
                table.writerow({name: harmless(cell) if isinstance(cell, str) else cell for name, cell in row.items()})

    def _handed_in(self, student: str, assignment: str) -> bool:
        """Whether there is a folder of it; True where nothing tells where folders are."""
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is None:
            return True
        return Path(coursedir.format_path(coursedir.submitted_directory, student, assignment)).is_dir()


@dataclass
class _HandIn:
    """The sums of one submission, as nbgrader makes them."""

    at: datetime | None
    score: float = 0.0
    penalty: float = 0.0
    waits: bool = False
    ungraded: bool = False
    blank: bool = True

    @property
    def state(self) -> State:
        if self.ungraded:
            return "could not grade"
        return "memo waits" if self.waits else "blank" if self.blank and not self.score else "graded"


def _rows(
    gradebook: Any, assignments: set[str], students: set[str], there: Callable[[str, str], bool]
) -> Iterator[dict[str, object]]:
    columns = (STUDENT.c.id, STUDENT.c.last_name, STUDENT.c.first_name, STUDENT.c.email)
    with gradebook.engine.connect() as connection:
        people = connection.execute(select(*columns).order_by(STUDENT.c.id)).all()
        for assignment in gradebook.assignments:
            if assignments and assignment.name not in assignments:
                continue
            handed_in = _handed_in(connection, assignment.id)
            for student, last, first, email in people:
                if students and student not in students:
                    continue
                row: dict[str, object] = {
                    "assignment": assignment.name, "duedate": assignment.duedate, "student_id": student,
                    "last_name": last, "first_name": first, "email": email, "max_score": assignment.max_score,
                    "state": "not handed in",
                }  # fmt: skip
                one = handed_in.get(student)  # which an extension alone makes, too, without time or folder
                if one and (one.state != "could not grade" or one.at or there(student, assignment.name)):
                    row |= {"timestamp": one.at, "state": one.state}
                    if one.state in (*WITH_SCORE, "memo waits"):
                        row |= {"raw_score": one.score, "late_submission_penalty": one.penalty}
                        row["score"] = max(0.0, one.score - one.penalty)
                yield row


def _handed_in(connection: Connection, assignment: str) -> Mapping[str, _HandIn]:
    """Learner -> what was handed in for an assignment.

    Asked for by ids and not in one join: SQLite would read all notebooks of the gradebook once for each hand-in.
    """
    asked = select(SUBMISSION.c.id, SUBMISSION.c.student_id, SUBMISSION.c.timestamp)
    rows = connection.execute(asked.where(SUBMISSION.c.assignment_id == assignment)).all()
    found = {id_: _HandIn(at) for id_, _, at in rows}
    notebooks = connection.execute(select(Notebook.id).where(Notebook.assignment_id == assignment)).scalars().all()
    cells = connection.execute(select(BaseCell.id).where(BaseCell.notebook_id.in_(notebooks))).scalars().all()
    kinds = connection.execute(select(GradeCell.id, GradeCell.cell_type).where(GradeCell.id.in_(cells))).all()
    code = {id_ for id_, kind in kinds if kind == "code"}
    columns = (NOTEBOOK.c.id, NOTEBOOK.c.assignment_id, NOTEBOOK.c.late_submission_penalty, GRADED.c.marks)
    kept = select(*columns).outerjoin(GRADED, GRADED.c.notebook_id == NOTEBOOK.c.id)
    whose: dict[str, _HandIn] = {}
    for notebook, submission, penalty, marks in connection.execute(kept.where(NOTEBOOK.c.notebook_id.in_(notebooks))):
        one = whose[notebook] = found[submission]
        one.penalty += penalty or 0.0
        one.blank = one.blank and only_blank(mark[0] for mark in from_text(marks or "{}").values())
    grades = select(*(GRADE.c[name] for name in SCORES)).where(GRADE.c.cell_id.in_(cells))
    for notebook, cell, auto, manual, extra, waits in connection.execute(grades):
        one = whose[notebook]
        given = auto if manual is None else manual
        one.score += 0.0 if given is None else given + (extra or 0.0)
        one.waits |= bool(waits)
        one.ungraded |= auto is None and cell in code
    return {student: found[id_] for id_, student, _ in rows}
