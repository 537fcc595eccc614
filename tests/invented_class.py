"""Invented classes: answers as people of different strength would give them to the real questions, through our own grading."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from paroleclinic.answers import FILE_NAME, NotReadable, answer_bytes
from paroleclinic.cohort.plans import keys_of, ready
from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.fingerprint import hand_in_print
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.rows import Graded
from paroleclinic.grading import key_answer
from paroleclinic.marking import Marked, Plan, mark
from paroleclinic.questions import Amount, Day, Many, Match, Memo, One, Order, Question

BEGAN = datetime(2026, 11, 24, 14, 0)
Answer = Callable[[random.Random, Question, float], object]  # (chance, question, strength) -> answer, None for a blank
BATCH = 100


def likely(rng: random.Random, question: Question, strength: float) -> object:
    """What somebody of that strength answers: right more often the stronger, else one of the wrong answers."""
    if isinstance(question, Memo):
        return "Dear client, before you go anywhere: please talk to us first. " * 5
    if rng.random() < 0.03:
        return None
    if rng.random() < 1 / (1 + math.exp(-1.3 * (strength - hardness(question)))):
        return key_answer(question)
    return slip(rng, question)


def hardness(question: Question) -> float:
    """How hard a question is, the same each time."""
    return random.Random(question.id).gauss(-0.6, 0.7)


def slip(rng: random.Random, question: Question) -> object:
    """A wrong answer."""
    match question:
        case One():
            return rng.choice([option.id for option in question.options if not option.right])
        case Many():
            wrong = rng.choice([option.id for option in question.options])
            return sorted({*question.key} ^ {wrong}) or [wrong]
        case Match():
            item = rng.choice(question.items)
            return question.key | {item.id: rng.choice([g.id for g in question.groups if g.id != item.group])}
        case Order():
            steps, at = list(question.key), rng.randrange(len(question.key) - 1)
            steps[at], steps[at + 1] = steps[at + 1], steps[at]
            return steps
        case Day() | Amount():
            return str(rng.choice(question.slips).answer)
    raise TypeError(question.kind)


def answer_lines(
    rng: random.Random, cases: Iterable[Scenario], strength: float, answer: Answer = likely, at: datetime = BEGAN
) -> bytes:
    """The answer file of one learner for some cases, with times, tries and how sure the learner was."""
    lines = []
    for case in cases:
        lines.append({"v": 1, "at": stamp(at), "case": case.id, "event": "opened"})
        for question in case.questions:
            given = answer(rng, question, strength)
            if given is None:
                continue
            tries = [given]
            while not isinstance(question, Memo) and rng.random() < 0.15:
                tries.insert(0, slip(rng, question))
            for one in tries:
                at += timedelta(seconds=rng.lognormvariate(3.7, 0.6) + (1500 if rng.random() < 0.01 else 0))
                line = {"v": 1, "at": stamp(at), "case": case.id, "question": question.id, "answer": one}
                if not isinstance(question, Memo) and rng.random() < 0.7:
                    right = one == key_answer(question)
                    line["certainty"] = rng.choices(("low", "medium", "high"), (1, 2, 3) if right else (3, 2, 1))[0]
                lines.append(line)
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds") + "Z"


def put(course: Course, learner: str, unit: str, data: bytes) -> Path:
    """Put a hand-in where grading looks for it, its answer file alone."""
    folder = course.root / "submitted" / learner / unit
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_bytes(data)
    return folder


def marked(plan: Plan, folder: Path) -> Marked:
    try:
        return mark(plan, answer_bytes(folder / FILE_NAME))
    except NotReadable as error:
        return Marked(problem=str(error))


def grade_quickly(course: Course, units: Iterable[str]) -> None:
    """Grade as `paroleclinic grade` does, with the same marks and rows, but write no notebooks."""
    with Book(course.root) as book:
        for unit in units:
            keys = ready(course, book, unit).keys
            plan = keys_of(course, unit).plan
            folders = sorted((course.root / "submitted").glob(f"*/{unit}"))
            graded = [Graded(path.parent.name, BEGAN, hand_in_print(path), marked(plan, path)) for path in folders]
            for start in range(0, len(graded), BATCH):
                assert book.save(unit, graded[start : start + BATCH], keys)
