"""Derived files: exercises are what the client files make of them, and hold no piece of a key."""

from __future__ import annotations

import json
from collections.abc import Iterator

from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.questions import Amount, Day, Many, Match, Memo, One, Order
from paroleclinic.reading import Problem

IGNORED = {"answers.jsonl", ".ipynb_checkpoints", "__pycache__", ".DS_Store"}


def stray_files(course: Course) -> Iterator[Problem]:
    """Nothing lies in solutions/ or exercises/ but the notebooks of the cases."""
    for folder in ("solutions", "exercises"):
        wanted = {f"{folder}/{unit.id}/{case}.ipynb" for unit in course.outline.units for case in unit.cases}
        for path in sorted((course.root / folder).rglob("*")):
            name = course.shown(path)
            if path.is_dir() or IGNORED & {*path.parts} or name in wanted:
                continue
            yield Problem(
                name,
                0,
                "this file belongs to no case",
                "remove it; a file in solutions/ would reach the learners",
            )


def fresh_exercises(course: Course) -> Iterator[Problem]:
    """Solutions and exercises are what the client files make of them today."""
    from paroleclinic.build import fresh

    try:
        made = fresh(course)
    except LookupError:
        return  # references says so
    for name, text in made.items():
        path = course.root / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield Problem(name, 0, "it is not what a fresh build makes", "run: paroleclinic build")


def keys_in_exercises(course: Course) -> Iterator[Problem]:
    """No reason, rubric, model or key stands in what a learner is given."""
    for case in course.scenario_paths:
        secrets = key_texts(course.scenario(case))
        for path in sorted((course.root / "exercises").rglob("*.ipynb")):
            text = json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
            if found := next(
                (secret for secret in secrets if json.dumps(secret, ensure_ascii=False)[1:-1] in text), None
            ):
                yield Problem(
                    course.shown(path),
                    0,
                    f"it holds a piece of the key: {found[:40]!r}",
                    "run: paroleclinic build",
                )


def key_texts(case: Scenario) -> list[str]:
    """Every sentence of a case that a learner must not see before grading, longer than a few words."""
    issues = [*case.issues, *(case.twin.issues if case.twin else ())]
    texts = [case.debrief, *(issue.because for issue in issues), *(thing.says for thing in case.hidden)]
    if case.interview:
        texts += [text for fact in case.interview.facts for text in (fact.says, fact.because)]
        texts += [text for ask in case.interview.asks for text in (ask.answer, ask.guarded or "", ask.because)]
        texts += [pair.because for pair in case.interview.order]
        texts += [line.because for line in case.interview.statements]
    for question in case.questions:
        texts.append(question.fact or "")
        match question:
            case One() | Many():
                texts += [option.because for option in question.options]
            case Match():
                texts += [text for item in question.items for text in (item.because, item.misconception)]
            case Order():
                texts += [question.misconception, *(step.because for step in question.steps)]
                texts += [danger.because for danger in question.dangers]
            case Day() | Amount():
                texts += [question.because, question.otherwise, *(slip.because for slip in question.slips)]
            case Memo():
                texts += [*question.model.splitlines(), *question.flaws]
                texts += [text for c in question.rubric for text in (c.full, c.half, c.none)]
    return [text.strip() for text in texts if len(text.split()) >= 3]
