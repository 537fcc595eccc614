"""Hand-ins as they came, in a folder of the instructor's own: known by the answers in them, whatever name they bear."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from paroleclinic.collecting import Found, read
from paroleclinic.course import Course
from paroleclinic.filing import COLLECTED

ANSWERS = ".jsonl"


def marks(root: Path, learner: str) -> frozenset[str]:
    """The marks of every version that was collected of a learner."""
    return frozenset(version.name.rpartition("-")[2] for version in (root / COLLECTED / learner).glob("*/*-*"))


def holds(path: Path, course: Course, wanted: Collection[str]) -> bool:
    """Whether a file is, or a zip holds, a hand-in with one of these marks."""
    try:
        if not wanted or not (path.suffix == ANSWERS or zipfile.is_zipfile(path)):
            return False
    except (OSError, zipfile.BadZipFile):
        return False
    units = {case: unit.id for unit in course.outline.units for case in unit.cases}
    return any(isinstance(one, Found) and one.mark in wanted for one in read(path, units, datetime.now(UTC)))
