"""A look at the machine: Python, the packages, the disk, the kind of folder the course lies in, the clock."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path, PurePath

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from paroleclinic.care.findings import Finding, broken, fine, look_at

INSTALL = "run `make install`, or `pip install -e .` in the course's folder"
SYNCED = (
    "onedrive", "dropbox", "google drive", "googledrive", "my drive", "icloud", "mobile documents", "com~apple~clouddocs",
    "nextcloud", "owncloud", "box sync", "pcloud", "mega", "megasync", "syncthing", "seafile", "creative cloud files",
)  # fmt: skip
SYNC_FILES = (
    ".stfolder",
    ".dropbox",
    ".owncloudsync.log",
    ".sync_journal.db",
)  # what such a program leaves in its folder
NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|smb3|afpfs|webdav|davfs|9p|ceph|glusterfs|lustre|afs|fuse\.(sshfs|rclone|davfs2?|s3fs|gcsfuse)"
)
LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes of free disk


def python(wanted: str) -> Finding:
    """Whether this Python is one the package is made for; `wanted` is such as ">=3.11"."""
    have = platform.python_version()
    if SpecifierSet(wanted).contains(have, prereleases=True):
        return fine("Python", have)
    return broken("Python", f"{have}; the course needs {wanted}", f"install a Python {wanted}, then {INSTALL}")


def packages(root: Path, package: str = "paroleclinic") -> Iterator[Finding]:
    """The packages that ours needs: there, of a version it is made for, and the one that was tested (uv.lock)."""
    locked = _locked(root / "uv.lock")
    other = []
    number = 0
    for text in requires(package) or ():
        wanted = Requirement(text)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        number += 1
        try:
            have = version(wanted.name)
        except PackageNotFoundError:
            yield broken(wanted.name, "is not installed", INSTALL)
            continue
        if not wanted.specifier.contains(have, prereleases=True):
            yield broken(wanted.name, f"{have} is installed; the course needs {wanted.specifier}", INSTALL)
        elif have not in (tested := locked.get(_plain(wanted.name), [have])):
            other.append(f"{wanted.name} {have} (tested: {' or '.join(tested)})")
    if other:
        yield look_at("Packages", f"other versions than tested: {', '.join(other)}", f"if something fails, {INSTALL}")
    else:
        yield fine("Packages", f"all {number} are there" + (", as tested" if locked else ""))


def alembic(path: str, beside: Path) -> Finding:
    """Whether nbgrader will find the program that makes gradebooks; `path` is PATH, `beside` Python's folder."""
    ours = shutil.which("alembic", path=str(beside))
    if shutil.which("alembic", path=path) or ours:
        return fine("PATH", "nbgrader finds alembic")
    return broken("PATH", "nbgrader will not find alembic and would leave a gradebook half made", INSTALL)


def disk(free: int, needed: int) -> Finding:
    """Whether there is room; `needed` is what a backup and a run of grading may take, in bytes."""
    says = f"{free / 1e9:,.1f} GB free"
    if free < max(TOO_LITTLE, needed // 2):
        return broken("Disk", says, "make room before you grade or save")
    if free < max(LITTLE, 2 * needed):
        return look_at("Disk", f"{says}; a backup and a run may take {needed / 1e9:,.1f} GB", "make room")
    return fine("Disk", says)


def place(root: Path, mounts: str = "") -> Finding:
    """Whether the folder is one that a program copies elsewhere, or lies across a network; `mounts` is as in /proc/mounts."""
    if name := synced(root):
        return look_at(
            "Place", f"the course seems to lie in a folder that is copied elsewhere ({name})",
            "move it out: such programs copy learners' work to others' machines, and may spoil a gradebook that is being written",
        )  # fmt: skip
    if kind := over_network(root, mounts):
        return look_at(
            "Place", f"the course seems to lie on a network drive ({kind})",
            "use a disk of this machine, or a PostgreSQL gradebook: SQLite's locks do not hold on every network drive",
        )  # fmt: skip
    return fine("Place", "a folder of this machine")


def synced(root: Path) -> str:
    """The part of the path that names a program which copies folders; empty when there is none."""
    for part in root.parts:
        if any(re.search(rf"(^|[^a-z]){re.escape(name)}($|[^a-z])", part.lower()) for name in SYNCED):
            return part
    for folder in (root, *root.parents):
        if found := next((name for name in SYNC_FILES if (folder / name).exists()), ""):
            return found
    return ""


def over_network(root: PurePath, mounts: str) -> str:
    """The kind of network drive that holds the folder; empty when it is none."""
    if str(root).startswith("\\\\"):
        return "a path of Windows' network"
    best, kind = "", ""
    for line in mounts.splitlines():
        _, where, fs, *_ = [*line.split(" "), "", "", ""]
        where = re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), where)
        inside = where == "/" or str(root) == where or str(root).startswith(where.rstrip("/") + "/")
        if inside and len(where) >= len(best):
            best, kind = where, fs
    return kind if NETWORK.fullmatch(kind) else ""


def clock(now: datetime, newest: Mapping[str, datetime]) -> Finding:
    """Whether files or hand-ins come from the future; `newest` is what -> its latest time (UTC)."""
    for what, at in newest.items():
        ahead = (at - now).total_seconds()
        if ahead > 300:
            return look_at(
                "Clock", f"{what} is {_span(ahead)} ahead of this machine's clock ({now:%Y-%m-%d %H:%M} UTC)",
                "set the clock; which hand-in is the latest is told by time",
            )  # fmt: skip
    return fine("Clock", f"{now:%Y-%m-%d %H:%M} UTC; nothing is dated later")


def time_of(path: Path) -> datetime:
    """When a file was last written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def mounts() -> str:
    """What is mounted, where the system says so in a file."""
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace") if os.name == "posix" else ""
    except OSError:
        return ""


def _span(seconds: float) -> str:
    return f"{seconds / 86400:,.0f} days" if seconds > 2 * 86400 else f"{seconds / 3600:,.1f} hours"


def _locked(path: Path) -> dict[str, list[str]]:
    """Package -> the versions that were tested, which may differ with Python's."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    versions: dict[str, list[str]] = {}
    for one in found.get("package", ()):
        versions.setdefault(_plain(one["name"]), []).append(one.get("version", ""))
    return versions


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
