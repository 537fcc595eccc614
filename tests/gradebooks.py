"""Gradebooks filled by our commands and compared: every table and column, with the made-up ids replaced by what they stand for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sqlalchemy import MetaData, create_engine

ORDER = (
    "course", "student", "assignment", "notebook", "base_cell", "source_cell", "submitted_assignment", "submitted_notebook",
    "grade", "comment",
)  # fmt: skip
NAMES = {
    "assignment": ("name",), "notebook": ("assignment_id", "name"), "base_cell": ("notebook_id", "name", "type"), "source_cell": ("notebook_id", "name"),
    "submitted_assignment": ("assignment_id", "student_id"), "submitted_notebook": ("assignment_id", "notebook_id"),
    "grade": ("notebook_id", "cell_id"), "comment": ("notebook_id", "cell_id"),
}  # fmt: skip
OF_THE_CLOCK = {("paroleclinic_scored_by_hand", "at")}  # when the test itself set a score


def rows(url: str) -> dict[str, list[str]]:
    """Table -> its rows as text, in an order of their own; ids are replaced by the names they stand for."""
    engine = create_engine(url)
    meta = MetaData()
    meta.reflect(engine)
    stands_for: dict[object, str] = {}
    found: dict[str, list[str]] = {}
    tables = [*ORDER, *sorted(set(meta.tables) - set(ORDER))]
    with engine.connect() as connection:
        for name in tables:
            table = meta.tables[name]
            lines = []
            for row in connection.execute(table.select()).mappings():
                if name in NAMES:
                    stands_for[row["id"]] = "/".join(stands_for.get(row[c], str(row[c])) for c in NAMES[name])
                told = {c: v for c, v in row.items() if (name, c) not in OF_THE_CLOCK}
                said = {c: stands_for.get(v, v) if isinstance(v, str) else v for c, v in told.items()}
                lines.append(json.dumps(said, sort_keys=True, default=str))
            found[name] = sorted(lines)
    engine.dispose()
    return found


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Path inside the folder -> bytes and permissions, for every file."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o777)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def paroleclinic(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """A command of ours, run as a person runs it in the course's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "paroleclinic.cli", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done
