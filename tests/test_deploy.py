"""The room on Kubernetes: what can be tried of `deploy/` without a cluster."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from conftest import ROOT, copy_of_tiny
from jupyter import free_port
from paroleclinic import kit
from paroleclinic.course import Course
from paroleclinic.leaks import in_folder

DEPLOY = ROOT / "deploy"
CHARTS = {"values.yaml": "jupyterhub.yaml", "ngshare-values.yaml": "ngshare.yaml"}
COPY = re.compile(r"COPY (?:--from=(?P<context>\S+) )?(?P<what>.+) \S+")
KIT_NEEDS = ("pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT")
PASSWORD = "correct horse 7"
HUB = """
import os, sys
from jupyterhub.proxy import Proxy

class Straight(Proxy):  # the hub is asked straight: no server starts, so there is nothing to lead to
    should_start = False
    async def add_route(self, routespec, target, data): pass
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {{}}

c = get_config()
load_subconfig({class_code!r})
c.JupyterHub.template_paths = [{deploy!r}]
c.JupyterHub.proxy_class = Straight
c.JupyterHub.bind_url = "http://127.0.0.1:{other}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie"
c.Authenticator.allow_all = True
c.NativeAuthenticator.open_signup = True
"""


def loaded(path: Path) -> dict:
    return YAML(typ="safe").load(path.read_text())


def faults(schema: str, values: dict) -> list[str]:
    found = Draft7Validator(loaded(DEPLOY / "schema" / schema)).iter_errors(values)
    return [f"{'.'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in found]


def changed(values: dict, path: str, name: str, value: object) -> dict:
    """The values with one key more."""
    place = values
    for step in path.split("."):
        place = place[step]
    place[name] = value
    return values


def copied(dockerfile: str) -> list[str]:
    """What a Dockerfile takes from the folder that it is built from."""
    lines = [match for line in dockerfile.splitlines() if (match := COPY.fullmatch(line))]
    assert len(lines) == sum(line.lstrip().upper().startswith(("COPY", "ADD")) for line in dockerfile.splitlines())
    return [name for match in lines if match["context"] is None for name in match["what"].split()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Path]:
    """The tiny course, and the learner kit of it, which the image is built from."""
    folder = tmp_path_factory.mktemp("deploy")
    course = copy_of_tiny(folder / "tiny")
    for name in KIT_NEEDS:
        (course.root / name).write_text("# nothing\n")
    return course, kit.make(course, folder / "kit").folder


@pytest.mark.parametrize("name", CHARTS)
def test_the_values_say_nothing_that_the_charts_do_not_know(name):
    assert faults(CHARTS[name], loaded(DEPLOY / name)) == []


@pytest.mark.parametrize(
    ("name", "path", "key", "value"),
    [
        ("values.yaml", "singleuser.memory", "limt", "2G"),
        ("values.yaml", "singleuser", "networkPolcy", {"enabled": True}),
        ("values.yaml", "singleuser.networkPolicy.egressAllowRules", "privateIP", False),
        ("values.yaml", "hub.config.NativeAuthenticator", "open_sign_up", False),
        ("values.yaml", "cull", "timeout", "an hour"),
        ("values.yaml", "proxy.https", "type", "lets-encrypt"),
        ("ngshare-values.yaml", "pvc", "size", "10Gi"),
        ("ngshare-values.yaml", "deployment", "replicaCount", 2),
        ("ngshare-values.yaml", "ngshare", "debug", True),
    ],
)
def test_a_misspelt_key_or_a_wrong_value_is_named(name, path, key, value):
    (fault,) = faults(CHARTS[name], changed(loaded(DEPLOY / name), path, key, value))
    assert fault.startswith(path)


def test_the_values_hold_no_secret():
    text = "".join((DEPLOY / name).read_text() for name in CHARTS)
    assert not re.search(r"(?i)(token|secret|[^n]_password): *\S", text)
    env = loaded(DEPLOY / "values.yaml")["hub"]["extraEnv"]
    assert {name for name, value in env.items() if "valueFrom" in value} == {
        "CLASS_CODE", "INSTRUCTOR_CODE", "GRADEBOOK_URL",
    }  # fmt: skip


def test_servers_may_reach_the_exchange_and_no_other_place():
    policy = loaded(DEPLOY / "values.yaml")["singleuser"]["networkPolicy"]
    assert not any(policy["egressAllowRules"].values())
    (way,) = policy["egress"]
    assert way["to"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "ngshare"}}}]
    gradebook = [one for one in YAML(typ="safe").load_all((DEPLOY / "policies.yaml").read_text()) if one][-1]
    assert gradebook["spec"]["podSelector"]["matchLabels"]["clinic-role"] == "instructor"


def test_the_image_takes_from_the_kit_alone_and_holds_no_key(made, tmp_path):
    course, folder = made
    text = (DEPLOY / "Dockerfile").read_text()
    names = copied(text)
    tops = {name.split("/")[0] for name in kit.kit_files(course)}
    assert tops - set(names) == set(kit.STARTS)
    assert set(names) <= tops | {name.split("/")[0] for name in (*kit.TEXTS, kit.PACKAGE)}
    for name in tops & set(names):
        (shutil.copytree if (folder / name).is_dir() else shutil.copy)(folder / name, tmp_path / name)
    assert in_folder(course, tmp_path) == []
    others = re.findall(r"COPY --from=deploy (.+) \S+", text)
    assert all((DEPLOY / name).is_file() for name in others)
    assert all(len(name.split()) == 1 for name in others)


def test_an_image_of_the_whole_course_would_be_seen(made, tmp_path):
    course, _ = made
    for name in copied("COPY solutions scenarios /opt/clinic/kit/"):
        shutil.copytree(course.root / name, tmp_path / name)
    assert {Path(leak.place).parts[0] for leak in in_folder(course, tmp_path)} == {"solutions", "scenarios"}


def opened(home: Path, kit_folder: Path, role: str) -> list[str]:
    """What `open-clinic` starts for somebody whose home this is."""
    env = {
        "HOME": str(home), "CLINIC_KIT": str(kit_folder), "CLINIC_ROLE": role, "CLINIC_SERVER": "echo",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }  # fmt: skip
    return subprocess.run([DEPLOY / "open-clinic"], env=env, capture_output=True, text=True, check=True).stdout.split()


def test_a_learners_home_is_filled_and_their_work_is_never_touched(made, tmp_path):
    _, folder = made
    assert "--ServerApp.default_url=/lab/tree/notebooks/00-start-here.ipynb" in opened(tmp_path, folder, "learner")
    exercise, lesson = tmp_path / "exercises/bridges/first-crossing.ipynb", tmp_path / "notebooks/01-bridges.ipynb"
    answers = exercise.with_name("answers.jsonl")
    for path in (exercise, answers, lesson):
        path.write_text("mine")
    (tmp_path / "exercises/bridges/two-bags.ipynb").unlink(missing_ok=True)
    opened(tmp_path, folder, "learner")
    assert (exercise.read_text(), answers.read_text()) == ("mine", "mine")
    assert lesson.read_bytes() == (folder / "notebooks/01-bridges.ipynb").read_bytes()
    there = {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "exercises").rglob("*.ipynb")}
    assert there == {path.relative_to(folder).as_posix() for path in (folder / "exercises").rglob("*.ipynb")}


def test_an_instructor_opens_the_whole_course_and_a_learner_who_copies_its_name_does_not(made, tmp_path):
    _, folder = made
    (tmp_path / "course").mkdir()
    (tmp_path / "course/nbgrader_config.py").write_text("")
    assert f"--ServerApp.root_dir={tmp_path / 'course'}" in opened(tmp_path, folder, "instructor")
    assert f"--ServerApp.root_dir={tmp_path}" in opened(tmp_path, folder, "learner")


class Hub(NamedTuple):
    """Where a hub is, and its database."""

    site: str
    database: Path

    def accounts(self) -> set[str]:
        with closing(sqlite3.connect(self.database)) as db:
            return {name for (name,) in db.execute("SELECT username FROM users_info WHERE is_authorized")}


class Visitor:
    """Somebody with a browser's cookies."""

    def __init__(self, site: str) -> None:
        self.site, self.cookies = site, http.cookiejar.CookieJar()
        self.way = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """The status and the text that a form is answered with."""
        page = self.way.open(f"{self.site}{path}", timeout=30).read().decode()
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page)[1]
        data = urllib.parse.urlencode({"_xsrf": xsrf, **fields}).encode()
        try:
            with self.way.open(f"{self.site}{path}", data, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def sign_up(self, name: str, code: str) -> tuple[int, str]:
        twice = {"signup_password": PASSWORD, "signup_password_confirmation": PASSWORD}
        return self.send("/hub/signup", username=name, class_code=code, **twice)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A real JupyterHub with the sign-up of the cluster, without a proxy and without servers.

    Its JupyterHub is newer than the chart's, and NativeAuthenticator 1.3 signs nobody in under it: so the accounts are looked at.
    """
    folder = tmp_path_factory.mktemp("hub")
    port = free_port()
    config = folder / "config.py"
    config.write_text(
        HUB.format(
            class_code=str(DEPLOY / "class_code.py"), deploy=str(DEPLOY), port=port, other=free_port(), folder=folder
        )
    )
    env = {**os.environ, "CLINIC_INSTRUCTORS": "instructor", "CLASS_CODE": "K7QM-2F4T", "INSTRUCTOR_CODE": "ZZZZ-9999"}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", f"--config={config}"], cwd=folder, env=env, stdout=log, stderr=log
        )
        try:
            for _ in range(150):
                assert server.poll() is None, (folder / "log").read_text()
                if "JupyterHub is now running" in (folder / "log").read_text():
                    break
                time.sleep(0.2)
            yield Hub(f"http://127.0.0.1:{port}", folder / "hub.sqlite")
        finally:
            server.terminate()
            server.wait(30)


def test_nobody_signs_up_without_the_class_code(hub):
    visitor = Visitor(hub.site)
    for code in ("", "K7QM", "ZZZZ-9999"):
        status, says = visitor.sign_up("ana", code)
        assert (status, "That is not the class code" in says) == (403, True)
    assert "ana" not in hub.accounts()


def test_with_the_class_code_a_learner_signs_up(hub):
    visitor = Visitor(hub.site)
    assert "The signup was successful" in visitor.sign_up("ben", " k7qm 2f4t")[1]
    assert "ben" in hub.accounts()


def test_an_instructors_name_asks_for_the_instructors_code(hub):
    visitor = Visitor(hub.site)
    for name in ("instructor", "Instructor"):
        assert visitor.sign_up(name, "K7QM-2F4T")[0] == 403
    assert "instructor" not in hub.accounts()
    assert "The signup was successful" in visitor.sign_up("instructor", "ZZZZ-9999")[1]
