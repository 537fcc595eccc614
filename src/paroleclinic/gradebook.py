"""Everything that knows nbgrader: its configuration, and grading that runs nothing a learner sent.

`configure` puts `RestoreNotebook` first and `GradeAnswers` in place of nbgrader's `Execute`: the notebook handed in is
replaced by the released one, and the answer file beside it is graded as data. No kernel starts.
"""

from __future__ import annotations

import csv
import glob
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.exchange.default import ExchangeReleaseAssignment
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
    SaveCells,
)

from paroleclinic.answers import FILE_NAME, Answered, NotReadable, read_answers
from paroleclinic.course import Course
from paroleclinic.drawing import style
from paroleclinic.drawing.marks import case_marks, rubric
from paroleclinic.grading import CaseMark, grade_case
from paroleclinic.questions import Memo

MEMO_STUB = "*Write your memo in the box above. When your work is graded, its text is put here.*"
GRADED = "# The answers were read from answers.jsonl and graded without running anything."
COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score", "state",
)  # fmt: skip
log = logging.getLogger("nbgrader")


class CouldNotGrade(NbGraderException):
    """A hand-in that cannot be graded. It has no score then, which is not a score of zero."""


def configure(c: Any, root: Path) -> None:
    """Set nbgrader up for the course at `root`. `c` is a traitlets Config."""
    course = Course(root)
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.course_id = "paroleclinic"
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "exercises"
    c.ClearSolutions.text_stub = MEMO_STUB
    c.Autograde.sanitize_preprocessors = [
        RestoreNotebook, ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata,
    ]  # fmt: skip
    c.Autograde.autograde_preprocessors = [
        GradeAnswers,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    c.Autograde.exclude_overwriting = {unit.id: [FILE_NAME] for unit in course.outline.units}
    c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".jsonl"]
    c.ExportApp.plugin_class = ExportMarks
    _adapt_nbgrader()
    _put_alembic_on_the_path()


@cache
def _course(root: Path) -> Course:
    return Course.around(root)


def complete_hand_in(course: Course, folder: Path) -> None:
    """Put the released notebook where one is missing, renamed or unreadable in a hand-in that holds an answer file.

    The answers are in the answer file, so nothing is lost. An unreadable notebook is kept beside it.
    """
    if not (folder / FILE_NAME).exists() or folder.name not in {unit.id for unit in course.outline.units}:
        return
    for case in course.unit(folder.name).cases:
        path = folder / f"{case}.ipynb"
        released = course.root / "exercises" / folder.name / path.name
        if not released.is_file() or (path.is_file() and _is_notebook(path)):
            continue
        if path.exists():
            path.rename(path.with_suffix(".ipynb.unreadable"))
            log.warning("%s could not be read as a notebook; it was set aside and its answers are graded", path)
        else:
            log.warning("%s was not handed in under that name; its answers are graded all the same", path)
        shutil.copyfile(released, path)


def _complete_hand_ins(autograde: Any) -> None:
    """Before nbgrader looks for notebooks. Keys are read again, since formgrader's server runs for days."""
    _course.cache_clear()
    course = _course(Path(autograde.coursedir.root))
    wanted = autograde._format_source(autograde.coursedir.assignment_id, autograde.coursedir.student_id)
    for folder in sorted(glob.glob(wanted)):  # noqa: PTH207 - nbgrader makes a whole path with stars in it
        complete_hand_in(course, Path(folder))


def _is_notebook(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict) and bool(nbformat.read(path, as_version=4).cells)
    except Exception:  # a damaged notebook fails in as many ways as nbformat has
        return False


class RestoreNotebook(NbGraderPreprocessor):
    """Puts the released notebook in the place of the one handed in: its cells, as edited, do not matter."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The released notebook, where there is one."""
        about = resources["nbgrader"]
        released = _course(Path.cwd()).root / "exercises" / about["assignment"] / f"{about['notebook']}.ipynb"
        if released.is_file():
            nb = nbformat.read(released, as_version=4)
        return nb, resources


class GradeAnswers(NbGraderPreprocessor):
    """Grades the answer file beside the notebook and writes score, explanation and memo into the cells."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook with marks in it. Raises CouldNotGrade, leaving the submission without a score."""
        about = resources["nbgrader"]
        course = _course(Path.cwd())
        scenario = course.scenario(about["notebook"])
        try:
            answered = read_answers(Path(resources["metadata"]["path"]) / FILE_NAME)
        except NotReadable as error:
            self._forget_score(about)
            where = f"{about['student']}, {about['assignment']}/{about['notebook']}"
            self.log.error("Could not grade %s: %s.", where, error)
            raise CouldNotGrade(f"{where}: {error}") from None
        mark = grade_case(scenario, answered.of(scenario.id))
        for cell in nb.cells:
            if not utils.is_grade(cell):
                continue
            if utils.is_solution(cell):
                _write_memo(cell, mark)
            else:
                points = float(cell.metadata.nbgrader["points"])
                cell.source = GRADED
                cell.outputs = [_result(min(mark.earned, points), _explained(mark, answered, course))]
        return nb, resources

    def _forget_score(self, about: Any) -> None:
        with Gradebook(about["db_url"]) as gradebook:
            try:
                found = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            except MissingEntry:
                return
            for grade in found.grades:
                grade.auto_score = None
            gradebook.db.commit()


def _result(earned: float, html: str) -> Any:
    return nbformat.v4.new_output(
        "execute_result", data={"text/plain": repr(float(earned)), "text/html": html}, execution_count=1
    )


def _explained(mark: CaseMark, answered: Answered, course: Course) -> str:
    known = {question.id for question in mark.case.questions}
    odd = [
        f"an answer to {name!r}, which this case does not ask"
        for name in answered.of(mark.case.id)
        if name not in known
    ]
    lines = "".join(f"<li>{escape(line)}</li>" for line in [*answered.problems, *odd][:20])
    passed = f"<details><summary>Passed over in the answer file</summary><ul>{lines}</ul></details>" if lines else ""
    helped = (
        "<p>The key was looked at before this was handed in.</p>" if answered.happened(mark.case.id, "shown") else ""
    )
    return f'<style>{style()}</style><div class="pc">{case_marks(mark, course.law)}{helped}{passed}</div>'


def _write_memo(cell: Any, mark: CaseMark) -> None:
    """The learner's text as inert HTML on one line, with the rubric under it; a blank memo stays the stub."""
    memo = next((m for m in mark.marks if isinstance(m.question, Memo)), None)
    if memo is None or memo.verdict == "blank" or mark.case.memo is None:
        return
    text = memo.answer or memo.notes[0].because
    html = f"""<div class="pc mathjax_ignore tex2jax_ignore"><h3>The memo</h3><div class="pc-memo">{escape(text)}</div>
<details open><summary>How it is marked</summary>{rubric(mark.case.memo)}</details></div>"""
    cell.source = _one_line(html)


def _one_line(html: str) -> str:
    """HTML without line breaks, since Markdown ends an HTML block at the first blank line."""
    parts = html.split('<div class="pc-memo">')
    kept = [parts[0].replace("\n", " ")]
    for part in parts[1:]:
        text, rest = part.split("</div>", 1)
        kept.append(
            text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "<br>") + "</div>" + rest.replace("\n", " ")
        )
    return '<div class="pc-memo">'.join(kept)


class ExportMarks(ExportPlugin):
    """nbgrader's columns, quoted, and a `state`: what could not be graded is not a zero."""

    def export(self, gradebook: Any) -> None:
        """Write a CSV file to `--to`, or to grades.csv."""
        with Path(self.to or "grades.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(_rows(gradebook, set(map(str, self.assignment)), set(map(str, self.student))))


def _rows(gradebook: Any, assignments: set[str], students: set[str]) -> Iterator[dict[str, object]]:
    for assignment in gradebook.assignments:
        for student in gradebook.students:
            if (assignments and assignment.name not in assignments) or (students and student.id not in students):
                continue
            row: dict[str, object] = {
                "assignment": assignment.name, "duedate": assignment.duedate, "student_id": student.id,
                "last_name": student.last_name, "first_name": student.first_name, "email": student.email,
                "max_score": assignment.max_score, "state": "not handed in",
            }  # fmt: skip
            try:
                submission = gradebook.find_submission(assignment.name, student.id)
            except MissingEntry:
                yield row
                continue
            state = submission_state(submission)
            row |= {"timestamp": submission.timestamp, "state": state}
            if state != "could not grade":
                penalty = submission.late_submission_penalty
                score = max(0.0, submission.score - penalty)
                row |= {"raw_score": submission.score, "late_submission_penalty": penalty, "score": score}
            yield row


def submission_state(submission: Any) -> str:
    """ "graded", "memo waits", or "could not grade" for one nbgrader submission."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    if any(grade.auto_score is None and grade.cell.cell_type == "code" for grade in grades):
        return "could not grade"
    return "memo waits" if any(grade.needs_manual_grade for grade in grades) else "graded"


def release(root: Path, unit: str, out: Path) -> None:
    """Let nbgrader derive the unit's exercises from its solutions into `out`, without touching a gradebook."""
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    config = Config()
    configure(config, root)
    config.CourseDirectory.release_directory = str(out)
    coursedir = CourseDirectory(config=config, assignment_id=unit)
    steps = GenerateAssignment.preprocessors.default_args[0]
    config.GenerateAssignment.preprocessors = [step for step in steps if step is not SaveCells]
    quiet = logging.getLogger("paroleclinic.release")
    quiet.setLevel(logging.ERROR)
    GenerateAssignment(coursedir=coursedir, config=config, no_database=True, log=quiet).start()


def _adapt_nbgrader() -> None:
    """Three places where nbgrader has no setting: own answers in the exercise folder, and hand-ins without notebooks.

    generate_assignment would clear an answer file that somebody has there, and release_assignment would send it.
    """
    _within(
        GenerateAssignment, "init_destination", lambda self, unit, student: _aside(self._format_dest(unit, student))
    )
    _within(ExchangeReleaseAssignment, "copy_files", lambda self: _aside(self.src_path))
    _within(Autograde, "init_notebooks", _completed)


def _within(owner: Any, name: str, around: Callable[..., AbstractContextManager[None]]) -> None:
    original = getattr(owner, name)
    if getattr(original, "adapted", False):
        return

    def wrapped(self: Any, *args: Any) -> Any:
        with around(self, *args):
            return original(self, *args)

    wrapped.adapted = True  # type: ignore[attr-defined]
    setattr(owner, name, wrapped)


def _aside(folder: str) -> AbstractContextManager[None]:
    return _set_aside(Path(folder) / FILE_NAME)


@contextmanager
def _completed(autograde: Any) -> Iterator[None]:
    _complete_hand_ins(autograde)
    yield


def _put_alembic_on_the_path() -> None:
    """nbgrader calls `alembic` by name when it makes a gradebook, and leaves half of one when it is not found."""
    here = str(Path(sys.executable).parent)
    if here not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", "")])


@contextmanager
def _set_aside(path: Path) -> Iterator[None]:
    if not path.is_file():
        yield
        return
    aside = path.parent.with_name(f".{path.parent.name}-{path.name}")
    path.replace(aside)
    try:
        yield
    finally:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(path)
