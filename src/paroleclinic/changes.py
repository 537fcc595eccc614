"""What changed in the law between two days, what rests on it, and what has not been read again for long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from paroleclinic.check.places import cells
from paroleclinic.course import Course
from paroleclinic.law import Rule, Source, Version
from paroleclinic.questions import Amount, FromRule, Question

REREAD_AFTER = timedelta(days=180)


@dataclass(frozen=True)
class Change:
    """A version that began between two days, the one before it, and what in the course rests on the rule."""

    rule: Rule
    before: Version | None
    after: Version
    rests: tuple[str, ...]


@dataclass(frozen=True)
class Overdue:
    """A source that nobody has read for long; `days` since it was read, None when it never was."""

    rule: Rule
    source: Source
    days: int | None


def changes(course: Course, first: date, last: date) -> list[Change]:
    """Each version that began after `first` and up to `last`, oldest first, with everything that rests on its rule."""
    leaning = resting(course)
    found = []
    for rule in course.law.values():
        for number, version in enumerate(rule.versions):
            if first < version.first_day <= last:
                before = rule.versions[number - 1] if number else None
                found.append(Change(rule, before, version, leaning.get(rule.id, ())))
    return sorted(found, key=lambda change: (change.after.first_day, change.rule.id))


def resting(course: Course, rule_id: str = "") -> dict[str, tuple[str, ...]]:
    """Rule id -> the lessons, questions, cases and other pages that name it, such as "question ap-what".

    With `rule_id`, files that do not hold that id are not read, which is quick; the answer is whole for that rule alone.
    """
    found: dict[str, dict[str, None]] = {}
    for place, rule in _uses(course, lambda path: rule_id in path.read_text(encoding="utf-8")):
        found.setdefault(rule, {})[place] = None
    return {rule: tuple(places) for rule, places in found.items()}


def _uses(course: Course, names: Callable[[Path], bool]) -> Iterator[tuple[str, str]]:
    for path in sorted((course.root / "notebooks").glob("*.ipynb")):
        code = "\n".join("".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code")
        for given in re.findall(r"^(?:rule|timeline)\((.*)\)$", code, flags=re.M):
            yield from ((f"lesson {path.stem}", rule) for rule in re.findall(r'"([^"]+)"', given) if rule in course.law)
    for path in filter(names, course.bank_paths):
        for question in course.question_file(path).questions:
            yield from ((f"question {question.id}", rule) for rule in _rules(question))
    for case, path in course.scenario_paths.items():
        if not names(path):
            continue
        for question in course.scenario(case).questions:
            yield from ((f"case {path.parent.name}/{case}, {question.id}", rule) for rule in _rules(question))
        interview = course.scenario(case).interview
        for fact in interview.facts if interview else ():
            yield from ((f"case {path.parent.name}/{case}, interview, {fact.id}", rule) for rule in fact.rules)
    for name, path in course.consultation_paths.items():
        for scene in course.consultation(name).scenes if names(path) else ():
            yield from ((f"consultation {name}, {scene.id}", rule) for rule in scene.rules)
    for term, path in course.term_paths.items():
        if not names(path):
            continue
        yield from ((f"term {term}", rule) for rule in course.term(term).rules)
    if (course.root / "law" / "comparison.yaml").is_file():
        for row in course.comparison.rows:
            for cell in row.cells.values():
                yield from ((f"grid, {row.title.lower()}", rule) for rule in cell.rules)
    if (course.root / "law" / "events.yaml").is_file():
        for event in course.events.events:
            yield from ((f"event {event.id}", rule) for rule in event.rules)


def _rules(question: Question) -> tuple[str, ...]:
    number = question.answer.rule if isinstance(question, Amount) and isinstance(question.answer, FromRule) else None
    return (*question.rules, *([number] if number else []))


def overdue(law: Mapping[str, Rule], day: date) -> list[Overdue]:
    """Sources of the rules as they stand on `day` that were last read more than 180 days before, or never; worst first."""
    found = []
    for rule in law.values():
        for version in [v for v in rule.versions if v.first_day <= day][-1:]:
            for source in version.sources:
                days = (day - source.read).days if isinstance(source.read, date) else None
                if days is None or days > REREAD_AFTER.days:
                    found.append(Overdue(rule, source, days))
    return sorted(found, key=lambda one: (one.days is not None, -(one.days or 0), one.rule.id))


def citing(law: Mapping[str, Rule], text: str) -> list[tuple[Rule, Version, Source]]:
    """Every source whose citation holds the text, spaces and case aside."""
    wanted = _comparable(text)
    return [
        (rule, version, source)
        for rule in law.values()
        for version in rule.versions
        for source in version.sources
        if wanted in _comparable(source.cite)
    ]


def _comparable(text: str) -> str:
    return re.sub(r"[\s.§,]+", "", text).lower()
