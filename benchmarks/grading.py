"""How fast nbgrader grades with GradeAnswers, against the same pipeline with nbgrader's Execute, in one run.

Fifty submissions of the tiny course; the two pipelines alternate, each on its own copy; rows are compared at the end.
Execute needs code to run: its copy holds a notebook whose grade cell computes the same mark from the same answer file.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from nbgrader.converters import Autograde  # noqa: E402
from nbgrader.coursedir import CourseDirectory  # noqa: E402
from traitlets.config import PyFileConfigLoader  # noqa: E402

from conftest import copy_of_tiny, hand_in, nbgrader, six_learners  # noqa: E402

SUBMISSIONS = 50
ROUNDS = 5
EXECUTED = """
c.Autograde.sanitize_preprocessors = [ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [Execute, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
"""
CELL = """from pathlib import Path
from paroleclinic.answers import read_answers
from paroleclinic.course import Course
from paroleclinic.grading import grade_case
grade_case(Course.around(Path.cwd()).scenario("first-crossing"), read_answers(Path("answers.jsonl")).of("first-crossing")).earned"""


def prepare(folder: Path, *, execute: bool) -> Path:
    """A course with fifty hand-ins, its gradebook made."""
    course = copy_of_tiny(folder)
    case = course.scenario("first-crossing")
    if execute:
        config = folder / "nbgrader_config.py"
        text = config.read_text().replace("get_config()", "c").replace('"""\n\n', '"""\n\nc = get_config()\n', 1)
        steps = "ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata, Execute, SaveAutoGrades, AssignLatePenalties"
        config.write_text(f"{text}\nfrom nbgrader.preprocessors import {steps}\n{EXECUTED}")
        path = folder / "solutions/bridges/first-crossing.ipynb"
        notebook = json.loads(path.read_text())
        notebook["cells"][1]["source"] = CELL
        path.write_text(json.dumps(notebook))
    nbgrader(folder, "generate_assignment", "bridges", "--force")
    kinds = [answers for answers in six_learners(case).values() if answers is not None]
    for number in range(SUBMISSIONS):
        answers = {k: v for k, v in kinds[number % len(kinds)].items() if k != "note"}
        hand_in(course, f"learner-{number:03}", case, answers)
    return folder


def graded_in(folder: Path, learners: str) -> float:
    """Seconds that nbgrader's autograde takes for some learners, in this process: no command has to start."""
    loader = PyFileConfigLoader("nbgrader_config.py", path=str(folder))
    config = loader.load_config()
    coursedir = CourseDirectory(config=config, assignment_id="bridges", student_id=learners)
    quiet = logging.getLogger("quiet")
    quiet.setLevel(logging.CRITICAL)
    start = time.perf_counter()
    Autograde(coursedir=coursedir, config=config, log=quiet).start()
    return time.perf_counter() - start


def rows(folder: Path) -> list[tuple[object, ...]]:
    """Every grade in the gradebook: learner, cell, score, whether a person must mark it."""
    query = """select s.student_id, c.name, g.auto_score, g.needs_manual_grade from grade g
        join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id
        join base_cell c on g.cell_id = c.id order by 1, 2"""
    with sqlite3.connect(folder / "gradebook.db") as book:
        return book.execute(query).fetchall()


def main() -> None:
    """Print the figures for people, then one JSON object."""
    with tempfile.TemporaryDirectory() as place:
        ours = prepare(Path(place) / "ours", execute=False)
        theirs = prepare(Path(place) / "theirs", execute=True)
        spent = {ours: 0.0, theirs: 0.0}
        for number in range(ROUNDS):
            tenth = f"learner-0{number}*"
            for folder in (ours, theirs) if number % 2 else (theirs, ours):
                spent[folder] += graded_in(folder, tenth)
        ratio = spent[theirs] / spent[ours]
        equal = rows(ours) == rows(theirs) and len(rows(ours)) == 2 * SUBMISSIONS
        print(f"{SUBMISSIONS} submissions, {ROUNDS} alternating rounds of {SUBMISSIONS // ROUNDS}")
        for name, folder in (("GradeAnswers", ours), ("Execute", theirs)):
            print(f"  {name:13} {spent[folder] / SUBMISSIONS:.3f} s a submission")
        print(f"  Execute takes {ratio:.1f} times as long")
        print(f"  rows of the two gradebooks are {'equal' if equal else 'NOT equal'}")
        print(json.dumps({"ratio": round(ratio, 2), "rows_equal": equal}))


if __name__ == "__main__":
    main()
