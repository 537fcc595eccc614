"""Where a notebook runs: its course, its learner's diary, and the moment."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from paroleclinic.course import Course
from paroleclinic.lines import NotSaved
from paroleclinic.progress import FILE_NAME, Diary

HERE = Path(__file__).parent


def here() -> Course:
    """The course around the notebook that is running; each file is read once while its kernel lives."""
    return _course(Course.around(Path.cwd()).root)


def diary() -> Diary:
    """What the learner has done in this course, kept in progress.jsonl beside course.yaml."""
    return _diary(here().root)


def noted(did: str, **more: object) -> str:
    """Write one thing done into the diary; returns why it could not be kept, or nothing."""
    try:
        diary().note(did, **more)
    except NotSaved as error:
        return f"Your progress is not being kept: {error}. Copy the whole course to a folder of your own."
    return ""


def in_a_room() -> bool:
    """Whether this runs on a hub, and not on the learner's own computer."""
    return "JUPYTERHUB_USER" in os.environ


def now() -> datetime:
    """The moment, aware."""
    return datetime.now(UTC)


def today() -> date:
    """The day on the learner's wall."""
    return datetime.now().date()


def script(*names: str) -> str:
    """The text of the page's scripts, joined into one module."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


@cache
def _course(root: Path) -> Course:
    return Course(root)


@cache
def _diary(root: Path) -> Diary:
    return Diary(root / FILE_NAME)
