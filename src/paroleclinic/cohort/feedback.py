"""Feedback for everybody whose hand-in of a unit was graded: one page a case, where nbgrader's release looks for it.

The answers are the copy in `autograded/`, which scores and marks were made from; scores and comments are the gradebook's.
A page is written only when both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from paroleclinic.answers import FILE_NAME, Answered, NotReadable, answer_bytes, answers_in
from paroleclinic.cohort.places import (
    AUTOGRADED,
    FEEDBACK,
    SUBMITTED,
    clear_leftovers,
    handed_in,
    move_in,
    put_aside,
    remove,
)
from paroleclinic.cohort.plans import keys_of
from paroleclinic.cohort.run import FATAL, read
from paroleclinic.cohort.workers import mark_all
from paroleclinic.content import Scenario, Unit
from paroleclinic.course import Course
from paroleclinic.drawing.feedbackpage import Head, feedback_page, not_graded_page, untouched_page
from paroleclinic.fingerprint import TIMESTAMP, hand_in_print
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.scored import scored
from paroleclinic.grading import CaseMark, grade_case
from paroleclinic.holding import Stopped
from paroleclinic.marking import Plan, passed_over
from paroleclinic.scores import CaseScore, Scored

BATCH = 200  # hand-ins whose rows are read at once
ALONG = (TIMESTAMP, "submission_secret.txt")  # what nbgrader's release_feedback needs beside the pages
LONGEST_ALONG = 10_000  # bytes
PERMISSIONS = 0o644  # as nbgrader's own feedback: a learner who fetches it again writes over it
NEARLY = 0.006  # points by which rounding may differ
State = Literal["written", "unchanged", "not written"]
Files = dict[str, bytes]


@dataclass(frozen=True)
class Outcome:
    """What became of one learner's pages; `graded` is False when they say that the hand-in could not be graded, and `waits`
    says that a memo in it waits for its mark."""

    learner: str
    unit: str
    state: State
    why: str = ""
    graded: bool = True
    waits: bool = False


class _NotNow(Exception):
    """No page can be written for a hand-in; the message says why and what to do first."""


def gradable(root: Path, unit: str) -> list[str]:
    """Learners who handed in a unit or were graded in it, in order."""
    return sorted({*handed_in(root, unit), *handed_in(root, unit, AUTOGRADED)})


def feedback_unit(
    course: Course,
    book: Book,
    unit_id: str,
    learners: Sequence[str],
    *,
    everything: bool = False,
    untouched: bool = False,
) -> Iterator[Outcome]:
    """Write the pages that are new or changed, or `everything`; an outcome for each learner as they are in place.

    A case in which a learner answered nothing is explained only if `untouched`.

    Raises Busy or Stopped; what was written before stays.
    """
    unit = course.unit(unit_id)
    plan = keys_of(course, unit_id).plan
    clear_leftovers(course.root, unit_id, FEEDBACK)
    graded = book.graded(unit_id)
    left = iter(learners)
    while batch := list(islice(left, BATCH)):
        rows = scored(book, unit_id, batch)
        for learner in batch:
            prints = {hand_in for hand_in, _ in graded.get(learner, {}).values()}
            row = rows.get(learner, Scored(learner))
            yield _one(course.root, plan, _title(course, unit), row, prints, everything=everything, untouched=untouched)


def _one(
    root: Path, plan: Plan, title: str, row: Scored, prints: set[str], *, everything: bool, untouched: bool
) -> Outcome:
    target = root / FEEDBACK / row.learner / plan.unit
    graded = any(case.graded for case in row.cases.values())
    waits = graded and any(case.memo is not None and case.memo.waits for case in row.cases.values())
    try:
        files = (
            _graded(root, plan, title, row, prints, untouched=untouched)
            if graded
            else _not_graded(root, plan, title, row)
        )
        if not everything and _held(target) == files:
            return Outcome(row.learner, plan.unit, "unchanged", graded=graded, waits=waits)
        _put(target, files)
    except _NotNow as error:
        return Outcome(row.learner, plan.unit, "not written", str(error))
    except OSError as error:
        if error.errno in FATAL:
            raise Stopped(f"{error.strerror} ({error.filename or target}); make room and run again") from None
        return Outcome(row.learner, plan.unit, "not written", f"its files cannot be used ({error.strerror or error})")
    return Outcome(row.learner, plan.unit, "written", graded=graded, waits=waits)


def _graded(root: Path, plan: Plan, title: str, row: Scored, prints: set[str], *, untouched: bool) -> Files:
    """The files of a hand-in that was graded. Raises _NotNow when scores and answers do not go together.

    `prints` are the fingerprints of the hand-ins that its scores stand for.
    """
    folder, since = root / AUTOGRADED / row.learner / plan.unit, root / SUBMITTED / row.learner / plan.unit
    if since.is_dir() and hand_in_print(since) not in prints:
        raise _NotNow(f"it was handed in anew since; run `paroleclinic grade {plan.unit}` first")
    try:
        answered = answers_in(answer_bytes(folder / FILE_NAME))
    except NotReadable:
        raise _NotNow(f"its graded copy is not there; run `paroleclinic grade {plan.unit}` first") from None
    if hand_in_print(folder) not in prints:
        raise _NotNow(f"its graded copy is another than its score is for; run `paroleclinic grade {plan.unit}` first")
    pages = {}
    for case in plan.cases:
        mark, score = grade_case(case, answered.of(case.id)), row.cases.get(case.id)
        if score is None or not score.graded:
            raise _NotNow(f"not every case of it is graded; run `paroleclinic grade {plan.unit}` first")
        if not agree(mark, score):
            raise _NotNow(f"it was graded by an earlier key; run `paroleclinic regrade {plan.unit}` first")
        head = _head(row, title, case)
        explained = untouched or _touched(mark, score) or answered.happened(case.id, "shown")
        pages[case.id] = _page(head, mark, score, answered, plan) if explained else untouched_page(head, mark, score)
    return _with_along(pages, folder)


def _touched(mark: CaseMark, score: CaseScore) -> bool:
    """Whether anything was answered in a case, or somebody gave points for it by hand."""
    by_hand = any(one is not None and one.manual is not None for one in (score.answers, score.memo))
    return by_hand or any(one.verdict != "blank" for one in mark.marks)


def agree(mark: CaseMark, score: CaseScore) -> bool:
    """Whether the gradebook has the points that the answers earn by the keys as they are now."""
    memo = mark.case.memo
    same = abs((score.answers.auto or 0.0) - mark.earned) < NEARLY and score.answers.most == mark.points
    return same and (score.memo.most if score.memo else 0) == (memo.points if memo else 0)


def _page(head: Head, mark: CaseMark, score: CaseScore, answered: Answered, plan: Plan) -> str:
    case = mark.case
    odd, seen = passed_over(case, answered), answered.happened(case.id, "shown")
    return feedback_page(head, mark, score, plan.law, plan.closed_in(case.id), odd, key_seen=seen)


def _not_graded(root: Path, plan: Plan, title: str, row: Scored) -> Files:
    """The files of a hand-in that could not be graded. Raises _NotNow when it was not tried yet, or can be by now."""
    one = read(root, row.learner, plan.unit)
    why = one.problem
    if not why and one.data is not None:
        [(_, marked)] = mark_all(plan, [(row.learner, one.data)])
        why = marked.problem
    if not row.cases or not why:
        raise _NotNow(one.problem or f"it is not graded yet; run `paroleclinic grade {plan.unit}` first")
    why = why.partition(";")[0]
    pages = {
        case.id: not_graded_page(_head(row, title, case), why, score)
        for case in plan.cases
        if (score := row.cases.get(case.id))
    }
    return _with_along(pages, root / SUBMITTED / row.learner / plan.unit)


def _title(course: Course, unit: Unit) -> str:
    return f"{unit.title}. {course.edition_says}" if course.edition else unit.title


def _head(row: Scored, title: str, case: Scenario) -> Head:
    return Head(row.name or row.learner, title, case, row.at, row.learner)


def _with_along(pages: Mapping[str, str], folder: Path) -> Files:
    files = {f"{case}.html": page.encode("utf-8", "replace") for case, page in pages.items()}
    for name in ALONG:
        path = folder / name
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= LONGEST_ALONG:
            files[name] = path.read_bytes()
    return files


def _held(target: Path) -> Files:
    """What lies there now; nothing when that is no folder of files."""
    try:
        return {path.name: path.read_bytes() for path in target.iterdir()}
    except OSError:
        return {}


def _put(target: Path, files: Files) -> None:
    part = put_aside(target, files, permissions=PERMISSIONS)
    try:
        move_in(part, target)
    finally:
        remove(part)
