"""What can be wrong with content that still loads. Each check yields problems; together they are the style guide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from paroleclinic.check.cases import case_design, double_entry, twins, unwritten
from paroleclinic.check.comments import ready_comments
from paroleclinic.check.cues import test_wise
from paroleclinic.check.derived import fresh_exercises, stray_files
from paroleclinic.check.editions import edition_moved, edition_names, edition_places
from paroleclinic.check.interviews import consultations, interviews
from paroleclinic.check.invented import in_cases, invented_only
from paroleclinic.check.leaked import leaked
from paroleclinic.check.lessons import lessons, listing, reading_level, references
from paroleclinic.check.lookups import coverage, forms, lookups
from paroleclinic.check.places import Check
from paroleclinic.check.questions import cited_law, invariants, names, near_twins, reasons
from paroleclinic.check.teaching import of_guide, teaching
from paroleclinic.course import Course
from paroleclinic.reading import Problem, Problems


def problems(course: Course) -> list[Problem]:
    """Everything wrong with the course, in the order of the files; empty when all is well."""
    found = list(unreadable(course))
    if not found:
        for check in CHECKS:
            found += check(course)
    return sorted(set(found))


def problems_of_case(course: Course, case_id: str) -> list[Problem]:
    """What is wrong with one client file; the rest of the course is not read. Raises NoSuchEntry."""
    one = course.with_one_case(case_id)
    return _of(one, [lambda: one.scenario(case_id)], CASE_CHECKS)


def problems_of_lesson(course: Course, lesson_id: str) -> list[Problem]:
    """What is wrong with the questions of one lesson, their near twins and its guide. Raises NoSuchEntry."""
    one = course.with_one_lesson(lesson_id)
    checks = list(LESSON_CHECKS)
    if lesson_id in course.guide_paths:
        checks.append(lambda _: of_guide(course, lesson_id))
    return _of(one, [lambda path=path: one.question_file(path) for path in one.bank_paths], checks)  # type: ignore[misc]


def problems_of_consultation(course: Course, consultation_id: str) -> list[Problem]:
    """What is wrong with one consultation; the rest of the course is not read. Raises NoSuchEntry."""
    one = course.with_one_consultation(consultation_id)
    return _of(one, [lambda: one.consultation(consultation_id)], [consultations])


def _of(one: Course, readers: Iterable[Callable[[], object]], checks: Iterable[Check]) -> list[Problem]:
    """The problems of the first file that does not load, or else what the checks find."""
    try:
        for read in readers:
            read()
        return sorted({problem for check in checks for problem in check(one)})
    except Problems as error:
        return list(error.problems)


def unreadable(course: Course) -> Iterator[Problem]:
    """Files that do not load: not YAML, not of the model, or leaning on a rule that is not there."""
    try:
        course.edition  # noqa: B018  everything else leans on it
    except Problems as error:
        yield from error.problems
        return
    readers: list[Callable[[], object]] = [lambda: course.outline]
    readers += [lambda rule=rule: course.law[rule] for rule in course.law]  # type: ignore[misc]
    readers += [lambda path=path: course.question_file(path) for path in course.bank_paths]  # type: ignore[misc]
    readers += [lambda case=case: course.scenario(case) for case in course.scenario_paths]  # type: ignore[misc]
    readers += [lambda name=name: course.consultation(name) for name in course.consultation_paths]  # type: ignore[misc]
    readers += [lambda name=name: course.guide(name) for name in course.guide_paths]  # type: ignore[misc]
    readers += [lambda name=name: course.program(name) for name in course.program_paths]  # type: ignore[misc]
    readers += [lambda term=term: course.term(term) for term in course.term_paths]  # type: ignore[misc]
    readers += [lambda paper=paper: course.specimen(paper) for paper in course.specimen_paths]  # type: ignore[misc]
    readers += [lambda name=name: course.figures(name) for name in course.figure_paths]  # type: ignore[misc]
    readers += [lambda: course.comparison] if (course.root / "law" / "comparison.yaml").is_file() else []
    readers += [lambda: course.events] if (course.root / "law" / "events.yaml").is_file() else []
    readers += [lambda: course.coverage] if (course.root / "coverage.yaml").is_file() else []
    for reader in readers:
        try:
            reader()
        except Problems as error:
            yield from error.problems
        except LookupError as error:
            yield Problem("scenarios", 0, str(error), "name a rule that holds a number on that day")


CHECKS: tuple[Check, ...] = (
    names, reasons, cited_law, invariants, near_twins, test_wise, references, listing, unwritten, double_entry, case_design, twins, interviews, consultations,
    lessons, reading_level, lookups, forms, coverage, teaching, ready_comments, invented_only,
    edition_names, edition_moved, edition_places, stray_files, fresh_exercises, leaked,
)  # fmt: skip
CASE_CHECKS: tuple[Check, ...] = (
    names, reasons, cited_law, invariants, references, unwritten, double_entry, case_design, twins, interviews, in_cases,
    edition_moved, edition_places,
)  # fmt: skip
LESSON_CHECKS: tuple[Check, ...] = (names, reasons, cited_law, invariants, near_twins, references)
