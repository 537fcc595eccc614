"""What takes the place of nbgrader's Execute: the released notebook, filled from the answer file. No kernel starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from paroleclinic.answers import FILE_NAME, NotReadable, answer_bytes, answers_in
from paroleclinic.fingerprint import hand_in_print
from paroleclinic.gradebook.handed_in import course_at
from paroleclinic.gradebook.ledger import keep
from paroleclinic.grading import grade_case
from paroleclinic.marking import GRADED, closed_questions, explained, key_print, memo_cell, points, question_marks


class CouldNotGrade(NbGraderException):
    """A hand-in that cannot be graded. It has no score then, which is not a score of zero."""


class RestoreNotebook(NbGraderPreprocessor):
    """Puts the released notebook in the place of the one handed in: its cells, as edited, do not matter."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The released notebook, where there is one."""
        about = resources["nbgrader"]
        released = course_at(Path.cwd()).exercises / about["assignment"] / f"{about['notebook']}.ipynb"
        if released.is_file():
            nb = nbformat.read(released, as_version=4)
        return nb, resources


class GradeAnswers(NbGraderPreprocessor):
    """Grades the answer file beside the notebook and writes score, explanation and memo into the cells."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook with marks in it. Raises CouldNotGrade, leaving the submission without a score."""
        about = resources["nbgrader"]
        course = course_at(Path.cwd())
        scenario = course.scenario(about["notebook"])
        folder = Path(resources["metadata"]["path"])
        try:
            answered = answers_in(answer_bytes(folder / FILE_NAME))
        except NotReadable as error:
            self._forget_scores(about)
            where = f"{about['student']}, {about['assignment']}"
            self.log.error("Could not grade %s: %s.", where, error)
            raise CouldNotGrade(f"{where}: {error}") from None
        mark = grade_case(scenario, answered.of(scenario.id))
        unit = course.unit(about["assignment"])
        closed = frozenset(name.partition("/")[2] for name in closed_questions(unit, [scenario]))
        filled_in(nb, points(mark), explained(mark, answered, course.law, closed), memo_cell(mark, closed))
        with Gradebook(about["db_url"]) as gradebook:
            found = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            keep(
                gradebook.engine,
                {found.id: (hand_in_print(folder), key_print(scenario), question_marks(mark))},
            )
        return nb, resources

    def _forget_scores(self, about: Any) -> None:
        with Gradebook(about["db_url"]) as gradebook:
            try:
                submission = gradebook.find_submission(about["assignment"], about["student"])
            except MissingEntry:
                return
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.auto_score = None
            gradebook.db.commit()
            keep(gradebook.engine, dict.fromkeys([notebook.id for notebook in submission.notebooks]))


def filled_in(nb: Any, points: str, marks: str, memo: str | None) -> None:
    """Put points, marks and memo into the cells that nbgrader grades; without a memo its cell stays as released."""
    for cell in nb.cells:
        if not utils.is_grade(cell):
            continue
        if utils.is_solution(cell):
            cell.source = cell.source if memo is None else memo
        else:
            cell.source = GRADED
            result = {"text/plain": points, "text/html": marks}
            cell.outputs = [nbformat.v4.new_output("execute_result", data=result, execution_count=1)]
