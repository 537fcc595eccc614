"""What a learner of the room may use, and what is said when it is too much; whose tries are counted; what counts as use."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import copy_of_tiny
from paroleclinic.answers import FILE_NAME
from paroleclinic.cli import app
from paroleclinic.hub import disk, homes, sandbox, start
from paroleclinic.hub.activity import every
from paroleclinic.hub.authenticator import came_from
from paroleclinic.hub.people import People
from paroleclinic.hub.places import Places
from paroleclinic.hub.spawner import too_full

UNIT = "bridges"
ANSWERS = f"exercises/{UNIT}/{FILE_NAME}"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A room with the homes of ana, who keeps to the course, and ben, who fills 3 MB."""
    made = Places(copy_of_tiny(tmp_path / "tiny").root).made()
    for name in ("ana", "ben"):
        (made.home(name) / "exercises" / UNIT).mkdir(parents=True)
        (made.home(name) / ANSWERS).write_text("{}\n")
        made.post(name, "inbound").mkdir(parents=True)
        (made.given / f"{name}.json").write_text("{}")
    (made.home("ben") / "film.bin").write_bytes(os.urandom(3_000_000))
    People(made.people).opened("instructor")
    return made


def said(places: Places, limit: int, left: int = 50_000) -> list[str]:
    return disk.warnings(disk.uses(places, limit), left, limit)


def test_what_fills_the_disk_is_counted_for_each_learner_alone(places):
    assert [(one.learner, one.megabytes, one.whole) for one in disk.uses(places, 500)] == [
        ("ana", 0, True),
        ("ben", 3, True),
    ]
    assert said(places, 500) == []
    assert said(places, 2) == ["ben fills 3 MB of the disk; 2 MB is the limit."]
    [words] = said(places, 1)
    assert words.startswith("ben fills more than 2 MB")
    assert words.endswith("paroleclinic hub renew ben")


def test_what_was_put_into_the_post_counts_too(places):
    (places.post("ana", "inbound") / "x").write_bytes(os.urandom(3_000_000))
    assert disk.use(places, "ana", 500).megabytes == 3


def test_many_empty_files_count_and_links_lead_nowhere(places):
    for number in range(600):
        (places.home("ana") / f"{number}").touch()
    (places.home("ana") / "ben").symlink_to(places.home("ben"))
    (places.home("ana") / "film").symlink_to(places.home("ben") / "film.bin")
    assert disk.use(places, "ana", 500).megabytes == 2


def test_a_file_that_only_claims_to_be_large_fills_nothing(places):
    with (places.home("ana") / "hole").open("wb") as file:
        file.truncate(900_000_000)
    assert disk.use(places, "ana", 500).megabytes == 0


def test_folders_too_deep_to_look_into_are_told(places):
    here = os.open(places.home("ana"), os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        there = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)
    assert said(places, 500) == ["ana has folders that cannot be looked into; what they fill of the disk is not known."]


def test_a_machine_with_little_room_is_told_before_answers_are_lost(places):
    assert said(places, 500, left=1_999) == [
        "Only 1,999 MB are free on this machine's disk. When it is full, nobody's answers are saved."
    ]
    assert disk.free(places) > 0


def test_a_learner_who_is_refused_reads_what_to_do():
    words = too_full("ben", 500).jupyterhub_message
    assert "more than 1,000 MB" in words and "Your answers are safe" in words and "Ask your instructor" in words


def renewed(places: Places, name: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["hub", "renew", name, "--course", str(places.root)])
    return done.exit_code, done.output


def test_a_home_that_is_too_full_is_made_anew_and_no_answer_is_lost(places, tmp_path):
    home, outside = places.home("ben"), tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    (home / "progress.jsonl").write_text("mine\n")
    (home / "hand-ins").mkdir()
    (home / "hand-ins/hand-in.zip").write_bytes(b"zip")
    (home / "shut/deep").mkdir(parents=True)
    (home / "shut/deep/x").touch()
    (home / "shut/deep").chmod(0)
    (home / "shut").chmod(0)
    (home / "out").symlink_to(outside)
    code, words = renewed(places, "Ben")
    assert (code, "answers, progress and hand-ins were kept" in words) == (0, True), words
    assert sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()) == [
        ANSWERS,
        "hand-ins/hand-in.zip",
        "progress.jsonl",
    ]
    assert (home / "progress.jsonl").read_text() == "mine\n"
    assert (outside / "kept").read_text() == "kept"
    assert not (places.given / "ben.json").exists()
    assert not [*places.hub.glob("renew-*")]
    assert (places.home("ana") / ANSWERS).is_file()


def test_only_a_learner_without_a_server_is_given_a_new_home(places, monkeypatch):
    for name in ("cleo", "../ana", "a"):
        assert renewed(places, name)[0] == 2
    monkeypatch.setattr(homes, "used", lambda places, name: True)
    code, words = renewed(places, "ben")
    assert (code, "ben's server runs. Stop it first" in words) == (2, True)
    assert (places.home("ben") / "film.bin").is_file()


@pytest.mark.parametrize(
    ("forwarded", "behind", "who"),
    [
        ("198.51.100.7", False, "198.51.100.7"),
        ("203.0.113.9, 198.51.100.7", False, "198.51.100.7"),
        ("203.0.113.9,198.51.100.7,127.0.0.1", True, "198.51.100.7"),
        ("127.0.0.1", True, "127.0.0.1"),
        ("", False, ""),
    ],
)
def test_who_tries_codes_is_told_by_our_own_proxy_and_never_by_the_sender(forwarded, behind, who):
    assert came_from(forwarded, behind) == who


@pytest.mark.parametrize(("idle", "seconds"), [(300, 60), (3600, 60), (10, 2), (1, 1)])
def test_a_server_tells_the_hub_of_its_use_often_enough_not_to_be_taken_for_idle(idle, seconds):
    assert every(idle) == seconds


def test_with_systemd_a_learners_programs_share_one_limit(tmp_path, monkeypatch):
    """The command line only. That it holds was tried by hand: docs/hub.md tells."""
    (tmp_path / "systemd-run").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/words\n')
    (tmp_path / "systemd-run").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    words = start._slice(start.Wish(megabytes=1500, processes=80))
    assert (tmp_path / "words").read_text().split() == [*words[1:], "true"]
    assert words == (
        "systemd-run", "--user", "--scope", "--quiet", "--collect", "--property=MemoryMax=1500M",
        "--property=MemorySwapMax=0", "--property=CPUWeight=50", "--property=TasksMax=80",
    )  # fmt: skip
    (tmp_path / "systemd-run").write_text("#!/bin/sh\nexit 1\n")
    assert start._slice(start.Wish()) == ()


def test_a_sandbox_has_small_folders_in_memory_and_does_not_know_how_to_reach_systemd(places):
    room = sandbox.Room("ana", places.home("ana"), *[places.hub] * 6)
    words = sandbox.words(places.root, room, ["true"])
    for name in ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"):
        assert words[words.index(name) - 1] == "--unsetenv"
    for folder in ("/tmp", "/dev/shm", "/srv/exchange"):
        at = words.index(folder)
        assert words[at - 3] == "--size" and words[at - 1] == "--tmpfs"
    assert [words[at + 1] for at, word in enumerate(words) if word == "--remount-ro"] == ["/dev", "/"]


def test_the_proxys_count_is_believed_for_the_instructor_alone(monkeypatch):
    from jupyterhub.proxy import ConfigurableHTTPProxy

    from paroleclinic.hub.activity import RoomProxy

    async def routes(self):
        return {name: {"data": {"user": name, "last_activity": "now"}} for name in ("ana", "instructor")}

    monkeypatch.setattr(ConfigurableHTTPProxy, "get_all_routes", routes)
    monkeypatch.setattr(RoomProxy, "instructor", "instructor")
    with ThreadPoolExecutor() as aside:  # a loop may run in this thread: that of a browser
        found = aside.submit(asyncio.run, RoomProxy().get_all_routes()).result()
    assert {name: route["data"].get("last_activity") for name, route in found.items()} == {
        "ana": None,
        "instructor": "now",
    }
