"""Keys stay in: finds what a learner must not receive before grading, wherever and however it is written.

A secret is found by runs of words, eight or the whole of a shorter one of five to seven, of which no six stand in the course's
own prose (lessons, law, question bank, code) or in what a case shows before it is answered. In that prose itself, where a reason
may say a sentence of law as a lesson says it, a secret of eighteen words or more is found when it stands there whole, or thirty
words of it do. Keys as data are found everywhere (`keys.key_forms`).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from weakref import WeakKeyDictionary

from paroleclinic.course import Course
from paroleclinic.leaks.keys import CASE, INTERVIEW, Secret, key_forms, secrets, seen_before
from paroleclinic.leaks.nests import LARGEST, Bad, texts
from paroleclinic.leaks.words import rows, unescaped, words
from paroleclinic.questions import Memo, Question

RUN = 8  # words in a row that are no chance
PART = 6  # words of such a run that must not be common: the course's own words, and one or two that follow by chance
SHORTEST = 5  # words of a secret that is looked for
WHOLE, LONG = 18, 30  # in the course's own prose: the shortest secret looked for, and the run that is enough
PROSE = ("law", "questions", "consultations", "specimens", "glossary")
NEVER = {
    "solutions": "solutions hold the keys",
    "instructor": "what is for whoever teaches stays with them",
    "teaching": "what is for whoever teaches stays with them",
    "submitted": "hand-ins are other people's",
    "collected": "hand-ins are other people's",
    "autograded": "marks are other people's",
    "feedback": "feedback is other people's",
    "regraded": "marks are other people's",
    "hand-ins": "hand-ins are other people's",
    ".last-build": "it holds the keys",
    "answers.jsonl": "answers are somebody's own",
    "progress.jsonl": "progress is somebody's own",
    "nbgrader_config.py": "grading stays with whoever teaches",
    "coverage.yaml": "it tells which case tests what",
    "tests": "tests hold keys",
    "docs": "the tables for whoever teaches hold keys",
    "gradebook.db": "a gradebook is other people's",
}
Grams = tuple[str, ...]


class Leak(NamedTuple):
    """One secret that stands where it must not: the place, the case and question it belongs to, what it is, its words."""

    place: str
    case: str
    question: str
    what: str
    piece: str

    def __str__(self) -> str:
        whose = "/".join(part for part in (self.case, self.question) if part)
        return (
            f"{self.place}: {self.what}"
            + (f" of {whose}" if whose else "")
            + (f': "{self.piece}"' if self.piece else "")
        )


class Known:
    """The secrets of all cases of a course, ready to be looked for. Made once; `of(course)` keeps it."""

    def __init__(self, course: Course) -> None:
        self.course = course
        cases = [course.scenario(case) for case in course.scenario_paths]
        self.secrets = [secret for case in cases for secret in secrets(case)]
        self.rows = {secret: words(secret.text) for secret in self.secrets}
        self.of_case: dict[str, list[Secret]] = {case.id: [] for case in cases}
        for secret in self.secrets:
            self.of_case[secret.case].append(secret)
        self.questions: dict[str, list[tuple[str, Question]]] = {}
        for case in cases:
            for question in case.questions:
                self.questions.setdefault(question.id, []).append((case.id, question))
        self.asked = {case.id: {q.id for q in case.questions if not isinstance(q, Memo)} for case in cases}
        self.shown = "\n".join(seen_before(case) for case in cases)
        self._looks: dict[tuple[frozenset[str], bool], _Look] = {}

    def look(self, opened: frozenset[str], prose: bool) -> _Look:
        """A way of looking at all cases; made once."""
        if (opened, prose) not in self._looks:
            index = self.whole if prose else self.strict
            self._looks[opened, prose] = _Look(self, index, {*self.course.scenario_paths}, opened, "")
        return self._looks[opened, prose]

    def prose(self) -> Iterator[str]:
        """The course's own prose, and what its cases show."""
        root = self.course.root
        yield self.shown
        for path in [*(p for folder in PROSE for p in sorted((root / folder).rglob("*.*"))), root / "course.yaml"]:
            yield path.read_text(encoding="utf-8", errors="replace")
        for path in sorted((root / "src" / "paroleclinic").rglob("*.py")):
            yield path.read_text(encoding="utf-8", errors="replace")
        for path in sorted((root / "notebooks").glob("*.ipynb")):
            yield from ("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])

    @cached_property
    def strict(self) -> Index:
        """The runs that tell a secret."""
        index, parts = Index(), Index()
        holders: dict[Grams, list[Grams]] = {}
        for secret, row in self.rows.items():
            for run in _runs(row):
                index.add(run, secret)
                for part in _runs(list(run), PART):
                    parts.add(part, secret)
                    holders.setdefault(part, []).append(run)
        common = {part for text in self.prose() for part, _ in parts.found(words(text))}
        index.drop({run for part in common for run in holders[part]})
        return index

    @cached_property
    def whole(self) -> Index:
        """Whole secrets, or long runs of them."""
        index = Index()
        for secret, row in self.rows.items():
            if secret.question == INTERVIEW or len(row) < WHOLE:
                continue
            size = min(len(row), LONG)
            for place in range(len(row) - size + 1):
                index.add(tuple(row[place : place + size]), secret)
        return index


class Index:
    """Runs of words, to be found in a text in one pass."""

    def __init__(self) -> None:
        self.runs: dict[Grams, dict[Grams, list[Secret]]] = {}

    def add(self, run: Grams, secret: Secret) -> None:
        self.runs.setdefault(run[:SHORTEST], {}).setdefault(run, []).append(secret)

    def drop(self, runs: Iterable[Grams]) -> None:
        for run in runs:
            del self.runs[run[:SHORTEST]][run]

    def found(self, row: list[str]) -> Iterator[tuple[Grams, list[Secret]]]:
        """The runs that stand in a row of words, with the secrets they are of."""
        heads = zip(*(row[place:] for place in range(SHORTEST)), strict=False)
        for place, head in enumerate(heads):
            if head in self.runs:
                for run, owners in self.runs[head].items():
                    if tuple(row[place : place + len(run)]) == run:
                        yield run, owners


_KNOWN: WeakKeyDictionary[Course, Known] = WeakKeyDictionary()


def of(course: Course) -> Known:
    """The secrets of a course."""
    if course not in _KNOWN:
        _KNOWN[course] = Known(course)
    return _KNOWN[course]


def in_text(
    course: Course,
    case_ids: Iterable[str] | None,
    text: str,
    open_questions: Collection[str] = frozenset(),
    own_words: str = "",
    place: str = "",
) -> list[Leak]:
    """The secrets of the cases (None: of all) that stand in a text, such as a page of feedback.

    `open_questions` are question ids, or `CASE/QUESTION`, whose secrets may stand there. What a case says as a whole (debrief,
    issues, hidden things) is open once all its questions but the memo are, or when "case" is among them; "interview" opens
    what its client tells. `own_words` is what the learner wrote: nobody leaks to themselves.
    """
    known = of(course)
    cases = {*course.scenario_paths} if case_ids is None else {*case_ids}
    look = _Look(known, known.strict, cases, frozenset(open_questions), own_words)
    return look.through(place, text.encode("utf-8", "replace"))


def in_bytes(
    course: Course,
    place: str,
    data: bytes,
    open_questions: Collection[str] = frozenset(),
    *,
    prose: bool = False,
) -> list[Leak]:
    """The secrets of all cases in a file, whatever it is packed in; `prose` for the course's own, where whole ones count."""
    return of(course).look(frozenset(open_questions), prose).through(place, data)


def in_notebook(course: Course, place: str, data: bytes, open_questions: Collection[str] = frozenset()) -> list[Leak]:
    """The secrets in a lesson: its prose as the course's own, and all else in the file as strictly as anywhere."""
    notebook = json.loads(data)
    cells = notebook.get("cells", [])
    prose = "\n\n".join("".join(cell.pop("source", "")) for cell in cells)
    rest = json.dumps(notebook, ensure_ascii=False).encode()
    found = in_bytes(course, place, prose.encode(), open_questions, prose=True)
    return list(dict.fromkeys(found + in_bytes(course, place, rest, open_questions)))


def in_folder(course: Course, folder: Path, open_questions: Collection[str] = frozenset()) -> list[Leak]:
    """Everything in a folder that no learner may receive: files that do not belong there, and secrets in the others."""
    found: list[Leak] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found += _misplaced(name)
        if path.is_file():
            found += in_bytes(course, name, path.read_bytes(), open_questions)
    return found


def in_archive(course: Course, path: Path, open_questions: Collection[str] = frozenset()) -> list[Leak]:
    """The same for a zip, such as the kit."""
    with zipfile.ZipFile(path) as archive:
        misplaced = [leak for name in archive.namelist() for leak in _misplaced(name)]
    return misplaced + in_bytes(course, path.name, path.read_bytes(), open_questions)


def in_hand_in(course: Course, path: Path) -> list[Leak]:
    """The same for a hand-in, where a learner's own answers may be right and in any words."""
    found: list[Leak] = []
    with zipfile.ZipFile(path) as archive:
        found += in_text(course, None, archive.comment.decode("utf-8", "replace"), place=path.name)
        for member in archive.infolist():
            name, place = member.filename, f"{path.name}: {member.filename}"
            if member.file_size > LARGEST:
                found.append(Leak(place, "", "", "it is too large to be looked into", ""))
                continue
            data = archive.read(name)
            if name.endswith("answers.jsonl"):
                data = b"\n".join(map(_without_answer, data.splitlines()))
            else:
                found += _misplaced(name)
            found += in_bytes(course, place, data)
    return found


def _without_answer(line: bytes) -> bytes:
    try:
        entry = json.loads(line)
        entry.pop("answer", None)
        return json.dumps(entry, ensure_ascii=False).encode()
    except (ValueError, AttributeError):
        return line


def _misplaced(name: str) -> Iterator[Leak]:
    for part in name.strip("/").split("/"):
        if part in NEVER or part.endswith((".db", ".sqlite", ".sqlite3")):
            yield Leak(
                name, "", "", f"it does not belong here, because {NEVER.get(part, 'a database may be a gradebook')}", ""
            )
            return


class _Look:
    """One way of looking: at which cases, with what open."""

    def __init__(self, known: Known, index: Index, cases: set[str], opened: frozenset[str], own_words: str) -> None:
        self.known, self.index, self.cases = known, index, cases
        self.opened = opened
        self.allowed: set[Grams] = runs_of(words(own_words)) if own_words else set()
        for secret in (one for case in cases if opened for one in known.of_case.get(case, ())):
            if self.open(secret.case, secret.question):
                self.allowed |= runs_of(known.rows[secret])

    def open(self, case: str, question: str) -> bool:
        """Whether the secrets of a question may be seen."""
        if question == CASE and self.known.asked[case] and all(self.open(case, q) for q in self.known.asked[case]):
            return True
        return question in self.opened or f"{case}/{question}" in self.opened

    def through(self, place: str, data: bytes) -> list[Leak]:
        """What is found in bytes and all that is packed in them."""
        found: list[Leak] = []
        for one in texts(place, data):
            found += [Leak(one.place, "", "", one.says, "")] if isinstance(one, Bad) else self.at(one.place, one.text)
        return list(dict.fromkeys(found))

    def at(self, place: str, text: str) -> Iterator[Leak]:
        """What is found in one text."""
        for row in rows(text):
            for run, owners in self.index.found(row):
                if run in self.allowed:
                    continue
                for secret in owners:
                    if secret.case in self.cases and not self.open(secret.case, secret.question):
                        yield Leak(place, secret.case, secret.question, secret.what, " ".join(run))
                        break
        for case, question, form in key_forms(self.known.questions, unescaped(text)):
            if case in self.cases and not self.open(case, question):
                yield Leak(place, case, question, "the key", form)


def runs_of(row: list[str]) -> set[Grams]:
    """Every run of a row that could be one of a secret: of eight words, and of five to seven."""
    return {
        tuple(row[place : place + size]) for size in range(SHORTEST, RUN + 1) for place in range(len(row) - size + 1)
    }


def _runs(row: list[str], longest: int = RUN) -> set[Grams]:
    if len(row) < SHORTEST:
        return set()
    size = min(len(row), longest)
    return {tuple(row[place : place + size]) for place in range(len(row) - size + 1)}
