"""What the answer files of a class say, besides the marks: last answers, tries, certainty, times. Each file is read once.

It imports little, so that for a large class another process can do it while this one reads the gradebook.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np

from paroleclinic.answers import CERTAINTIES, FILE_NAME, NotReadable, answer_bytes
from paroleclinic.lines import LONGEST_LINE, entries

SUBMITTED = "submitted"
SURENESS = {name: number for number, name in enumerate(CERTAINTIES, 1)}  # low 1, medium 2, high 3; 0 for not said
PAUSE = 600.0  # seconds: what is longer between two lines is not time spent on a question
AWAY = 4 * 3600.0  # seconds: what is longer is another sitting, and no pause
MANY = 1_000  # files from which a second process is worth its start
Columns = Mapping[tuple[object, object], int]
Line = dict[str, object]


@dataclass
class Seen:
    """Learners x questions. `sure` is one of SURENESS or 0, `seconds` nan where no time is known, `given` points into `answers`.

    `answers[j]` holds the different answers to question j as `as_key` writes them; -1 in `given` is no answer. `pauses`
    counts the waits of a learner that were longer than PAUSE and shorter than AWAY.
    """

    sure: np.ndarray
    tries: np.ndarray
    seconds: np.ndarray
    given: np.ndarray
    pauses: np.ndarray
    answers: list[list[object]] = field(default_factory=list)


def seen(root: Path, learners: Sequence[str], units: Sequence[str], columns: Columns) -> Seen:
    """What the hand-ins of these learners say; what cannot be read is passed over, since grading has said so."""
    with at_ease():
        return _Reading(columns).read(root, learners, units)


@contextmanager
def begun(root: Path, learners: Sequence[str], units: Sequence[str], columns: Columns) -> Iterator[Future[Seen]]:
    """The same, begun beside the work in the `with`: in a process of its own where that pays, else when it is asked for."""
    if len(learners) * len(units) < MANY or (os.cpu_count() or 1) < 2:
        yield _Later(root, learners, units, columns)
        return
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    try:
        future = pool.submit(seen, root, list(learners), list(units), dict(columns))
        yield _OrHere(future, root, learners, units, columns)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Later(Future[Seen]):
    def __init__(self, *what: object) -> None:
        super().__init__()
        self._what = what

    def result(self, timeout: float | None = None) -> Seen:
        return seen(*self._what)  # type: ignore[arg-type]


class _OrHere(_Later):
    def __init__(self, future: Future[Seen], *what: object) -> None:
        super().__init__(*what)
        self._future = future

    def result(self, timeout: float | None = None) -> Seen:
        try:
            return self._future.result(timeout)
        except (BrokenProcessPool, OSError):
            return super().result(timeout)


@contextmanager
def at_ease() -> Iterator[None]:
    """Without the collector of cyclic garbage, which would look through millions of values that are all needed."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


class _Reading:
    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._codes: list[dict[object, int]] = [{} for _ in columns]
        self._asked: list[int] = []  # a column a line, or -1
        self._moments: list[object] = []
        self._given: list[int] = []
        self._sures: list[int] = []
        self._sizes: list[tuple[int, int]] = []  # of each file: whose, how many lines

    def read(self, root: Path, learners: Sequence[str], units: Sequence[str]) -> Seen:
        for row, learner in enumerate(learners):
            for unit in units:
                try:
                    lines = lines_of(answer_bytes(root / SUBMITTED / learner / unit / FILE_NAME))
                except (NotReadable, OSError, ValueError):
                    continue
                before = len(self._asked)
                self._take(lines)
                self._sizes.append((row, len(self._asked) - before))
        return self._seen(len(learners))

    def _take(self, lines: Iterable[Line]) -> None:
        columns, codes = self._columns, self._codes
        asked, moments, given, sures = self._asked, self._moments, self._given, self._sures
        for line in lines:
            try:
                column = columns.get((line.get("case"), line.get("question")), -1)
            except TypeError:  # a list in the place of a name
                column = -1
            code = 0
            if column >= 0:
                if "answer" in line:
                    known, answer = codes[column], line["answer"]
                    if type(answer) is not str:
                        answer = as_key(answer)
                    code = known.setdefault(answer, len(known))
                else:
                    column = -1
            said = line.get("certainty")
            asked.append(column)
            moments.append(line.get("at"))
            given.append(code)
            sures.append(SURENESS.get(said, 0) if type(said) is str else 0)

    def _seen(self, learners: int) -> Seen:
        shape = (learners, len(self._codes))
        found = Seen(
            np.zeros(shape, np.int8), np.zeros(shape, np.int32), np.full(shape, np.nan), np.full(shape, -1, np.int32),
            np.zeros(learners, np.int64), [list(known) for known in self._codes],
        )  # fmt: skip
        if not self._asked:
            return found
        whose, sizes = np.array(self._sizes).T
        rows: np.ndarray = np.repeat(whose, sizes)
        files: np.ndarray = np.repeat(np.arange(len(sizes)), sizes)
        gap = gaps(self._moments, files)
        with np.errstate(invalid="ignore"):
            np.add.at(found.pauses, rows[(gap > PAUSE) & (gap < AWAY)], 1)
        columns, codes, sures = (np.asarray(some) for some in (self._asked, self._given, self._sures))
        asked = columns >= 0
        rows, columns, codes, sures, gap = (some[asked] for some in (rows, columns, codes, sures, gap))
        if not len(rows):
            return found
        flat = rows * shape[1] + columns
        size = shape[0] * shape[1]
        found.tries += np.bincount(flat, minlength=size).reshape(shape).astype(np.int32)
        found.given[rows, columns] = codes  # of several, the last one stays
        found.sure[rows, columns] = sures
        with np.errstate(invalid="ignore"):
            counts = gap <= PAUSE
        spent = np.bincount(flat[counts], gap[counts], minlength=size)
        timed = np.bincount(flat[counts], minlength=size)
        found.seconds[:] = np.where(timed > 0, spent, np.nan).reshape(shape)
        return found


def lines_of(data: bytes) -> Iterable[Line]:
    """The entries of an answer file, in order. A file without a flaw is read in one go, another line by line."""
    lines = data.splitlines()
    if max(map(len, lines), default=0) < LONGEST_LINE:
        try:
            found = json.loads(b"[" + b",".join(lines) + b"]")
        except (ValueError, RecursionError):
            found = []
        if len(found) == len(lines) and all(type(one) is dict for one in found):
            return list(found)
    return [entry for _, entry in entries(BytesIO(data)) if isinstance(entry, dict)]


def as_key(answer: object) -> object:
    """An answer as something to look up by: a list or a table of texts becomes a tuple."""
    try:
        key = tuple(answer) if type(answer) is list else ("", *answer.items()) if type(answer) is dict else answer
        hash(key)
    except TypeError:
        return (None, repr(answer))
    return key


def as_answer(key: object) -> object:
    """The answer that `as_key` was given; what it could not look up stays unreadable."""
    if isinstance(key, tuple):
        if key[:1] == ("",) and all(isinstance(one, tuple) for one in key[1:]):
            return dict(key[1:])
        return key if key[:1] == (None,) else list(key)
    return key


def gaps(moments: Sequence[object], files: np.ndarray) -> np.ndarray:
    """Seconds since the line before in the same file; nan for a first line, for a time that is none, and for a step back."""
    at = times(moments)
    gap = np.full(len(at), np.nan)
    passed = (at[1:] - at[:-1]) / np.timedelta64(1, "s")
    with np.errstate(invalid="ignore"):
        gap[1:] = np.where((files[1:] == files[:-1]) & (passed >= 0), passed, np.nan)
    return gap


def times(moments: Sequence[object]) -> np.ndarray:
    """Moments as numpy has them, to the millisecond and in UTC; NaT for what is none."""
    try:
        if all(type(one) is str and len(one) == 24 and one[23] == "Z" for one in moments):
            whole: np.ndarray = np.array([str(one)[:23] for one in moments], "datetime64[ms]")
            return whole
    except ValueError:
        pass
    found: np.ndarray = np.array([_moment(one) for one in moments], "datetime64[ms]")
    return found


def _moment(text: object) -> np.datetime64:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        if at and at.tzinfo:
            return np.datetime64(int(at.timestamp() * 1000), "ms")
    except (ValueError, OverflowError, OSError):
        pass
    return np.datetime64("NaT")
