"""What the answer files of a class say, besides the marks: last answers, tries, certainty, times. Each file is read once.

It imports little, so that for a large class another process can do it while this one reads the gradebook.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np

from paroleclinic.answers import CERTAINTIES, FILE_NAME, NotReadable, answer_bytes
from paroleclinic.fingerprint import hand_in_print
from paroleclinic.lines import LONGEST_LINE, entries

SUBMITTED = "submitted"
SURENESS = {name: number for number, name in enumerate(CERTAINTIES, 1)}  # low 1, medium 2, high 3; 0 for not said
PAUSE = 600.0  # seconds: what is longer between two lines is not time spent on a question
AWAY = 4 * 3600.0  # seconds: what is longer is another sitting, and no pause
MANY = 1_000  # files from which a second process is worth its start
PLAIN = re.compile(
    rb'\{"v": 1, "at": "(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z", ([^\r\n]*)\n'
)  # a line as `answers.record` writes it: its time, and what follows
WHOLE = json.JSONDecoder()
ROUND_IT = 44  # bytes of it besides what follows
LONGEST_KNOWN = 300  # bytes: what is longer is a memo, and nobody else's
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


def prints(root: Path, learners: Sequence[str], units: Sequence[str]) -> dict[tuple[str, str], str]:
    """(learner, unit) -> the fingerprint of the hand-in. Raises OSError."""
    folder = root / SUBMITTED
    return {(one, unit): hand_in_print(folder / one / unit) for one in learners for unit in units}


class Reading:
    """What is read of the hand-ins when it is asked for, or was read meanwhile in a process of its own."""

    def __init__(self, root: Path, learners: Sequence[str], units: Sequence[str], columns: Columns) -> None:
        self._what = root, list(learners), list(units)
        self._columns = dict(columns)
        self._meanwhile: tuple[Future[dict[tuple[str, str], str]], Future[Seen]] | None = None
        self._prints: dict[tuple[str, str], str] | None = None

    @contextmanager
    def begun(self) -> Iterator[Reading]:
        """Itself, begun beside the work in the `with` where a process of its own pays."""
        _, learners, units = self._what
        if len(learners) * len(units) < MANY or (os.cpu_count() or 1) < 2:
            yield self
            return
        pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        try:
            self._meanwhile = pool.submit(prints, *self._what), pool.submit(seen, *self._what, self._columns)
            yield self
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def print_of(self, folder: Path) -> str:
        """The fingerprint of what lies in a learner's folder of a unit. Raises OSError."""
        if self._meanwhile and self._prints is None:
            try:
                self._prints = self._meanwhile[0].result()
            except (BrokenProcessPool, OSError):
                self._prints = {}
        return (self._prints or {}).get((folder.parent.name, folder.name)) or hand_in_print(folder)

    def result(self) -> Seen:
        """What the hand-ins say, as `seen` has it."""
        if self._meanwhile:
            with suppress(BrokenProcessPool, OSError):
                return self._meanwhile[1].result()
        return seen(*self._what, self._columns)


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
    """Takes in one file after another. Most lines differ from an earlier one in nothing but their time, and are not parsed."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._codes: list[dict[object, int]] = [{} for _ in columns]
        self._numbers: dict[tuple[int, int, int], int] = {}  # a column or -1, a code, how sure -> a number
        self._known: dict[bytes, int] = {}  # what follows the time in a line -> the number of what it says
        self._lines: list[int] = []  # a number a line
        self._moments: list[list[bytes] | list[object]] = []  # a list a file: bytes where all its lines are plain
        self._sizes: list[tuple[int, int]] = []  # of each file: whose, how many lines

    def read(self, root: Path, learners: Sequence[str], units: Sequence[str]) -> Seen:
        for row, learner in enumerate(learners):
            for unit in units:
                try:
                    data = answer_bytes(root / SUBMITTED / learner / unit / FILE_NAME)
                    before = len(self._lines)
                    if not self._take_plain(data):
                        self._take(lines_of(data))
                except (NotReadable, OSError, ValueError):
                    continue
                self._sizes.append((row, len(self._lines) - before))
        return self._seen(len(learners))

    def _take_plain(self, data: bytes) -> bool:
        """Take in a file of which every line is as `answers.record` writes it; False for another, of which nothing is taken."""
        found = PLAIN.findall(data)
        tails = [tail for _, tail in found]
        if (
            sum(map(len, tails)) + ROUND_IT * len(found) != len(data)
            or max(map(len, tails), default=0) > LONGEST_LINE - ROUND_IT
        ):
            return False
        numbers = list(map(self._known.get, tails))
        new: dict[bytes, Line] = {}
        for tail, number in zip(tails, numbers, strict=True):
            if number is None and tail not in new:
                entry = _entry(tail)
                if entry is None:
                    return False
                new[tail] = entry
        for tail, entry in new.items():
            self._known[tail] = self._number(entry)
        self._lines += (
            [self._known[tail] for tail in tails] if new else [number for number in numbers if number is not None]
        )
        for tail in new:
            if len(tail) > LONGEST_KNOWN:
                del self._known[tail]
        self._moments.append([at for at, _ in found])
        return True

    def _take(self, lines: Sequence[Line]) -> None:
        self._lines += map(self._number, lines)
        self._moments.append([line.get("at") for line in lines])

    def _number(self, line: Line) -> int:
        """The number of what a line says, its time left out."""
        try:
            column = self._columns.get((line.get("case"), line.get("question")), -1)
        except TypeError:  # a list in the place of a name
            column = -1
        code = 0
        if column >= 0:
            if "answer" in line:
                known, answer = self._codes[column], line["answer"]
                if type(answer) is not str:
                    answer = as_key(answer)
                code = known.setdefault(answer, len(known))
            else:
                column = -1
        said = line.get("certainty")
        sure = SURENESS.get(said, 0) if type(said) is str else 0
        return self._numbers.setdefault((column, code, sure), len(self._numbers))

    def _seen(self, learners: int) -> Seen:
        shape = (learners, len(self._codes))
        found = Seen(
            np.zeros(shape, np.int8), np.zeros(shape, np.int32), np.full(shape, np.nan), np.full(shape, -1, np.int32),
            np.zeros(learners, np.int64), [list(known) for known in self._codes],
        )  # fmt: skip
        if not self._lines:
            return found
        whose, sizes = np.array(self._sizes).T
        rows: np.ndarray = np.repeat(whose, sizes)
        files: np.ndarray = np.repeat(np.arange(len(sizes)), sizes)
        gap = gaps(times(self._moments), files)
        with np.errstate(invalid="ignore"):
            np.add.at(found.pauses, rows[(gap > PAUSE) & (gap < AWAY)], 1)
        columns, codes, sures = np.array(list(self._numbers)).T[:, self._lines]
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


def _entry(tail: bytes) -> Line | None:
    """What a plain line says, from what follows its time; None when it is not as plain as it looks."""
    try:
        found = WHOLE.decode(f'{{"v": 1, "at": "", {tail.decode("utf-8", "surrogatepass")}')
    except (ValueError, RecursionError):
        return None
    return found if type(found) is dict and found["at"] == "" else None


def lines_of(data: bytes) -> Sequence[Line]:
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


def gaps(at: np.ndarray, files: np.ndarray) -> np.ndarray:
    """Seconds since the line before in the same file; nan for a first line, for a time that is none, and for a step back."""
    gap = np.full(len(at), np.nan)
    passed = (at[1:] - at[:-1]) / np.timedelta64(1, "s")
    with np.errstate(invalid="ignore"):
        gap[1:] = np.where((files[1:] == files[:-1]) & (passed >= 0), passed, np.nan)
    return gap


def times(moments: Sequence[Sequence[bytes] | Sequence[object]]) -> np.ndarray:
    """The moments of all files as numpy has them, to the millisecond and in UTC; NaT for what is none.

    Bytes are a moment without its Z.
    """
    every = [one for some in moments for one in some]
    try:
        if all(type(some[0]) is bytes for some in moments if some):
            whole: np.ndarray = np.array(every, "S23").astype("datetime64[ms]")
            return whole
        every = [f"{one.decode()}Z" if type(one) is bytes else one for one in every]
        if all(type(one) is str and len(one) == 24 and one[23] == "Z" for one in every):
            told: np.ndarray = np.array([str(one)[:23] for one in every], "datetime64[ms]")
            return told
    except ValueError:
        every = [f"{one.decode()}Z" if type(one) is bytes else one for one in every]
    found: np.ndarray = np.array([_moment(one) for one in every], "datetime64[ms]")
    return found


def _moment(text: object) -> np.datetime64:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        if at and at.tzinfo:
            return np.datetime64(int(at.timestamp() * 1000), "ms")
    except (ValueError, OverflowError, OSError):
        pass
    return np.datetime64("NaT")
