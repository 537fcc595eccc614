"""nbgrader set up for a course: our preprocessors, our export, and the three places where it has no setting."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeReleaseAssignment, ExchangeReleaseFeedback
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
    SaveCells,
)
from sqlalchemy.exc import OperationalError
from traitlets.config import Config, PyFileConfigLoader

from paroleclinic.answers import FILE_NAME
from paroleclinic.course import Course
from paroleclinic.gradebook.exporting import ExportMarks
from paroleclinic.gradebook.formgrade import configure_marking
from paroleclinic.gradebook.handed_in import complete_hand_ins, leave_out_unfit
from paroleclinic.gradebook.preprocessors import GradeAnswers, RestoreNotebook
from paroleclinic.gradebook.room import configure_room

MEMO_STUB = "*Write your memo in the box above. When your work is graded, its text is put here.*"
SETTINGS = "nbgrader_config.py"


def configure(c: Any, root: Path) -> None:
    """Set nbgrader up for the course at `root`. `c` is a traitlets Config."""
    course = Course(root)
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.course_id = "paroleclinic"
    c.CourseDirectory.source_directory = course.shown(course.solutions)
    c.CourseDirectory.release_directory = course.shown(course.exercises)
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
    configure_marking(c)
    configure_room(c, course)
    _adapt_nbgrader()
    _put_alembic_on_the_path()


def settings(root: Path) -> Config:
    """What the course's nbgrader_config.py says; as `configure` would have it, when there is none."""
    if (root / SETTINGS).is_file():
        return PyFileConfigLoader(SETTINGS, path=str(root)).load_config()
    config = Config()
    configure(config, root)
    return config


def course_directory(config: Config, **wanted: str) -> CourseDirectory:
    """nbgrader's idea of the course's folders and database, for an `assignment_id` or `student_id`."""
    return CourseDirectory(config=config, **wanted)


def release(root: Path, unit: str, out: Path) -> None:
    """Let nbgrader derive the unit's exercises from its solutions into `out`, without touching a gradebook."""
    config = Config()
    configure(config, root)
    config.CourseDirectory.release_directory = str(out)
    steps = GenerateAssignment.preprocessors.default_args[0]
    config.GenerateAssignment.preprocessors = [step for step in steps if step is not SaveCells]
    coursedir = course_directory(config, assignment_id=unit)
    GenerateAssignment(coursedir=coursedir, config=config, no_database=True, log=quiet()).start()


class NotTaken(RuntimeError):
    """nbgrader does not take the solution notebooks of a unit."""


def put_into_gradebook(config: Config, unit: str) -> None:
    """What `nbgrader generate_assignment UNIT` tells the gradebook; the exercises themselves are left as they are.

    Raises NotTaken.
    """
    with TemporaryDirectory() as aside:
        config = deepcopy(config)
        config.CourseDirectory.release_directory = aside
        coursedir = course_directory(config, assignment_id=unit)
        try:
            GenerateAssignment(coursedir=coursedir, config=config, force=True, log=silent()).start()
        except NbGraderException as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None  # a lock or a full disk is not the notebooks' fault
            raise NotTaken(unit) from error


def silent() -> logging.Logger:
    """A log for nbgrader's converters whose tracebacks nobody is to see."""
    log = logging.getLogger("paroleclinic.nbgrader.silent")
    log.setLevel(logging.CRITICAL + 1)
    return log


def quiet() -> logging.Logger:
    """A log for nbgrader's converters that lets errors through only."""
    log = logging.getLogger("paroleclinic.nbgrader")
    log.setLevel(logging.ERROR)
    return log


def _adapt_nbgrader() -> None:
    """Four places where nbgrader has no setting.

    generate_assignment would clear an answer file that somebody has in the exercise folder, and release_assignment would
    send it. Autograde passes over hand-ins without notebooks. release_feedback would send nobody's pages when one of the
    learners did not hand in through the exchange.
    """
    _within(
        GenerateAssignment, "init_destination", lambda self, unit, student: _aside(self._format_dest(unit, student))
    )
    _within(ExchangeReleaseAssignment, "copy_files", lambda self: _aside(self.src_path))
    _within(Autograde, "init_notebooks", _completed)
    _within(ExchangeReleaseFeedback, "copy_files", _those_in_the_exchange)


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
    complete_hand_ins(autograde)
    yield
    leave_out_unfit(autograde)


@contextmanager
def _those_in_the_exchange(release: Any) -> Iterator[None]:
    coursedir = release.coursedir
    pages = Path(coursedir.root) / coursedir.feedback_directory
    wanted = ("timestamp.txt", "submission_secret.txt")
    others = sorted(
        folder.parent.name
        for folder in pages.glob(f"*/{coursedir.assignment_id}")
        if not all((folder / name).is_file() for name in wanted)
    )
    if others:
        release.log.warning("Not in the exchange, to be sent another way: %s", ", ".join(others))
    before = coursedir.student_id_exclude
    coursedir.student_id_exclude = ",".join(filter(None, [before, *others]))
    try:
        yield
    finally:
        coursedir.student_id_exclude = before


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
