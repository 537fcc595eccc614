"""When a score was set by a person, and by whom, which nbgrader does not note: a line each time, in the transaction that sets it.

nbgrader's handlers do not tell who it was: it is the account that formgrader runs under, on a hub the person who signed in.
"""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Grade
from sqlalchemy import Connection, event, insert
from sqlalchemy import inspect as state_of

from paroleclinic.gradebook.ledger import SCORED_BY_HAND, make_scored_by_hand

LONGEST = 128  # characters of a name, in its column


def note_scores_by_hand() -> None:
    """From now on this process notes every change of a manual score, in formgrader or wherever nbgrader's classes are used."""
    if not event.contains(Grade, "before_update", _note):
        event.listen(Grade, "before_update", _note)


def _note(_mapper: Any, connection: Connection, grade: Any) -> None:
    if state_of(grade).attrs.manual_score.history.has_changes():
        make_scored_by_hand(connection)
        at = datetime.now(UTC).replace(tzinfo=None)
        told = {"grade_id": grade.id, "at": at, "score": _number(grade.manual_score), "marker": account()}
        connection.execute(insert(SCORED_BY_HAND).values(told))


def account() -> str | None:
    """The user of JupyterHub, or else of this computer, in whose name this process runs; None when it has none."""
    try:
        return (os.environ.get("JUPYTERHUB_USER") or getpass.getuser())[:LONGEST]
    except (OSError, KeyError):  # as Python 3.13 and earlier ones say that there is no such user
        return None


def _number(score: Any) -> float | None:
    """Formgrader's page sends what stands in its field, which may be text."""
    try:
        return None if score is None else float(score)
    except (TypeError, ValueError):
        return None
