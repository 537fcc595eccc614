"""How fast `paroleclinic report` is for 1,000 learners and all graded cases of the course.

The answers are invented for the real cases, and graded by our own grading. Timed is what the command does once the course is
read: everything from the gradebook and the answer files, the analysis, the page and the tables, written to disk; the
files have been read once before, so that the disk's cache is warm. What it takes to read the course and to start Python and its
libraries is told apart. It prints the figures as JSON.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
LEARNERS = 1_000


def main(learners: int = LEARNERS) -> None:
    """Make the class, then time the report, three times; the best counts."""
    kept = os.environ.get("PAROLECLINIC_CLASS")  # a folder that keeps the class between runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(kept or name) / "course"
        if not folder.exists():
            made(folder, learners)
        print(json.dumps(timed(folder)))


def made(folder: Path, learners: int) -> None:
    """A copy of the course with so many learners who handed in every unit, graded."""
    from invented_class import answer_lines, grade_quickly, put
    from paroleclinic.course import Course

    folder.mkdir(parents=True)
    for part in ("law", "questions", "scenarios", "solutions", "exercises", "notebooks"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("answers.jsonl"))
    for part in ("course.yaml", "nbgrader_config.py"):
        shutil.copy(ROOT / part, folder)
    course, rng = Course(folder), random.Random(7)
    units = {unit.id: [course.scenario(case) for case in unit.cases] for unit in course.outline.units}
    for number in range(learners):
        strength = rng.gauss(0, 1)
        for unit, cases in units.items():
            put(course, f"learner-{number:04}", unit, answer_lines(rng, cases, strength))
    grade_quickly(course, units)


def timed(folder: Path) -> dict[str, object]:
    """Seconds: libraries, course, report."""
    begun = time.perf_counter()
    from paroleclinic.course import Course
    from paroleclinic.report.making import report_of, write

    libraries = time.perf_counter() - begun
    begun = time.perf_counter()
    course = Course(folder)
    units = [unit.id for unit in course.outline.units]
    cases = [course.scenario(case) for unit in course.outline.units for case in unit.cases]
    for path in course.question_paths:
        course.question_file(path)
    read = time.perf_counter() - begun
    runs, out = [], folder / "reports" / "timed"
    for _ in range(3):
        begun = time.perf_counter()
        report = report_of(course, units, datetime(2026, 11, 25))
        analysed = time.perf_counter()
        assert report
        write(report, out)
        runs.append((time.perf_counter() - begun, analysed - begun))
    best = min(runs)
    files = list(out.iterdir())
    return {
        "learners": len(report.learners),
        "cases": len(cases),
        "report_seconds": round(best[0], 2),
        "of_which_reading_and_analysis": round(best[1], 2),
        "runs": [round(run[0], 2) for run in runs],
        "course_seconds": round(read, 2),
        "library_seconds": round(libraries, 2),
        "page_kb": round((out / "report.html").stat().st_size / 1e3),
        "files": len(files),
    }


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
