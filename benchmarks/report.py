"""How fast `paroleclinic report` is for 1,000 learners and all graded cases of the course.

The answers are invented for the real cases, and graded by our own grading. Timed is what the command does once the course is
read: everything from the gradebook and the answer files, the analysis, the page and the tables, written to disk; the
files have been read once before, so that the disk's cache is warm. What it takes to read the course and to start Python and its
libraries is told apart.

The peers, timed on the same class in the same run, do less: `plain pandas` reads the same rows as one would in a notebook, each
line of the answer files by `json.loads` into a table and the grades by `read_sql`, and analyses nothing; `nbgrader export` is
nbgrader's own command for the smallest unit alone, a line a learner, from the same gradebook (all units take it minutes; Python's
start is left out). It prints the
figures as JSON; a ratio above 1 says how many times as long the peer takes.
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
    runs, peers, out = [], [], folder / "reports" / "timed"
    for _ in range(3):
        peers.append(plain_pandas(folder))
        begun = time.perf_counter()
        report = report_of(course, units, datetime(2026, 11, 25))
        analysed = time.perf_counter()
        assert report
        write(report, out)
        runs.append((time.perf_counter() - begun, analysed - begun))
    best, plain, export = (
        min(runs),
        min(peers),
        nbgrader_export(folder, min(course.outline.units, key=lambda unit: len(unit.cases)).id),
    )
    files = list(out.iterdir())
    return {
        "learners": len(report.learners),
        "cases": len(cases),
        "report_seconds": round(best[0], 2),
        "of_which_reading_and_analysis": round(best[1], 2),
        "runs": [round(run[0], 2) for run in runs],
        "plain_pandas_seconds": round(plain, 2),
        "nbgrader_export_of_one_unit_seconds": round(export, 2),
        "plain_pandas_by_report": round(plain / best[0], 2),
        "nbgrader_export_of_one_unit_by_report": round(export / best[0], 2),
        "course_seconds": round(read, 2),
        "library_seconds": round(libraries, 2),
        "page_kb": round((out / "report.html").stat().st_size / 1e3),
        "files": len(files),
    }


def plain_pandas(folder: Path) -> float:
    """Seconds to have the answers and the grades as two tables."""
    import pandas as pd
    from sqlalchemy import create_engine

    begun = time.perf_counter()
    lines = []
    for path in sorted((folder / "submitted").glob("*/*/answers.jsonl")):
        with path.open(encoding="utf-8") as file:
            whose = {"learner": path.parent.parent.name, "unit": path.parent.name}
            lines += [json.loads(line) | whose for line in file]
    answers = pd.DataFrame(lines)
    answers["at"] = pd.to_datetime(answers["at"])
    engine = create_engine(f"sqlite:///{folder}/gradebook.db")
    asked = """select s.student_id, b.name, g.auto_score, g.manual_score, k.marks from grade g
        join base_cell b on b.id = g.cell_id join submitted_notebook n on n.id = g.notebook_id
        join submitted_assignment s on s.id = n.assignment_id left join paroleclinic_graded k on k.notebook_id = n.id"""
    grades = pd.read_sql(asked, engine)
    engine.dispose()
    assert len(answers) and len(grades)
    return time.perf_counter() - begun


def nbgrader_export(folder: Path, unit: str) -> float:
    """Seconds that nbgrader takes to write its CSV file of one unit of the same gradebook."""
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    begun = time.perf_counter()
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book, tempfile.TemporaryDirectory() as name:
        CsvExportPlugin(to=str(Path(name) / "grades.csv"), assignment=[unit]).export(book)
        assert (Path(name) / "grades.csv").stat().st_size
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
