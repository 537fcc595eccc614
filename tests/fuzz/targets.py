"""Four readers of what other people write, each with inputs to begin from, a way to change them, and what must hold for any bytes.

`Target.run(data, folder)` reads `data` in an empty folder and raises when something does not hold that must.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import get_args

from mutations import mutated_lines, mutated_yaml, mutated_zip, zipped

from paroleclinic import review
from paroleclinic.answers import CERTAINTIES, FILE_NAME, Answered, NotReadable, read_answers
from paroleclinic.collecting import Found, Refused, read
from paroleclinic.content import Outline, Scenario
from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.filing import BadRoster, file_away, roster, whose
from paroleclinic.grading import Verdict, grade_case, key_answers
from paroleclinic.handin import hand_in
from paroleclinic.law import NotYetLaw
from paroleclinic.progress import Diary, Progress
from paroleclinic.reading import Problems
from paroleclinic.reading import read as read_entry
from paroleclinic.record import record
from paroleclinic.standing import calibration, hours, steps, sure_and_wrong

HERE = Path(__file__).parent
TINY = HERE.parent / "samples" / "tiny"
CORPUS = HERE / "corpus"
LONGEST_REASON = 400  # characters a person reads
NOW = datetime(2026, 11, 26, tzinfo=UTC)
UNITS = {"first-crossing": "bridges", "every-kind": "gates"}
HEAD = {"v": 1, "at": "2026-11-24T10:15:30.123Z"}


@dataclass(frozen=True)
class Target:
    """A reader under test. `modules` are those of paroleclinic whose lines say what is new about an input."""

    name: str
    modules: tuple[str, ...]
    seeds: Callable[[], list[bytes]]
    mutated: Callable[[Random, bytes], bytes]
    run: Callable[[bytes, Path], None]

    @property
    def corpus(self) -> list[Path]:
        """The files kept for it."""
        return sorted(path for path in (CORPUS / self.name).glob("*") if path.is_file())

    def input(self, rng: Random) -> bytes:
        """A seed, changed a few times."""
        data = rng.choice(self.seeds())
        for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 5, 8])):
            data = self.mutated(rng, data)
        return data


def fair(text: str, most: int = LONGEST_REASON) -> None:
    """The text is something to show a person: one line, not endless, and it can be written out."""
    assert text.strip(), "an empty reason"
    assert len(text) <= most, f"{len(text)} characters: {text[:80]!r}"
    odd = [sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")]
    assert not odd, f"{odd[:3]!r} in {text[:80]!r}"
    assert "Traceback" not in text
    assert "MemoryError" not in text, text


# Answers


@cache
def every_kind() -> Scenario:
    """A case with a question of each kind."""
    return read_entry(HERE / "every-kind.yaml", Scenario)


def _answer_words() -> list[object]:
    ids = [one.id for one in every_kind().questions]
    return [*ids, *key_answers(every_kind()).values(), "every-kind", "case", "question", "answer", "certainty", "event",
            "opened", "shown", "a", "b", "c", "d", "x", "y", "z", "left", "right", "ask", "look", "go", ["a", "d"], {"x": "right"}]  # fmt: skip


def _jsonl(entries: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(HEAD | one) + "\n" for one in entries).encode()


@cache
def _answer_seeds() -> list[bytes]:
    keys = key_answers(every_kind())
    good = [{"case": "every-kind", "question": name, "answer": answer} for name, answer in keys.items()]
    bad = {
        "one": "c",
        "many": ["a", "c"],
        "match": {"x": "right"},
        "order": ["go", "look", "ask"],
        "day": "2026-01-01",
        "amount": "$1,000",
    }
    wrong = [
        {"case": "every-kind", "question": name, "answer": answer, "certainty": "high"} for name, answer in bad.items()
    ]
    happened = [{"case": "every-kind", "event": event} for event in ("opened", "shown")]
    return [_jsonl(happened + good), _jsonl(happened + wrong), _jsonl([*wrong, *good, *happened]), _jsonl(good[:1])]


def _run_answers(data: bytes, folder: Path) -> None:
    path = folder / FILE_NAME
    path.write_bytes(data)
    try:
        found = read_answers(path)
    except NotReadable as error:
        fair(str(error))
        assert path.read_bytes() == data
        return
    assert found.cases or found.events
    _fair_answers(found)
    for problem in found.problems:
        fair(problem)
    case = every_kind()
    fair_mark(case, found.of(case.id))
    assert path.read_bytes() == data, "reading changed the file"


def _fair_answers(found: Answered) -> None:
    for (case, question), tries in found.tries.items():
        assert tries >= 1
        assert question in found.cases[case]
    assert {(case, question) for case, answers in found.cases.items() for question in answers} == set(found.tries)
    assert set(found.certainty) <= set(found.tries)
    assert set(found.certainty.values()) <= set(CERTAINTIES)
    json.dumps(
        [found.cases, [*found.events]], ensure_ascii=False
    ).encode()  # what was taken can be shown and written again
    assert len(found.problems) <= 1000, "problems without end"


def fair_mark(case: Scenario, answers: dict[str, object]) -> None:
    """Whatever the answers are, the marks keep within their bounds, and the same answers make the same marks."""
    mark = grade_case(case, answers)
    assert math.isfinite(mark.earned)
    assert 0 <= mark.earned <= mark.points == case.points
    assert not mark.capped or mark.earned <= case.points / 2
    assert bool(mark.harmful) or not mark.capped
    assert len(mark.marks) == len(case.questions)
    for one in mark.marks:
        assert math.isfinite(one.earned)
        assert 0 <= one.earned <= one.question.points
        assert one.verdict in get_args(Verdict)
        assert (one.verdict == "right") == (one.earned == one.question.points), one
        assert (one.verdict in ("right", "partly")) == (one.earned > 0), one
        assert not one.harmful or one.earned == 0
        assert not (
            one.verdict == "blank"
            and answers.get(one.question.id) not in (None, "", [], {})
            and not isinstance(answers[one.question.id], str)
        )
        for note in one.notes:
            f"{note.text}{note.because}{one.answer}".encode()
        if one.verdict == "unreadable":
            fair(one.notes[0].because)
    assert grade_case(case, answers) == mark


# Hand-ins


def _good_answers(answer: str = "morning") -> bytes:
    return _jsonl(
        [
            {"case": "first-crossing", "event": "opened"},
            {"case": "first-crossing", "question": "when", "answer": answer},
        ]
    )


def _made_by_the_button(folder: Path) -> bytes:
    (folder / "exercises/bridges").mkdir(parents=True)
    (folder / "exercises/bridges" / FILE_NAME).write_bytes(_good_answers())
    (folder / "exercises/bridges/first-crossing.ipynb").write_bytes(b'{"cells": []}')
    made = hand_in(folder, "bridges", "Ana Núñez", datetime(2026, 11, 25, 9, 30, tzinfo=UTC), "1.0", "2026-11-23")
    return made.path.read_bytes()


@cache
def _handin_seeds() -> list[bytes]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        button = _made_by_the_button(Path(folder))
    notebook, answers = b'{"cells": []}', _good_answers("never")
    moodle = zipped([
        ("Ana Núñez_9911_assignsubmission_file/hand-in-bridges-Ana-2026-11-25.zip", button),
        ("Bo Lindqvist_9912_assignsubmission_file_/answers.jsonl", answers),
        ("Bo Lindqvist_9912_assignsubmission_file_/first-crossing.ipynb", notebook),
    ])  # fmt: skip
    canvas = zipped([
        ("nunezana_LATE_1201_88001_my work.zip", button),
        ("lindqvistbo_1202_88002_answers.jsonl", answers),
        ("lindqvistbo_1202_88003_first-crossing.ipynb", notebook),
    ])  # fmt: skip
    folders = zipped(
        [("submitted/bo7/bridges/answers.jsonl", answers), ("submitted/bo7/gates/answers.jsonl", _answer_seeds()[0])]
    )
    people = "id,name,email\nana,Ana Núñez,ana@example.org\nbo7,Bo,\n".encode()
    return [people, button, moodle, canvas, folders, zipped([("a/b.zip", zipped([("c.zip", button)]))]), answers]


def _mutated_member(rng: Random, data: bytes) -> bytes:
    if data[:2] == b"PK":
        return _mutated_handin(rng, data)
    return mutated_lines(rng, data, ["case", "question", "answer", "first-crossing", "every-kind", "unit", "name", "at", "files", "bridges", "gates",
                                     "bridges/answers.jsonl", {"bridges/answers.jsonl": "0" * 64}])  # fmt: skip


def _mutated_handin(rng: Random, data: bytes) -> bytes:
    return mutated_zip(rng, data, _mutated_member)


PLACES = [
    b"hand-in.zip",
    b"bridges.zip",
    b"caf\xe9\xff.zip",
    b"a\nb.zip",
    b"\x1b[2J.zip",
    b"x" * 240,
    b"answers.jsonl",
    b"Ana_1_assignsubmission_file_",
    b"ana_1_2_x.zip",
]
MOMENTS = [1_764_000_000, 0, -1, 2**31, 2**33, 2**45, -(2**40)]  # of a file's last change, in seconds


BOS_NOTEBOOK = b'{"cells": [], "of": "Bo"}'


def _download(data: bytes, *, damaged: bool) -> bytes:
    """A download of Moodle: Eva's folder holds strange things, Bo's does not."""
    eva, bo = "Eva_1_assignsubmission_file_", "Bo_2_assignsubmission_file_"
    made = zipped([(f"{eva}/x.ipynb", data), (f"{eva}/work.zip", data), (f"{bo}/answers.jsonl", _good_answers())])
    return _damaged(made) if damaged else made


def _submissions(data: bytes, *, damaged: bool) -> bytes:
    """A download of Canvas, where everybody's files lie in one folder."""
    made = zipped([
        ("eva_1_2_x.ipynb", data), ("bo_4_5_answers.jsonl", _good_answers()), ("bo_4_6_x.ipynb", BOS_NOTEBOOK),
        ("eva_1_3_x.ipynb", data), ("eva_1_4_work.zip", data), ("eva_1_5_answers.jsonl", data),
    ])  # fmt: skip
    return _damaged(made) if damaged else made


def _damaged(made: bytes) -> bytes:
    """The zip with a bit turned in the checksum that its list of files gives for the first."""
    with zipfile.ZipFile(BytesIO(made)) as archive:
        at = archive.start_dir + 16
    return made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :]


def _placed(place: Path, name: bytes) -> Path:
    """A file of that name, or of a plain one where the system takes no such name."""
    try:
        path = place / os.fsdecode(name)
        path.touch()
    except (OSError, ValueError):
        return place / "hand-in.zip"
    return path


def _run_handin(data: bytes, folder: Path) -> None:
    pick = zlib.crc32(data)  # the same bytes always lie in the same places
    moment = MOMENTS[pick // 16 % len(MOMENTS)]
    place, course = folder / "in", folder / "course"
    (place / "Ana Núñez" / "bridges").mkdir(parents=True)
    (place / "Bo" / "bridges").mkdir(parents=True)
    course.mkdir()
    (place / "Bo/bridges" / FILE_NAME).write_bytes(_good_answers())
    odd = _placed(place, PLACES[pick % len(PLACES)])
    for path in (
        odd,
        place / "Ana Núñez/bridges" / FILE_NAME,
        place / "Ana Núñez/bridges/first-crossing.ipynb",
    ):
        path.write_bytes(data)
        with suppress(OSError, OverflowError):  # a file system that knows no such moment
            os.utime(path, (moment, moment))
    (place / "download.zip").write_bytes(_download(data, damaged=bool(pick & 1)))
    (place / "submissions.zip").write_bytes(_submissions(data, damaged=bool(pick & 1)))
    before = _tree(folder)
    found = [*read(odd, UNITS, NOW), *read(place, UNITS, NOW)]
    assert _tree(folder) == before, "reading changed something"
    taken = [one for one in found if isinstance(one, Found)]
    for one in found:
        _fair_found(one) if isinstance(one, Found) else _fair_refused(one)
    mine = [one for one in taken if "Bo" in one.who and one.answers == _good_answers()]
    assert len(mine) >= 2, "one strange file cost somebody else"
    flat = [one.notebooks for one in taken if one.where == "submissions.zip / bo_4_5_answers.jsonl"]
    assert flat == [{"x.ipynb": BOS_NOTEBOOK}], f"a notebook of somebody else, or none: {flat}"
    owned = [(one, learner) for one in taken if (learner := whose(one, []))]
    filed = file_away(course, owned)
    assert len(filed) == len(owned)
    after = _tree(folder)
    new = set(after) - set(before)
    assert all(path.startswith(("course/submitted/", "course/collected/", "course/.grading.lock")) for path in new), new
    assert {path: after[path] for path in before} == before
    assert {one.did for one in file_away(course, owned)} <= {"already here"}
    assert _tree(folder) == after, "filing twice is not filing once"
    _fair_roster(folder / "roster.csv", data)


def _fair_roster(path: Path, data: bytes) -> None:
    path.write_bytes(b"id,name\n" * (data[:2] != b"id") + data)
    try:
        people = roster(path)
    except BadRoster as error:
        fair(str(error).removeprefix(str(path)))
        return
    for one in people if os.name == "posix" else ():
        (path.parent / one.id).mkdir()


def _fair_found(one: Found) -> None:
    fair(one.where, 1000)
    assert one.unit in UNITS.values(), one.unit
    assert one.at.tzinfo is not None
    assert one.at <= NOW
    for who in one.who:
        fair(who, 200)
    for name in one.notebooks:
        assert name.endswith(".ipynb")
        assert "/" not in name


def _fair_refused(one: Refused) -> None:
    fair(one.where, 1000)
    fair(one.why)
    assert not one.why.endswith(": None"), one.why


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# Content. An input is one file of the tiny course; its first line, `#law/fees/bridge-fee.yaml`, says which.


@cache
def _content_seeds() -> list[bytes]:
    paths = sorted(TINY.rglob("*.yaml"))
    seeds = [f"#{path.relative_to(TINY).as_posix()}\n".encode() + path.read_bytes() for path in paths]
    return [*seeds, b"#scenarios/gates/every-kind.yaml\n" + (HERE / "every-kind.yaml").read_bytes()]


def _mutated_content(rng: Random, data: bytes) -> bytes:
    head, _, rest = data.partition(b"\n")
    return head + b"\n" + mutated_yaml(rng, rest)


@cache
def _names_of_content() -> set[str]:
    return {seed.partition(b"\n")[0][1:].decode() for seed in _content_seeds()}


def _run_content(data: bytes, folder: Path) -> None:
    head, _, text = data.partition(b"\n")
    name = head[1:].decode("utf-8", "replace")
    if name not in _names_of_content():
        name, text = "course.yaml", data
    shutil.copytree(TINY, folder / "course", dirs_exist_ok=True)
    path = folder / "course" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text)
    course = Course(folder / "course")
    last = text.count(b"\n") + text.count(b"\r") + 3 * text.count(b"\xe2\x80") + text.count(b"\xc2\x85") + 2
    for act in _uses(course, name):
        try:
            act()
        except Problems as error:
            _fair_problems(error, name, last)
            break
        except LookupError as error:
            assert type(error) in (NoSuchEntry, NotYetLaw, LookupError), repr(error)


def _uses(course: Course, name: str) -> Iterator[Callable[[], object]]:
    """What a course does with that file."""
    kind, stem = name.partition("/")[0], Path(name).stem
    if kind == "scenarios":
        yield lambda: _marked(course.scenario(stem))
    elif kind == "consultations":
        yield lambda: course.consultation(stem)
    elif kind == "questions":
        yield lambda: course.question_file(course.root / name)
        yield lambda: course.form(stem)
    elif kind == "law":
        yield lambda: [course.value_on(stem, date(2026, month, 1)) for month in (1, 11)]
        yield lambda: [(version.first_day, version.since) for version in course.law[stem].versions]
        yield lambda: course.scenario("first-crossing")
    else:
        yield lambda: [course.lesson(one.id) for one in course.outline.lessons]
        yield lambda: [course.unit(one.id).cases for one in course.outline.units]


def _marked(case: Scenario) -> None:
    grade_case(case, key_answers(case))
    grade_case(case, {})


def _fair_problems(error: Problems, name: str, last: int) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.path == name, problem
        assert 1 <= problem.line <= last, problem
        fair(problem.says, 6000 if "differs from the file" in problem.says else LONGEST_REASON)
        if problem.fix:
            fair(problem.fix)


# Progress


@cache
def _progress_seeds() -> list[bytes]:
    lines: list[dict[str, object]] = [
        {"did": "welcomed", "name": "Ana", "role": "paralegal", "language": "en"},
        {"did": "opened", "page": "01-bridges"},
        {"did": "read", "page": "01-bridges", "section": "fees"},
        {"did": "tried", "page": "01-bridges", "question": "br-night", "verdict": "wrong", "certainty": "high", "hints": 1},
        {"did": "tried", "page": "01-bridges", "question": "br-fee", "verdict": "right", "certainty": "low", "harm": True},
        {"did": "tested", "form": "pre-test", "marks": {"br-night": "right", "br-fee": "blank"}, "certainty": {"br-night": "low"}},
        {"did": "graded", "unit": "bridges", "case": "first-crossing", "earned": 7.5, "points": 9, "harm": False},
        {"did": "met", "case": "first-crossing", "asked": ["a"], "total": 70},
        {"did": "consulted", "consultation": "the-late-walk", "choices": ["wait"], "scene": "gate", "ending": "mixed"},
        {"did": "paused", "what": "interview:first-crossing", "steps": ["a", "b"]},
        {"did": "reviewed", "card": "question:br-night", "day": "2026-11-24", "rating": 3, "stability": 2.3065, "difficulty": 2.1181, "due": "2026-11-26"},
        {"did": "reviewed", "card": "question:br-night", "day": "2026-11-26", "rating": 4, "stability": 9.5, "difficulty": 1, "due": "2026-12-06"},
        {"did": "worked", "page": "01-bridges", "seconds": 30},
        {"did": "skipped", "what": "pre-test"},
        {"did": "handed-in", "unit": "bridges", "file": "hand-in.zip", "code": "K7QM-2F4T-9XWB"},
    ]  # fmt: skip
    return [_jsonl(lines), _jsonl(lines[3:6] + lines[10:12]), _jsonl(lines[6:9])]


def _progress_words() -> list[object]:
    entries = [json.loads(line) for line in _progress_seeds()[0].splitlines()]
    keys = sorted({key for entry in entries for key in entry})
    values = [value for entry in entries for key, value in entry.items() if key != "v"]
    return [*keys, *values]


def _mutated_progress(rng: Random, data: bytes) -> bytes:
    return mutated_lines(rng, data, _progress_words())


def _run_progress(data: bytes, folder: Path) -> None:
    path, bit = folder / "progress.jsonl", folder / "bit.jsonl"
    path.write_bytes(data)
    whole = Diary(path).progress()
    diary = Diary(bit)
    assert diary.progress().lines == 0
    pieces = [0, len(data) // 3, len(data) * 2 // 3, len(data)]
    for start, end in pairwise(pieces):
        with bit.open("ab") as file:
            file.write(data[start:end])
        seen = diary.progress()
    assert asdict(seen) == asdict(whole), "read in pieces, it is another"
    assert diary.progress() is seen
    assert asdict(seen) == asdict(whole), "a second look changed it"
    _fair_progress(whole)
    assert path.read_bytes() == data


def _fair_progress(progress: Progress) -> None:
    for problem in progress.problems:
        fair(problem)
    assert len(progress.problems) <= 1000, "problems without end"
    assert progress.lines >= len(progress.tries)
    for one in progress.tries:
        assert one.certainty in ("", *CERTAINTIES), one
        assert one.hints >= 0
    for looked in (*progress.cases.values(), *progress.first_looks.values()):
        assert 0 <= looked.earned <= looked.points, looked
    for met in progress.met.values():
        assert 0 <= met.total <= met.best <= 100, met
    outline, asked = _tiny_outline(), {"01-bridges": ["br-night", "br-fee"]}
    assert all(0 <= step.right <= step.questions for step in steps(outline, progress, asked))
    assert all(0 <= share.low <= share.share <= share.high <= 1 for share in calibration(progress).values())
    sure_and_wrong(progress)
    assert math.isfinite(hours(progress))
    assert hours(progress) >= 0
    made = record(outline, progress, asked, {}, NOW, "1.0")
    json.dumps(made, allow_nan=False, ensure_ascii=False).encode()
    day = NOW.date()
    cards = review.deck(progress, ["gate"], asked["01-bridges"])
    for one in review.waiting(progress, cards, day):
        assert one.recall is None or 0 <= one.recall <= 1, one
    for card, memory in progress.memory.items():
        left = review.review(card, memory, 3, day)
        assert left.due >= day, left
        assert math.isfinite(left.stability)


@cache
def _tiny_outline() -> Outline:
    return Course(TINY).outline


TARGETS = {
    one.name: one
    for one in (
        Target("answers", ("answers", "lines", "grading"), _answer_seeds, lambda rng, data: mutated_lines(rng, data, _answer_words()), _run_answers),
        Target("hand-in", ("collecting", "filing", "handin", "lines"), _handin_seeds, _mutated_handin, _run_handin),
        Target("content", ("reading", "course", "content", "questions", "law", "consultation", "grading"), _content_seeds, _mutated_content, _run_content),
        Target("progress", ("progress", "lines", "standing", "review"), _progress_seeds, _mutated_progress, _run_progress),
    )
}  # fmt: skip
