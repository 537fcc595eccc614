"""Hand-ins made fit for nbgrader: it wants every notebook in its place, readable, and no links."""

from __future__ import annotations

import glob
import json
import logging
import os
import re
import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import parse_utc

from paroleclinic.course import Course
from paroleclinic.fingerprint import BAD_TIMESTAMP, TIMESTAMP
from paroleclinic.holding import CUT_OFF, half_restored

LONGEST_TIME = 1000  # bytes
PATH = re.compile(r"\.\.|(^|\s):?/")  # dateutil would open a zone that is a path
LONGEST_ID = 128  # characters, of nbgrader's column
PATTERN = frozenset("*?[]")  # nbgrader looks for a learner's files by a pattern
MARKUP = frozenset('<>"\\')  # formgrader puts a learner's id into its pages as it is
log = logging.getLogger("nbgrader")


@cache
def course_at(root: Path) -> Course:
    """The course around `root`, read once; `complete_hand_ins` reads it anew."""
    return Course.around(root)


def complete_hand_ins(autograde: Any) -> None:
    """Before nbgrader looks for notebooks. Keys are read again, since formgrader's server runs for days.

    Raises NbGraderException while a restore waits for its end.
    """
    course_at.cache_clear()
    course = course_at(Path(autograde.coursedir.root))
    if half_restored(course.root):
        log.error("Nothing was graded: %s.", CUT_OFF)
        raise NbGraderException(CUT_OFF)
    wanted = autograde._format_source(autograde.coursedir.assignment_id, autograde.coursedir.student_id)
    for folder in sorted(glob.glob(wanted)):  # noqa: PTH207 - nbgrader makes a whole path with stars in it
        try:
            complete_hand_in(course, Path(folder))
        except OSError as error:
            log.error("%s could not be looked through: %s", folder, error.strerror or error)


def leave_out_unfit(autograde: Any) -> None:
    """After nbgrader looked for notebooks: what would stop it for everybody, or is somebody else's work, is named and left out."""
    for folder in sorted(autograde.assignments):
        if why := unfit(Path(folder)):
            del autograde.assignments[folder]
            log.error("Could not grade %s: %s.", ascii(Path(folder).parent.name)[1:-1], why)


def unfit(folder: Path) -> str:
    """Why a hand-in cannot be graded, whatever is in its folder; nothing when it can."""
    if not is_id(folder.parent.name):
        return "the folder's name is not an id; give it a short name in plain letters"
    if folder.is_symlink() or folder.parent.is_symlink():
        return "the folder is a link; put what was handed in there itself"
    return ""


def is_id(learner: str) -> bool:
    """Whether a folder's name can stand for a person in the gradebook, on a screen and for nbgrader's own commands."""
    plain = learner.isprintable() and learner == learner.strip() and not (PATTERN | MARKUP) & {*learner}
    return plain and len(learner) <= LONGEST_ID


def complete_hand_in(course: Course, folder: Path) -> None:
    """Put the released notebook where one is missing, renamed or unreadable; the answers are in the answer file.

    An unreadable notebook or timestamp is kept beside it. Links, pipes and devices are taken out: nbgrader would follow
    them or wait for them.
    """
    if folder.name not in {unit.id for unit in course.outline.units} or unfit(folder) or not folder.is_dir():
        return
    _take_out_links(folder)
    stamp = folder / TIMESTAMP
    try:
        time_of(folder)
    except ValueError:
        _set_aside(stamp, BAD_TIMESTAMP)
        log.warning("%s is no time; it was set aside", stamp)
    for case in course.unit(folder.name).cases:
        path = folder / f"{case}.ipynb"
        released = course.exercises / folder.name / path.name
        if not released.is_file() or (path.is_file() and _is_notebook(path)):
            continue
        if path.exists():
            _set_aside(path, f"{path.name}.unreadable")
            log.warning("%s could not be read as a notebook; it was set aside and its answers are graded", path)
        else:
            log.warning("%s was not handed in under that name; its answers are graded all the same", path)
        shutil.copyfile(released, path)


def _take_out_links(folder: Path) -> None:
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_symlink() or not entry.is_file():
                    Path(entry.path).unlink()
                    log.warning("%s is a link or no file; it was taken out", entry.path)


def _set_aside(path: Path, name: str) -> None:
    """Rename a file; what has that name already is kept under a free one."""
    target = path.with_name(name)
    free, number = target, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{name}-{number}")
    if free != target:
        target.rename(free)
    path.rename(target)


def time_of(folder: Path) -> datetime | None:
    """When a hand-in was made (UTC, without zone), as nbgrader reads it; None when nobody says. Raises ValueError."""
    path = folder / TIMESTAMP
    try:
        if path.is_symlink() or not path.is_file():
            if path.is_dir() and not path.is_symlink():
                raise ValueError
            return None
        if path.stat().st_size > LONGEST_TIME:
            raise ValueError
        text = path.read_text(encoding="utf-8").strip()
        if PATH.search(text):
            raise ValueError
        at: datetime | None = parse_utc(text) if text else None
    except Exception as error:  # dateutil fails in many ways
        raise ValueError(f"{TIMESTAMP} is no time") from error
    return at


def _is_notebook(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict) and bool(nbformat.read(path, as_version=4).cells)
    except Exception:  # a damaged notebook fails in as many ways as nbformat has
        return False
