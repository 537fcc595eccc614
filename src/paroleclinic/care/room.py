"""What the hub for the room keeps of a learner, in `.hub/`: home, account, post, logs and the copies of answers."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from paroleclinic.care.disk import private, replace
from paroleclinic.care.traces import pattern, without_lines
from paroleclinic.holding import Stopped
from paroleclinic.hub.places import Places

RUNNING = ".running"  # the lock that a running hub holds
COPIES = "*.zip"
NAMED = (
    "name",
    "identifier",
    "cookie_name",
    "display_name",
    "description",
    "oauth_client_id",
)  # columns that may name somebody


@contextmanager
def closed(root: Path) -> Iterator[None]:
    """Hold the hub shut, where there is one. Raises Stopped while it runs."""
    places = Places(root)
    if not places.hub.is_dir():
        yield
        return
    lock = FileLock(places.hub / RUNNING)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Stopped("the hub of this course is running; stop it first (Ctrl+C where it was started)") from None
    try:
        yield
    finally:
        lock.release()


def owned(root: Path, learner: str) -> Iterator[Path]:
    """The folders and files of the hub that are a learner's alone."""
    places = Places(root)
    for path in (places.home(learner), places.given / f"{learner}.json", places.hub / "post" / learner):
        if path.exists() or path.is_symlink():
            yield path
    if places.logs.is_dir():
        yield from sorted(path for path in places.logs.iterdir() if path.stem == learner)


def worked(root: Path) -> Iterator[tuple[str, datetime]]:
    """Each learner of the hub with the times when work was last saved in the home; without any, when the home was made."""
    homes = Places(root).homes
    for home in sorted(homes.iterdir()) if homes.is_dir() else ():
        if home.is_symlink() or not home.is_dir():
            continue
        for path in (
            home,
            home / "progress.jsonl",
            *home.glob("exercises/*/answers.jsonl"),
            *home.glob("hand-ins/*.zip"),
        ):
            with suppress(OSError):
                yield home.name, datetime.fromtimestamp(path.lstat().st_mtime, UTC)


def account(root: Path, learner: str) -> bool:
    """Whether somebody of that name has signed up."""
    return learner in _people(Places(root).people).get("passwords", {}) or bool(_users(Places(root).database, learner))


def copies(root: Path, learner: str) -> list[Path]:
    """The copies of answers in which the learner has a folder, or which cannot be read."""
    return [path for path in sorted(Places(root).backups.glob(COPIES)) if _in_copy(path, learner)]


def forget(root: Path, learners: Collection[str]) -> list[str]:
    """Take the accounts, the lines of logs and the folders in copies away; what could not be done, in sentences."""
    places = Places(root)
    failed: list[str] = []
    if not places.hub.is_dir():
        return failed
    found = _people(places.people)
    if {*found.get("passwords", {})} & {*learners}:
        found["passwords"] = {name: kept for name, kept in found["passwords"].items() if name not in learners}
        replace(places.people, json.dumps(found, indent=1).encode())
    if places.database.is_file():
        failed += _out_of_database(places.database, learners)
    words = pattern(learners, joined=True)
    for path in (places.log, *places.logs.glob("*.log")):
        if path.is_file() and words.search(data := path.read_bytes()):
            replace(path, without_lines(data, words))
    for path in sorted(places.backups.glob(COPIES)):
        if any(_in_copy(path, one) for one in learners):
            try:
                _out_of_copy(path, learners)
            except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
                failed.append(f".hub/backups/{path.name} cannot be read ({error}). Delete it, if it can be spared")
    return failed


def _people(path: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _users(path: Path, learner: str) -> list[int]:
    if not path.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return [row[0] for row in db.execute("SELECT id FROM users WHERE name = ?", (learner,))]
    except sqlite3.Error:
        return []


def _out_of_database(path: Path, learners: Collection[str]) -> list[str]:
    """JupyterHub's rows about them: what belongs to an account goes with it."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                columns = {row[1] for row in db.execute(f'PRAGMA table_info("{table}")')}
                for column in sorted(columns & {*NAMED, "base_url"}):
                    for one in learners:
                        wanted = (one, f"jupyterhub-user-{one}", f"/user/{one}/")
                        if column == "base_url":
                            db.execute(
                                f'DELETE FROM "{table}" WHERE substr(base_url, -length(?)) = ?', (wanted[2], wanted[2])
                            )
                        else:
                            db.execute(f'DELETE FROM "{table}" WHERE "{column}" IN (?, ?)', wanted[:2])
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        return [f".hub/{path.name} could not be changed ({error})"]
    return []


def _in_copy(path: Path, learner: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith(f"{learner}/") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError):
        return True


def _out_of_copy(path: Path, learners: Collection[str]) -> None:
    part = path.with_name(".part-purge")
    part.unlink(missing_ok=True)
    with zipfile.ZipFile(path) as archive:
        kept = [one for one in archive.infolist() if one.filename.partition("/")[0] not in learners]
        with private(part) as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as target:
            for one in kept:
                target.writestr(one, archive.read(one))
        with zipfile.ZipFile(part) as made:
            if made.testzip() or [one.CRC for one in made.infolist()] != [one.CRC for one in kept]:
                raise ValueError("it did not read back as it was written")
    part.replace(path)
