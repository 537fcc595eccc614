"""When a score was set by a person, which nbgrader does not note: a line each time, in the transaction that sets it.

Who set it is not noted: nbgrader's server knows only the account it runs under.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Grade
from sqlalchemy import Connection, event, insert
from sqlalchemy import inspect as state_of

from paroleclinic.gradebook.ledger import SCORED_BY_HAND


def note_scores_by_hand() -> None:
    """From now on this process notes every change of a manual score, in formgrader or wherever nbgrader's classes are used."""
    if not event.contains(Grade, "before_update", _note):
        event.listen(Grade, "before_update", _note)


def _note(_mapper: Any, connection: Connection, grade: Any) -> None:
    if state_of(grade).attrs.manual_score.history.has_changes():
        SCORED_BY_HAND.create(connection, checkfirst=True)
        at = datetime.now(UTC).replace(tzinfo=None)
        connection.execute(insert(SCORED_BY_HAND).values(grade_id=grade.id, at=at, score=_number(grade.manual_score)))


def _number(score: Any) -> float | None:
    """Formgrader's page sends what stands in its field, which may be text."""
    try:
        return None if score is None else float(score)
    except (TypeError, ValueError):
        return None
