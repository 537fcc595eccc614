"""Grading a unit for everybody who handed it in: read, mark, write down, put the graded notebooks in place.

Scores are saved before notebooks move in; both carry the hand-in's fingerprint, so that a run that was cut off at any
point is taken up again where the two do not agree.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from paroleclinic.answers import FILE_NAME, NotReadable, NotReadableNow, answer_bytes
from paroleclinic.cohort.places import (
    AUTOGRADED,
    SUBMITTED,
    clear_leftovers,
    handed_in,
    move_in,
    other_files,
    put_aside,
    remove,
)
from paroleclinic.cohort.plans import Ready
from paroleclinic.cohort.workers import Chunk, Workers
from paroleclinic.fingerprint import BAD_TIMESTAMP, TIMESTAMP, hand_in_print
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.handed_in import is_id, time_of, unfit
from paroleclinic.gradebook.rows import Correction, Graded
from paroleclinic.holding import Stopped
from paroleclinic.marking import Marked

BATCH = 50  # hand-ins marked by one worker and saved in one transaction
BATCH_BYTES = 50_000_000  # of answers, at which a batch ends sooner
FATAL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # no hand-in's fault
STAYS = "; what was graded before stays"
State = Literal["graded", "unchanged", "could not grade"]


@dataclass(frozen=True)
class Outcome:
    """What became of one hand-in. `passed_over` counts lines of its answer file that are no answers.

    `real` maps a case to the kinds of what looks like a real person's number in its memo.
    """

    learner: str
    unit: str
    state: State
    why: str = ""
    passed_over: int = 0
    real: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class HandIn:
    """A hand-in as it was read: the bytes of its answer file, or the `problem` with it.

    A `trouble` is none of the hand-in's own, such as a disk that did not answer: whatever was graded before stays then.
    """

    learner: str
    folder: Path
    at: datetime | None = None
    hand_in: str = ""
    data: bytes | None = None
    problem: str = ""
    trouble: str = ""
    bad_time: bool = False


def grade_unit(
    root: Path, book: Book, ready: Ready, workers: Workers, *, everything: bool = False
) -> Iterator[Outcome]:
    """Grade what is new or changed, or `everything`; an outcome for each hand-in as it is saved.

    Raises Busy or Stopped; closing the iterator leaves everything saved so far, and nothing half done.
    """
    unit = ready.plan.unit
    clear_leftovers(root, unit)
    before = book.graded(unit)
    unchanged: deque[str] = deque()
    waiting: deque[list[HandIn]] = deque()

    def chunks() -> Iterator[Chunk]:
        for batch in batches(_changed(root, ready, before, unchanged, everything)):
            waiting.append(batch)
            yield [(one.learner, one.data) for one in batch if one.data is not None]

    for sheets in workers.marked(ready.plan, chunks()):
        yield from saved(root, book, ready, waiting.popleft(), dict(sheets))
        while unchanged:
            yield Outcome(unchanged.popleft(), unit, "unchanged")
    while unchanged:
        yield Outcome(unchanged.popleft(), unit, "unchanged")


def batches(hand_ins: Iterable[HandIn]) -> Iterator[list[HandIn]]:
    """At most BATCH hand-ins, or BATCH_BYTES of answers, at a time."""
    batch: list[HandIn] = []
    size = 0
    for one in hand_ins:
        batch.append(one)
        size += len(one.data or b"")
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _changed(
    root: Path,
    ready: Ready,
    before: Mapping[str, Mapping[str, tuple[str, str]]],
    unchanged: deque[str],
    everything: bool,
) -> Iterator[HandIn]:
    """What is to be graded. The same hand-in under another key is for `regrade`, which shows and keeps what it changes."""
    unit = ready.plan.unit
    for learner in handed_in(root, unit):
        one = read(root, learner, unit)
        graded = before.get(learner, {})
        same = bool(one.hand_in) and {hand_in for hand_in, _ in graded.values()} == {one.hand_in}
        same = same and set(ready.keys) <= set(graded)
        other_key = any(ready.keys.get(case) != key for case, (_, key) in graded.items())
        folder = root / AUTOGRADED / learner / unit
        there = all((folder / f"{case}.ipynb").is_file() for case in ready.keys) and _print(folder) == one.hand_in
        if same and there and (other_key or not everything):
            unchanged.append(learner)
        else:
            yield one


def read(root: Path, learner: str, unit: str) -> HandIn:
    """What one learner handed in."""
    folder = root / SUBMITTED / learner / unit
    if why := unfit(folder):
        return HandIn(learner, folder, problem=why) if is_id(learner) else HandIn(learner, folder, trouble=why)
    try:
        at, bad_time = time_of(folder), False
    except ValueError:
        at, bad_time = None, True
    hand_in = _print(folder)
    try:
        return HandIn(learner, folder, at, hand_in, answer_bytes(folder / FILE_NAME), bad_time=bad_time)
    except NotReadableNow as error:
        return HandIn(learner, folder, trouble=str(error))
    except NotReadable as error:
        return HandIn(learner, folder, at, hand_in, problem=str(error), bad_time=bad_time)


def _print(folder: Path) -> str:
    try:
        return hand_in_print(folder)
    except OSError:
        return ""


def saved(
    root: Path,
    book: Book,
    ready: Ready,
    batch: Iterable[HandIn],
    sheets: Mapping[str, Marked],
    correction: Correction | None = None,
    keep: Path | None = None,
) -> Iterator[Outcome]:
    """Save a batch and put its graded notebooks in place; what they replace is kept under `keep`, by learner.

    Whoever met with trouble, or cannot be graded in a correction, is left as before.
    """
    unit = ready.plan.unit
    graded: list[Graded] = []
    parts: dict[str, Path] = {}
    try:
        for one in batch:
            marked = sheets.get(one.learner) or Marked(problem=one.problem)
            trouble = one.trouble or (marked.problem if correction else "")
            if not trouble and not marked.problem:
                try:
                    parts[one.learner] = _aside(root, unit, one, marked)
                except OSError as error:
                    trouble = _trouble(error, root)
            if trouble:
                yield Outcome(one.learner, unit, "could not grade", f"{trouble}{STAYS}")
            else:
                graded.append(Graded(one.learner, one.at, one.hand_in, marked))
        refused = _save(book, unit, graded, ready.keys, correction)
        for done in graded:
            target = root / AUTOGRADED / done.learner / unit
            part = parts.pop(done.learner, None)
            if done.learner in refused:
                problem = refused[done.learner] + STAYS
            else:
                problem = done.marked.problem or _put(part, target, keep / done.learner / unit if keep else None)
            if problem and part:
                remove(part)
            if done.marked.problem:
                remove(target)
            state: State = "could not grade" if problem else "graded"
            real = {sheet.case: sheet.real for sheet in done.marked.cases if sheet.real}
            yield Outcome(done.learner, unit, state, problem, done.marked.passed_over, real)
    finally:
        for part in parts.values():
            remove(part)


def _trouble(error: OSError, root: Path) -> str:
    if error.errno in FATAL:
        raise Stopped(f"{error.strerror} ({error.filename or root}); make room and run again") from None
    return f"its files could not be copied: {error.strerror or error}"


def _put(part: Path | None, target: Path, keep: Path | None) -> str:
    """Move a graded folder in; why that failed, if it did: the next run takes it up."""
    try:
        if part:
            move_in(part, target, keep)
    except OSError as error:
        return f"its graded notebooks could not be put in place ({error.strerror or error}); run again"
    return ""


def _aside(root: Path, unit: str, one: HandIn, marked: Marked) -> Path:
    along = other_files(one.folder)
    if one.bad_time:
        along = _set_aside(along)
    notebooks = {f"{sheet.case}.ipynb": sheet.notebook for sheet in marked.cases}
    return put_aside(root / AUTOGRADED / one.learner / unit, notebooks, along)


def _set_aside(along: Iterator[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
    """The files with the time that is none under another name."""
    for name, path in along:
        top, slash, rest = name.partition("/")
        if top != BAD_TIMESTAMP:
            yield (BAD_TIMESTAMP + slash + rest if top == TIMESTAMP else name), path


def _save(
    book: Book, unit: str, graded: list[Graded], keys: Mapping[str, str], correction: Correction | None
) -> dict[str, str]:
    """Save a batch; when the database refuses it, one hand-in at a time. Learner -> why that one was refused."""
    if book.save(unit, graded, keys, correction):
        return {}
    refused = {}
    for one in graded:
        if not book.save(unit, [one], keys, correction):
            refused[one.learner] = "the gradebook does not take it; please report this hand-in"
    return refused
