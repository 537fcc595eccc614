"""Guides and ready courses: all they name is there, flows end, sessions hold, and nothing gives a graded key away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from paroleclinic import leaks
from paroleclinic.course import Course
from paroleclinic.flow import answers, looping, reached
from paroleclinic.instructor import INDEX
from paroleclinic.law import NotYetLaw
from paroleclinic.questions import Amount, Day, Many, One
from paroleclinic.reading import Problem, line_of
from paroleclinic.teaching import HANDOUTS, PARTS, Guide, Plan, Program

Wrong = tuple[tuple[str | int, ...], str, str]  # where in the file, what, and what to do
SIZES = (("aims", 3, 5), ("slides", 8, 12), ("prompts", 4, 6), ("misconceptions", 4, 6))
SHORT = 45  # minutes of the plan that needs one poll and no role-play


def teaching(course: Course) -> Iterator[Problem]:
    """Every lesson has a guide where there is any; guides and ready courses name what is there and keep the keys."""
    if not (course.guide_paths or course.program_paths):
        return
    for lesson in course.outline.lessons:
        if lesson.id not in course.guide_paths:
            yield Problem(f"teaching/guides/{lesson.id}.yaml", 0, "this lesson has no guide", "write one")
    for name in course.guide_paths:
        yield from of_guide(course, name)
        yield from _placed(course, name, _leaked(course, course.guide(name)))
    for name, path in course.program_paths.items():
        for keys, says, fix in _program(course, course.program(name)):
            yield Problem(course.shown(path), line_of(path, *keys), says, fix)


def of_guide(course: Course, name: str) -> Iterator[Problem]:
    """What is wrong with one guide in itself; the client files are not read."""
    guide = course.guide(name)
    if name not in {lesson.id for lesson in course.outline.lessons}:
        yield Problem(
            course.shown(course.guide_paths[name]), 1, f'there is no lesson "{name}"', "name one of course.yaml"
        )
        return
    parts = (_sizes(guide), _rules(course, guide), _polls(course, guide), _plans(course, guide), _flow(guide))
    yield from _placed(course, name, chain(*parts, _terms(course, guide)))


def _placed(course: Course, name: str, wrong: Iterable[Wrong]) -> Iterator[Problem]:
    path = course.guide_paths[name]
    for keys, says, fix in wrong:
        yield Problem(course.shown(path), line_of(path, *keys), says, fix)


def _sizes(guide: Guide) -> Iterator[Wrong]:
    for part, least, most in SIZES:
        number = len(getattr(guide, part))
        if not least <= number <= most:
            yield (part,), f"it has {number} {part}", f"give it {least} to {most}"


def _rules(course: Course, guide: Guide) -> Iterator[Wrong]:
    for keys, rules in _ruled(guide):
        for rule in rules:
            if rule not in course.law:
                yield keys, f'there is no rule "{rule}"', "name a rule that stands in law/"
                continue
            try:
                course.law[rule].at(course.outline.as_of)
            except NotYetLaw:
                yield keys, f'the rule "{rule}" is not yet law', "name one that is"


def _ruled(guide: Guide) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    """Each list of rules with its place."""
    yield ("role_play", "rules"), guide.role_play.rules
    yield ("handouts", "rules"), guide.handouts.rules
    for part in ("prompts", "misconceptions", "slides"):
        for number, one in enumerate(getattr(guide, part)):
            yield (part, number, "rules"), one.rules
    for number, fork in enumerate(guide.handouts.flow):
        yield ("handouts", "flow", number, "rules"), fork.rules


def _polls(course: Course, guide: Guide) -> Iterator[Wrong]:
    bank = {
        question.id: question
        for path in course.question_paths
        if path.stem == guide.lesson
        for question in course.question_file(path).questions
    }
    polls = [poll.question for poll in guide.polls]
    for number, name in enumerate(polls):
        if name not in bank:
            yield ("polls", number), f'the lesson has no question "{name}"', "name one of its questions"
        elif not isinstance(bank[name], One | Many | Amount | Day):
            yield ("polls", number), f'a room cannot show its answer to "{name}"', "take one with options"
    if len(set(polls)) < len(polls):
        yield ("polls",), "the two polls are the same", "ask two questions"
    shown = [(number, slide.question) for number, slide in enumerate(guide.slides) if slide.question]
    for number, asked in shown:
        if asked not in polls:
            yield ("slides", number), f'the slide shows "{asked}", which is no poll', "show one of the two polls"
    for number, name in enumerate(polls):
        times = sum(asked == name for _, asked in shown)
        if times != 1:
            yield ("polls", number), f'"{name}" stands on {times} slides', "show each poll on one slide"


def _plans(course: Course, guide: Guide) -> Iterator[Wrong]:
    for number, plan in enumerate(guide.plans):
        uses = [use for step in plan.steps for use in step.uses]
        least = 1 if plan.length == SHORT else 2
        if len({use for use in uses if use.startswith("poll:")}) < least:
            yield ("plans", number), f"the plan for {plan.length} minutes asks too few polls", f"ask {least}"
        if plan.length > SHORT and "role-play" not in uses:
            yield ("plans", number), f"the plan for {plan.length} minutes has no role-play", "give it one"
        yield from _uses(course, guide, number, plan)


def _uses(course: Course, guide: Guide, number: int, plan: Plan) -> Iterator[Wrong]:
    for place, step in enumerate(plan.steps):
        for use in step.uses:
            if fix := _unknown(course, guide, use):
                yield ("plans", number, "steps", place, "uses"), f'"{use}" is not there', fix


def _unknown(course: Course, guide: Guide, use: str) -> str:
    """What to do about something a step uses that is not there; nothing when it is."""
    kind, _, name = use.partition(":")
    lesson, _, slug = name.partition("#")
    first, _, last = name.partition("-")
    known, fix = {
        "poll": (name in {poll.question for poll in guide.polls}, "name one of the two polls"),
        "slides": (_within(first, last or first, len(guide.slides)), f"name slides from 1 to {len(guide.slides)}"),
        "prompt": (_within(name, name, len(guide.prompts)), f"name a prompt from 1 to {len(guide.prompts)}"),
        "case": (name in course.scenario_paths, "name a case of scenarios/"),
        "interview": (name in course.scenario_paths, "name a case of scenarios/"),
        "consultation": (name in course.consultation_paths, "name one of consultations/"),
        "section": (
            slug in course.sections(lesson) if kind == "section" else False,
            "write LESSON#HEADING-IN-SMALL-LETTERS",
        ),
        "handout": (name in HANDOUTS, f"name one of {', '.join(HANDOUTS)}"),
        "role-play": (not name, "write `role-play` alone"),
        "board": (not name, "write `board` alone"),
    }.get(kind, (False, "use what teaching.py names: poll, slides, prompt, case, interview, consultation, section, …"))
    return "" if known else fix


def _within(first: str, last: str, most: int) -> bool:
    return first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last) <= most


def _flow(guide: Guide) -> Iterator[Wrong]:
    forks = guide.handouts.flow
    ids = [fork.id for fork in forks]
    place = ("handouts", "flow")
    if not forks:
        yield ("handouts",), "the flow has no question", "give it one"
    if len({*ids}) < len(ids):
        yield place, "two forks have the same id", "give each its own"
        return
    there = reached(forks)
    for number, fork in enumerate(forks):
        if fork.id not in there:
            yield (*place, number), f'no path comes to the fork "{fork.id}"', "lead an answer to it, or remove it"
        for answer, to in answers(fork):
            if to not in ids and re.fullmatch(r"[a-z0-9-]*", to):
                yield (
                    (*place, number, answer),
                    f'"{to}" is neither a fork nor an end in words',
                    "write an end, or a fork's id",
                )
    if loop := looping(forks):
        yield place, f"the forks {', '.join(loop)} form a loop", "lead one of them onward"


def _terms(course: Course, guide: Guide) -> Iterator[Wrong]:
    for term in guide.handouts.terms:
        if term not in course.term_paths:
            yield ("handouts", "terms"), f'there is no term "{term}"', "name one of glossary/"


def _leaked(course: Course, guide: Guide) -> Iterator[Wrong]:
    """What can reach trainees holds no piece of a graded case's key."""
    for keys, text in _seen(guide):
        for leak in leaks.in_text(course, None, text)[:1]:
            says = f"it gives away a piece of a key ({leak.what} of {'/'.join(filter(None, (leak.case, leak.question)))}): {leak.piece[:60]!r}"
            yield keys, says, "say it in other words, or about other facts"


def _seen(guide: Guide) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for number, slide in enumerate(guide.slides):
        yield ("slides", number), "\n".join([slide.title, *slide.points])
    for part in PARTS:
        sheet = getattr(guide.role_play, part)
        yield ("role_play", part), "\n".join([sheet.who, *sheet.knows, *sheet.does])
    yield ("role_play",), "\n".join([guide.role_play.setting, *guide.role_play.watch_for, *guide.role_play.debrief])
    pages = guide.handouts
    for number, fork in enumerate(pages.flow):
        yield ("handouts", "flow", number), "\n".join([fork.ask, fork.yes, fork.no])
    yield ("handouts", "checklist"), "\n".join([*pages.checklist, *chain(*pages.checklist.values())])
    yield ("handouts", "intake"), "\n".join(pages.intake)


def _program(course: Course, program: Program) -> Iterator[Wrong]:
    lessons = {lesson.id for lesson in course.outline.lessons}
    if program.id in lessons or program.id == INDEX:
        yield ("id",), f'"{program.id}" is the name of another page', "choose another id"
    if not program.sessions:
        yield ("sessions",), "it has no session", "give it one"
    for number, session in enumerate(program.sessions):
        for lesson in session.lessons:
            if lesson not in lessons or lesson not in course.guide_paths:
                yield (
                    ("sessions", number, "lessons"),
                    f'there is no lesson "{lesson}" with a guide',
                    "name one that has a guide",
                )
        for case in session.cases:
            if case not in course.scenario_paths:
                yield ("sessions", number, "cases"), f'there is no case "{case}"', "name a case of scenarios/"
