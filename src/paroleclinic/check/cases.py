"""Client files: the key derived twice, the papers hiding something, the questions asking what a caseworker must ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from paroleclinic.check.lessons import reading_grade
from paroleclinic.clientfile import ClientFile
from paroleclinic.content import Issue, Scenario, Standard
from paroleclinic.course import Course
from paroleclinic.edition import FILE
from paroleclinic.grading import key_answer
from paroleclinic.law import NotYetLaw
from paroleclinic.questions import Amount, Asks, Day, Many, Match, Memo, One, Order, Question
from paroleclinic.reading import Problem, line_of
from paroleclinic.skeleton import MARK
from paroleclinic.spotting import RULES, Spotted, spotted

MEMO_GRADE = 8.0
STORY_GRADE = 10.0


def double_entry(course: Course) -> Iterator[Problem]:
    """The issues that a person wrote in the key are those that the rules spot in the typed file, on both days."""
    for case, path in course.scenario_paths.items():
        scenario = course.scenario(case)
        if scenario.file is None:
            fix = "add `file:` with the people of the case; see paroleclinic.clientfile"
            yield Problem(course.shown(path), 1, "the case has no typed client file", fix)
            continue
        yield from _entries(course, path, scenario, scenario.file, scenario.as_of, scenario.issues, ("issues",))
        if scenario.twin:
            try:
                file = scenario.file.changed(scenario.twin.changes)
            except (KeyError, ValidationError) as error:
                says = f"twin.changes: {_first_line(error)}"
                yield Problem(course.shown(path), line_of(path, "twin", "changes"), says, "write facts as in `file`")
                continue
            twin = scenario.twin
            yield from _entries(course, path, scenario, file, twin.as_of, twin.issues, ("twin", "issues"))


def _entries(
    course: Course, path: Path, case: Scenario, file: ClientFile, day: date, key: Iterable[Issue], at: tuple[str, ...]
) -> Iterator[Problem]:
    shown, papers = course.shown(path), {paper.id for paper in case.exhibits}
    people = {person.id for person in file.people}
    wanted: set[Spotted] = set()
    for number, issue in enumerate(key):
        for says, fix in _entry(issue, people, papers, wanted):
            yield Problem(shown, line_of(path, *at, number), says, fix)
        wanted.add(Spotted(issue.who, issue.issue))
    found = spotted(file, day)
    moved = course.edition and any(change.change == "date" for change in course.edition.of(case.id))
    other_day = "" if not moved else f". Or choose another day for {case.id} in {FILE}, on which the key still holds"
    for one in sorted(found - wanted):
        says = f'on {day} the file shows "{one.issue}" for {one.who}, and the key does not name it'
        yield Problem(
            shown, line_of(path, *at), says, f"{RULES[one.issue].says}: add it, or correct the file{other_day}"
        )
    for one in sorted(wanted - found):
        if one.who in people and one.issue in RULES:
            says = f'on {day} the key names "{one.issue}" for {one.who}, and the file does not show it'
            yield Problem(
                shown, line_of(path, *at), says, f"{RULES[one.issue].says}: remove it, or correct the file{other_day}"
            )


def _entry(issue: Issue, people: set[str], papers: set[str], before: set[Spotted]) -> Iterator[tuple[str, str]]:
    if issue.who not in people:
        yield f'there is no person "{issue.who}"', f"choose one of {', '.join(sorted(people))}"
    elif issue.issue not in RULES:
        yield f'no rule spots "{issue.issue}"', "name a rule: paroleclinic spot"
    elif Spotted(issue.who, issue.issue) in before:
        yield f'the issue "{issue.issue}" of {issue.who} stands twice', "keep one"
    for paper in issue.exhibits:
        if paper not in papers:
            yield f'there is no exhibit "{paper}"', f"choose one of {', '.join(sorted(papers))}"


def unwritten(course: Course) -> Iterator[Problem]:
    """Nothing of the skeleton that `paroleclinic new case` writes is left to write."""
    for path in course.scenario_paths.values():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for left in re.findall(rf'{MARK}([^"]*)', line):
                says = f"still to write: {left}"
                yield Problem(course.shown(path), number, says, "write it, and take the mark away")


def case_design(course: Course) -> Iterator[Problem]:
    """A case has papers that hide something, enough questions of several kinds, the four habits, harm to avoid, a memo."""
    for case, path in course.scenario_paths.items():
        scenario = course.scenario(case)
        for says, fix in _design(scenario, course.outline.standard):
            yield Problem(course.shown(path), 1, says, fix)
        papers = {paper.id for paper in scenario.exhibits}
        for number, hidden in enumerate(scenario.hidden):
            for paper in {*hidden.exhibits} - papers:
                fix = f"choose one of {', '.join(sorted(papers))}"
                yield Problem(
                    course.shown(path), line_of(path, "hidden", number), f'there is no exhibit "{paper}"', fix
                )


def _design(case: Scenario, least: Standard) -> Iterator[tuple[str, str]]:
    few, kinds = least.questions[case.stars - 1], least.kinds[case.stars - 1]
    if case.right_tool is None:
        yield "the case does not say what would serve the client", "add right_tool; none when parole is the wrong tool"
    if len(case.exhibits) < least.papers:
        yield f"the file has {len(case.exhibits)} papers", f"give it {least.papers} or more"
    if not case.hidden:
        yield "the papers hide nothing", "add `hidden`: what only the papers show"
    if len(case.graded) < few:
        yield f"it asks {len(case.graded)} questions", f"a case of {case.stars} stars asks {few} or more"
    if len({q.kind for q in case.graded}) < kinds:
        yield f"its questions are of {len({q.kind for q in case.graded})} kinds", f"use {kinds} or more kinds"
    for habit in get_args(Asks):
        if not any(question.asks == habit for question in case.questions):
            yield f'no question asks "{habit}"', f"add a question with asks: {habit}"
    harms, (fewest, most) = sum(map(harmful_answers, case.graded)), least.harms
    if not fewest <= harms <= most:
        yield f"{harms} answers are marked harmful", f"mark {fewest} to {most}"
    prose = "\n".join([case.task, *case.story, case.debrief])
    if (grade := reading_grade(prose)) > STORY_GRADE:
        yield f"task, story and debrief read at grade {grade:.1f}", f"bring them to {STORY_GRADE:g} or below"
    yield from _memo(case.memo, least)


def _memo(memo: Memo | None, least: Standard) -> Iterator[tuple[str, str]]:
    if memo is None:
        yield "there is no memo", "add a question of kind memo"
        return
    fewest, most = least.criteria
    if not fewest <= len(memo.rubric) <= most:
        yield f"the rubric has {len(memo.rubric)} criteria", f"use {fewest} to {most}"
    if len(memo.flaws) < least.flaws:
        yield f"the memo names {len(memo.flaws)} flaws", f"name {least.flaws} or more"
    if (grade := reading_grade(_sentences(memo.model))) > MEMO_GRADE:
        yield f"the model memo reads at grade {grade:.1f}", f"bring it to {MEMO_GRADE:g} or below"


def twins(course: Course) -> Iterator[Problem]:
    """A twin stands on a day when the rules it turns on said something else, and its mirrored question another answer."""
    for case, path in course.scenario_paths.items():
        scenario = course.scenario(case)
        if scenario.twin is None:
            for question in scenario.questions:
                if question.mirrors:
                    says = f'question "{question.id}" mirrors another, and the case has no twin'
                    yield Problem(course.shown(path), 1, says, "add `twin:`, or remove `mirrors`")
            continue
        line = line_of(path, "twin")
        for says, fix in _twin(course, scenario):
            yield Problem(course.shown(path), line, says, fix)


def _twin(course: Course, case: Scenario) -> Iterator[tuple[str, str]]:
    twin = case.twin
    assert twin is not None
    for rule in twin.turns_on:
        if rule not in course.law:
            yield f'there is no rule "{rule}"', "name a rule that stands in law/"
            continue
        try:
            same = course.law[rule].at(case.as_of) == course.law[rule].at(twin.as_of)
        except NotYetLaw:
            same = False
        if same:
            yield f'the rule "{rule}" said the same on both days', "choose another day or another rule"
    if {(i.who, i.issue) for i in case.issues} == {(i.who, i.issue) for i in twin.issues}:
        yield "both days have the same issues", "a twin differs in at least one issue"
    own = {question.id: question for question in case.questions}
    mirrored = [q for q in case.questions if q.mirrors]
    if not mirrored:
        yield "no question mirrors another on the twin's day", "add one with on: and mirrors:"
    for question in mirrored:
        other = own.get(question.mirrors or "")
        if question.on != twin.as_of:
            yield f'question "{question.id}" is not asked on the twin\'s day', f"write on: {twin.as_of}"
        if other is None:
            yield f'question "{question.id}" mirrors "{question.mirrors}", which is not there', "name one of the case"
        elif _said(question) == _said(other):
            yield f'question "{question.id}" has the same answer as the one it mirrors', "ask what changed"


def harmful_answers(question: Question) -> int:
    """How many of the foreseen answers to a question are marked harmful."""
    match question:
        case One() | Many():
            return sum(option.harm for option in question.options)
        case Match():
            return sum(len(item.harm) for item in question.items)
        case Order():
            return len(question.dangers)
        case Day() | Amount():
            return sum(slip.harm for slip in question.slips)
        case _:
            return 0


def _said(question: Question) -> object:
    """The right answer in words."""
    match question:
        case One() | Many():
            return tuple(sorted(option.text.strip() for option in question.options if option.right))
        case Match():
            groups = {group.id: group.text for group in question.groups}
            return tuple(sorted((item.text, groups[item.group]) for item in question.items))
        case _:
            return str(key_answer(question))


def _sentences(memo: str) -> str:
    """A memo as running text: each line a sentence, so that a list or a greeting is not read as one long one."""
    lines = [line.strip() for line in memo.splitlines() if line.strip()]
    return "\n".join(line if line.endswith((".", "?", "!")) else f"{line.rstrip(',:;')}." for line in lines)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        detail = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
    return f"there is no person {error}"
