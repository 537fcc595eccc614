"""Grading again what was graded, after a key or a rule was corrected: first looked at, then written, and undone if wanted.

The hand-in that counts is the one that was graded, as it lies in `autograded/`; one handed in since is for `grade`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from paroleclinic.answers import FILE_NAME, NotReadable, answer_bytes
from paroleclinic.cohort.places import AUTOGRADED, REGRADED, clear_leftovers, move_in, remove
from paroleclinic.cohort.plans import Ready
from paroleclinic.cohort.run import HandIn, Outcome, batches, saved
from paroleclinic.cohort.workers import Chunk, Workers
from paroleclinic.fingerprint import hand_in_print
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.history import Undone, corrections, undo
from paroleclinic.gradebook.ledger import Kept
from paroleclinic.gradebook.marks import kept_marks
from paroleclinic.gradebook.rows import Correction
from paroleclinic.gradebook.scored import scored
from paroleclinic.marking import CaseSheet, Marked, QuestionMark
from paroleclinic.scores import CaseScore

BINS = 10  # of a distribution, from 0 to 100 percent


@dataclass(frozen=True)
class Change:
    """What a correction does to one case of one learner: its points, and each question's mark, before and after."""

    learner: str
    case: str
    before: float | None
    after: float
    questions: Mapping[str, tuple[QuestionMark | None, QuestionMark | None]]


@dataclass(frozen=True)
class Preview:
    """What a correction would do. `shares` are each case's percentages before and after, memo counted once it is marked."""

    unit: str
    hand_ins: int
    changes: tuple[Change, ...]
    shares: tuple[tuple[str, str, float, float], ...]
    problems: tuple[tuple[str, str], ...]

    def crossing(self, line: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The (learner, case) that would rise to the pass line, and those that would fall below it."""
        rise = [(who, case) for who, case, before, after in self.shares if before < line <= after]
        fall = [(who, case) for who, case, before, after in self.shares if after < line <= before]
        return rise, fall

    def distribution(self) -> tuple[list[int], list[int]]:
        """How many cases lie in each tenth of the points, before and after."""
        before, after = [0] * BINS, [0] * BINS
        for _, _, one, other in self.shares:
            before[_tenth(one)] += 1
            after[_tenth(other)] += 1
        return before, after


def preview(root: Path, book: Book, ready: Ready, workers: Workers) -> Preview:
    """What grading again by today's keys would change; nothing is written. Raises Busy."""
    unit = ready.plan.unit
    points = {case.id: case.points for case in ready.plan.cases}
    learners = sorted(book.graded(unit))
    changes: list[Change] = []
    shares: list[tuple[str, str, float, float]] = []
    problems: list[tuple[str, str]] = []
    for batch, sheets in _marked(root, ready, workers, learners):
        names = [one.learner for one in batch]
        kept, known = kept_marks(book, unit, names), scored(book, unit, names)
        for one in batch:
            marked = sheets.get(one.learner)
            if marked is None or marked.problem:
                problems.append((one.learner, one.problem or (marked.problem if marked else "")))
                continue
            for sheet in marked.cases:
                score = known[one.learner].cases.get(sheet.case)
                if score is None:
                    continue  # a case that the gradebook does not have; `ready` says what to do
                shares.append((one.learner, sheet.case, *_shares(score, sheet, points[sheet.case])))
                if change := _change(one.learner, score, sheet, kept.get((one.learner, sheet.case))):
                    changes.append(change)
    return Preview(unit, len(learners), tuple(changes), tuple(shares), tuple(problems))


def correction(book: Book, unit: str, reason: str, now: datetime) -> Correction:
    """A new correction; or the last one, when it gave the same reason and was cut off before its end. Raises Busy."""
    standing = [batch for batch in corrections(book, unit) if batch.undone is None]
    most = book.cells(unit)
    if standing and standing[-1].reason == reason:
        return Correction(standing[-1].id, standing[-1].at, reason, most)
    return Correction(uuid4().hex, now, reason, most)


def apply(root: Path, book: Book, ready: Ready, workers: Workers, correction: Correction) -> Iterator[Outcome]:
    """Write everybody's scores and explanations by today's keys; an outcome for each hand-in. Raises Busy or Stopped."""
    unit = ready.plan.unit
    clear_leftovers(root, unit)
    settle(root, book, unit)
    keep = root / REGRADED / correction.batch
    for batch, sheets in _marked(root, ready, workers, sorted(book.graded(unit))):
        yield from saved(root, book, ready, batch, sheets, correction, keep)


def undo_last(root: Path, book: Book, unit: str, at: datetime) -> Undone | None:
    """Take back the last correction of a unit that stands; None when there is none. Raises Busy.

    When an earlier undo was cut off before its end, that one is brought to its end instead.
    """
    if cut_off := settle(root, book, unit):
        return Undone(cut_off[0], tuple(cut_off[1]), ())
    standing = [batch for batch in corrections(book, unit) if batch.undone is None]
    if not standing:
        return None
    undone = undo(book, standing[-1].id, at)
    settle(root, book, unit)
    return undone


def settle(root: Path, book: Book, unit: str) -> tuple[str, list[str]] | None:
    """Bring the notebooks back that belong to corrections taken back, unless the learner has handed in anew since.

    The last such correction and its learners; None when all was in its place.
    """
    found = None
    for batch in corrections(book, unit):
        place = root / REGRADED / batch.id
        if batch.undone is None or not place.is_dir():
            continue
        found = batch.id, sorted(kept.parent.name for kept in place.glob(f"*/{unit}"))
        for kept in place.glob(f"*/{unit}"):
            target = root / AUTOGRADED / kept.parent.name / unit
            if not target.is_dir() or hand_in_print(kept) == hand_in_print(target):
                move_in(kept, target)
        remove(place)
    return found


def _marked(
    root: Path, ready: Ready, workers: Workers, learners: Iterable[str]
) -> Iterator[tuple[list[HandIn], dict[str, Marked]]]:
    """The graded hand-ins, some at a time, with their marks by today's keys."""
    waiting: deque[list[HandIn]] = deque()

    def chunks() -> Iterator[Chunk]:
        for batch in batches(_graded(root, learner, ready.plan.unit) for learner in learners):
            waiting.append(batch)
            yield [(one.learner, one.data) for one in batch if one.data is not None]

    for sheets in workers.marked(ready.plan, chunks()):
        yield waiting.popleft(), dict(sheets)


def _graded(root: Path, learner: str, unit: str) -> HandIn:
    folder = root / AUTOGRADED / learner / unit
    try:
        return HandIn(learner, folder, None, hand_in_print(folder), answer_bytes(folder / FILE_NAME))
    except (NotReadable, OSError):
        return HandIn(learner, folder, problem="the hand-in as it was graded is gone; run `paroleclinic grade` first")


def _shares(score: CaseScore, sheet: CaseSheet, points: int) -> tuple[float, float]:
    """Percentages before and after, as the gradebook counts; a memo counts once somebody marked it."""
    settled = score if score.memo is None or not score.memo.waits else replace(score, memo=None)
    after = replace(settled, answers=replace(settled.answers, auto=sheet.earned, most=float(points)))
    return tuple(round(100 * one.total / one.most, 6) if one.most else 100.0 for one in (settled, after))  # type: ignore[return-value]


def _change(learner: str, score: CaseScore, sheet: CaseSheet, kept: Kept | None) -> Change | None:
    marks = kept.marks if kept else {}
    names = dict.fromkeys([*marks, *sheet.questions])
    questions = {
        name: (marks.get(name), sheet.questions.get(name))
        for name in names
        if marks.get(name) != sheet.questions.get(name)
    }
    by_hand = score.answers.manual is not None
    if (score.answers.auto == sheet.earned or by_hand) and not questions:
        return None
    return Change(learner, sheet.case, score.answers.auto, sheet.earned, questions)


def _tenth(share: float) -> int:
    return max(0, min(BINS - 1, int(share * BINS / 100)))
