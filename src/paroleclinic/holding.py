"""One command at a time writes in a course, and none while a restore waits for its end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".grading.lock"
HOLDER = ".grading.by"  # the command that has the lock
RESTORING = ".restoring"  # a restore that is under way
PLAN = "plan.json"  # in it
CUT_OFF = "a restore was cut off before its end; `paroleclinic restore --go-on` ends it, `--undo` takes it back"


class Stopped(RuntimeError):
    """A run cannot go on, through nobody's hand-in; the message says why. What was saved before stays."""


@contextmanager
def alone(root: Path, command: str, *, restoring: bool = False) -> Iterator[None]:
    """Hold the course for a `command`, such as "grade"; unless it ends a restore, it has to wait for one that was cut off.

    Raises Stopped, which says what holds the course.
    """
    lock = FileLock(root / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Stopped(f"{holder(root)}; wait for its end") from None
    except OSError as error:
        raise Stopped(f"nothing can be written in {root} ({error.strerror or error})") from None
    try:
        _note(root, command)
        if not restoring and half_restored(root):
            raise Stopped(CUT_OFF)
        yield
    finally:
        try:
            with suppress(OSError):
                (root / HOLDER).unlink()
        finally:
            lock.release()


def half_restored(root: Path) -> bool:
    """Whether a restore is not at its end, so that gradebook and folders may be of different days."""
    return (root / RESTORING / PLAN).exists()


def holder(root: Path) -> str:
    """Which command holds a course that is held, since when, in which process; as far as it has said so."""
    try:
        found = json.loads((root / HOLDER).read_text(encoding="utf-8"))
        since = datetime.fromtimestamp(float(found["since"]), UTC)
        what = f"`paroleclinic {found['command']}` is at work in this course since {since:%Y-%m-%d %H:%M} UTC"
        return f"{what} (process {int(found['process'])})"
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return "another command is at work in this course"


def _note(root: Path, command: str) -> None:
    about = {"command": command, "process": os.getpid(), "since": datetime.now(UTC).timestamp()}
    with suppress(OSError):  # a full disk keeps nobody from a purge
        (root / HOLDER).write_text(json.dumps(about), encoding="utf-8")
