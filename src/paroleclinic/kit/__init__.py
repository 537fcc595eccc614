"""The learner kit: the course as one folder and one zip for trainees, with every case sealed.

Only what is named here goes in. A graded case goes in without its key (`sealed`), and `leaks` looks over what was made before
anybody gets it. The same course makes the same bytes.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from paroleclinic.course import Course
from paroleclinic.edition import FILE, FOLDER, for_kit, in_words
from paroleclinic.law import long_day
from paroleclinic.leaks import Leak, in_archive, in_folder
from paroleclinic.leaks.keys import INTERVIEW
from paroleclinic.sealed import sealed_text, yaml_text

NAME = "parole-clinic"
UV = "0.13.9"
HERE = Path(__file__).parent
TEXTS = (
    "law/**/*.yaml",
    "law/**/*.csv",
    "questions/*.yaml",
    "questions/twins/*.yaml",
    "consultations/*.yaml",
    "specimens/*.yaml",
    "glossary/*.yaml",
    "notebooks/*.ipynb",
)
LOCAL_LAW = f"{FOLDER}/law/*/*.yaml"
FILES = ("course.yaml", "pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT")
PACKAGE = "src/paroleclinic"
PACKAGE_KINDS = (".py", ".js", ".css", ".json", ".yaml", ".html", ".j2", ".svg", ".md", ".bat", ".command", "")
STARTS = ("start", "start.command", "start.bat")
OPEN = frozenset({INTERVIEW})  # what a client tells is practice, seen before the file is read

Say = Callable[[str], object]


class CannotMake(ValueError):
    """The kit cannot be made; the message says why and what to do."""


class Made(NamedTuple):
    """A kit that is on disk: its folder, its zip, the number of its files, the size of its zip in bytes, its sealed cases."""

    folder: Path
    archive: Path
    files: int
    size: int
    sealed: int


def make(course: Course, out: Path, say: Say = lambda words: None) -> Made:
    """Write the kit into `out`, which is new or empty. Raises CannotMake, and leaves nothing half-made behind."""
    if course_is_a_kit(course):
        raise CannotMake("This is a learner kit itself: its cases are sealed. Make kits from the instructor's course.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CannotMake(f"{out} is there already and is not an empty folder. Name a new folder.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-", suffix=".part"))
    except OSError as error:
        raise CannotMake(f"{out.parent} cannot be written to: {error.strerror}.") from error
    try:
        say("Sealing the cases …")
        contents = kit_files(course)
        say(f"Writing {len(contents)} files …")
        folder, archive = beside / NAME, beside / f"{NAME}.zip"
        for name, data in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(_mode(name))
        _zipped(contents, archive, course.outline.as_of)
        say("Looking for keys in what was made …")
        if found := [*in_folder(course, folder, OPEN), *in_archive(course, archive, OPEN)]:
            raise CannotMake(_refusal(found))
        size = archive.stat().st_size
        if out.exists():
            out.rmdir()
        beside.chmod(0o755)
        beside.rename(out)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise CannotMake(f"The kit could not be written: {error.strerror}.") from error
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    cases = sum(name.startswith("scenarios/") for name in contents)
    return Made(out / NAME, out / f"{NAME}.zip", len(contents), size, cases)


def kit_files(course: Course) -> dict[str, bytes]:
    """Every file of the kit, path -> bytes, sorted by path. Raises CannotMake when something is missing."""
    root = course.root
    found = {name: (root / name).read_bytes() for name in _copied(course)}
    for unit in course.outline.units:
        for case in unit.cases:
            exercise = f"{unit.id}/{case}.ipynb"
            if not (course.exercises / exercise).is_file():
                name = course.shown(course.exercises / exercise)
                raise CannotMake(f"{name} is missing. Run this in the whole course, after: paroleclinic build")
            found[f"exercises/{exercise}"] = (course.exercises / exercise).read_bytes()
            found[f"scenarios/{unit.id}/{case}.yaml"] = sealed_text(course.scenario(case)).encode()
    for name in STARTS:
        text = (HERE / "starts" / name).read_text(encoding="utf-8").replace("{uv}", UV)
        found[name] = (text.replace("\n", "\r\n") if name.endswith(".bat") else text).encode()
    readme = (HERE / "LEARNERS.md").read_text(encoding="utf-8")
    found["README.md"] = (
        readme.replace("{as_of}", str(course.outline.as_of)).replace("{edition}", _edition(course)).encode()
    )
    if course.edition:
        found[FILE] = yaml_text(for_kit(course.edition, _adapted(course))).encode()
    return dict(sorted(found.items()))


def _edition(course: Course) -> str:
    """What the kit's first page says about a local edition, as Markdown; empty when there is none."""
    if course.edition is None:
        return ""
    dues = [
        f"- {unit.title}: due {long_day(day)}"
        for unit in course.outline.units
        if (day := course.edition.deadlines.get(unit.id))
    ]
    lines = [course.edition.says, "", *(f"- {what}: {name}" for what, name in course.edition.places.listed), *dues]
    return "\n".join(["", *(_plain(line) for line in lines), ""])


def _plain(text: str) -> str:
    """The text with signs that Markdown or HTML would read as their own spelled out."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)


def _adapted(course: Course) -> dict[str, str]:
    """Case -> what was changed in it, in words for trainees."""
    made = {case: course.edition.of(case) for case in course.scenario_paths} if course.edition else {}
    return {case: "; ".join(dict.fromkeys(map(in_words, some))) for case, some in made.items() if some}


def course_is_a_kit(course: Course) -> bool:
    """Whether the course has sealed cases."""
    return any(course.is_sealed(case) for case in course.scenario_paths)


def _copied(course: Course) -> Iterator[str]:
    root = course.root
    for name in FILES:
        if not (root / name).is_file():
            raise CannotMake(f"{name} is missing. Run this in the whole course, after: paroleclinic build")
        yield name
    for pattern in (*TEXTS, *((LOCAL_LAW,) if course.edition else ())):
        yield from (course.shown(path) for path in root.glob(pattern) if not _hidden(path, root))
    for path in (root / PACKAGE).rglob("*"):
        if path.is_dir() or "__pycache__" in path.parts or _hidden(path, root):
            continue
        if path.suffix not in PACKAGE_KINDS:
            raise CannotMake(
                f"{course.shown(path)} is of a kind that a kit does not know. Remove it, or add {path.suffix!r} to PACKAGE_KINDS."
            )
        yield course.shown(path)


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _mode(name: str) -> int:
    return 0o755 if name in ("start", "start.command") else 0o644


def _zipped(contents: dict[str, bytes], archive: Path, day: date) -> None:
    """The files in one zip: sorted, dated with the day of the course, with the modes that start scripts need."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, data in contents.items():
            member = zipfile.ZipInfo(f"{NAME}/{name}", (day.year, day.month, day.day, 0, 0, 0))
            member.create_system, member.compress_type = 3, zipfile.ZIP_DEFLATED
            member.external_attr = (0o100000 | _mode(name)) << 16
            made.writestr(member, data)


def _refusal(found: Iterable[Leak]) -> str:
    lines = [str(leak) for leak in dict.fromkeys(found)]
    more = f"\n… and {len(lines) - 20} more" if len(lines) > 20 else ""
    return "The kit is not made, because it would give keys away:\n" + "\n".join(lines[:20]) + more
