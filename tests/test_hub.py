"""The hub for the room: two learners and an instructor in real browsers, and a learner who tries to reach what is not theirs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from typer.testing import CliRunner

from browsing import pick, question, saved
from conftest import ROOT, copy_of_tiny
from jupyter import WIDE, free_port
from paroleclinic import inbox, reach
from paroleclinic.answers import FILE_NAME, read_answers
from paroleclinic.cli import app
from paroleclinic.collecting import Found, Refused
from paroleclinic.course import Course
from paroleclinic.grading import key_answers
from paroleclinic.handin import hand_in
from paroleclinic.hub import backups, certificate, homes, proxy, sandbox, start
from paroleclinic.hub.people import Patience, People, WrongCode, fit
from paroleclinic.hub.people import Refused as NotTaken
from paroleclinic.hub.places import Places

UNIT, CASE = "bridges", "first-crossing"
NOTEBOOK = f"exercises/{UNIT}/{CASE}.ipynb"
PASSWORD = "a bridge by day"
ROOT_TOO = ["--as-root"] if os.geteuid() == 0 else []
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
RUN = """async (code) => {
    const manager = window.jupyterapp.serviceManager.kernels;
    const kernel = await manager.startNew({ name: "python3" });
    let said = "";
    const asked = kernel.requestExecute({ code });
    asked.onIOPub = (message) => {
        if (message.header.msg_type === "stream") said += message.content.text;
        if (message.header.msg_type === "error") said += message.content.ename + ": " + message.content.evalue;
    };
    await asked.done;
    await kernel.shutdown();
    return said;
}"""


def course_in(folder: Path) -> Course:
    """The tiny course, with what a kit needs."""
    course = copy_of_tiny(folder)
    for name in ("pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT"):
        (course.root / name).write_text("# nothing\n")
    return course


@dataclass
class Hub:
    """A hub that runs, and what it printed when it was up."""

    root: Path
    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def site(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def code(self) -> str:
        return self.found("class code +(.+)").replace(" ", "")

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def found(self, pattern: str) -> str:
        match = re.search(pattern, self.said)
        assert match, self.said
        return match[1]


def started(root: Path, *more: str) -> Hub:
    """A hub as an instructor starts it, once it has printed the board."""
    port = free_port()
    words = [sys.executable, "-m", "paroleclinic.cli", "hub", *ROOT_TOO, "--port", str(port), "--hold", *more]
    process = subprocess.Popen(words, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    hub = Hub(root, port, process)
    killer = threading.Timer(100, process.kill)
    killer.start()
    assert process.stdout
    for line in process.stdout:
        hub.lines.append(line.rstrip("\n"))
        if "Ctrl+C stops" in line:
            break
    killer.cancel()
    assert process.poll() is None, hub.said + (start.last_lines(Places(root).log, 40))
    return hub


def stopped(hub: Hub) -> str:
    """End it as Ctrl+C does; returns what it said last."""
    hub.process.send_signal(signal.SIGINT)
    try:
        return hub.process.communicate(timeout=70)[0]
    finally:
        hub.process.kill()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A room with a hub; the whole file works in it, from sign-up to feedback."""
    course = course_in(tmp_path_factory.mktemp("room") / "tiny")
    running = started(course.root)
    yield running
    if running.process.poll() is None:
        stopped(running)
    running.process.stdout.close()


def visitor(browser: Browser) -> BrowserContext:
    return browser.new_context(ignore_https_errors=True, viewport=WIDE)


@pytest.fixture(scope="module")
def people(hub: Hub, browser: Browser) -> Iterator[dict[str, Page]]:
    """Ana, Ben and the instructor, each in a browser of their own, with their servers up; all start at once."""
    pages = {name: visitor(browser).new_page() for name in ("ana", "ben", "instructor")}
    sign_in(pages["instructor"], hub, "instructor", hub.found("password: +(.+)"))
    expect(pages["instructor"].get_by_role("heading", name="The room")).to_be_visible()
    pages["instructor"].get_by_role("link", name="Start my server").click(no_wait_after=True)
    for name in ("Ana", "ben"):
        page = pages[name.lower()]
        page.goto(hub.site)
        page.get_by_role("link", name="Sign up with the class code").click()
        sign_up(page, name, hub.code.lower())
    for name in ("ana", "ben"):
        pages[name].wait_for_url(f"**/user/{name}/**", timeout=90_000)
        pages[name].wait_for_function("window.jupyterapp", timeout=60_000)
        pages[name].evaluate("async () => { await window.jupyterapp.restored; }")
    pages["instructor"].get_by_role("link", name="Formgrader").wait_for(timeout=90_000)
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def ana(people: dict[str, Page]) -> Page:
    return people["ana"]


@pytest.fixture
def ben(people: dict[str, Page]) -> Page:
    return people["ben"]


@pytest.fixture
def instructor(people: dict[str, Page]) -> Page:
    return people["instructor"]


def sign_up(page: Page, name: str, code: str, password: str = PASSWORD) -> None:
    """Fill in the form for newcomers and send it."""
    page.get_by_label("Your name here").fill(name)
    page.get_by_label("Class code").fill(code)
    page.get_by_label("Choose a password").fill(password)
    page.get_by_role("button", name="Sign up and begin").click(no_wait_after=True)


def sign_in(page: Page, hub: Hub, name: str, password: str) -> None:
    """Sign in at the hub's first page."""
    page.goto(hub.site)
    page.get_by_label("Username:").fill(name)
    page.get_by_label("Password:").fill(password)
    page.get_by_role("button", name="Sign in").click(no_wait_after=True)


def assignments(page: Page) -> Page:
    """The Assignment List, as it stands now."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('nbgrader:open-assignment-list'); }")
    page.locator("#refresh_assignments_list").click()
    return page


def show(page: Page, path: str) -> None:
    """Open a file in the JupyterLab that is open already."""
    page.evaluate("(path) => { window.jupyterapp.commands.execute('docmanager:open', { path }); }", path)


def paroleclinic(root: Path, *words: str) -> str:
    """What a command says in the course's folder."""
    done = CliRunner().invoke(app, [*words, "--course", str(root)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_board_says_all_that_a_room_needs(hub):
    assert re.search(rf"https://[\d.]+:{hub.port}", hub.said)
    assert re.search(r"(?m)^    ([0-9A-F]{2}:){15}[0-9A-F]{2}$", hub.said)
    assert "Sign in yourself as: instructor" in hub.said
    assert "memory for each process" in hub.said or "kept by systemd" in hub.said
    assert (hub.root / ".hub").stat().st_mode & 0o777 == 0o700


@pytest.mark.browser
def test_a_wrong_class_code_or_a_taken_name_lets_nobody_in(hub, browser, ben):
    context = visitor(browser)
    page = context.new_page()
    page.goto(f"{hub.site}/hub/signup")
    for name, code, password, says in (
        ("eve", "AAAA-BBBB", PASSWORD, "That is not the class code"),
        ("BEN", hub.code, PASSWORD, "Somebody has the name ben already"),
        ("instructor", hub.code, PASSWORD, "is kept for the hub"),
        ("../ben", hub.code, PASSWORD, "A name is 2 to 30 letters"),
        ("eve", hub.code, hub.code.lower(), "neither your name nor the class code"),
    ):
        sign_up(page, name, code, password)
        expect(page.locator("#wrong")).to_contain_text(says)
    sign_in(page, hub, "ben", "not this one")
    expect(page.get_by_text("Invalid username or password")).to_be_visible()
    page.goto(f"{hub.site}/user/ben/lab")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
    assert People(hub.root / ".hub/people.json").learners() == ["ana", "ben"]


@pytest.mark.browser
def test_a_learner_fetches_works_and_hands_in_with_the_assignment_list(hub, ana, ben):
    home = hub.root / ".hub/homes/ana"
    assert not (home / "exercises" / UNIT).exists()
    assert "1 case given out" in paroleclinic(hub.root, "hub", "release", UNIT)
    assignments(ana).get_by_text("Fetch", exact=True).click(timeout=30_000)
    ana.get_by_text("Submit", exact=True).wait_for(timeout=30_000)
    assert (home / NOTEBOOK).is_file()
    show(ana, NOTEBOOK)
    ana.wait_for_selector(".pc-q", timeout=60_000)
    for asked, answer in key_answers(Course(hub.root).scenario(CASE)).items():
        pick(question(ana, asked), "Come by day, Ana." if asked == "note" else answer)
        saved(question(ana, asked))
    assignments(ana).get_by_text("Submit", exact=True).click()
    ana.get_by_text(re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d")).first.wait_for(timeout=30_000)
    [sent] = (hub.root / ".hub/post/ana/inbound").iterdir()
    assert read_answers(sent / FILE_NAME).of(CASE)["note"] == "Come by day, Ana."


@pytest.mark.browser
def test_the_courses_own_hand_in_arrives_too_and_belongs_to_its_folder_whatever_name_it_bears(hub, ben):
    (hub.root / ".hub/homes/ben/exercises" / UNIT).mkdir(parents=True, exist_ok=True)
    said = ben.evaluate(RUN, HAND_IN_AS_ANA)
    assert said == "hand-in-bridges-ana-2026-11-25.zip\n", said


HAND_IN_AS_ANA = f"""
from datetime import UTC, datetime
from pathlib import Path
from paroleclinic.answers import record
from paroleclinic.handin import hand_in
at = datetime(2026, 11, 25, 12, tzinfo=UTC)
record(Path.home() / "exercises/{UNIT}/{FILE_NAME}", at, "{CASE}", "when", "night")
record(Path.home() / "exercises/{UNIT}/{FILE_NAME}", at, "{CASE}", "note", "I am Ben.")
print(hand_in(Path.home(), "{UNIT}", "ana", at, "1", "2026-11-23").path.name)
"""


@pytest.mark.browser
def test_the_instructor_collects_grades_marks_a_memo_and_the_learner_reads_the_feedback(hub, ana, ben, instructor):
    assert "2 new, 0 already here, 0 refused" in paroleclinic(hub.root, "hub", "collect")
    assert read_answers(hub.root / "submitted/ana" / UNIT / FILE_NAME).of(CASE)["note"] == "Come by day, Ana."
    assert read_answers(hub.root / "submitted/ben" / UNIT / FILE_NAME).of(CASE)["note"] == "I am Ben."
    assert "0 new, 2 already here" in paroleclinic(hub.root, "hub", "collect")
    assert "2 graded" in paroleclinic(hub.root, "grade")
    with instructor.context.expect_page() as opened:
        instructor.get_by_role("link", name="Formgrader").click()
    marking = opened.value
    marking.goto(f"{hub.site}/user/instructor/formgrader/gradebook/{UNIT}/{CASE}")
    marking.get_by_role("link", name=re.compile("Submission")).first.click()
    marking.wait_for_load_state("networkidle")
    points = marking.locator("#points, input.score").first
    with marking.expect_response(lambda answer: answer.request.method == "PUT" and "/api/grade/" in answer.url) as told:
        points.fill("3")
        points.blur()
    assert told.value.ok
    marking.close()
    assert "2 written" in paroleclinic(hub.root, "feedback")
    assert "2 pages sent to 2 learners" in paroleclinic(hub.root, "hub", "send")
    for name in ("ana", "ben"):
        page = hub.root / f".hub/homes/{name}/feedback/{UNIT}/{CASE}.html"
        assert page.read_bytes() == (hub.root / f"feedback/{name}/{UNIT}/{CASE}.html").read_bytes()
    assert len([*(hub.root / ".hub/post/ana/feedback").iterdir()]) == 1
    assert not [*(hub.root / ".hub/post/ben/feedback").iterdir()]  # it did not come through nbgrader
    assignments(ana).get_by_text("Fetch Feedback").click(timeout=30_000)
    ana.get_by_text("view feedback").wait_for(timeout=30_000)
    fetched = [*(hub.root / ".hub/homes/ana/exercises" / UNIT / "feedback").rglob("*.html")]
    assert [path.name for path in fetched] == [f"{CASE}.html"]
    show(ana, f"feedback/{UNIT}/{CASE}.html")
    expect(ana.frame_locator("iframe").get_by_text("The bridge is open by day.").first).to_be_visible(timeout=30_000)


@pytest.mark.browser
def test_the_room_is_asked_and_learners_vote_on_their_own_screens(hub, ana, ben, instructor):
    (hub.root / "notebooks/instructor/poll.ipynb").write_bytes((ROOT / "notebooks/instructor/poll.ipynb").read_bytes())
    asking = instructor.context.new_page()
    asking.goto(f"{hub.site}/user/instructor/lab/tree/notebooks/instructor/poll.ipynb?reset")
    expect(asking.locator(".pc-poll-join")).to_contain_text(f"{hub.site}/services/poll/ · Sign in", timeout=90_000)
    asking.get_by_role("button", name="Poll 1 of Bridges").click()
    asking.get_by_role("button", name="Open voting").click()
    phones = []
    for learner, number in ((ana, 0), (ben, 1)):
        phone = learner.context.new_page()
        phone.goto(f"{hub.site}/services/poll/")
        phone.locator(".pc-opt").nth(number).click()
        expect(phone.get_by_role("status")).to_contain_text("Your vote is in")
        assert phone.evaluate("fetch('/services/poll/api/desk').then((answer) => answer.status)") == 403
        phones.append(phone)
    expect(asking.locator(".pc-answers")).to_have_text("2")
    kept = (hub.root / "reports/poll/hub/room.json").read_text()
    assert "ana" not in kept and "The code closes it" not in kept
    asking.get_by_role("button", name="Close voting").click()
    asking.get_by_role("button", name="Explain at once").click()
    for page in (asking, *phones):
        expect(page.locator(".pc-poll-why")).to_contain_text("The code closes it from dusk to dawn.")
        page.close()


@pytest.mark.browser
def test_a_learner_reaches_nothing_that_is_not_theirs(hub, ana, ben):
    (hub.root / "gradebook.db").touch()
    assert any("closed at night and guarded" in path.read_text() for path in (hub.root / "scenarios").rglob("*.yaml"))
    settings = json.loads((hub.root / ".hub/settings.json").read_text())
    theirs = {
        "root": str(hub.root),
        "hub": settings["hub_port"],
        "ports": [hub.port, settings["proxy_port"]],
        "run": settings["run"],
    }
    found = json.loads(ana.evaluate(RUN, f"THEIRS = {theirs!r}\n{TRY}"))
    assert found.pop("own") is True
    assert found.pop("home") == ["ana"]
    assert found.pop("alone") is True
    assert found.pop("users") == 403
    assert found.pop("self") == 200
    assert found == dict.fromkeys(found, ""), found
    assert len(found) > 20


TRY = r"""
import ctypes, json, os, signal, socket, urllib.error, urllib.request
from pathlib import Path

ROOT, found = Path(THEIRS["root"]), {}

def trying(name, what):
    try:
        found[name] = f"got {what()!r}"[:200]
    except (OSError, ValueError, LookupError):
        found[name] = ""

def connected(*to):
    socket.create_connection(to, timeout=3).close()

def asked(path):
    head = {"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"]}
    try:
        with urllib.request.urlopen(urllib.request.Request(os.environ["JUPYTERHUB_API_URL"] + path, headers=head)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code

here = Path.home()
(here / "mine.txt").write_text("mine")
found["own"] = (here / "mine.txt").read_text() == "mine"
found["home"] = sorted(os.listdir("/srv/homes"))
for name in (".hub/homes/ben", ".hub/people.json", ".hub/cookie-secret", ".hub/hub.sqlite", ".hub/post/ben/inbound", ".hub/backups", "gradebook.db",
             "scenarios", "solutions", "teaching", "submitted", "course.yaml"):
    trying(name, lambda: os.stat(ROOT / name))
trying("root", lambda: os.listdir(ROOT))
trying("climb", lambda: os.stat(here / ".." / "ben"))
trying("inbound of others", lambda: [name for name in os.listdir("/srv/exchange/paroleclinic/inbound") if not name.startswith("ana+")][0])
trying("write outbound", lambda: (Path("/srv/exchange/paroleclinic/outbound") / "x").write_text(""))
trying("write feedback", lambda: (Path("/srv/exchange/paroleclinic/feedback") / "x").write_text(""))
trying("fill the exchange", lambda: Path("/srv/exchange/x").write_bytes(bytes(2_000_000)))
trying("write dev", lambda: Path("/dev/x").write_text(""))
trying("fill memory by files", lambda: Path("/dev/shm/x").write_bytes(bytes(100_000_000)))
trying("write settings", lambda: Path("/srv/settings/x").write_text(""))
trying("write system", lambda: Path("/usr/x").write_text(""))
trying("write root", lambda: Path("/x").write_text(""))
import paroleclinic
trying("write package", lambda: (Path(paroleclinic.__file__).parent / "x").write_text(""))
pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
lines = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
found["alone"] = not any(b"ben" in line.split(b"\0") or b"jupyterhub\0" in line or b"formgrader" in line for line in lines.values())
trying("root of one", lambda: os.listdir("/proc/1/root" + THEIRS["root"]))
for port in THEIRS["ports"]:
    trying(f"port {port}", lambda: connected("127.0.0.1", port))
trying("other address", lambda: connected("192.0.2.1", 80))
trying("other machine", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 9)))
trying("abstract", lambda: [line for line in Path("/proc/net/unix").read_text().splitlines() if "@" in line][0])
trying("mount", lambda: ctypes.CDLL(None, use_errno=True).mount(b"none", b"/tmp", b"tmpfs", 0, None) and (_ for _ in ()).throw(OSError))
trying("namespace", lambda: ctypes.CDLL(None, use_errno=True).unshare(0x10000000) and (_ for _ in ()).throw(OSError))
def more():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
trying("limit", more)
def secret():
    for top, folders, names in os.walk("/"):
        folders[:] = [one for one in folders if os.path.join(top, one) not in ("/proc", "/usr", "/dev", "/sys") and one not in ("site-packages", "lib")]
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path) and os.path.getsize(path) < 2_000_000:
                if b"closed at " + b"night and guarded" in open(path, "rb").read() and "/feedback/" not in path:
                    return path
    raise OSError
trying("a key", secret)
found["users"], found["self"] = asked("/users"), asked("/users/ana")
trying("ben by the hub", lambda: {200: 200}[asked("/users/ben")] if asked("/users/ben") == 200 else (_ for _ in ()).throw(OSError))
trying("ben's server", lambda: 200 if asked("/../../user/ben/api/contents") == 200 else (_ for _ in ()).throw(OSError))
print(json.dumps(found))
"""


@pytest.mark.browser
def test_a_learner_who_fills_memory_loses_a_kernel_and_nobody_else_notices(hub, ana, ben):
    said = ana.evaluate(RUN, "try:\n    bytearray(6_000_000_000)\nexcept MemoryError:\n    print('no more')")
    assert said == "no more\n"
    assert ben.evaluate(RUN, "print(1)") == "1\n"


@pytest.mark.browser
def test_learners_have_no_terminal_no_formgrader_and_no_page_of_the_room(hub, ana):
    for path in ("user/ana/api/terminals", "user/ana/formgrader", "hub/room", "user/ben/lab"):
        answer = ana.context.request.get(f"{hub.site}/{path}")
        assert answer.status in (403, 404), path


@pytest.mark.browser
def test_ctrl_c_stops_everything_and_a_second_start_goes_on_where_it_was(hub, ana, ben, browser):
    before = (hub.root / ".hub/homes/ana/exercises" / UNIT / FILE_NAME).read_bytes()
    assert "The hub of this course is running" in refused(hub.root, "--port", str(free_port()))
    assert "Stopped. Everything is kept" in stopped(hub)
    assert not [line for line in processes() if str(hub.root) in line]
    again = started(hub.root, "--idle-seconds", "15", "--disk", "50")
    try:
        assert "2 learners signed up before" in again.said
        assert "with the password" not in again.said
        context = visitor(browser)
        page = context.new_page()
        sign_in(page, again, "ana", PASSWORD)
        page.wait_for_url(re.compile("/user/ana/"), timeout=60_000)
        assert (hub.root / ".hub/homes/ana/exercises" / UNIT / FILE_NAME).read_bytes() == before
        left_alone(again, page, before)
        too_full(again, browser)
        context.close()
    finally:
        stopped(again)


def left_alone(hub: Hub, page: Page, before: bytes) -> None:
    """A page that is used keeps its server; one that is only open does not, and the work is there after the next start."""
    page.goto(f"{hub.site}/user/ana/lab/tree/{NOTEBOOK}?reset")
    choice = question(page, "when").locator("input")
    choice.first.wait_for(timeout=60_000)
    for turn in range(9):
        choice.nth(turn % 2).check()
        page.wait_for_timeout(2000)
        assert home_in_use(hub, "ana")
    kept = (hub.root / ".hub/homes/ana/exercises" / UNIT / FILE_NAME).read_bytes()
    assert kept.startswith(before) and kept != before
    end = time.monotonic() + 40
    while home_in_use(hub, "ana") and time.monotonic() < end:
        page.wait_for_timeout(500)
    assert not home_in_use(hub, "ana")
    page.goto(f"{hub.site}/user/ana/lab")
    expect(page.get_by_role("heading", name="Your place is closed")).to_be_visible()
    clean(page)
    assert (hub.root / ".hub/homes/ana/exercises" / UNIT / FILE_NAME).read_bytes() == kept
    page.get_by_role("link", name="Open it again").click(no_wait_after=True)
    page.wait_for_url(re.compile("/user/ana/lab"), timeout=60_000)


def home_in_use(hub: Hub, name: str) -> bool:
    return homes.used(Places(hub.root), name)


def clean(page: Page) -> None:
    """Nothing that axe-core finds wrong, in light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400)  # the links fade from one to the other
        found = Axe().run(page).response["violations"]
        assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def too_full(hub: Hub, browser: Browser) -> None:
    """Who fills the disk is told why nothing starts, the instructor too, and what the instructor then types mends it."""
    places = Places(hub.root)
    (places.home("ben") / "film.bin").write_bytes(os.urandom(110_000_000))
    learner, teacher = visitor(browser).new_page(), visitor(browser).new_page()
    sign_in(learner, hub, "ben", PASSWORD)
    expect(learner.get_by_text("Your files fill more than 100 MB")).to_be_visible(timeout=30_000)
    clean(learner)
    learner.goto(f"{hub.site}/hub/home")
    clean(learner)
    assert not home_in_use(hub, "ben")
    sign_in(teacher, hub, "instructor", People(places.people).new_password("instructor"))
    expect(teacher.get_by_text("ben fills more than 100 MB of the disk")).to_contain_text("paroleclinic hub renew ben")
    clean(teacher)
    assert "ben: answers, progress and hand-ins were kept" in paroleclinic(hub.root, "hub", "renew", "ben")
    teacher.reload()
    expect(teacher.locator("#disk")).to_be_visible()
    expect(teacher.get_by_text("ben fills more")).to_have_count(0)
    for page in (learner, teacher):
        page.context.close()


def processes() -> list[str]:
    """The command line of everything that runs on this machine."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found


def refused(root: Path, *more: str) -> str:
    """What the command says when it does not start."""
    words = [sys.executable, "-m", "paroleclinic.cli", "hub", *ROOT_TOO, *more]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


# without a hub


@pytest.fixture
def post(tmp_path: Path) -> Course:
    """A course with a home and a post box for ana and ben, and nothing running."""
    course = course_in(tmp_path / "tiny")
    places = Places(course.root).made()
    for name in ("ana", "ben"):
        for folder in (
            places.home(name) / "exercises" / UNIT,
            places.post(name, "inbound"),
            places.post(name, "feedback"),
        ):
            folder.mkdir(parents=True)
    return course


def line(question_id: str, answer: object) -> str:
    return (
        json.dumps({"v": 1, "at": "2026-11-24T10:00:00.000Z", "case": CASE, "question": question_id, "answer": answer})
        + "\n"
    )


def dropped(course: Course, name: str, folder: str, answers: str, **files: str) -> Path:
    """A hand-in in somebody's post box, as nbgrader leaves it."""
    box = Places(course.root).post(name, "inbound") / folder
    box.mkdir(parents=True)
    (box / FILE_NAME).write_text(answers)
    for stem, text in files.items():
        (box / f"{stem}.txt").write_text(text)
    return box


def taken(course: Course) -> list[tuple[str, Found | Refused]]:
    return list(inbox.handed_in(course.root, {CASE: UNIT}, NOW))


def test_whose_a_hand_in_is_the_post_box_says(post):
    dropped(
        post,
        "ben",
        f"ana+{UNIT}+2026-11-24 10:00:00 UTC+x",
        line("when", "night"),
        timestamp="2026-11-24 10:00:00.5 UTC",
    )
    [(learner, found)] = taken(post)
    assert (learner, found.who, found.at) == ("ben", ("ben",), datetime(2026, 11, 24, 10, 0, 0, 500_000, tzinfo=UTC))


def test_a_hand_in_from_the_future_counts_as_now(post):
    dropped(post, "ben", f"ben+{UNIT}+t", line("when", "night"), timestamp="2999-01-01 00:00:00 UTC")
    [(_, found)] = taken(post)
    assert found.at == NOW


@pytest.mark.parametrize("way", ["answers", "folder", "box", "home", "zip", "fifo", "huge"])
def test_no_link_and_nothing_strange_in_a_post_box_is_followed(post, tmp_path, way):
    places = Places(post.root)
    secret = tmp_path / "outside"
    secret.mkdir()
    (secret / FILE_NAME).write_text(line("when", "morning"))
    box, home = places.post("ben", "inbound"), places.home("ben")
    name = f"ben+{UNIT}+t"
    if way == "answers":
        (box / name).mkdir()
        (box / name / FILE_NAME).symlink_to(secret / FILE_NAME)
    elif way == "folder":
        (box / name).symlink_to(secret)
    elif way == "box":
        box.rmdir()
        box.symlink_to(tmp_path)
        secret.rename(tmp_path / name)
    elif way == "home":
        (home / "hand-ins").symlink_to(places.home("ana") / "hand-ins")
        hand_ins_of(post, "ana")
    elif way == "zip":
        (home / "hand-ins").mkdir()
        (home / "hand-ins/a.zip").symlink_to(hand_ins_of(post, "ana"))
    elif way == "fifo":
        (box / name).mkdir()
        os.mkfifo(box / name / FILE_NAME)
    else:
        (box / name).mkdir()
        with (box / name / FILE_NAME).open("wb") as file:
            file.truncate(30_000_000)
    assert not [found for learner, found in taken(post) if learner == "ben" and isinstance(found, Found)]


def hand_ins_of(course: Course, name: str) -> Path:
    home = Places(course.root).home(name)
    (home / "exercises" / UNIT / FILE_NAME).write_text(line("when", "morning"))
    return hand_in(home, UNIT, name, NOW, "1", "2026-11-23").path


@pytest.mark.parametrize("way", ["link", "folders"])
def test_pages_sent_to_a_learner_are_not_led_elsewhere(post, tmp_path, way):
    places = Places(post.root)
    page = post.root / "feedback/ben" / UNIT / f"{CASE}.html"
    page.parent.mkdir(parents=True)
    page.write_text("the page")
    outside = tmp_path / "outside"
    outside.mkdir()
    kept = outside / "kept.html"
    kept.write_text("kept")
    if way == "link":
        (places.home("ben") / "feedback" / UNIT).mkdir(parents=True)
        (places.home("ben") / "feedback" / UNIT / f"{CASE}.html").symlink_to(kept)
        assert inbox.send(post.root, "ben", UNIT) == 1
        assert (places.home("ben") / "feedback" / UNIT / f"{CASE}.html").read_text() == "the page"
    else:
        (places.home("ben") / "feedback").symlink_to(outside)
        with pytest.raises(OSError, match=r"directory|link"):
            inbox.send(post.root, "ben", UNIT)
    assert kept.read_text() == "kept"
    assert [*outside.iterdir()] == [kept]
    assert inbox.send(post.root, "ana", UNIT) == 0


def test_new_files_of_the_kit_reach_a_home_and_what_the_learner_made_stays(post, tmp_path):
    places, home = Places(post.root), Places(post.root).home("ben")
    first = {"law/a.yaml": b"1", "notebooks/01.ipynb": b"one", "notebooks/02.ipynb": b"two", "course.yaml": b"c"}
    assert homes.filled(places, "ben", first) == []
    (home / "exercises" / UNIT / FILE_NAME).write_text("mine")
    (home / "progress.jsonl").write_text("mine")
    (home / "notebooks/01.ipynb").write_text("one, with my notes")
    (home / "law/a.yaml").write_text("broken by me")
    (home / "notebooks/02.ipynb").unlink()
    assert homes.filled(places, "ben", first) == []
    assert (home / "notebooks/01.ipynb").read_text() == "one, with my notes"  # the kit has nothing newer
    assert (home / "notebooks/02.ipynb").read_bytes() == b"two"
    assert homes.filled(places, "ben", {**first, "notebooks/01.ipynb": b"one, mended", "law/a.yaml": b"2"}) == []
    assert (home / "notebooks/01.ipynb").read_bytes() == b"one, mended"
    assert (home / "notebooks/01 - as I left it.ipynb").read_text() == "one, with my notes"
    assert (home / "law/a.yaml").read_bytes() == b"2"
    assert (home / "exercises" / UNIT / FILE_NAME).read_text() == (home / "progress.jsonl").read_text() == "mine"
    outside = tmp_path / "outside"
    outside.mkdir()
    for path in (home / "notebooks").iterdir():
        path.unlink()
    (home / "notebooks").rmdir()
    (home / "notebooks").symlink_to(outside)
    assert homes.filled(places, "ben", first) == ["notebooks/01.ipynb", "notebooks/02.ipynb"]
    assert [*outside.iterdir()] == []


def test_a_backup_holds_what_learners_made_is_read_back_and_grows_old(post, tmp_path):
    places = Places(post.root)
    assert backups.once(places, NOW) == "backup: nothing new"
    hand_ins_of(post, "ana")
    (places.home("ana") / "progress.jsonl").write_text("{}\n")
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (places.home("ben") / "progress.jsonl").symlink_to(secret)
    assert backups.once(places, NOW).startswith("backup: saved answers-2026-11-25-120000-")
    assert backups.once(places, NOW + timedelta(minutes=10)) == "backup: nothing new"
    [path] = backups.kept(places)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert archive.read(f"ana/exercises/{UNIT}/{FILE_NAME}") == line("when", "morning").encode()
    assert sorted(names) == [
        f"ana/exercises/{UNIT}/{FILE_NAME}",
        f"ana/hand-ins/hand-in-{UNIT}-ana-2026-11-25.zip",
        "ana/progress.jsonl",
    ]
    assert [one.name for one in places.backups.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600


def test_old_backups_are_thinned_by_age_and_the_newest_stay():
    made = [
        Path(f"answers-{NOW - timedelta(minutes=10 * step):%Y-%m-%d-%H%M%S}-abc.zip") for step in range(6 * 24 * 70)
    ]
    left = sorted({*made} - {*backups.spent(made, NOW)})
    ages = [NOW - backups.moment(path) for path in left]
    assert sum(age <= timedelta(hours=3) for age in ages) == 19
    assert sum(timedelta(hours=3) < age <= timedelta(days=2) for age in ages) in (45, 46)
    assert 58 <= sum(age > timedelta(days=2) for age in ages) <= 60
    assert max(ages) < timedelta(days=61)
    assert backups.spent(left, NOW) == []


def test_people_are_known_by_their_password_and_a_new_one_holds_at_once(tmp_path):
    people = People(tmp_path / "people.json")
    password = people.opened("instructor")
    assert people.opened("instructor") == ""
    assert people.knows("instructor", password)
    assert people.sign_up("Ana-Lopez", "a bridge by day", people.class_code.lower().replace("-", " ")) == "ana-lopez"
    assert people.knows("ana-lopez", "a bridge by day")
    assert not people.knows("ana-lopez", "a bridge by night")
    assert not people.knows("nobody", "a bridge by day")
    new = people.new_password("ana-lopez")
    assert people.knows("ana-lopez", new)
    assert not people.knows("ana-lopez", "a bridge by day")
    old = people.class_code
    people.new_code()
    with pytest.raises(WrongCode):
        people.sign_up("cleo", "a bridge by day", old)
    with pytest.raises(NotTaken, match="is the name of a learner"):
        people.opened("ana-lopez")
    assert "a bridge" not in people.path.read_text()
    assert people.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "name", ["", "a", "1a", "a b", "a/b", "..", "a.b", "-a", "a-", "a--b", "é", "a" * 31, "a\n", "ana;x", "%2e"]
)
def test_a_name_that_could_be_a_path_or_somebody_else_is_no_name(name):
    with pytest.raises(NotTaken):
        fit(f"x{name}" if name == "a\n" else name) if name != "a\n" else fit("a\nb")


def test_too_many_wrong_tries_must_wait_a_minute():
    patience = Patience(most=3, seconds=60)
    for at in (0.0, 1.0, 2.0):
        assert not patience.over("ana", at)
        patience.note("ana", at)
    assert patience.over("ana", 3.0)
    assert not patience.over("ben", 3.0)
    assert not patience.over("ana", 61.0)


def test_without_bubblewrap_the_hub_says_what_to_install(post, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sandbox.NoSandbox, match="`bwrap` is missing"):
        sandbox.tried()
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    with pytest.raises(sandbox.NoSandbox, match="Permission denied"):
        sandbox.tried()


def test_a_course_that_learners_could_read_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "SYSTEM", (*sandbox.SYSTEM, str(tmp_path)))
    with pytest.raises(sandbox.NoSandbox, match="Move its folder"):
        sandbox.seen(tmp_path / "course")


def test_a_busy_port_and_root_are_refused_in_a_sentence(post):
    import socket

    with socket.create_server(("0.0.0.0", 0)) as taken_port:
        assert "is busy" in refused(post.root, "--port", str(taken_port.getsockname()[1]))
    if os.geteuid() == 0:
        with pytest.raises(start.CannotStart, match="Do not start the hub as root"):
            start.prepared(post, start.Wish(port=free_port()), print)


def test_a_proxy_that_cannot_be_fetched_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(proxy.NoProxy, match="could not be fetched from the npm registry"):
        proxy.fetch(tmp_path / "proxy", proxy.node())
    assert not (tmp_path / "proxy").exists()
    assert "resolved" not in (proxy.HERE / "package-lock.json").read_text()


def test_a_certificate_is_kept_until_an_address_is_new_or_its_end_is_near(tmp_path):
    first = certificate.made(tmp_path, ["192.0.2.7", "clinic"], NOW)
    assert certificate.made(tmp_path, ["192.0.2.7"], NOW + timedelta(days=300)) == first
    assert certificate.made(tmp_path, ["192.0.2.8"], NOW) != first
    again = certificate.made(tmp_path, ["192.0.2.8"], NOW + timedelta(days=390))
    assert certificate.made(tmp_path, ["192.0.2.8"], NOW + timedelta(days=391)) == again
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", certificate.fingerprint(again))


def test_a_page_of_feedback_is_named_as_nbgrader_names_it():
    from nbgrader.utils import notebook_hash

    assert inbox.page_name("secret", CASE) == notebook_hash(secret="secret", notebook_id=CASE)


def test_formgraders_buttons_collect_and_send_go_through_the_room(post):
    from paroleclinic.gradebook.setup import course_directory, settings

    dropped(post, "ben", f"ben+{UNIT}+t", line("when", "night"), submission_secret="s3cret")
    config = settings(post.root)
    from nbgrader.exchange import ExchangeFactory

    exchange = ExchangeFactory(config=config)
    directory = course_directory(config, assignment_id=UNIT)
    exchange.Collect(coursedir=directory, config=config).start()
    assert read_answers(post.root / "submitted/ben" / UNIT / FILE_NAME).of(CASE) == {"when": "night"}
    page = post.root / "feedback/ben" / UNIT / f"{CASE}.html"
    page.parent.mkdir(parents=True)
    page.write_text("the page")
    exchange.ReleaseFeedback(coursedir=directory, config=config).start()
    [sent] = Places(post.root).post("ben", "feedback").iterdir()
    assert sent.name == f"{inbox.page_name('s3cret', CASE)}.html"


def test_what_is_reached_stays_in_its_folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out.txt").write_text("out")
    for path in ("../out.txt", "a/../../out.txt"):
        with pytest.raises(OSError):
            reach.read(tmp_path / "in", path, 100)
        with pytest.raises(OSError):
            reach.write(tmp_path / "in", path, b"x")
    assert (tmp_path / "out.txt").read_text() == "out"
    reach.write(tmp_path / "in", "a/b/c.txt", b"x")
    with pytest.raises(OSError):
        reach.read(tmp_path / "in", "a/b/c.txt", 0)
    assert reach.read(tmp_path / "in", "a/b/c.txt", 1) == b"x"
