"""How fast `paroleclinic feedback` writes pages, against nbgrader's generate_feedback on the same submissions, in one run.

Sixty learners of a unit of three cases, graded once and copied; the two alternate, each on its own copy, in this process,
so that no command has to start. Reading the keys of the unit and the law, once for however many learners, is timed apart:
`ratio` leaves it out, `ratio_with_reading` has it, for these sixty. The size is that of the largest page over all cases of
the course, with the ideal and the harmful answers, memo marked.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from nbgrader.converters import GenerateFeedback  # noqa: E402

from conftest import hand_in, six_learners  # noqa: E402
from paroleclinic.answers import FILE_NAME  # noqa: E402
from paroleclinic.cohort.feedback import feedback_unit  # noqa: E402
from paroleclinic.cohort.plans import keys_of, ready  # noqa: E402
from paroleclinic.cohort.run import grade_unit  # noqa: E402
from paroleclinic.cohort.workers import Here  # noqa: E402
from paroleclinic.course import Course  # noqa: E402
from paroleclinic.drawing.feedbackpage import Head, feedback_page  # noqa: E402
from paroleclinic.gradebook.book import Book  # noqa: E402
from paroleclinic.gradebook.setup import course_directory, quiet, settings  # noqa: E402
from paroleclinic.grading import grade_case  # noqa: E402
from paroleclinic.scores import CaseScore, Score  # noqa: E402

UNIT = "intake-days"
LEARNERS = 60
ROUNDS = 5


def prepare(folder: Path) -> list[str]:
    """A course with graded hand-ins in it; returns whose."""
    for name in ("law", "questions", "scenarios", "solutions", "exercises"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(FILE_NAME))
    for name in ("course.yaml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    course = Course(folder)
    learners = [f"learner-{number:02}" for number in range(LEARNERS)]
    for case in map(course.scenario, course.unit(UNIT).cases):
        kinds = [answers for answers in six_learners(case).values() if answers is not None]
        for number, learner in enumerate(learners):
            hand_in(course, learner, case, kinds[number % len(kinds)])
    with Book(folder) as book:
        done = [*grade_unit(folder, book, ready(course, book, UNIT), Here())]
    assert all(one.state == "graded" for one in done)
    return learners


def theirs(folder: Path, learners: list[str]) -> float:
    """Seconds that nbgrader's generate_feedback takes for some learners, under the course's own settings."""
    spent = 0.0
    for tens in sorted({learner[:-1] for learner in learners}):
        digits = "".join(learner[-1] for learner in learners if learner.startswith(tens))
        config = settings(folder)
        coursedir = course_directory(config, assignment_id=UNIT, student_id=f"{tens}[{digits}]")
        start = time.perf_counter()
        GenerateFeedback(coursedir=coursedir, config=config, log=quiet()).start()
        spent += time.perf_counter() - start
    return spent


def largest_page() -> float:
    """Kilobytes of the largest page of the course."""
    course = Course(ROOT)
    sizes = []
    for case in (course.scenario(name) for unit in course.outline.units for name in unit.cases):
        score = CaseScore(Score(case.points, 0.0), Score(case.memo.points, None, 1.0))
        for kind in ("ideal", "harmful"):
            mark = grade_case(case, six_learners(case)[kind])
            sizes.append(len(feedback_page(Head("A learner", "A unit", case), mark, score, course.law).encode()))
    return max(sizes) / 1000


def main() -> None:
    """Print the figures for people, then one JSON object."""
    with tempfile.TemporaryDirectory() as place:
        one, other = Path(place) / "ours", Path(place) / "nbgrader"
        one.mkdir()
        learners = prepare(one)
        shutil.copytree(one, other)
        spent = {"ours": 0.0, "theirs": 0.0}
        start = time.perf_counter()
        course, book = Course(one), Book(one)
        keys_of(course, UNIT)
        reading = time.perf_counter() - start
        size = LEARNERS // ROUNDS
        for number in range(ROUNDS):
            some = learners[number * size : (number + 1) * size]
            for whose in ("ours", "theirs") if number % 2 else ("theirs", "ours"):
                if whose == "theirs":
                    spent[whose] += theirs(other, some)
                else:
                    start = time.perf_counter()
                    done = [*feedback_unit(course, book, UNIT, some, everything=True)]
                    spent[whose] += time.perf_counter() - start
                    assert all(outcome.state == "written" for outcome in done), done
        book.close()
        pages = {name: [*folder.glob("feedback/*/*/*.html")] for name, folder in (("ours", one), ("theirs", other))}
        assert len(pages["ours"]) == len(pages["theirs"]) == LEARNERS * len(course.unit(UNIT).cases)
        sizes = {name: sum(page.stat().st_size for page in some) / len(some) / 1000 for name, some in pages.items()}
        number = len(pages["ours"])
        ratio, largest = spent["theirs"] / spent["ours"], largest_page()
        whole = spent["theirs"] / (spent["ours"] + reading)
        print(f"{number} pages, {ROUNDS} alternating rounds")
        for name, words in (("ours", "paroleclinic feedback"), ("theirs", "nbgrader generate_feedback")):
            print(f"  {words:27} {1000 * spent[name] / number:7.1f} ms a page, {sizes[name]:6.0f} KB on average")
        print(f"  reading the unit's keys and the law, once: {reading:.2f} s")
        print(
            f"  nbgrader takes {ratio:.0f} times as long, {whole:.0f} times with that reading; the largest page of the course has {largest:.0f} KB"
        )
        print(
            json.dumps(
                {"ratio": round(ratio, 1), "ratio_with_reading": round(whole, 1), "largest_kb": round(largest, 1)}
            )
        )


if __name__ == "__main__":
    main()
