"""What can be wrong with content that still loads. Each check yields problems; together they are the style guide."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from paroleclinic import CELLS
from paroleclinic.content import Amount, Day, Many, Memo, One, Question, Scenario
from paroleclinic.course import Course
from paroleclinic.grading import grade, grade_case, key_answer, key_answers
from paroleclinic.law import NotYetLaw
from paroleclinic.reading import Problem, Problems, line_of

Check = Callable[[Course], Iterator[Problem]]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
IGNORED = {"answers.jsonl", ".ipynb_checkpoints", "__pycache__", ".DS_Store"}


def problems(course: Course) -> list[Problem]:
    """Everything wrong with the course, in the order of the files; empty when all is well."""
    found = list(unreadable(course))
    if not found:
        for check in CHECKS:
            found += check(course)
    return sorted(set(found))


def unreadable(course: Course) -> Iterator[Problem]:
    """Files that do not load: not YAML, not of the model, or leaning on a rule that is not there."""
    readers: list[Callable[[], object]] = [lambda: course.outline]
    readers += [lambda rule=rule: course.law[rule] for rule in course.law]  # type: ignore[misc]
    readers += [lambda path=path: course.question_file(path) for path in course.question_paths]  # type: ignore[misc]
    readers += [lambda case=case: course.scenario(case) for case in course.scenario_paths]  # type: ignore[misc]
    for reader in readers:
        try:
            reader()
        except Problems as error:
            yield from error.problems
        except LookupError as error:
            yield Problem("scenarios", 0, str(error), "name a rule that holds a number on that day")


def asked(course: Course) -> Iterator[tuple[Path, int, Question, date]]:
    """Every question with its file, its place in the file, and the day it is asked on."""
    for path in course.question_paths:
        for number, question in enumerate(course.question_file(path).questions):
            yield path, number, question, course.outline.as_of
    for case, path in course.scenario_paths.items():
        scenario = course.scenario(case)
        for number, question in enumerate(scenario.questions):
            yield path, number, question, scenario.as_of


def _at(course: Course, path: Path, number: int, question: Question, says: str, fix: str) -> Problem:
    line = line_of(path, "questions", number, "id")
    return Problem(course.shown(path), line, f'question "{question.id}": {says}', fix)


def names(course: Course) -> Iterator[Problem]:
    """Ids are kebab-case and used once."""
    for path, number, question, _ in asked(course):
        options = [option.id for option in question.options] if isinstance(question, One | Many) else []
        for name in [question.id, *options]:
            if not SLUG.fullmatch(name):
                yield _at(course, path, number, question, f"the id {name!r} is not kebab-case", "use a-z, 0-9 and -")
    bank = Counter(q.id for path in course.question_paths for q in course.question_file(path).questions)
    for path, number, question, _ in asked(course):
        if bank[question.id] > 1 and path in course.question_paths:
            yield _at(course, path, number, question, "another question has this id", "give it an id of its own")
    outline = course.outline
    named = [*(lesson.id for lesson in outline.lessons), *(unit.id for unit in outline.units), *course.law]
    for name in [*named, *course.scenario_paths]:
        if not SLUG.fullmatch(name):
            yield Problem("course.yaml", 1, f"the id {name!r} is not kebab-case", "use a-z, 0-9 and -")
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
                        yield _at(course, path, number, question, f"the option {option.id!r} has no because", fix)
                    if not option.right and not option.misconception:
                        fix = "add misconception: the mistaken belief in a few words"
                        yield _at(
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
                        yield _at(
                            course,
                            path,
                            number,
                            question,
                            "an answer has no because",
                            "say in a sentence why",
                        )
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
                yield _at(
                    course,
                    path,
                    number,
                    question,
                    f'there is no rule "{rule}"',
                    "name a rule that stands in law/",
                )
                continue
            try:
                course.law[rule].at(day)
            except NotYetLaw as error:
                yield _at(course, path, number, question, str(error), "cite the rule of that day")


def invariants(course: Course) -> Iterator[Problem]:
    """Blank earns 0, the key earns all, and each other single answer earns less."""
    for path, number, question, day in asked(course):
        from paroleclinic.content import resolved

        try:
            question = resolved(question, day, course.value_on)  # noqa: PLW2901
        except LookupError as error:
            fix = "name a rule that holds a number on that day"
            yield _at(course, path, number, question, str(error), fix)
            continue
        if isinstance(question, Memo):
            continue
        if grade(question, None).earned != 0:
            yield _at(course, path, number, question, "a blank earns points", "correct the key")
        if grade(question, key_answer(question)).earned != question.points:
            yield _at(course, path, number, question, "the key does not earn all points", "correct the key")
        for answer in other_answers(question):
            if grade(question, answer).earned >= question.points:
                yield _at(course, path, number, question, f"{answer!r} earns as much as the key", "correct the key")
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
        case Day() | Amount():
            yield from (str(slip.answer) for slip in question.slips)
        case Memo():
            return


def references(course: Course) -> Iterator[Problem]:
    """Objectives, exhibits, lessons, headings and cases that are named exist."""
    goals = {lesson.id: {goal.id for goal in lesson.objectives} for lesson in course.outline.lessons}
    anchors = {
        lesson.id: headings(course.root / "notebooks" / f"{lesson.id}.ipynb") for lesson in course.outline.lessons
    }
    for path, number, question, _ in asked(course):
        lesson, _, slug = (question.reread or "").rpartition("#")
        if path in course.question_paths:
            lesson = course.question_file(path).lesson
            if question.objective not in goals.get(lesson, set()):
                fix = f"choose one of {', '.join(sorted(goals.get(lesson, set()))) or 'the objectives in course.yaml'}"
                yield _at(
                    course,
                    path,
                    number,
                    question,
                    f"the objective {question.objective!r} is not its lesson's",
                    fix,
                )
        else:
            known = {paper.id for paper in course.scenario(path.stem).exhibits}
            for paper in question.exhibits:
                if paper not in known:
                    fix = f"choose one of {', '.join(sorted(known))}"
                    yield _at(course, path, number, question, f'there is no exhibit "{paper}"', fix)
        if question.reread and slug not in anchors.get(lesson, set()):
            yield _at(
                course,
                path,
                number,
                question,
                f"reread: {lesson} has no heading {slug!r}",
                "name a heading of the lesson",
            )
    units = {unit.id: unit.cases for unit in course.outline.units}
    listed = {case for unit in course.outline.units for case in unit.cases}
    for case in listed ^ set(course.scenario_paths):
        says = f'the case "{case}" stands in only one of course.yaml and scenarios/'
        yield Problem("course.yaml", 1, says, "list it under its unit, or remove it")
    for case in listed & set(course.scenario_paths):
        unit = course.scenario_paths[case].parent.name
        if course.scenario(case).unit != unit or case not in units.get(unit, ()):
            yield Problem(
                course.shown(course.scenario_paths[case]),
                1,
                "the unit differs from its folder",
                f"write unit: {unit}",
            )


def headings(notebook: Path) -> set[str]:
    """The slugs of the headings in a notebook; empty when there is no such notebook."""
    if not notebook.is_file():
        return set()
    text = "\n".join("".join(cell["source"]) for cell in _cells(notebook) if cell["cell_type"] == "markdown")
    return {slug(found) for found in re.findall(r"^#{2,3} (.+)$", text, flags=re.M)}


def slug(heading: str) -> str:
    """A heading as `reread` names it: lower case, hyphens for blanks, no punctuation."""
    return re.sub(r"\s+", "-", re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip())


def lessons(course: Course) -> Iterator[Problem]:
    """Lesson notebooks: one for each lesson, tidy, calling only what exists, using each of its questions once."""
    folder = course.root / "notebooks"
    wanted = {lesson.id for lesson in course.outline.lessons}
    there = {path.stem for path in folder.glob("*.ipynb")}
    for name in sorted(wanted ^ there):
        fix = "add the notebook, or its lesson in course.yaml"
        yield Problem(f"notebooks/{name}.ipynb", 0, "it stands in only one of notebooks/ and course.yaml", fix)
    for name in sorted(wanted & there):
        yield from _lesson(course, name, folder / f"{name}.ipynb")


def _lesson(course: Course, name: str, path: Path) -> Iterator[Problem]:
    shown = course.shown(path)
    bank = [
        q.id
        for p in course.question_paths
        if course.question_file(p).lesson == name
        for q in course.question_file(p).questions
    ]
    used: Counter[str] = Counter()
    for number, cell in enumerate(_cells(path), 1):
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        if cell["outputs"] or cell["execution_count"]:
            yield Problem(shown, 0, f"cell {number} is stored with its output", "clear all outputs and save")
        calls, odd = _calls(source)
        if odd or len(source.splitlines()) > 3:
            fix = "use at most three lines, all of them calls of paroleclinic"
            yield Problem(shown, 0, f"cell {number} is more than a call of paroleclinic", fix)
        for call, arguments in calls:
            used.update(arguments if call == "quiz" else ())
            for argument in arguments:
                if known := unknown(course, call, argument):
                    yield Problem(shown, 0, f"cell {number}: {known}", "name one that is there, or add it")
    for question in sorted(set(bank) | set(used)):
        if bank.count(question) != 1 or used[question] != 1:
            says = f'the question "{question}" is asked {used[question]} times and stands {bank.count(question)} times in the bank'
            yield Problem(shown, 0, says, "ask each question of the lesson once")


def unknown(course: Course, call: str, argument: str) -> str:
    """What is wrong with calling for that lesson, rule or case; nothing when it is there and was law by then."""
    match call:
        case "title" if argument not in {lesson.id for lesson in course.outline.lessons}:
            return f'there is no lesson "{argument}"'
        case "case" | "key" if argument not in course.scenario_paths:
            return f'there is no case "{argument}"'
        case "rule" | "timeline" if argument not in course.law:
            return f'there is no rule "{argument}"'
        case "rule" if course.law[argument].versions[0].first_day > course.outline.as_of:
            return f'the rule "{argument}" is not yet law'
        case _:
            return ""


def _calls(source: str) -> tuple[list[tuple[str, list[str]]], bool]:
    """The paroleclinic calls in a cell with their text arguments, and whether anything else stands there."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return [], True
    calls, odd = [], False
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "paroleclinic":
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
            arguments = [str(a.value) for a in node.value.args if isinstance(a, ast.Constant)]
            calls.append((node.value.func.id, arguments))
            odd = odd or node.value.func.id not in CELLS or len(arguments) < len(node.value.args)
        else:
            odd = True
    return calls, odd


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
    texts = [case.debrief]
    for question in case.questions:
        texts.append(question.fact or "")
        match question:
            case One() | Many():
                texts += [option.because for option in question.options]
            case Day() | Amount():
                texts += [question.because, question.otherwise, *(slip.because for slip in question.slips)]
            case Memo():
                texts += [*question.model.splitlines(), *question.flaws]
                texts += [text for c in question.rubric for text in (c.full, c.half, c.none)]
    return [text.strip() for text in texts if len(text.split()) >= 3]


def _cells(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["cells"])


CHECKS: tuple[Check, ...] = (
    names, reasons, cited_law, invariants, references, lessons, stray_files, fresh_exercises, keys_in_exercises,
)  # fmt: skip
