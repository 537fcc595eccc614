"""Lessons: what they name exists, their cells call the course and nothing else, and their prose is plain."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from paroleclinic import CELLS
from paroleclinic.check.places import asked, at, cells, headings
from paroleclinic.course import Course
from paroleclinic.edition import of_edition
from paroleclinic.marking import unknown_closed
from paroleclinic.reading import Problem

ENOUGH_WORDS = 100
HIGHEST_GRADE = 10.0


def references(course: Course) -> Iterator[Problem]:
    """Objectives, exhibits, lessons, headings and cases that are named exist."""
    lesson_of = {goal.id: lesson.id for lesson in course.outline.lessons for goal in lesson.objectives}
    goals = {lesson.id: {goal.id for goal in lesson.objectives} for lesson in course.outline.lessons}
    anchors = {
        lesson.id: headings(course.root / "notebooks" / f"{lesson.id}.ipynb") for lesson in course.outline.lessons
    }
    for path, number, question, _ in asked(course):
        lesson, _, slug = (question.reread or "").rpartition("#")
        if path in course.bank_paths:
            lesson = course.question_file(path).lesson or lesson_of.get(question.objective or "", "")
            if question.objective not in goals.get(lesson, set()):
                fix = f"choose one of {', '.join(sorted(goals.get(lesson, set()))) or 'the objectives in course.yaml'}"
                yield at(
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
                    yield at(course, path, number, question, f'there is no exhibit "{paper}"', fix)
        if question.reread and slug not in anchors.get(lesson, set()):
            yield at(
                course,
                path,
                number,
                question,
                f"reread: {lesson} has no heading {slug!r}",
                "name a heading of the lesson",
            )


def listing(course: Course) -> Iterator[Problem]:
    """Each case is listed under its unit, the cases of a unit go from easy to hard, and `closed` names what is there."""
    units = {unit.id: unit.cases for unit in course.outline.units}
    listed = {case for unit in course.outline.units for case in unit.cases}
    for case in listed ^ set(course.scenario_paths):
        where = course.listed_in(case)
        says = f'the case "{case}" stands in only one of {where} and {"local/" if of_edition(case) else ""}scenarios/'
        yield Problem(where, 1, says, "list it under its unit, or remove it")
    for case in listed & set(course.scenario_paths):
        unit = course.scenario_paths[case].parent.name
        if course.scenario(case).unit != unit or case not in units.get(unit, ()):
            yield Problem(
                course.shown(course.scenario_paths[case]),
                1,
                "the unit differs from its folder",
                f"write unit: {unit}",
            )
    for group in course.outline.units:
        stars = [course.scenario(case).stars for case in group.cases if case in course.scenario_paths]
        if stars != sorted(stars) or (stars and stars[0] > 1):
            says = f"the cases of {group.id} have {', '.join(map(str, stars))} stars, in this order"
            yield Problem(
                course.listed_in(group.id), 1, says, "begin with a case of one star, and go on from easy to hard"
            )
        there = [course.scenario(case) for case in group.cases if case in course.scenario_paths]
        said = course.edition.closed if course.edition else ()  # edition_names says so
        for name in (one for one in unknown_closed(group, there) if one not in said):
            fix = "write a case of the unit, or case/question"
            yield Problem(course.listed_in(group.id), 1, f"`closed` of {group.id} names nothing: {name}", fix)


def lessons(course: Course) -> Iterator[Problem]:
    """Lesson notebooks: one for each lesson, tidy, calling only what exists, using each of its questions once."""
    folder = course.root / "notebooks"
    wanted = {*course.outline.notebooks}
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
    for number, cell in enumerate(cells(path), 1):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            if re.search(r"(?<!\\)\$", source):
                yield Problem(shown, 0, f"cell {number} holds a bare $, which begins mathematics", r"write \$ instead")
            continue
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
        case "title" if argument not in {*course.outline.notebooks}:
            return f'there is no lesson or page "{argument}"'
        case "cases" if argument not in {lesson.id for lesson in course.outline.lessons}:
            return f'there is no lesson "{argument}"'
        case "test_form" if argument not in {
            path.stem for path in course.question_paths if course.question_file(path).form
        }:
            return f'there is no form of the test "{argument}"'
        case "specimen" if argument not in course.specimen_paths:
            return f'there is no specimen "{argument}"'
        case "chart" if argument not in course.figure_paths:
            return f'there is no data set "{argument}"'
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


def reading_level(course: Course) -> Iterator[Problem]:
    """The prose of each lesson reads at grade ten or below on the Flesch-Kincaid scale, quotations aside."""
    for lesson in course.outline.lessons:
        path = course.root / "notebooks" / f"{lesson.id}.ipynb"
        text = prose(path) if path.is_file() else ""
        if len(text.split()) < ENOUGH_WORDS:
            continue
        if (grade := reading_grade(text)) > HIGHEST_GRADE:
            says = f"its prose reads at grade {grade:.1f}"
            yield Problem(course.shown(path), 0, says, "write shorter sentences and commoner words")


def reading_grade(text: str) -> float:
    """The school grade a text asks for, by Flesch and Kincaid."""
    import textstat

    return float(textstat.flesch_kincaid_grade(text))


def prose(notebook: Path) -> str:
    """The running text of a notebook: no headings, tables, diagrams, quotations or marks; each list item a sentence."""
    text = "\n\n".join("".join(cell["source"]) for cell in cells(notebook) if cell["cell_type"] == "markdown")
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    text = re.sub(r"^(\||#|>).*$", "", text, flags=re.M)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*(-|[0-9]+\.)\s+", "", re.sub(r"[*`_]", "", text), flags=re.M)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(line if line.endswith((".", "?", "!", ":", '"', ")")) else f"{line}." for line in lines)
