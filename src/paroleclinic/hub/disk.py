"""How much of the disk each learner fills. There is no quota without an administrator, so it is looked at: when a server starts, every
ten minutes, and when the instructor opens the page of the room."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from paroleclinic import reach
from paroleclinic.hub.places import Places

MEGABYTE = 1_000_000
LEAST = 4096  # bytes that a file, a folder or a link counts at least: a million empty ones fill a disk too
SCARCE = 2_000  # megabytes; with less free, the instructor is told


@dataclass(frozen=True)
class Use:
    """What one learner fills, in megabytes. `whole` is false when a part could not be looked at, or there was too much to count."""

    learner: str
    megabytes: int
    whole: bool

    def too_much(self, limit: int) -> bool:
        """Whether the instructor is told; `limit` in megabytes."""
        return self.megabytes > limit or not self.whole

    def far_too_much(self, limit: int) -> bool:
        """Whether no server is started any more."""
        return self.megabytes > 2 * limit


def use(places: Places, learner: str, limit: int) -> Use:
    """What a learner's home and post fill. The count ends a little above twice the limit, where it makes no difference."""
    most = (2 * limit + 1) * MEGABYTE
    total, whole = 0, True
    for size in _sizes([places.home(learner), places.post(learner, "inbound")]):
        whole = whole and size is not None
        total += size or 0
        if total > most:
            return Use(learner, total // MEGABYTE, whole=False)
    return Use(learner, total // MEGABYTE, whole)


def uses(places: Places, limit: int) -> list[Use]:
    """The same for everybody who has a home, in order."""
    return [use(places, name, limit) for name in reach.names(places.homes, most=10_000)]


def _sizes(folders: list[Path]) -> Iterator[int | None]:
    """The bytes of each thing below the folders, no link followed; None for a folder that cannot be looked into."""
    left = [str(folder) for folder in folders if folder.is_dir()]
    while left:
        try:
            with os.scandir(left.pop()) as found:
                for entry in found:
                    with suppress(FileNotFoundError):  # gone in the meantime
                        yield max(entry.stat(follow_symlinks=False).st_blocks * 512, LEAST)
                        if entry.is_dir(follow_symlinks=False):
                            left.append(entry.path)
        except FileNotFoundError:
            continue
        except OSError:
            yield None


def free(places: Places) -> int:
    """The megabytes that are free where the hub keeps everything."""
    return shutil.disk_usage(places.hub).free // MEGABYTE


def warnings(found: list[Use], left: int, limit: int) -> list[str]:
    """What the instructor should know, in sentences; `left` is what is free, all in megabytes."""
    said = []
    if left < SCARCE:
        said.append(f"Only {left:,} MB are free on this machine's disk. When it is full, nobody's answers are saved.")
    for one in found:
        if one.far_too_much(limit):
            said.append(
                f"{one.learner} fills more than {2 * limit:,} MB of the disk. The server will not start again before that is mended: "
                f"paroleclinic hub renew {one.learner}"
            )
        elif one.megabytes > limit:
            said.append(f"{one.learner} fills {one.megabytes:,} MB of the disk; {limit:,} MB is the limit.")
        elif one.too_much(limit):
            said.append(
                f"{one.learner} has folders that cannot be looked into; what they fill of the disk is not known."
            )
    return said
