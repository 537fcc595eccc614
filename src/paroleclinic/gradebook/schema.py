"""nbgrader's tables as it declares them, the stamp that says which version of them a gradebook has, and its exchange."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from alembic.config import Config as AlembicConfig
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from nbgrader.api import Base
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.exchange.default.exchange import Exchange
from nbgrader.utils import notebook_hash
from sqlalchemy import MetaData, create_engine
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from paroleclinic.gradebook.ledger import TABLES

SECRET = "submission_secret.txt"


class NotUpgraded(RuntimeError):
    """nbgrader could not bring an old gradebook up to date; the message says why."""


def declared() -> list[MetaData]:
    """The tables of a gradebook as nbgrader and we declare them."""
    return [Base.metadata, TABLES]


def stamps() -> tuple[str, ...]:
    """Every stamp that a gradebook can bear, today's first."""
    return tuple(one.revision for one in ScriptDirectory(ALEMBIC_DIR).walk_revisions())


def upgrade(file: Path) -> None:
    """Bring a gradebook file of an earlier nbgrader up to today's stamp, as `nbgrader db upgrade` does. Raises NotUpgraded."""
    script = ScriptDirectory(ALEMBIC_DIR)
    engine = create_engine(f"sqlite:///{file}")

    def steps(stamp: Any, _: object) -> Any:
        return script._upgrade_revs("head", stamp)

    try:
        with engine.begin() as db, EnvironmentContext(AlembicConfig(), script, fn=steps) as work:
            work.configure(connection=db, target_metadata=Base.metadata)
            work.run_migrations()
    except (SQLAlchemyError, CommandError) as error:
        raise NotUpgraded(str(error).splitlines()[0]) from error
    finally:
        engine.dispose()


def exchanged(
    config: Config, learner: str, units: Mapping[str, Iterable[str]], secrets: Iterable[str], *also: Path
) -> Iterator[Path]:
    """What nbgrader's exchange, and those in `also`, hold of a learner: hand-ins, and pages released for secrets of hand-ins.

    `units` are the course's units with their cases.
    """
    begins = tuple(f"{learner}+{unit}+" for unit in units)
    pages = [
        f"{notebook_hash(secret=secret, notebook_id=case)}.html"
        for secret in secrets
        for cases in units.values()
        for case in cases
    ]
    for root in (Path(Exchange(config=config).root), *also):
        place = root / config.CourseDirectory.get("course_id", "")
        if (place / "inbound").is_dir():
            yield from (path for path in sorted((place / "inbound").iterdir()) if path.name.startswith(begins))
        yield from (place / "feedback" / page for page in pages if (place / "feedback" / page).is_file())
