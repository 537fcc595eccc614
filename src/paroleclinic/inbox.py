"""What learners of a room handed in, and the pages that go back: each through a learner's own folder, which only they write to.

Two ways lead in: nbgrader's Assignment List, and *Hand in* of the course itself. Whose a hand-in is, the folder says, never the
hand-in. Nothing there is trusted: links are not followed, names and sizes have limits, and `collecting` reads what is left.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from paroleclinic import reach
from paroleclinic.answers import FILE_NAME, LARGEST_FILE
from paroleclinic.collecting import LARGEST_NOTEBOOK, LARGEST_ZIP, Found, Refused
from paroleclinic.collecting import read as collected
from paroleclinic.filing import SUBMITTED

HUB, HOMES, POST = ".hub", "homes", "post"
INBOUND, FEEDBACK, HAND_INS = "inbound", "feedback", "hand-ins"
SECRET, TIMESTAMP = "submission_secret.txt", "timestamp.txt"
LEARNER = re.compile(r"[a-z][a-z0-9-]{1,29}")
SENT = re.compile(r"[^+/]{1,80}\+(?P<unit>[^+/]{1,100})\+(?P<at>[^+/]{1,60})(\+[^+/]{1,60})?")
MOST_SENT = 100  # hand-ins of one kind that are looked at, for each learner; the newest by name
MOST_NOTEBOOKS = 60  # of one hand-in
LONGEST_SECRET = 1000


@dataclass(frozen=True)
class Sent:
    """A hand-in that came through nbgrader, as it lies in the learner's post: its folder's name and its unit."""

    learner: str
    folder: str
    unit: str


def learners(root: Path) -> list[str]:
    """Everybody who has a home in the course's hub, in order."""
    return [name for name in reach.names(root / HUB / HOMES, most=10_000) if LEARNER.fullmatch(name)]


def handed_in(root: Path, units: Mapping[str, str], now: datetime) -> Iterator[tuple[str, Found | Refused]]:
    """Everything that learners of the room handed in, with the learner it is of; `units` maps case ids to their units."""
    for learner in learners(root):
        for one in sent(root, learner):
            yield from ((learner, _owned(found, learner)) for found in _through_nbgrader(root, one, units, now))
        home = root / HUB / HOMES / learner
        for name in _newest(reach.names(home, HAND_INS)):
            if name.endswith(".zip"):
                yield from ((learner, _owned(found, learner)) for found in _zip(home, name, units, now))


def sent(root: Path, learner: str) -> list[Sent]:
    """The hand-ins of a learner that came through nbgrader, the oldest first."""
    there = _newest(reach.names(root / HUB / POST / learner / INBOUND))
    return [Sent(learner, name, match["unit"]) for name in there if (match := SENT.fullmatch(name))]


def _newest(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")][-MOST_SENT:]


def _owned(found: Found | Refused, learner: str) -> Found | Refused:
    if isinstance(found, Refused):
        return replace(found, where=f"{learner}: {found.where}")
    return replace(found, who=(learner,), where=f"{learner}: {found.where}")


def _through_nbgrader(root: Path, one: Sent, units: Mapping[str, str], now: datetime) -> Iterator[Found | Refused]:
    post = root / HUB / POST / one.learner / INBOUND
    try:
        answers = reach.read(post, f"{one.folder}/{FILE_NAME}", LARGEST_FILE)
    except FileNotFoundError:
        yield Refused(one.folder, f"it holds no {FILE_NAME}: nothing was answered yet")
        return
    except OSError as error:
        yield Refused(one.folder, f"its {FILE_NAME} cannot be read: {error}")
        return
    at = min(_moment(post, one.folder), now)
    with TemporaryDirectory() as aside:
        place = Path(aside, one.learner, one.unit)
        place.mkdir(parents=True)
        (place / FILE_NAME).write_bytes(answers)
        for name in [name for name in reach.names(post, one.folder) if name.endswith(".ipynb")][:MOST_NOTEBOOKS]:
            with suppress(OSError):
                (place / name).write_bytes(reach.read(post, f"{one.folder}/{name}", LARGEST_NOTEBOOK))
        for found in collected(place, units, now):
            if isinstance(found, Refused):
                yield replace(found, where=one.folder)
            elif found.unit == one.unit:
                yield replace(found, where=one.folder, at=at)


def _moment(post: Path, folder: str) -> datetime:
    """When it was handed in, by nbgrader's own note in it, else by the file."""
    try:
        text = reach.read(post, f"{folder}/{TIMESTAMP}", 200).decode("ascii").strip()
        return datetime.fromisoformat(text.removesuffix("UTC").strip()).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return datetime.fromtimestamp(min(reach.changed(post, f"{folder}/{FILE_NAME}"), 4e9), UTC)


def _zip(home: Path, name: str, units: Mapping[str, str], now: datetime) -> Iterator[Found | Refused]:
    try:
        data = reach.read(home, f"{HAND_INS}/{name}", LARGEST_ZIP)
    except OSError as error:
        yield Refused(name[:200], f"it cannot be read: {error}")
        return
    with TemporaryDirectory() as aside:
        path = Path(aside, "hand-in.zip")
        path.write_bytes(data)
        for found in collected(path, units, now):
            yield replace(found, where=name[:200])


def send(root: Path, learner: str, unit: str) -> int:
    """Put a learner's pages of feedback where that learner finds them, and nobody else: in `feedback/UNIT/` of their home, and
    in nbgrader's Assignment List for hand-ins that came through it. Returns how many pages there are. Raises OSError.
    """
    folder = root / "feedback" / learner / unit
    pages = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.html")) if path.is_file()}
    if not pages or learner not in learners(root):
        return 0
    for name, page in pages.items():
        reach.write(root / HUB / HOMES / learner, f"feedback/{unit}/{name}.html", page)
    graded = root / SUBMITTED / learner / unit / FILE_NAME
    answers = graded.read_bytes() if graded.is_file() else None
    post = root / HUB / POST / learner
    for one in sent(root, learner):
        with suppress(OSError, UnicodeDecodeError):
            if one.unit != unit or reach.read(post / INBOUND, f"{one.folder}/{FILE_NAME}", LARGEST_FILE) != answers:
                continue
            secret = reach.read(post / INBOUND, f"{one.folder}/{SECRET}", LONGEST_SECRET).decode()
            for name, page in pages.items():
                reach.write(post / FEEDBACK, f"{page_name(secret, name)}.html", page)
    return len(pages)


def page_name(secret: str, notebook: str) -> str:
    """What nbgrader 0.9 calls a page of feedback: the MD5 of the hand-in's secret and the notebook's name."""
    return hashlib.md5(f"{secret}{notebook}".encode(), usedforsecurity=False).hexdigest()
