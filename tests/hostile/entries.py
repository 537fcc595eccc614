"""What one entry of the catalogue is, and the few moves that its builders share."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from conftest import hand_in
from paroleclinic.answers import FILE_NAME
from paroleclinic.content import Scenario
from paroleclinic.course import Course

Answers = dict[str, object]
Build = Callable[[Path, Scenario, Answers], None]
IDEAL = 9.0
UNIT, CASE = "bridges", "first-crossing"
NOTEBOOK = f"{CASE}.ipynb"
FOREIGN = "evil.invalid"  # a host that no page may ask
FLAG = "pcHacked"  # what a script would set in the window


@dataclass(frozen=True)
class Entry:
    """One hostile or unlucky hand-in.

    `expects` is the score, or words of the line that says why it could not be graded. `odd` is how many lines of the answer
    file are passed over. `agrees` says that `nbgrader autograde` gives the same; None keeps it from nbgrader, which would fill the disk. `learner` is the folder's name.
    `build` starts from a good hand-in, unless `bare`.
    """

    group: str
    what: str
    build: Build
    expects: float | str = IDEAL
    odd: int = 0
    agrees: bool | None = True
    learner: str = ""
    bare: bool = False
    shown: bool = False  # looked at in a browser


def nothing(folder: Path, case: Scenario, ideal: Answers) -> None:
    """A good hand-in as it is; its name or its company is the attack."""


def made(course: Course, name: str, entry: Entry, case: Scenario, ideal: Answers) -> str:
    """Build the hand-in of an entry in a course; the learner's name."""
    learner = entry.learner or name
    folder = course.root / "submitted" / learner / UNIT
    if entry.bare:
        folder.parent.mkdir(parents=True)
    else:
        hand_in(course, learner, case, ideal)
    entry.build(folder, case, ideal)
    return learner


def root(folder: Path) -> Path:
    """The course that a hand-in lies in."""
    return folder.parents[2]


def tripwire(folder: Path) -> Path:
    """A file that code of a learner would make if it ever ran."""
    return root(folder).parent / "it-ran"


def code(folder: Path) -> str:
    """Python that trips the wire."""
    return f"open({str(tripwire(folder))!r}, 'w').write('ran')"


def script(mark: str = "script") -> str:
    """HTML that runs a script, asks a foreign host, and puts an element into the page, if it is taken for markup."""
    return (
        f"<{mark}>window.{FLAG}=1;fetch('http://{FOREIGN}/x')</{mark}>"
        f'<img id="{FLAG}" src="http://{FOREIGN}/x.png" onerror="window.{FLAG}=1;alert(1)">'
    )


def line(question: str, answer: object, **more: object) -> bytes:
    """One line of an answer file."""
    entry = {"v": 1, "at": "2026-11-24T11:00:00.000Z", "case": CASE, "question": question, "answer": answer, **more}
    return json.dumps(entry).encode() + b"\n"


def lines(answers: Mapping[str, object]) -> bytes:
    """An answer file of these answers."""
    return b"".join(line(question, answer) for question, answer in answers.items())


def added(*more: bytes) -> Build:
    """More bytes at the end of the ideal answers."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        with (folder / FILE_NAME).open("ab") as file:
            file.write(b"".join(more))

    return build


def answer(question: str, given: object) -> Build:
    """The ideal answers, and then another answer to one question."""
    return added(line(question, given))


def raw(question: str, json_text: str) -> Build:
    """The same, with the answer as JSON text."""
    head = f'{{"v": 1, "at": "2026-11-24T11:00:00.000Z", "case": "{CASE}", "question": "{question}", "answer": '
    return added(head.encode() + json_text.encode() + b"}\n")


def content(make: Callable[[bytes], bytes]) -> Build:
    """The answer file made anew from the ideal one."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        path = folder / FILE_NAME
        path.write_bytes(make(lines(ideal)))

    return build


def instead(data: bytes) -> Build:
    """Something else in place of the answer file's content."""
    return content(lambda _: data)


def notebook(change: Callable[[dict, Path], object]) -> Build:
    """A change of the notebook's JSON; what it returns, unless None, is the new notebook."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        path = folder / NOTEBOOK
        nb = json.loads(path.read_text())
        changed = change(nb, folder)
        path.write_text(json.dumps(nb if changed is None else changed))

    return build


def cell(kind: str, source: str, **more: object) -> dict[str, object]:
    """A cell to add; `{code}` in its source is Python that trips the wire."""
    extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": "added", "metadata": {}, "source": source, **extra, **more}


def with_cell(kind: str, source: str, **more: object) -> Build:
    """A cell added at the front and at the end."""

    def change(nb: dict, folder: Path) -> None:
        filled = source.replace("{code}", code(folder)).replace("{wire}", str(tripwire(folder)))
        nb["cells"] = [cell(kind, filled, **more), *nb["cells"], cell(kind, filled, **{**more, "id": "end"})]

    return notebook(change)


def with_output(**data: object) -> Build:
    """An output put under the graded cell."""
    return notebook(lambda nb, _: nb["cells"][1].update(outputs=[data]))


def with_notebook(data: bytes) -> Build:
    """Other bytes in place of the notebook."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        (folder / NOTEBOOK).write_bytes(data)

    return build


def with_file(name: str | bytes, text: str | bytes = "{code}\n") -> Build:
    """A file beside the answers; `{code}` in its text trips the wire."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        import os

        path = Path(os.fsdecode(os.path.join(os.fsencode(folder), os.fsencode(name))))  # noqa: PTH118 - bytes
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.replace("{code}", code(folder)).encode())

    return build


def with_link(name: str, to: Callable[[Path], Path | str]) -> Build:
    """A link beside the answers, or in place of a file of the hand-in."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        path = folder / name
        path.unlink(missing_ok=True)
        path.symlink_to(to(folder))

    return build


def without(name: str) -> Build:
    """A file of the hand-in is missing."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        (folder / name).unlink()

    return build


def folder_instead(name: str) -> Build:
    """A folder, with a file in it, in place of a file of the hand-in."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()
        (folder / name / "inside.txt").write_text("inside")

    return build


def copied_from(other: str) -> Build:
    """The learner's folder or unit is a link to somebody else's."""

    def build(folder: Path, case: Scenario, ideal: Answers) -> None:
        shutil.rmtree(folder.parent, ignore_errors=True)
        if other == "learner":
            folder.parent.symlink_to(root(folder) / "submitted" / "honest-ideal")
        else:
            folder.parent.mkdir(parents=True)
            folder.symlink_to(root(folder) / "submitted" / "honest-ideal" / UNIT)

    return build
