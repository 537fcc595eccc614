"""Copies of what the learners of a room made, every ten minutes: one verified zip a time, old ones thinned by age.

Run by the hub as `python -m paroleclinic.hub.backups COURSE SECONDS MEGABYTES`. Nothing changed since the last copy: no new one. Each
time it also says who fills more than MEGABYTES of the disk.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from paroleclinic import reach
from paroleclinic.answers import FILE_NAME, LARGEST_FILE
from paroleclinic.collecting import LARGEST_ZIP
from paroleclinic.hub import disk
from paroleclinic.hub.places import Places
from paroleclinic.progress import FILE_NAME as DIARY

STEM, SUFFIX = "answers-", ".zip"
MOST_FILES = 300  # of one learner
MOST_BYTES = 300_000_000  # the same
KEEP_ALL = timedelta(hours=3)
STEPS = ((timedelta(days=2), "%Y-%m-%d %H"), (timedelta(days=60), "%Y-%m-%d"))  # one an hour, then one a day


class NotWhole(RuntimeError):
    """A copy that was made cannot be read back."""


def wanted(home: Path) -> Iterator[tuple[str, int]]:
    """The files of a home that are copied, with the bytes each may have; newest hand-ins first."""
    yield DIARY, LARGEST_FILE
    for unit in reach.names(home, "exercises"):
        yield f"exercises/{unit}/{FILE_NAME}", LARGEST_FILE
    for name in sorted(reach.names(home, "hand-ins"), reverse=True):
        if name.endswith(".zip") and not name.startswith("."):
            yield f"hand-ins/{name}", LARGEST_ZIP


def gathered(places: Places) -> Iterator[tuple[str, bytes]]:
    """Each file with its path in the copy, `LEARNER/…`."""
    for name in reach.names(places.homes, most=10_000):
        left, room = MOST_FILES, MOST_BYTES
        for path, most in wanted(places.home(name)):
            with suppress(OSError):
                data = reach.read(places.home(name), path, min(most, room))
                left, room = left - 1, room - len(data)
                if data and left >= 0:
                    yield f"{name}/{path}", data


def save(places: Places, now: datetime) -> Path | None:
    """Write a copy, read it back, put it in its place. None when nothing has changed. Raises NotWhole or OSError."""
    aside = places.backups / ".part"
    sums: dict[str, str] = {}
    handle = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in gathered(places):
                if path not in sums:
                    archive.writestr(path, data)
                    sums[path] = hashlib.sha256(data).hexdigest()
        file.flush()
        os.fsync(file.fileno())
        with zipfile.ZipFile(file) as archive:
            if {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()} != sums:
                raise NotWhole("the copy differs from what was written")
    mark = hashlib.sha256("".join(f"{path} {sum_}\n" for path, sum_ in sorted(sums.items())).encode()).hexdigest()[:12]
    if not sums or any(path.stem.endswith(mark) for path in kept(places)[-1:]):
        aside.unlink()
        return None
    done = places.backups / f"{STEM}{now:%Y-%m-%d-%H%M%S}-{mark}{SUFFIX}"
    aside.replace(done)
    return done


def kept(places: Places) -> list[Path]:
    """The copies there are, the oldest first."""
    return sorted(places.backups.glob(f"{STEM}*{SUFFIX}"))


def moment(path: Path) -> datetime:
    """When a copy was made, by its name."""
    return datetime.strptime(path.name[len(STEM) : len(STEM) + 17], "%Y-%m-%d-%H%M%S").replace(tzinfo=UTC)


def spent(paths: Iterable[Path], now: datetime) -> list[Path]:
    """The copies that have grown old: all of three hours stay, then the last of each hour, then of each day for 60 days."""
    last: dict[str, Path] = {}
    gone = []
    for path in sorted(paths):
        age = now - moment(path)
        if age <= KEEP_ALL:
            continue
        step = next((form for most, form in STEPS if age <= most), None)
        if step is None:
            gone.append(path)
            continue
        slot = moment(path).strftime(step)
        if slot in last:
            gone.append(last[slot])
        last[slot] = path
    return gone


def once(places: Places, now: datetime) -> str:
    """Save, thin, and say in a line what was done."""
    try:
        path = save(places, now)
        for old in spent(kept(places), now):
            old.unlink(missing_ok=True)
    except (OSError, NotWhole) as error:
        return f"backup: NOT SAVED: {error}"
    return f"backup: saved {path.name}" if path else "backup: nothing new"


def main(root: Path, seconds: float, limit: int) -> None:
    """Save for ever."""
    places = Places(root)
    while True:
        print(once(places, datetime.now(UTC)), flush=True)
        for words in disk.warnings(disk.uses(places, limit), disk.free(places), limit):
            print(f"disk: {words}", flush=True)
        time.sleep(seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
