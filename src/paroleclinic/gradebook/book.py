"""The gradebook, opened once for a run: who is in it, what is graded, and saving many hand-ins at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from nbgrader.api import Assignment, Gradebook, GradeCell, InvalidEntry, Notebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Connection, Engine, make_url, select
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, StatementError
from traitlets.config import Config

from paroleclinic.gradebook.ledger import GRADED, make_tables
from paroleclinic.gradebook.rows import Correction, Graded, Rows
from paroleclinic.gradebook.setup import course_directory, settings
from paroleclinic.gradebook.tables import NOTEBOOK, SUBMISSION
from paroleclinic.holding import CUT_OFF, half_restored

T = TypeVar("T")
OF_A_HAND_IN = (DataError, IntegrityError)  # all else, such as a lock or a full disk, is no hand-in's fault
PATIENCE = 60  # seconds to wait for a gradebook that another program is writing to


class Busy(RuntimeError):
    """The gradebook cannot be written now; the message says why. What was saved before stays."""


class Book:
    """The gradebook of the course at `root`, one engine for the whole run. `close` it, or use it in a `with`.

    Raises Busy.
    """

    def __init__(self, root: Path) -> None:
        if half_restored(root):
            raise Busy(CUT_OFF)
        self.config: Config = settings(root)
        logging.getLogger("tornado.application").setLevel(logging.CRITICAL)  # nbgrader logs what Busy says
        coursedir = course_directory(self.config)
        self.url: str = coursedir.db_url
        _begin(coursedir)
        self._api = patiently(lambda: Gradebook(coursedir.db_url, coursedir.course_id))
        self.engine: Engine = self._api.engine
        patiently(lambda: make_tables(self.engine))

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._api.close()

    def cells(self, unit: str) -> dict[str, dict[str, float]]:
        """Case -> graded cell -> its points, as the gradebook has them."""
        asked = (
            select(Notebook.name, GradeCell.name, GradeCell.max_score)
            .join(GradeCell, GradeCell.notebook_id == Notebook.id)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
            .where(Assignment.name == unit)
        )
        found: dict[str, dict[str, float]] = {}
        for case, cell, points in self.read(lambda db: db.execute(asked).all()):
            found.setdefault(case, {})[cell] = points
        return found

    def has_hand_ins(self, unit: str) -> bool:
        """Whether anybody's hand-in of the unit is in the gradebook."""
        asked = select(SUBMISSION.c.id).join(Assignment, Assignment.id == SUBMISSION.c.assignment_id)
        asked = asked.where(Assignment.name == unit).limit(1)
        return bool(self.read(lambda db: db.execute(asked).all()))

    def graded(self, unit: str) -> dict[str, dict[str, tuple[str, str]]]:
        """Learner -> case -> (fingerprint of the hand-in, of the key), of everything graded so far."""
        asked = (
            select(SUBMISSION.c.student_id, Notebook.name, GRADED.c.hand_in, GRADED.c.key)
            .join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
            .join(Notebook, Notebook.id == NOTEBOOK.c.notebook_id)
            .join(Assignment, Assignment.id == SUBMISSION.c.assignment_id)
            .join(GRADED, GRADED.c.notebook_id == NOTEBOOK.c.id)
            .where(Assignment.name == unit)
        )
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for learner, case, hand_in, key in self.read(lambda db: db.execute(asked).all()):
            found.setdefault(learner, {})[case] = (hand_in, key)
        return found

    def read(self, ask: Callable[[Connection], T]) -> T:
        """What `ask` finds. Raises Busy."""

        def work() -> T:
            with self.engine.connect() as connection:
                return ask(connection)

        return patiently(work)

    def change(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, done in one transaction. Raises Busy."""

        def once() -> T:
            with self.engine.begin() as connection:
                return work(connection)

        return patiently(once)

    def save(
        self, unit: str, batch: Sequence[Graded], keys: Mapping[str, str], correction: Correction | None = None
    ) -> bool:
        """Write a batch in one transaction; `keys` are the fingerprints of the cases' keys.

        What a `correction` changes is noted in the history. False when the database does not take something that stands
        in a hand-in; nothing of the batch is written then. Raises Busy.
        """

        try:
            self.change(
                lambda connection: Rows(connection, self.config, unit, batch, keys, correction).write(),
            )
        except UnicodeError:
            return False
        except StatementError as error:
            if not isinstance(error.orig, (UnicodeError, OverflowError)) and not isinstance(error, OF_A_HAND_IN):
                raise
            return False
        return True


def _begin(coursedir: CourseDirectory) -> None:
    """Make a gradebook file where there is none, whole or not at all: nbgrader never mends one that is half made."""
    url = make_url(coursedir.db_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return
    path = Path(url.database)
    if path.exists() and path.stat().st_size:
        return
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    patiently(lambda: Gradebook(f"sqlite:///{part}", coursedir.course_id).close())
    part.replace(path)


def patiently(work: Callable[[], T]) -> T:
    """What `work` returns, tried again for PATIENCE seconds while another program holds the gradebook. Raises Busy."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except (DatabaseError, InvalidEntry) as error:
            cause = error.__context__ if isinstance(error, InvalidEntry) else error  # nbgrader puts its own around it
            if not isinstance(cause, DatabaseError) or isinstance(cause, OF_A_HAND_IN):
                raise
            says = str(getattr(cause, "orig", cause)).strip()
            if "locked" not in says or time.monotonic() > until:
                raise Busy(_why(says)) from None
            time.sleep(0.5)


def _why(says: str) -> str:
    says = says.splitlines()[0] if says else "no reason given"
    if "locked" in says:
        return (
            "another program keeps the gradebook locked (is formgrader or a backup at work?); run again when it is done"
        )
    return f"the gradebook could not be written ({says}); what was saved before stays"
