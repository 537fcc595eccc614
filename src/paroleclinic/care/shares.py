"""What there is of a learner: in the gradebook, the folders, the rosters and reports, the hub, and in each backup. Nothing is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from paroleclinic.care import bundle, database, room
from paroleclinic.care.arrivals import marks
from paroleclinic.care.backup import BACKUPS, Say, backups, is_roster
from paroleclinic.care.manifest import GRADEBOOK, Manifest
from paroleclinic.care.traces import about, named_in, pattern, without_rows
from paroleclinic.cohort.places import AUTOGRADED, FEEDBACK, REGRADED, SUBMITTED
from paroleclinic.course import Course
from paroleclinic.filing import COLLECTED, roster
from paroleclinic.gradebook.handed_in import time_of
from paroleclinic.gradebook.schema import SECRET, exchanged
from paroleclinic.gradebook.setup import settings
from paroleclinic.handin import in_a_file_name
from paroleclinic.holding import Stopped
from paroleclinic.hub.places import Places
from paroleclinic.pseudonyms import Pseudonyms

BY_LEARNER = (SUBMITTED, COLLECTED, AUTOGRADED, FEEDBACK)
ASIDE = "aside-*"
REPORTS = ("reports", "second-marking", ".jupyter")  # folders whose files commands make again
MADE = (".csv", ".xlsx", ".html", ".json")  # what commands write beside course.yaml when they are told to
LOGS = (".nbgrader.log",)
VERSION = re.compile(r"(\d{4}-\d\d-\d\dT\d{6})-")
Said = tuple[dict[str, tuple[str, str]], dict[str, datetime], dict[str, Mapping[str, int]]]


class Unknown(Stopped):
    """Nobody of that id is known."""


@dataclass(frozen=True)
class Share:
    """What is there of one learner: rows by table, folders and files that go whole, files that lose lines, and backups;
    whether the hub for the room has an account, and its copies of answers; and the marks of the hand-ins."""

    learner: str
    pseudonym: str
    words: tuple[str, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    lines: tuple[Path, ...] = ()
    backups: tuple[str, ...] = ()
    account: bool = False
    copies: tuple[Path, ...] = ()
    marks: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        here = (self.rows, self.folders, self.files, self.lines, self.backups)
        return any((*here, self.account, self.copies))


def shares(course: Course, learners: Iterable[str], say: Say) -> list[Share]:
    """What is there of some learners; nothing is written. Raises Unknown, Stopped or OSError."""
    root, found = course.root, []
    asked = list(dict.fromkeys(learners))
    for learner in asked:
        if learner in ("", ".", "..") or learner.startswith(".") or {*learner} & {*"/\\\0"}:
            raise Unknown(f"{learner!a} is no id")
    now = _book_of(root, asked)
    there = backups(root)
    holds: dict[str, set[str]] = {learner: set() for learner in asked}
    rows: dict[str, Mapping[str, int]] = {learner: now[2].get(learner, {}) for learner in asked}
    people = dict(now[0])
    for number, one in enumerate(there, 1):
        try:
            manifest, (known, _, counted) = _book_in(one.path, asked)
        except (bundle.NotWhole, database.Damaged):
            for learner in asked:
                holds[learner].add(one.path.name)  # it may; `purge` says that it cannot be read
            continue
        people = known | people
        listed = [line for line in manifest.files if "/" not in line.path and line.path.lower().endswith(".csv")]
        for learner in asked:
            if counted.get(learner) or any(of_learner(file.path, learner) for file in manifest.files):
                holds[learner].add(one.path.name)
        for line in listed:
            text = bundle.text_of(one.path, line.path)
            for learner in asked:
                if without_rows(text, {learner}) != text:
                    holds[learner].add(one.path.name)
        say("Looking into backups", number / len(there))
    names = Pseudonyms(root)
    tables = [*root.glob("*.csv"), *(root / BACKUPS).glob(f"{ASIDE}/*.csv")]
    rosters = [path for path in sorted(tables) if is_roster(path)]
    for one_roster in rosters:
        for person in roster(one_roster):
            name, email = people.get(person.id, ("", ""))
            people[person.id] = (name or person.name, email or next(iter(person.also), ""))
    for learner in asked:
        name, email = people.get(learner, ("", ""))
        words = (learner, names.of(learner), email, *((name, in_a_file_name(name)) if " " in name else ()))
        seen = pattern(words)
        found.append(
            Share(
                learner, names.of(learner), words, rows[learner],
                tuple(_folders(course, learner)), tuple(_files(root, seen, rosters)),
                tuple(_with_lines(root, learner, seen, rosters)), tuple(sorted(holds[learner])),
                room.account(root, learner), tuple(room.copies(root, learner)), marks(root, learner),
            )
        )  # fmt: skip
    return found


def idle(course: Course, days: int, now: datetime, say: Say) -> tuple[list[str], list[str]]:
    """Learners whose last hand-in, or work on the hub, is older than so many days; and those with no time at all."""
    root = course.root
    last: dict[str, datetime] = {}
    known: set[str] = set()

    def seen(learner: str, at: datetime) -> None:
        known.add(learner)
        last[learner] = max(at, last.get(learner, at))

    people, times, _ = _book_of(root, [])
    books = [(people, times)]
    there = backups(root)
    for number, one in enumerate(there, 1):
        try:
            books.append(_book_in(one.path, [])[1][:2])
        except (bundle.NotWhole, database.Damaged):
            continue
        say("Looking into backups", number / len(there))
    for some, ats in books:
        known.update(some)
        for learner, at in ats.items():
            seen(learner, at)
    for place in BY_LEARNER:
        for folder in (root / place).glob("*/*"):
            if folder.parent.name.startswith(".") or not folder.is_dir():
                continue
            known.add(folder.parent.name)
            for at in _times(folder, place):
                seen(folder.parent.name, at)
    for learner, at in room.worked(root):
        seen(learner, at)
    line = now - timedelta(days=days)
    return sorted(one for one in known if last.get(one, now) < line), sorted(known - last.keys())


def _book_of(root: Path, asked: list[str]) -> Said:
    url = database.url_of(root)
    return _said(url, asked) if database.there(url) else ({}, {}, {})


def _book_in(path: Path, asked: list[str]) -> tuple[Manifest, Said]:
    with TemporaryDirectory() as folder:
        copy = Path(folder) / GRADEBOOK
        bundle.extract_gradebook(path, copy)
        return bundle.read(path), _said(f"sqlite:///{copy}", asked) if copy.exists() else ({}, {}, {})


def _said(url: str, asked: list[str]) -> Said:
    """Learner -> (name, email); learner -> last hand-in; and of those asked for, learner -> table -> rows."""
    with database.database(url) as engine, engine.connect() as db:
        meta = database.tables_of(engine)
        if not {"student", "submitted_assignment"} <= meta.tables.keys():
            return {}, {}, {}
        student, hand_in = meta.tables["student"], meta.tables["submitted_assignment"]
        columns = (student.c.id, student.c.first_name, student.c.last_name, student.c.email)
        people = {
            id_: (" ".join(part for part in (first, last) if part), email or "")
            for id_, first, last, email in db.execute(select(*columns))
        }
        last: dict[str, datetime] = {}
        for learner, stamp in db.execute(select(hand_in.c.student_id, hand_in.c.timestamp)):
            if stamp is not None:
                at = stamp.replace(tzinfo=UTC)
                last[learner] = max(at, last.get(learner, at))
        return people, last, {learner: dict(about(db, meta, [learner])) for learner in asked}


def _folders(course: Course, learner: str) -> Iterator[Path]:
    root = course.root
    put_aside = list((root / BACKUPS).glob(ASIDE))
    owned = [root / place / learner for place in BY_LEARNER]
    owned += [path for aside in put_aside for path in aside.glob("*/*") if path.name == learner]
    owned += [path for top in (root, *put_aside) for path in top.glob(f"{REGRADED}*/*/*") if path.name == learner]
    yield from sorted(path for path in owned if path.is_dir() or path.is_symlink())
    places = [root / place / learner for place in BY_LEARNER]
    secrets = {path.read_text(errors="replace") for place in places for path in place.glob(f"*/{SECRET}")}
    units = {unit.id: unit.cases for unit in course.outline.units}
    yield from exchanged(settings(root), learner, units, secrets, Places(root).exchange)
    yield from room.owned(root, learner)


def _files(root: Path, seen: re.Pattern[bytes], rosters: list[Path]) -> Iterator[Path]:
    """Reports, tables and settings of JupyterLab that name somebody: commands make them again."""
    made = [path for path in root.iterdir() if path.suffix.lower() in MADE and path not in rosters and path.is_file()]
    for folder in (root / name for name in REPORTS):
        made += [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    yield from (path for path in sorted(made) if named_in(path, seen))


def _with_lines(root: Path, learner: str, seen: re.Pattern[bytes], rosters: list[Path]) -> Iterator[Path]:
    for path in rosters:
        data = path.read_bytes()
        if without_rows(data, {learner}) != data:
            yield path
    yield from (root / name for name in LOGS if (root / name).is_file() and seen.search((root / name).read_bytes()))


def _times(folder: Path, place: str) -> Iterator[datetime]:
    if place == COLLECTED:
        for one in folder.iterdir():
            if said := VERSION.match(one.name):
                yield datetime.strptime(said[1], "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC)
    elif place == SUBMITTED:
        try:
            at = time_of(folder)
        except ValueError:
            at = None
        yield at.replace(tzinfo=UTC) if at else datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def of_learner(path: str, learner: str) -> bool:
    """Whether a path in a backup lies in a folder of the learner."""
    parts = path.split("/")
    return (parts[0] in BY_LEARNER and parts[1:2] == [learner]) or (parts[0] == REGRADED and parts[2:3] == [learner])
