"""Handing in: the answers of a unit in one file, `hand-in-UNIT-NAME-DATE.zip`, and a code that proves what was in it.

The file holds `manifest.json` and, in a folder named for the unit, answers.jsonl and the notebooks as they are; only earlier
drafts that seem to hold a real person's number are emptied, since their writer took it out. The results of the pre-test and the
post-test are handed in alike, as a unit of their own. The manifest names the course's version and the SHA-256 of each file; the
receipt's code is made from the manifest.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from paroleclinic import sittings
from paroleclinic.answers import FILE_NAME
from paroleclinic.lines import NotSaved, stamp
from paroleclinic.progress import FILE_NAME as DIARY
from paroleclinic.realdata import kinds

FOLDER = "hand-ins"
MANIFEST = "manifest.json"
LONGEST_NAME = 80  # bytes a learner's name may take in a file name
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


class NothingToHandIn(ValueError):
    """No answer was saved in the unit yet, or no test was finished."""


@dataclass(frozen=True)
class Receipt:
    """A hand-in that is on disk: its file, its code such as "K7QM-2F4T-9XWB", and how many files it holds."""

    path: Path
    code: str
    files: int


def hand_in(root: Path, unit: str, name: str, at: datetime, version: str, as_of: str) -> Receipt:
    """Write the hand-in of a unit into `hand-ins/` under the course's root; earlier ones are kept.

    `at` is aware. Raises NothingToHandIn, or NotSaved when the file cannot be written.
    """
    folder = root / "exercises" / unit
    answers = folder / FILE_NAME
    try:
        if not answers.is_file() or not answers.stat().st_size:
            raise NothingToHandIn("No answer of this unit is saved yet. Work on a case first.")
        found = {FILE_NAME: without_old_drafts(answers.read_bytes())}
        found |= {path.name: path.read_bytes() for path in sorted(folder.glob("*.ipynb")) if path.is_file()}
        return _receipt(root, unit, name, at, version, as_of, found)
    except OSError as error:
        raise NotSaved(error.strerror or type(error).__name__) from error


def hand_in_tests(root: Path, name: str, at: datetime, version: str, as_of: str) -> Receipt:
    """Write the hand-in of the pre-test and the post-test: their results, and nothing else of the learner's progress.

    `at` is aware. Raises NothingToHandIn, or NotSaved when the file cannot be written.
    """
    try:
        diary = root / DIARY
        results = sittings.of_diary(diary.read_bytes()) if diary.is_file() else b""
        if not results:
            raise NothingToHandIn(
                "No test is finished yet. Take the pre-test or the post-test, and press Finish at its end."
            )
        return _receipt(root, sittings.UNIT, name, at, version, as_of, {sittings.FILE_NAME: results})
    except OSError as error:
        raise NotSaved(error.strerror or type(error).__name__) from error


def _receipt(
    root: Path, unit: str, name: str, at: datetime, version: str, as_of: str, found: dict[str, bytes]
) -> Receipt:
    manifest = {
        "v": 1, "unit": unit, "name": name.strip(), "at": stamp(at), "course": version, "law": as_of,
        "files": {f"{unit}/{file}": hashlib.sha256(data).hexdigest() for file, data in found.items()},
    }  # fmt: skip
    about = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True).encode()
    out = root / FOLDER
    out.mkdir(exist_ok=True)
    path = _written(out, f"hand-in-{unit}-{in_a_file_name(name)}-{at:%Y-%m-%d}", unit, about, found)
    return Receipt(path, code(about), len(found))


def without_old_drafts(data: bytes) -> bytes:
    """An answer file whose earlier drafts are empty where they looked real; every other line, and the last draft, as it is."""
    lines = data.splitlines(keepends=True)
    answered: dict[tuple[str, str], int] = {}
    drafts: list[tuple[int, tuple[str, str], dict[str, object]]] = []
    for number, line in enumerate(lines):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(entry, dict) or "answer" not in entry:
            continue
        whose = (str(entry.get("case")), str(entry.get("question")))
        answered[whose] = number
        if isinstance(entry["answer"], str) and kinds(entry["answer"]):
            drafts.append((number, whose, entry))
    for number, whose, entry in drafts:
        if answered[whose] != number:
            end = lines[number][len(lines[number].rstrip(b"\r\n")) :]
            lines[number] = (
                json.dumps({**entry, "answer": ""}, ensure_ascii=False).encode("utf-8", "surrogatepass") + end
            )
    return b"".join(lines)


def code(manifest: bytes) -> str:
    """The receipt's code for a manifest: twelve letters and digits in three groups."""
    text = base64.b32encode(hashlib.sha256(manifest).digest()).decode()[:12]
    return "-".join(text[place : place + 4] for place in (0, 4, 8))


def in_a_file_name(name: str) -> str:
    """A person's name as every system takes it in a file name: accents stay, blanks become hyphens."""
    kept = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFC", name), flags=re.UNICODE).strip("-_")
    while len(kept.encode()) > LONGEST_NAME:
        kept = kept[:-1]
    kept = kept.rstrip("-_")
    return f"{kept}-" if RESERVED.match(kept) else kept or "learner"


def _written(folder: Path, stem: str, unit: str, about: bytes, found: dict[str, bytes]) -> Path:
    """Write beside, then move to a name that is free: neither a crash nor a second click leaves half a hand-in."""
    handle, beside = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(MANIFEST, about)
                for name, data in found.items():
                    archive.writestr(f"{unit}/{name}", data)
            file.flush()
            os.fsync(file.fileno())
        number = 1
        while True:
            path = folder / (f"{stem}.zip" if number == 1 else f"{stem}-{number}.zip")
            try:
                path.open("xb").close()  # take the name, so that another window cannot
            except FileExistsError:
                number += 1
                continue
            try:
                Path(beside).replace(path)
            except OSError:
                path.unlink(missing_ok=True)
                raise
            return path
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
