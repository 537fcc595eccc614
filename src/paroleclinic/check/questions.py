"""Questions and their keys: named once, explained, resting on the law of their day, and impossible to win by guessing on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from paroleclinic.check.places import asked, at, parts
from paroleclinic.course import Course
from paroleclinic.grading import grade, grade_case, key_answer, key_answers
from paroleclinic.law import NotYetLaw
from paroleclinic.questions import Amount, Day, Many, Match, Memo, One, Order, Question, resolved
from paroleclinic.reading import Problem

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def names(course: Course) -> Iterator[Problem]:
    """Ids are kebab-case and used once."""
    for path, number, question, _ in asked(course):
        for name in [question.id, *parts(question)]:
            if not SLUG.fullmatch(name):
                yield at(course, path, number, question, f"the id {name!r} is not kebab-case", "use a-z, 0-9 and -")
    bank = Counter(q.id for path in course.bank_paths for q in course.question_file(path).questions)
    for path, number, question, _ in asked(course):
        if bank[question.id] > 1 and path in course.bank_paths:
            yield at(course, path, number, question, "another question has this id", "give it an id of its own")
    outline = course.outline
    named = [*(lesson.id for lesson in outline.lessons), *(unit.id for unit in outline.units), *course.law]
    for name in [*named, *course.scenario_paths]:
        if not SLUG.fullmatch(name):
            yield Problem(course.listed_in(name), 1, f"the id {name!r} is not kebab-case", "use a-z, 0-9 and -")
    for case, path in course.scenario_paths.items():
        for paper in course.scenario(case).exhibits:
            if not SLUG.fullmatch(paper.id):
                yield Problem(course.shown(path), 1, f"the id {paper.id!r} is not kebab-case", "use a-z, 0-9 and -")
        count = Counter(question.id for question in course.scenario(case).questions)
        count.update(paper.id for paper in course.scenario(case).exhibits)
        for name, times in count.items():
            if times > 1:
                yield Problem(course.shown(path), 1, f"the id {name!r} is used {times} times", "give each its own id")


def reasons(course: Course) -> Iterator[Problem]:
    """Every answer, right or wrong, says why; a wrong option names the mistake behind it."""
    for path, number, question, _ in asked(course):
        match question:
            case One() | Many():
                for option in question.options:
                    if len(option.because.split()) < 3:
                        fix = "say in a sentence why it is right or wrong"
                        yield at(course, path, number, question, f"the option {option.id!r} has no because", fix)
                    if not option.right and not option.misconception:
                        fix = "add misconception: the mistaken belief in a few words"
                        yield at(
                            course,
                            path,
                            number,
                            question,
                            f"the wrong option {option.id!r} names no mistake",
                            fix,
                        )
            case Day() | Amount():
                for text in (
                    question.because,
                    question.otherwise,
                    *(slip.because for slip in question.slips),
                ):
                    if len(text.split()) < 3:
                        yield at(
                            course,
                            path,
                            number,
                            question,
                            "an answer has no because",
                            "say in a sentence why",
                        )
            case Match() | Order():
                for part in question.items if isinstance(question, Match) else question.steps:
                    if len(part.because.split()) < 3:
                        fix = "say in a sentence why it belongs there"
                        yield at(course, path, number, question, f"{part.id!r} has no because", fix)
            case Memo():
                pass


def cited_law(course: Course) -> Iterator[Problem]:
    """Every rule named is in the register and was law on the day of the question."""
    for path, number, question, day in asked(course):
        wanted = list(question.rules)
        if isinstance(question, Amount) and not isinstance(question.answer, str):
            wanted.append(question.answer.rule)
        for rule in wanted:
            if rule not in course.law:
                yield at(
                    course,
                    path,
                    number,
                    question,
                    f'there is no rule "{rule}"',
                    "name a rule that stands in law/",
                )
                continue
            try:
                course.law[rule].at(question.on or day)
            except NotYetLaw as error:
                yield at(course, path, number, question, str(error), "cite the rule of that day")


def invariants(course: Course) -> Iterator[Problem]:
    """Blank earns 0, the key earns all, and each other single answer earns less."""
    for path, number, question, day in asked(course):
        try:
            question = resolved(question, day, course.value_on)  # noqa: PLW2901
        except LookupError as error:
            fix = "name a rule that holds a number on that day"
            yield at(course, path, number, question, str(error), fix)
            continue
        if isinstance(question, Memo):
            continue
        if grade(question, None).earned != 0:
            yield at(course, path, number, question, "a blank earns points", "correct the key")
        if grade(question, key_answer(question)).earned != question.points:
            yield at(course, path, number, question, "the key does not earn all points", "correct the key")
        for answer in other_answers(question):
            if grade(question, answer).earned >= question.points:
                yield at(course, path, number, question, f"{answer!r} earns as much as the key", "correct the key")
    for case, path in course.scenario_paths.items():
        scenario = course.scenario(case)
        if grade_case(scenario, key_answers(scenario)).earned != scenario.points:
            yield Problem(course.shown(path), 1, "the key does not earn all points of the case", "correct the key")


def other_answers(question: Question) -> Iterator[object]:
    """Answers one step away from the key: each other option, one pick more or less, each slip."""
    match question:
        case One():
            yield from (option.id for option in question.options if not option.right)
        case Many():
            key = set(question.key)
            yield from (sorted(key ^ {option.id}) for option in question.options)
            yield [option.id for option in question.options]
        case Match():
            groups = [group.id for group in question.groups]
            for item, right in question.key.items():
                yield {other: group for other, group in question.key.items() if other != item}
                yield from ({**question.key, item: group} for group in groups if group != right)
        case Order():
            for place in range(1, len(question.key)):
                one, other = question.key[place - 1 : place + 1]
                yield [*question.key[: place - 1], other, one, *question.key[place + 1 :]]
            yield list(reversed(question.key))
        case Day() | Amount():
            yield from (str(slip.answer) for slip in question.slips)
        case Memo():
            return


def near_twins(course: Course) -> Iterator[Problem]:
    """A near twin asks the point of a question of its lesson again: the same law, other facts, one for each question."""
    for path in course.twin_paths:
        lesson = course.question_file(path).lesson
        bank = {
            q.id: q for p in course.question_paths if p.stem == path.stem for q in course.question_file(p).questions
        }
        seen: set[str] = set()
        for number, question in enumerate(course.question_file(path).questions):
            other = bank.get(question.near or "")
            if lesson != path.stem:
                says, fix = f"the file's lesson is {lesson!r}", f"write lesson: {path.stem}"
            elif other is None:
                says, fix = (
                    f"it is near {question.near!r}, which its lesson does not ask",
                    "name a question of the lesson",
                )
            elif other.id in seen:
                says, fix = f'"{other.id}" has another near twin', "keep one"
            elif not {*question.rules} & {*other.rules}:
                says, fix = f'it shares no rule with "{other.id}"', "ask the same law of other facts"
            elif question.objective != other.objective:
                says, fix = f'its objective is not that of "{other.id}"', f"write objective: {other.objective}"
            elif question.prompt.strip() == other.prompt.strip():
                says, fix = f'it asks what "{other.id}" asks', "change the facts"
            else:
                seen.add(other.id)
                continue
            yield at(course, path, number, question, says, fix)
