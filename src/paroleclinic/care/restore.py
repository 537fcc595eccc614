"""The way back to a backup: looked at first, then done in steps that can be gone on with or taken back.

What a restore replaces is put aside in `backups/aside-...`, never deleted. Graded notebooks and pages are put aside, too, since
they belong to the gradebook as it was; `paroleclinic grade --all` makes them anew.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from paroleclinic.care import bundle, database
from paroleclinic.care.backup import (
    BACKUPS,
    TIME,
    Made,
    Say,
    found_in,
    make,
    room_for,
    size_of,
)
from paroleclinic.care.compare import Lost, Side, lost, side
from paroleclinic.care.disk import on_disk, private
from paroleclinic.care.manifest import FOLDERS, GRADEBOOK, Manifest, unspelled
from paroleclinic.cohort.places import AUTOGRADED, FEEDBACK, remove
from paroleclinic.gradebook.schema import NotUpgraded, stamps, upgrade
from paroleclinic.holding import PLAN, RESTORING, Stopped

NEW = "new"
DERIVED = (AUTOGRADED, FEEDBACK)  # made again from what is restored


@dataclass(frozen=True)
class View:
    """What a restore would do: both gradebooks in figures, what would be lost, and what is wrong with the present one."""

    manifest: Manifest
    now: Side
    then: Side
    lost: Lost
    unreadable: str
    old_stamp: bool


@dataclass(frozen=True)
class Plan:
    """A restore under way: from which backup, and where what it replaces is put.

    `items` are the places that change hands, each with whether the backup has something for it; so has it a `gradebook`.
    """

    backup: str
    aside: str
    items: tuple[tuple[str, bool], ...]
    gradebook: bool


def look(root: Path, path: Path, say: Say) -> View:
    """Verify a backup and compare it with what is there; nothing is written into the course.

    Raises NotWhole, Stopped or OSError.
    """
    with TemporaryDirectory() as made:
        folder = Path(made)
        manifest = bundle.verify(path, folder, lambda share: say("Reading the backup", share))
        then = None
        if manifest.gradebook:
            then = folder / GRADEBOOK
            bundle.extract_gradebook(path, then)
            _up_to_date(then, manifest)
        now, unreadable = None, ""
        url = database.url_of(root)
        try:
            if database.there(url):
                now = folder / "now.sqlite"
                database.snapshot(url, now, lambda share: say("The gradebook as it is", share))
                database.look_through(now)
        except database.Damaged as error:
            now, unreadable = None, str(error)
        before, after = side(now), side(then)
        files = {one.path: (one.size, one.mtime) for one in found_in(root)[0]}
        old = bool(manifest.gradebook) and manifest.gradebook.stamp != stamps()[0]  # type: ignore[union-attr]
        return View(manifest, before, after, lost(before, after, files, manifest), unreadable, old)


def begin(root: Path, path: Path, title: str, now: datetime, say: Say) -> tuple[Made | None, str]:
    """Save what is there, unpack the backup beside it and write the plan; `go_on` does the rest. The caller holds the course.

    The backup of what is there, if there is anything; and why its gradebook could not be saved other than by being put aside.
    Raises NotWhole, Stopped or OSError; nothing has changed hands then.
    """
    place = root / RESTORING
    remove(place)
    saved, unreadable = _saved(root, title, now, say)
    manifest = bundle.read(path)
    size = sum(one.size for one in manifest.files) + (manifest.gradebook.size if manifest.gradebook else 0)
    room_for(root, size + size_of(database.file_of(database.url_of(root))))
    try:
        place.mkdir(mode=0o700)
        bundle.unpack(path, place / NEW, lambda share: say("Unpacking", share))
        if manifest.gradebook:
            _up_to_date(place / NEW / GRADEBOOK, manifest)
        tops = {one.path.partition("/")[0] for one in manifest.files} | {*map(unspelled, manifest.folders)}
        tops = {top.partition("/")[0] for top in tops}
        items = tuple((name, name in tops) for name in sorted({*tops, *FOLDERS, *DERIVED}))
        aside = _free(root / BACKUPS / f"aside-{now.astimezone(UTC):{TIME}}")
        plan = Plan(path.name, f"{BACKUPS}/{aside.name}", items, manifest.gradebook is not None)
        _note(place, plan)
    except BaseException:
        remove(place)
        raise
    return saved, unreadable


def go_on(root: Path, say: Say) -> Plan:
    """Do the steps of the plan that are not done yet. The caller holds the course. Raises Stopped or OSError."""
    plan = plan_of(root)
    place, aside = root / RESTORING, root / plan.aside
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, (name, given) in enumerate(plan.items, 1):
        new, here, old = place / NEW / bundle.FILES / name, root / name, aside / name
        if new.exists() or (not given and not old.exists()):
            if here.exists():
                here.rename(_free(old))
            if given:
                new.rename(here)
        say("Putting in place", number / len(plan.items))
    _put_gradebook(root, plan, say)
    _end(root)
    return plan


def take_back(root: Path, say: Say) -> Plan:
    """Undo a restore that was cut off: everything is as it was before. The caller holds the course. Raises Stopped or OSError."""
    plan = plan_of(root)
    place, aside = root / RESTORING, root / plan.aside
    for name, given in reversed(plan.items):
        new, here, old = place / NEW / bundle.FILES / name, root / name, aside / name
        if given and here.exists() and not new.exists():
            here.rename(new)
        if old.exists():
            if here.exists():  # made since the restore was cut off
                here.rename(_free(old))
            old.rename(here)
    url = database.url_of(root)
    if (file := database.file_of(url)) is not None:
        _give_back(file, aside / "gradebook.db", place, plan)
    elif (place / "gradebook.begun").exists():
        before = aside / "before.sqlite"
        database.put_into_server(before if before.exists() else None, url, lambda share: say("The gradebook", share))
    _end(root)
    return plan


def _give_back(file: Path, old: Path, place: Path, plan: Plan) -> None:
    put = not (place / NEW / GRADEBOOK).exists() if plan.gradebook else not file.exists()
    if not put or not (plan.gradebook or old.exists()):
        return
    copy = None
    if old.exists():
        copy = place / "back.sqlite"
        shutil.copy2(old, copy)
    database.swap(copy, file, place / "given-up.sqlite")
    for end in database.SIDE_FILES:  # of a damaged one
        if (beside := old.with_name(old.name + end)).exists():
            shutil.copy2(beside, file.with_name(file.name + end))


def plan_of(root: Path) -> Plan:
    """The plan of the restore that is under way. Raises Stopped when there is none."""
    try:
        found = json.loads((root / RESTORING / PLAN).read_text(encoding="utf-8"))
        items = tuple((str(name), bool(given)) for name, given in found["items"])
        return Plan(found["backup"], found["aside"], items, found["gradebook"])
    except FileNotFoundError:
        raise Stopped("no restore was cut off; there is nothing to go on with and nothing to take back") from None
    except (ValueError, KeyError, TypeError):
        raise Stopped(f"{RESTORING}/{PLAN} cannot be read; somebody changed it") from None


def _saved(root: Path, title: str, now: datetime, say: Say) -> tuple[Made | None, str]:
    url = database.url_of(root)
    anything = any((root / name).is_dir() for name in FOLDERS)
    try:
        if not anything and not database.there(url):
            return None, ""
        return make(root, title, now, lambda what, share: say(f"Saving what is there: {what}", share)), ""
    except database.Damaged as error:  # a reason to restore, and no reason not to
        return None, str(error)


def _put_gradebook(root: Path, plan: Plan, say: Say) -> None:
    place, aside = root / RESTORING, root / plan.aside
    if (place / "gradebook.done").exists():
        return
    url = database.url_of(root)
    new = place / NEW / GRADEBOOK
    if (file := database.file_of(url)) is not None:
        if new.exists() or not plan.gradebook:
            database.swap(new if plan.gradebook else None, file, aside / "gradebook.db")
    else:
        if not (place / "gradebook.begun").exists():
            before = aside / "before.sqlite"
            before.unlink(missing_ok=True)
            if database.there(url):
                database.snapshot(url, before, lambda share: say("Saving the gradebook", share))
            (place / "gradebook.begun").touch()
        database.put_into_server(
            new if plan.gradebook else None, url, lambda share: say("Writing the gradebook", share)
        )
    (place / "gradebook.done").touch()


def _up_to_date(file: Path, manifest: Manifest) -> None:
    """Bring the copy of an old gradebook to today's stamp. Raises Stopped when it cannot be."""
    stamp = manifest.gradebook.stamp if manifest.gradebook else ""
    if stamp == stamps()[0]:
        return
    if stamp not in stamps():
        raise Stopped(
            f"the gradebook in the backup bears the stamp {stamp or 'of nothing'}, which this nbgrader does not know;"
            " install the nbgrader that made it (the manifest in the zip names its version)"
        )
    try:
        upgrade(file)
        database.look_through(file)
    except NotUpgraded as error:
        raise Stopped(f"nbgrader could not bring the old gradebook up to date ({error})") from None


def _note(place: Path, plan: Plan) -> None:
    part = place / f"{PLAN}.part"
    with private(part) as file:
        file.write(json.dumps(plan.__dict__).encode())
    on_disk(place)
    part.replace(place / PLAN)
    on_disk(place)


def _end(root: Path) -> None:
    """Take the plan away first, so that what is left over says nothing."""
    place = root / RESTORING
    (place / PLAN).unlink()
    on_disk(place)
    remove(place)


def _free(path: Path) -> Path:
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found
