"""Puts hand-ins where nbgrader looks for them: the latest of each learner in `submitted/`, every version in `collected/`.

Results of the tests are nothing for nbgrader: beside their versions, `collected/LEARNER/test-results/progress.jsonl` holds every
sitting that was handed in, once. Filing the same twice changes nothing.
"""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from io import StringIO
from pathlib import Path
from typing import Literal

from paroleclinic import sittings
from paroleclinic.answers import FILE_NAME
from paroleclinic.collecting import Found
from paroleclinic.handin import in_a_file_name
from paroleclinic.holding import alone
from paroleclinic.progress import FILE_NAME as DIARY

SUBMITTED, COLLECTED = "submitted", "collected"
IDENTIFYING = ("username", "login", "student_id", "sis_id")  # columns of a roster that may stand for a person
SAFE_ID = re.compile(r"[\w][\w.@-]{0,79}")
LONGEST_FILE_NAME = 200  # bytes
Did = Literal["accepted", "replaced", "kept as an earlier version", "already here"]


class BadRoster(ValueError):
    """A roster that cannot be used; the message says where and what to do."""


@dataclass(frozen=True)
class Learner:
    """Somebody on the roster: the id that nbgrader knows, a name, and whatever else identifies them."""

    id: str
    name: str
    also: tuple[str, ...] = ()

    @property
    def known_as(self) -> set[str]:
        """Every spelling that stands for this person, letters and digits only, without accents."""
        return {plain(text) for text in self._names if plain(text)}

    @property
    def written(self) -> set[str]:
        """The same with their accents."""
        return {accented(text) for text in self._names if accented(text)}

    @property
    def _names(self) -> tuple[str, ...]:
        parts = self.name.split()
        turned = f"{parts[-1]}{''.join(parts[:-1])}" if parts else ""
        return self.id, self.name, turned, *self.also


@dataclass(frozen=True)
class Filed:
    """What became of one hand-in."""

    found: Found
    learner: str
    did: Did


def roster(path: Path) -> list[Learner]:
    """The people in a CSV file with a column `id`, and `name`, `email`, `username`, `login` where it has them. Raises BadRoster."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except UnicodeDecodeError:
        raise BadRoster(f"{path} is not in UTF-8; in Excel, save it as `CSV UTF-8 (comma delimited)`") from None
    except OSError as error:
        raise BadRoster(f"{path} cannot be read: {error.strerror}") from None
    head = text.partition("\n")[0]
    try:
        rows = list(csv.DictReader(StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","))
    except csv.Error as error:
        raise BadRoster(f"{path} cannot be read as a CSV file: {error}") from None
    found, seen = [], dict[str, int]()
    for number, row in enumerate(rows, 2):
        cells = {str(key).strip().lower(): str(value or "").strip() for key, value in row.items() if key}
        name = cells.get("name") or " ".join(filter(None, (cells.get("first_name"), cells.get("last_name"))))
        own = cells.get("id", "")
        if not SAFE_ID.fullmatch(own) or len(own.encode()) > LONGEST_FILE_NAME:
            raise BadRoster(
                f"{path}:{number}  the id {own[:80]!r} is not made of letters, digits, and . _ - @ (80 at most)"
            )
        if (first := seen.setdefault(own.casefold(), number)) != number:
            raise BadRoster(f"{path}:{number}  the id {own!r} stands in line {first} too")
        email = cells.get("email", "")
        also = [cells[key] for key in IDENTIFYING if cells.get(key)]
        found.append(Learner(own, name, (email, email.partition("@")[0], *also)))
    if not found:
        raise BadRoster(f"{path} names nobody; it needs a line `id,name,email` and a line for each learner")
    return found


def whose(found: Found, people: Sequence[Learner]) -> str:
    """The learner's id: of the roster, or made of the name when there is none; empty when nobody or two people fit.

    Of two names that differ in nothing but accents, the one fits that is written as in the hand-in, if that has accents; without, it may
    be either: many keyboards have none.
    """
    if not people:
        name = next((in_a_file_name(who) for who in found.who if plain(who)), "")
        return unicodedata.normalize("NFC", name.casefold())
    for who in found.who:
        fits = [one for one in people if plain(who) in one.known_as]
        exact = [one for one in fits if accented(who) in one.written] if accented(who) != plain(who) else []
        for some in (fits, exact):
            if len(some) == 1:
                return some[0].id
    return ""


def namesakes(owned: Iterable[tuple[Found, str]]) -> set[tuple[str, str]]:
    """The (learner, unit) that two people handed in, by their numbers in Moodle (which differ by unit) or Canvas."""
    numbers: dict[tuple[str, str, str], set[str]] = {}
    for found, learner in owned:
        for who in found.who:
            system, colon, _ = who.partition(":")
            if colon and system in ("moodle", "canvas"):
                numbers.setdefault((learner, found.unit, system), set()).add(who)
    return {(learner, unit) for (learner, unit, _), seen in numbers.items() if len(seen) > 1}


def file_away(root: Path, owned: Iterable[tuple[Found, str]]) -> list[Filed]:
    """Keep every version, put the latest of each learner and unit where nbgrader grades it, and say what was done.

    Raises Stopped while another command writes in the course.
    """
    with alone(root, "collect"):
        return _filed(root, owned)


def _filed(root: Path, owned: Iterable[tuple[Found, str]]) -> list[Filed]:
    done = []
    for found, learner in sorted(owned, key=lambda one: (one[1], one[0].unit, one[0].at, one[0].mark)):
        versions = root / COLLECTED / learner / found.unit
        before = arrived(root, learner, found.unit)
        new = _keep(versions, found)
        mine = max(_versions(versions)) == _version(found)
        if found.tests:
            _together(versions)
        elif mine:
            _put(root / SUBMITTED / learner / found.unit, found)
        did: Did = "accepted" if not before else "replaced" if mine else "kept as an earlier version"
        done.append(Filed(found, learner, did if new else "already here"))
    return done


def arrived(root: Path, learner: str, unit: str) -> bool:
    """Whether there is anything of a learner for a unit, or of the tests."""
    tests = unit == sittings.UNIT
    return (root / COLLECTED / learner / unit / DIARY if tests else root / SUBMITTED / learner / unit).exists()


def tested(root: Path) -> list[str]:
    """The learners whose test results are there, in order."""
    return sorted(path.parts[-3] for path in (root / COLLECTED).glob(f"*/{sittings.UNIT}/{DIARY}"))


def plain(name: str) -> str:
    """A name without accents, blanks, signs and case, to compare it by."""
    return _letters("NFKD", name)


def accented(name: str) -> str:
    """A name without blanks, signs and case."""
    return _letters("NFC", name)


def _letters(form: Literal["NFC", "NFKD"], name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize(form, name.casefold()) if letter.isalnum())


def _version(found: Found) -> str:
    at = found.at.astimezone(UTC)
    return f"{at.year:04}-{at:%m-%dT%H%M%S}-{found.mark}"  # four digits, or a clock set to the year 999 is the latest


def _versions(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if one.is_dir() and not one.name.startswith(".")]


def _keep(folder: Path, found: Found) -> bool:
    """Keep a version in a folder of its own; False when it, or the same answers under another time, is there."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(name.endswith(found.mark) for name in _versions(folder)):
        return False
    made = Path(tempfile.mkdtemp(dir=folder, prefix="."))
    for name, data in _files(found).items():
        (made / name).write_bytes(data)
    made.rename(folder / _version(found))
    return True


def _together(folder: Path) -> None:
    """Make the file beside the versions of test results hold every sitting in them."""
    files = [folder / version / sittings.FILE_NAME for version in sorted(_versions(folder))]
    data = sittings.merged(file.read_bytes() for file in files if file.is_file())
    path = folder / DIARY
    if not path.is_file() or path.read_bytes() != data:
        beside = folder / f".{DIARY}.part"
        beside.write_bytes(data)
        beside.replace(path)


def _put(target: Path, found: Found) -> None:
    """Make the folder hold this version and nothing else, each file written aside and then moved into place."""
    target.mkdir(parents=True, exist_ok=True)
    files = _files(found)
    for name, data in files.items():
        path = target / name
        if not path.is_file() or path.is_symlink() or path.read_bytes() != data:
            beside = target / f".{name}.part"
            beside.write_bytes(data)
            beside.replace(path)
    for path in target.iterdir():
        if path.name not in files:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _files(found: Found) -> Mapping[str, bytes]:
    at = found.at.astimezone(UTC).replace(tzinfo=None)
    stamp = f"{at.isoformat(' ', 'microseconds')} UTC\n".encode()
    notebooks = {
        name: data
        for name, data in found.notebooks.items()
        if SAFE_ID.fullmatch(Path(name).stem) and len(name.encode()) <= LONGEST_FILE_NAME
    }
    return {sittings.FILE_NAME if found.tests else FILE_NAME: found.answers, "timestamp.txt": stamp, **notebooks}
