"""Attacks and accidents beside the answers: files that nobody asked for, and the time of the hand-in."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from entries import (
    CASE,
    NOTEBOOK,
    UNIT,
    Entry,
    folder_instead,
    line,
    root,
    script,
    with_file,
    with_link,
)

from paroleclinic.answers import FILE_NAME

RUNS = "files that would run"
LEADS = "links and special files"
CARRIED = "files that are carried along"
TIME = "the hand-in's time"
STAMP = "timestamp.txt"


def tree(levels: int):
    """Folders in folders, made step by step since the whole path is too long for one call."""

    def build(folder: Path, case: object, ideal: object) -> None:
        here = os.open(folder, os.O_RDONLY)
        for _ in range(levels):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(os.open("bottom.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        os.close(here)

    return build


def crowd(folder: Path, case: object, ideal: object) -> None:
    for number in range(2000):
        (folder / f"{number}.txt").touch()


def pipe(folder: Path, case: object, ideal: object) -> None:
    os.mkfifo(folder / "pipe")


def plug(folder: Path, case: object, ideal: object) -> None:
    beside = Path(f"/tmp/pc-{os.getpid()}-plug")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(beside))
    beside.rename(folder / "plug")


def device(folder: Path, case: object, ideal: object) -> None:
    """A device without end, where this machine lets us make one."""
    try:
        os.mknod(folder / "zeros", 0o20666, os.makedev(1, 5))
    except (OSError, AttributeError):
        os.mkfifo(folder / "zeros")


def hole(folder: Path, case: object, ideal: object) -> None:
    """A file that takes no room here and would fill the disk if it were copied."""
    with (folder / "hole.bin").open("wb") as file:
        file.truncate(4_000_000_000_000)


def hard_link(folder: Path, case: object, ideal: object) -> None:
    (folder / "same.yaml").hardlink_to(root(folder) / "course.yaml")


def unreadable(folder: Path, case: object, ideal: object) -> None:
    (folder / FILE_NAME).chmod(0o4000)
    (folder / NOTEBOOK).chmod(0)


def many(*names: str):
    def build(folder: Path, case: object, ideal: object) -> None:
        for name in names:
            with_file(name)(folder, case, ideal)

    return build


def stamp(text: str | bytes):
    return with_file(STAMP, text)


ATTACKS: dict[str, Entry] = {
    "sitecustomize": Entry(RUNS, "modules that Python runs at its start", many("sitecustomize.py", "usercustomize.py", "evil.pth")),
    "test-settings": Entry(RUNS, "settings of test tools", many("conftest.py", "pytest.ini", "tox.ini", "noxfile.py")),
    "nbgrader-settings": Entry(RUNS, "settings of nbgrader and Jupyter", many("nbgrader_config.py", "jupyter_config.py", ".jupyter/jupyter_server_config.py", "ipython_config.py")),
    "shadow-modules": Entry(RUNS, "modules named like ours and Python's", many("paroleclinic.py", "paroleclinic/__init__.py", "json.py", "nbformat.py", "sqlalchemy/__init__.py")),
    "compiled": Entry(RUNS, "libraries and compiled code", many("evil.so", "json.cpython-311-x86_64-linux-gnu.so", "evil.dll", "__pycache__/json.cpython-311.pyc", "x.pyc")),
    "packaging": Entry(RUNS, "what an installer would run", many("setup.py", "requirements.txt", "pyproject.toml", "environment.yml", "apt.txt", "postBuild")),
    "shell-startup": Entry(RUNS, "what a shell or make would run", many(".bashrc", ".profile", ".envrc", "Makefile", "run.sh", "evil.bat")),
    "git-hooks": Entry(RUNS, "a repository with hooks", many(".git/hooks/post-checkout", ".git/config", ".gitattributes")),
    "pages": Entry(RUNS, "pages beside the notebook", with_file("evil.html", script())),
    "page-in-place-of-feedback": Entry(RUNS, "a page named as the feedback will be", with_file(f"{CASE}.html", script())),
    "feedback-folder": Entry(RUNS, "a folder of feedback", with_file(f"feedback/{CASE}.html", script())),
    "checkpoints": Entry(CARRIED, "Jupyter's own copies", many(f".ipynb_checkpoints/{CASE}-checkpoint.ipynb", "__pycache__/x.txt")),
    "desktop-files": Entry(CARRIED, "what desktops leave behind", many(".DS_Store", "Thumbs.db", "desktop.ini", "autorun.inf", "._answers.jsonl")),
    "answers-in-capitals": Entry(CARRIED, "another answer file, in capitals", with_file("ANSWERS.JSONL", line("when", "night"))),
    "answers-copied": Entry(CARRIED, "copies of the answer file with other answers", lambda f, c, i: [
        with_file(name, line("when", "night"))(f, c, i) for name in ("answers (1).jsonl", "answers.jsonl.part", "answers.jsonl~", f"old/{FILE_NAME}", f"{UNIT}/{FILE_NAME}")] and None),
    "notebook-in-capitals": Entry(CARRIED, "another notebook, in capitals", with_file(NOTEBOOK.upper())),
    "keys-of-their-own": Entry(CARRIED, "keys, exercises and a course of their own", many(
        "course.yaml", f"scenarios/{UNIT}/{CASE}.yaml", f"exercises/{UNIT}/{NOTEBOOK}", f"solutions/{UNIT}/{NOTEBOOK}", f"{CASE}.yaml")),
    "gradebook-of-their-own": Entry(CARRIED, "a gradebook", with_file("gradebook.db", b"SQLite format 3\0" + b"\0" * 84)),
    "parts": Entry(CARRIED, "names that grading uses itself", many(f".{UNIT}.part", f".{UNIT}.old", f".{UNIT}.part.d/x")),
    "name-of-255-bytes": Entry(CARRIED, "a name of 255 bytes", with_file("x" * 255)),
    "name-not-utf-8": Entry(CARRIED, "a name that is not UTF-8", with_file(b"\xff\xfe.txt")),
    "name-of-two-lines": Entry(CARRIED, "a name with a line end", with_file("a\nb.txt")),
    "name-of-a-formula": Entry(CARRIED, "a name that is a formula", with_file("=cmd|'C calc'!A0.csv")),
    "name-of-markup": Entry(CARRIED, "a name that is HTML", with_file("<img src=x onerror=alert(1)>.txt")),
    "name-turned-around": Entry(CARRIED, "a name turned around", with_file("\u202etxt.exe")),
    "name-like-an-option": Entry(CARRIED, "names that look like options", many("-rf", "--force", "~", "$(touch it-ran)")),
    "set-aside-twice": Entry(CARRIED, "a bad time, and a folder where it would be set aside", lambda f, c, i: (
        stamp("no time")(f, c, i), folder_instead("timestamp.txt.unreadable")(f, c, i))),
    "set-aside-before": Entry(CARRIED, "a bad time, and a file where it would be set aside", lambda f, c, i: (
        stamp("no time")(f, c, i), with_file("timestamp.txt.unreadable", "older")(f, c, i))),
    "two-thousand-files": Entry(CARRIED, "2,000 files", crowd),
    "folders-1500-deep": Entry(CARRIED, "1,500 folders in one another", tree(1500), agrees=False),
    "permissions": Entry(CARRIED, "files that nobody may read, one with the sticky owner", unreadable),
    "a-file-of-four-terabytes": Entry(CARRIED, "a file with a hole of four terabytes", hole, agrees=None),
    "link-to-gradebook": Entry(LEADS, "a link to the gradebook", with_link("gradebook.db", lambda f: root(f) / "gradebook.db")),
    "link-to-solutions": Entry(LEADS, "a link to the solutions", with_link("keys", lambda f: root(f) / "solutions")),
    "link-to-keys": Entry(LEADS, "a link to a key", with_link("key.yaml", lambda f: root(f) / f"scenarios/{UNIT}/{CASE}.yaml")),
    "link-to-everything": Entry(LEADS, "a link to the root of the disk", with_link("everything", lambda f: "/")),
    "link-to-itself": Entry(LEADS, "a folder that holds itself", with_link("again", lambda f: f)),
    "link-to-nothing": Entry(LEADS, "a link to nothing", with_link("nothing", lambda f: f / "nowhere")),
    "link-to-zeros": Entry(LEADS, "a link to a device without end", with_link("zeros", lambda f: "/dev/zero")),
    "hard-link": Entry(LEADS, "the same file as course.yaml", hard_link),
    "pipe": Entry(LEADS, "a pipe that nobody writes to", pipe),
    "socket": Entry(LEADS, "a socket", plug),
    "device": Entry(LEADS, "a device without end", device, agrees=None),
    "time-of-no-kind": Entry(TIME, "words", stamp("last tuesday, honest")),
    "time-empty": Entry(TIME, "nothing", stamp("")),
    "time-of-blanks": Entry(TIME, "blanks", stamp(" \n\n ")),
    "time-of-the-last-year": Entry(TIME, "the year 9999", stamp("9999-12-31 23:59:59.999999 UTC")),
    "time-of-the-first-year": Entry(TIME, "the year 1", stamp("0001-01-01 00:00:00.000000 UTC")),
    "time-before-the-first-year": Entry(TIME, "a zone that leads out of the calendar", stamp("0001-01-01 00:00:00+23:59")),
    "time-of-a-zone-unknown": Entry(TIME, "a zone that there is not", stamp("2026-11-24 10:00:00 XYZZY")),
    "time-of-a-zone-that-is-a-path": Entry(TIME, "a zone that is a path", stamp("2026-11-24 10:00:00 ../../../../etc/passwd")),
    "time-of-a-zone-too-far": Entry(TIME, "a zone 99 hours away", stamp("2026-11-24 10:00:00 +9999")),
    "time-of-a-zone-of-digits": Entry(TIME, "a zone of a hundred digits", stamp("2026-11-24 10:00:00 " + "9" * 100)),
    "time-of-a-leap-second": Entry(TIME, "a leap second", stamp("2026-12-31 23:59:60 UTC")),
    "time-of-digits": Entry(TIME, "10,000 digits", stamp("9" * 10_000)),
    "time-of-many-words": Entry(TIME, "100 KB of words", stamp("jan " * 25_000)),
    "time-of-ten-megabytes": Entry(TIME, "ten megabytes", stamp(b"2026-" * 2_000_000)),
    "time-is-binary": Entry(TIME, "bytes", stamp(bytes(range(256)))),
    "time-is-nan": Entry(TIME, "a number that is none", stamp("nan")),
    "time-is-markup": Entry(TIME, "HTML", stamp(script())),
    "time-is-a-formula": Entry(TIME, "a formula", stamp("=NOW()")),
    "time-twice": Entry(TIME, "two times", stamp("2026-11-24 10:00:00 UTC\n2027-11-24 10:00:00 UTC\n")),
    "time-is-a-folder": Entry(TIME, "a folder", folder_instead(STAMP)),
    "time-is-a-link": Entry(TIME, "a link", with_link(STAMP, lambda f: "/etc/hostname")),
    "time-is-a-pipe": Entry(TIME, "a pipe", lambda f, c, i: os.mkfifo(f / STAMP)),
}  # fmt: skip
