"""How fast hand-ins are graded: `paroleclinic grade` against nbgrader's autograde, with Execute and with our preprocessor.

The three take turns on the same hand-ins of the tiny course, in this process and on one core; the rows of the three
gradebooks are compared at the end. Execute needs code to run: its copy holds a notebook whose grade cell computes the
same mark from the same answer file. Then `paroleclinic grade` alone, each size in a process of its own: time a hand-in at
100 and at 10,000, peak memory at 1,000 and at 10,000. And the limit to approach: the pure `grade_case`.
"""

from __future__ import annotations

import json
import logging
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, median
from unittest.mock import patch

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from nbgrader.converters import Autograde  # noqa: E402
from nbgrader.coursedir import CourseDirectory  # noqa: E402
from traitlets.config import PyFileConfigLoader  # noqa: E402

from conftest import copy_of_tiny, hand_in, nbgrader, six_learners  # noqa: E402
from paroleclinic.cohort import run, workers  # noqa: E402
from paroleclinic.cohort.plans import ready  # noqa: E402
from paroleclinic.course import Course  # noqa: E402
from paroleclinic.gradebook.book import Book  # noqa: E402
from paroleclinic.grading import grade_case, key_answers  # noqa: E402

UNIT, CASE = "bridges", "first-crossing"
ROUNDS, EACH = 5, 12
FEW, SOME, MANY = 100, 1_000, 10_000
REPEATS = 7  # of the small size, whose median counts
EXECUTED = """
c.Autograde.sanitize_preprocessors = [ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [Execute, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
"""
CELL = """from pathlib import Path
from paroleclinic.answers import read_answers
from paroleclinic.course import Course
from paroleclinic.grading import grade_case
grade_case(Course.around(Path.cwd()).scenario("first-crossing"), read_answers(Path("answers.jsonl")).of("first-crossing")).earned"""


def prepare(folder: Path, *, execute: bool = False) -> Course:
    """A course with its gradebook made."""
    course = copy_of_tiny(folder)
    if execute:
        config = folder / "nbgrader_config.py"
        text = config.read_text().replace("get_config()", "c").replace('"""\n\n', '"""\n\nc = get_config()\n', 1)
        steps = "ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata, Execute, SaveAutoGrades, AssignLatePenalties"
        config.write_text(f"{text}\nfrom nbgrader.preprocessors import {steps}\n{EXECUTED}")
        path = folder / "solutions" / UNIT / f"{CASE}.ipynb"
        notebook = json.loads(path.read_text())
        notebook["cells"][1]["source"] = CELL
        path.write_text(json.dumps(notebook))
    nbgrader(folder, "generate_assignment", UNIT, "--force")
    return course


def handed_in(course: Course, first: int, number: int) -> None:
    """So many hand-ins of five kinds: ideal, blank, half, muddled, harmful; without a memo, which Execute does not copy."""
    case = course.scenario(CASE)
    kinds = [answers for answers in six_learners(case).values() if answers is not None]
    for learner in range(first, first + number):
        answers = {k: v for k, v in kinds[learner % len(kinds)].items() if k != "note"}
        hand_in(course, f"learner-{learner:05}", case, answers)


def by_nbgrader(folder: Path) -> float:
    """Seconds that nbgrader's autograde takes for what lies in submitted/, in this process: no command has to start."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    coursedir = CourseDirectory(config=config, assignment_id=UNIT)
    quiet = logging.getLogger("quiet")
    quiet.setLevel(logging.CRITICAL)
    start = time.perf_counter()
    Autograde(coursedir=coursedir, config=config, log=quiet).start()
    return time.perf_counter() - start


def by_us(folder: Path) -> float:
    """Seconds that `paroleclinic grade` takes for it, on one core, from opening the gradebook to closing it."""
    course = Course(folder)
    start = time.perf_counter()
    with Book(folder) as book:
        for _ in run.grade_unit(folder, book, ready(course, book, UNIT), workers.Here()):
            pass
    return time.perf_counter() - start


def rows(folder: Path) -> list[tuple[object, ...]]:
    """Every grade in the gradebook: learner, cell, score, whether a person must mark it."""
    query = """select s.student_id, c.name, g.auto_score, g.needs_manual_grade from grade g
        join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id
        join base_cell c on g.cell_id = c.id order by 1, 2"""
    with sqlite3.connect(folder / "gradebook.db") as book:
        return book.execute(query).fetchall()


def race(place: Path) -> dict[str, object]:
    """The three in turn, a round of hand-ins each time."""
    runners: dict[str, tuple[Path, Callable[[Path], float]]] = {
        "Execute": (place / "execute", by_nbgrader),
        "our preprocessor": (place / "preprocessor", by_nbgrader),
        "paroleclinic grade": (place / "grade", by_us),
    }
    spent = dict.fromkeys(runners, 0.0)
    for name, (folder, _) in runners.items():
        prepare(folder, execute=name == "Execute")
    for number in range(ROUNDS):
        order = list(runners)[number % 3 :] + list(runners)[: number % 3]
        for name in order:
            folder, grade = runners[name]
            shutil.rmtree(folder / "submitted", ignore_errors=True)
            handed_in(Course(folder), number * EACH, EACH)
            spent[name] += grade(folder)
    found = [rows(folder) for folder, _ in runners.values()]
    total = ROUNDS * EACH
    print(f"{total} hand-ins, {ROUNDS} rounds of {EACH}, taking turns")
    for name, seconds in spent.items():
        print(f"  {name:20} {1000 * seconds / total:8.1f} ms a hand-in")
    ours = spent["paroleclinic grade"]
    return {
        "ratio_execute": round(spent["Execute"] / ours, 1),
        "ratio_preprocessor": round(spent["our preprocessor"] / ours, 1),
        "rows_equal": all(one == found[0] for one in found) and len(found[0]) == 2 * total,
    }


def alone(place: Path, number: int) -> dict[str, float]:
    """`paroleclinic grade` for so many, in a new process: milliseconds a hand-in, and the peak of its memory in MB."""
    folder = place / f"alone-{number}"
    handed_in(prepare(folder), 0, number)
    done = subprocess.run(
        [sys.executable, __file__, "--alone", str(folder), str(REPEATS if number == FEW else 1)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    shutil.rmtree(folder)
    return dict(json.loads(done.stdout))


def measured_alone(folder: Path, repeats: int) -> None:
    """The same, in that process; what it takes to open the gradebook and to read the keys is left out."""
    course, times = Course(folder), []
    with Book(folder) as book:
        prepared = ready(course, book, UNIT)
        for _ in range(repeats):
            start = time.perf_counter()
            number = sum(1 for _ in run.grade_unit(folder, book, prepared, workers.Here(), everything=True))
            times.append(1000 * (time.perf_counter() - start) / number)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms": median(times), "mb": peak}))


@contextmanager
def timed(spent: dict[str, float]):
    """Where the time goes: each part of the run, wrapped with a clock."""
    parts = {"reading": (run, "read"), "marking": (workers, "mark"), "writing files": (run, "put_aside"),
             "moving in": (run, "move_in"), "gradebook rows": (Book, "save")}  # fmt: skip

    def clocked(name: str, original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **named: object) -> object:
            start = time.perf_counter()
            try:
                return original(*args, **named)
            finally:
                spent[name] += time.perf_counter() - start

        return call

    patches = [patch.object(owner, name, clocked(part, getattr(owner, name))) for part, (owner, name) in parts.items()]
    for one in patches:
        one.start()
    yield
    for one in patches:
        one.stop()


def where_it_goes(place: Path) -> None:
    """The parts of a run over 1,000 hand-ins, and the pure part over the real cases."""
    folder = place / "parts"
    handed_in(course := prepare(folder), 0, SOME)
    spent: dict[str, float] = defaultdict(float)
    with Book(folder) as book:
        prepared = ready(course, book, UNIT)
        start = time.perf_counter()
        with timed(spent):
            for _ in run.grade_unit(folder, book, prepared, workers.Here()):
                pass
        whole = time.perf_counter() - start
    print(f"Where the time of {SOME:,} hand-ins goes")
    for part, seconds in [*spent.items(), ("the rest", whole - sum(spent.values()))]:
        print(f"  {part:15} {1e6 * seconds / SOME:7.0f} microseconds a hand-in, {100 * seconds / whole:3.0f} %")
    real = Course(ROOT)
    times = []
    for case in map(real.scenario, list(real.scenario_paths)[::4]):
        answers = key_answers(case)
        start = time.perf_counter()
        for _ in range(50):
            grade_case(case, answers)
        times.append(1e6 * (time.perf_counter() - start) / 50)
    print(f"The pure grade_case of a real case: {mean(times):.0f} microseconds on average ({len(times)} cases)")


def main() -> None:
    """Print the figures for people, then one JSON object."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        said = race(place)
        few, some, many = (alone(place, number) for number in (FEW, SOME, MANY))
        for number, one in ((FEW, few), (SOME, some), (MANY, many)):
            print(f"{number:6,} hand-ins: {one['ms']:.2f} ms a hand-in, peak {one['mb']:.0f} MB")
        where_it_goes(place)
    said |= {"growth_time": round(many["ms"] / few["ms"], 2), "growth_memory": round(many["mb"] / some["mb"], 2)}
    names = ("ratio_execute", "ratio_preprocessor", "growth_time", "growth_memory", "rows_equal")
    print(json.dumps({name: said[name] for name in names}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        measured_alone(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
