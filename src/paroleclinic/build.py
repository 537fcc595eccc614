"""Derived files: solutions from the client files, exercises from the solutions, tables, the notebooks for instructors."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from paroleclinic.consultation import ENDINGS, looping, paths
from paroleclinic.content import Scenario, Unit
from paroleclinic.course import Course
from paroleclinic.drawing.story import map_of, paths_in_words
from paroleclinic.edition import FOLDER, OWN
from paroleclinic.instructor import notebooks
from paroleclinic.notebook import Cell, text_of


def solution(case: Scenario) -> str:
    """The solution notebook of a case, as JSON text."""
    opening = f"# {case.title}\n\nA client file to work. Training, not legal advice; everyone in it is invented."
    call = (
        f'from paroleclinic import case, key\ncase("{case.id}")\n'
        f'### BEGIN HIDDEN TESTS\nkey("{case.id}")\n### END HIDDEN TESTS'
    )
    cells = [_cell("markdown", f"{case.id}-title", opening)]
    if case.interview:
        meet = f'from paroleclinic import meet\nmeet("{case.id}")'
        cells.append(_cell("code", f"{case.id}-meet", meet))
    cells.append(_cell("code", case.id, call, points=case.points))
    if case.memo:
        cells.append(_cell("markdown", f"{case.id}-memo", case.memo.model, points=case.memo.points, memo=True))
    return text_of(cells)


def fresh(course: Course) -> dict[str, str]:
    """Every derived file, path from the course's root -> text, as the client files say today.

    What a local edition makes of the course lies in its own folder; the course's own files are as they are without it.
    """
    found = _of_course(course.own)
    return found | _of_edition(course, found) if course.edition else found


def _of_course(course: Course) -> dict[str, str]:
    found = released(course, course.outline.units)
    if (course.root / "coverage.yaml").is_file():
        found["docs/coverage.md"] = coverage_table(course)
        found["docs/cases.md"] = case_table(course)
        if course.consultation_paths:
            found["docs/consultations.md"] = consultation_maps(course)
    return found | notebooks(course)


def released(course: Course, units: Iterable[Unit]) -> dict[str, str]:
    """The solution notebooks of these units, and the exercises that nbgrader derives from them."""
    from paroleclinic.gradebook import release

    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        root, out = Path(folder) / "course", Path(folder) / "out"
        root.mkdir()
        (root / "course.yaml").write_bytes((course.root / "course.yaml").read_bytes())
        for unit in units:
            for case in unit.cases:
                name = f"solutions/{unit.id}/{case}.ipynb"
                found[name] = solution(course.scenario(case))
                _write(root / name, found[name])
            release(root, unit.id, out)
            for path in sorted((out / unit.id).glob("*.ipynb")):
                found[f"exercises/{unit.id}/{path.name}"] = path.read_text(encoding="utf-8")
    return found


def _of_edition(course: Course, own: Mapping[str, str]) -> dict[str, str]:
    """The same for a local edition, in its folder; its own units stand among the exercises, too, where pages link to them."""
    made: dict[str, str] = {}
    other = []
    for unit in course.outline.units:
        names = [f"{folder}/{unit.id}/{case}.ipynb" for folder in ("solutions", "exercises") for case in unit.cases]
        solutions = [solution(course.scenario(case)) for case in unit.cases]
        if all(own.get(name) == text for name, text in zip(names, solutions, strict=False)):
            made |= {name: own[name] for name in names}
        else:
            other.append(unit)
    made |= released(course, other)
    linked = {name: text for name, text in made.items() if name.startswith(f"exercises/{OWN}")}
    table = {f"{FOLDER}/cases.md": case_table(course, "solutions")}
    return {f"{FOLDER}/{name}": text for name, text in made.items()} | linked | table


def coverage_table(course: Course) -> str:
    """The table that says where each claim of the seed page is taught and tested, as Markdown."""
    lines = [
        "# What the course covers",
        "",
        "Every claim of the page that the course was asked for, the section that teaches it, and the questions and cases",
        "that test it. Made by `paroleclinic build` from `coverage.yaml`; do not edit it by hand.",
        "",
        "| Claim | Taught in | Tested by |",
        "|---|---|---|",
    ]
    for claim in course.coverage.claims:
        lesson, _, slug = claim.taught.partition("#")
        taught = f"[{lesson}](../notebooks/{lesson}.ipynb), {slug.replace('-', ' ')}"
        lines.append(f"| {claim.says.strip()} | {taught} | {', '.join(f'`{test}`' for test in claim.tested)} |")
    return "\n".join(lines) + "\n"


def case_table(course: Course, solutions: str = "../solutions") -> str:
    """The table of all client files for whoever teaches: what each asks for, hides and turns on, as Markdown."""
    lines = [
        "# The client files",
        "",
        "For whoever teaches: it tells what each file hides. Made by `paroleclinic build` from `scenarios/`; do not edit it",
        "by hand. *Serves* is what would serve the client; *none* means that parole is the wrong tool.",
    ]
    for unit in course.outline.units:
        lines += [
            "",
            f"## {unit.title}",
            "",
            "| Case | Stars | Minutes | Papers | Questions | Serves | What only the papers show | Other day |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for case in map(course.scenario, unit.cases):
            hidden = " ".join(thing.says.strip() for thing in case.hidden).replace("|", "/")
            twin = f"{case.twin.as_of}: {', '.join(f'`{rule}`' for rule in case.twin.turns_on)}" if case.twin else ""
            serves = (case.right_tool or "").replace("-", " ")
            lines.append(
                f"| [{case.title}]({solutions}/{unit.id}/{case.id}.ipynb) | {'★' * case.stars} | {case.minutes} "
                f"| {len(case.exhibits)} | {len(case.graded)} | {serves} | {hidden} | {twin} |"
            )
    return "\n".join(lines) + "\n"


def consultation_maps(course: Course) -> str:
    """The map of every consultation for whoever teaches: a flow chart, and the same in words, as Markdown."""
    lines = [
        "# The consultations",
        "",
        "For whoever teaches: all paths and endings. Made by `paroleclinic build` from `consultations/`; do not edit it by hand.",
        "A dotted arrow is a choice that harms the client; rounded boxes are endings.",
    ]
    for consultation in map(course.consultation, course.consultation_paths):
        if looping(consultation):
            continue  # check says so
        ways = list(paths(consultation))
        count = {kind: sum(way.scene.ending == kind for way in ways) for kind in ENDINGS}
        lines += [
            "",
            f"## {consultation.title}",
            "",
            f"{consultation.theme}. {len(consultation.scenes)} scenes, {len(ways)} paths: "
            + ", ".join(f"{number} {kind}" for kind, number in count.items())
            + f". {consultation.minutes} minutes.",
            "",
            "```mermaid",
            map_of(consultation),
            "```",
            "",
            *(f"- {line}" for line in paths_in_words(consultation)),
        ]
    return "\n".join(lines) + "\n"


def build(course: Course) -> list[str]:
    """Write every derived notebook that differs from what stands there; returns the paths written."""
    written = []
    for name, text in fresh(course).items():
        path = course.root / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            _write(path, text)
            written.append(name)
    return written


def _cell(kind: str, name: str, source: str, points: int = 0, memo: bool = False) -> Cell:
    about = {
        "cell_type": kind, "grade": True, "grade_id": name, "locked": not memo, "points": points,
        "schema_version": 3, "solution": memo, "task": False,
    }  # fmt: skip
    cell: Cell = {
        "cell_type": kind,
        "id": name[-40:].strip("-"),
        "metadata": {"nbgrader": about} if points else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
