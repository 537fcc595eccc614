"""What markers often have to say about a memo, by criterion: `local/comments/CASE.yaml`, and what the rubric says itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import field_validator

from paroleclinic.questions import Memo
from paroleclinic.reading import Entry, Problem, Problems, Several, line_of, read

FOLDER = ("local", "comments")
LONGEST = 600  # characters of one comment


class Remark(Entry):
    """One comment, kept under the id of a criterion of the case's memo."""

    criterion: str
    says: str

    @field_validator("says")
    @classmethod
    def _said(cls, says: str) -> str:
        if not says.strip() or len(says) > LONGEST:
            raise ValueError(f"a comment has words, and at most {LONGEST} characters")
        return says.strip()


class Bank(Entry):
    """The comments of one case, in the order they were added."""

    comments: Several[Remark] = ()


class Ready(NamedTuple):
    """A comment ready to use; `own` when somebody wrote it, else it is the rubric's own anchor."""

    criterion: str
    says: str
    own: bool


def path_of(root: Path, case: str) -> Path:
    """Where the comments of a case are kept."""
    return root.joinpath(*FOLDER, f"{case}.yaml")


def banks(root: Path) -> list[Path]:
    """The files of comments there are."""
    return sorted(root.joinpath(*FOLDER).glob("*.yaml"))


def bank(root: Path, case: str) -> Bank:
    """The comments somebody wrote for a case. Raises Problems."""
    path = path_of(root, case)
    return read(path, Bank, path.relative_to(root).as_posix()) if path.is_file() else Bank()


def ready(memo: Memo, kept: Bank) -> list[Ready]:
    """All comments of a memo in the order of its rubric: those somebody wrote, then the anchors for half and none."""
    found = []
    for criterion in memo.rubric:
        found += [Ready(criterion.id, one.says, True) for one in kept.comments if one.criterion == criterion.id]
        name = criterion.says.rstrip(".")
        found += [
            Ready(criterion.id, f"{name}: partly there. What earns half: {criterion.half}", False),
            Ready(criterion.id, f"{name}: not there yet. What earns nothing: {criterion.none}", False),
        ]
    return found


def wrong(root: Path, path: Path, memo: Memo | None) -> Iterator[Problem]:
    """What is wrong with a file of comments; `memo` is that of the case of its name, None when there is none."""
    shown = path.relative_to(root).as_posix()
    if memo is None:
        yield Problem(
            shown, 0, f'there is no case "{path.stem}" with a memo', "name the file after a case that asks for one"
        )
        return
    try:
        kept = bank(root, path.stem)
    except Problems as error:
        yield from error.problems
        return
    ids = [criterion.id for criterion in memo.rubric]
    seen: set[Remark] = set()
    for number, one in enumerate(kept.comments):
        where = line_of(path, "comments", number, "criterion")
        if one.criterion not in ids:
            yield Problem(
                shown, where, f'the rubric has no criterion "{one.criterion}"', f"use one of {', '.join(ids)}"
            )
        if one in seen:
            yield Problem(shown, where, "this comment is here twice", "remove one")
        seen.add(one)


def added(text: str, criterion: str, says: str) -> str:
    """The text of a file of comments with one more; `text` is empty for a new file."""
    head = text if text.strip() else "comments:\n"
    head += "" if head.endswith("\n") else "\n"
    return f"{head}  - criterion: {criterion}\n    says: {json.dumps(says, ensure_ascii=False)}\n"


def add(root: Path, case: str, criterion: str, says: str) -> Path:
    """Add a comment to a case's file, or make it; a file that cannot take it stays as it was. Raises Problems or OSError."""
    path = path_of(root, case)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    number = len(bank(root, case).comments)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    shown = path.relative_to(root).as_posix()
    try:
        part.write_text(added(before, criterion, says), encoding="utf-8")
        after = read(part, Bank, shown)
        if len(after.comments) != number + 1:
            raise Problems([Problem(shown, 0, "a comment cannot be added at the end", "add it by hand")])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
