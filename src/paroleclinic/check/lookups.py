"""What is looked up, the test around the course, and that all of the seed page is taught and tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from paroleclinic.check.places import called, headings, line_of_text
from paroleclinic.course import Course
from paroleclinic.questions import Question
from paroleclinic.reading import Problem


def lookups(course: Course) -> Iterator[Problem]:
    """Terms, grid and events rest on rules of the register; every specimen and data set is shown in some lesson."""
    wanted = [(course.shown(path), "rules", course.term(term).rules) for term, path in course.term_paths.items()]
    if (course.root / "law" / "comparison.yaml").is_file():
        cells = [(row.id, kind, cell) for row in course.comparison.rows for kind, cell in row.cells.items()]
        wanted += [("law/comparison.yaml", f"{row}, {kind}", cell.rules) for row, kind, cell in cells]
    if (course.root / "law" / "events.yaml").is_file():
        wanted += [("law/events.yaml", f"event {event.id}", event.rules) for event in course.events.events]
    for name, place, rules in wanted:
        for rule in rules:
            if rule not in course.law:
                says = f'{place}: there is no rule "{rule}"'
                yield Problem(name, line_of_text(course.root / name, rule), says, "name a rule that stands in law/")
    for call, paths in (("specimen", course.specimen_paths), ("chart", course.figure_paths)):
        shown = called(course, call)
        for entry, path in paths.items():
            if entry not in shown:
                yield Problem(
                    course.shown(path), 1, "no lesson shows it", f'call {call}("{entry}") in one, or remove it'
                )


def forms(course: Course) -> Iterator[Problem]:
    """The forms of the test are parallel: the same lessons, levels and kinds, and no question in two places."""
    lesson_of = {goal.id: lesson.id for lesson in course.outline.lessons for goal in lesson.objectives}
    plans = {}
    for path in course.question_paths:
        file = course.question_file(path)
        if file.form:
            plans[course.shown(path)] = Counter(_slot(question, lesson_of) for question in file.questions)
    first, *others = plans or [""]
    for other in others:
        for slot, count in ((plans[first] - plans[other]) + (plans[other] - plans[first])).items():
            says = f"it and {first} differ by {count} of: {', '.join(slot)}"
            yield Problem(other, 1, says, "give both forms as many questions of each lesson, level and kind")
    prompts = Counter(q.prompt for path in course.question_paths for q in course.question_file(path).questions)
    for path in course.question_paths:
        for question in course.question_file(path).questions:
            if prompts[question.prompt] > 1:
                yield Problem(
                    course.shown(path), 1, f'"{question.id}" asks what another question asks', "ask something else"
                )


def _slot(question: Question, lesson_of: dict[str, str]) -> tuple[str, str, str]:
    return lesson_of.get(question.objective or "", "no lesson"), question.level or "no level", question.kind


def coverage(course: Course) -> Iterator[Problem]:
    """Every claim of the page that the course was asked for is taught in a section and tested by a question or case."""
    if not (course.root / "coverage.yaml").is_file():
        return
    tests = {q.id for path in course.question_paths for q in course.question_file(path).questions} | {
        *course.scenario_paths
    }
    sections: dict[str, set[str]] = {}
    for claim in course.coverage.claims:
        lesson, _, slug = claim.taught.partition("#")
        if lesson not in sections:
            sections[lesson] = headings(course.root / "notebooks" / f"{lesson}.ipynb")
        line = line_of_text(course.root / "coverage.yaml", f"id: {claim.id}")
        if slug not in sections[lesson]:
            yield Problem(
                "coverage.yaml",
                line,
                f"{claim.id}: there is no section {claim.taught}",
                "name a section that teaches it",
            )
        for test in claim.tested or ("",):
            if test not in tests:
                fix = "name a question or case that tests it"
                yield Problem("coverage.yaml", line, f'{claim.id}: there is no question or case "{test}"', fix)
