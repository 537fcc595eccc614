"""Thirty people who sign up at once at a real hub, open a case, answer and hand in: how long they wait, what memory it takes, what is lost.

`python benchmarks/room.py [LEARNERS [BROWSERS]]`: 30 and 6. The browsers are real (Chromium). The other learners do by plain HTTP and
a websocket what a page does: sign up, wait, open a session, run the case's cells; their answers are saved by the kernel. Then the
instructor collects, and each hand-in is compared with what was answered. Prints JSON; ends with 1 if anything was lost.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import aiohttp
import psutil
from playwright.async_api import Browser, async_playwright
from yarl import URL

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from chromium import FLAGS, chromium  # noqa: E402
from jupyter import WIDE, copy_course, free_port  # noqa: E402
from paroleclinic.answers import FILE_NAME, read_answers  # noqa: E402
from paroleclinic.course import Course  # noqa: E402

UNIT, CASE, QUESTION = "advance-parole", "week-in-toronto", "to-tool"
NOTEBOOK = f"exercises/{UNIT}/{CASE}.ipynb"
PASSWORD = "a bridge by day"
PATIENCE = 600  # seconds for anything
WORK = """
from datetime import UTC, datetime
from pathlib import Path
from paroleclinic.answers import record
from paroleclinic.handin import hand_in
folder, at = Path.home() / "exercises/{unit}", datetime.now(UTC)
record(folder / "{file}", at, "{case}", "{question}", "{answer}")
hand_in(Path.home(), "{unit}", "{name}", at, "1", "2026-11-23")
print("handed in")
"""


class Room:
    """A hub that runs, with a class code, in a course of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "course"
        copy_course(self.root)
        for name in ("pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT"):
            shutil.copy(ROOT / name, self.root)
        port = free_port()
        self.site = f"https://127.0.0.1:{port}"
        words = [sys.executable, "-m", "paroleclinic.cli", "hub", "--as-root", "--port", str(port)]
        begun = time.perf_counter()
        self.process = subprocess.Popen(words, cwd=self.root, stdout=subprocess.PIPE, text=True)
        said = ""
        for line in self.process.stdout:
            said += line
            if "Ctrl+C stops" in line:
                break
        self.up = time.perf_counter() - begun
        self.code = re.search(r"class code +(.+)", said)[1].replace(" ", "")

    def megabytes(self) -> tuple[float, list[float]]:
        """The memory of the hub with all beside it, and of each learner's server with its kernels (proportional set size)."""
        hub, servers = 0.0, []
        waiting = [psutil.Process(self.process.pid)]
        while waiting:
            one = waiting.pop()
            if one.name() == "bwrap":
                servers.append(sum(_pss(below) for below in one.children(recursive=True)) + _pss(one))
            else:
                hub += _pss(one)
                waiting += one.children()
        return round(hub), [round(size) for size in servers]

    def collected(self) -> str:
        """What `paroleclinic hub collect` says."""
        words = [sys.executable, "-m", "paroleclinic.cli", "hub", "collect"]
        return subprocess.run(words, cwd=self.root, capture_output=True, text=True, check=False).stdout.splitlines()[-2]

    def stop(self) -> float:
        begun = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)
        return time.perf_counter() - begun


def _pss(process: psutil.Process) -> float:
    try:
        return process.memory_full_info().pss / 1e6
    except psutil.Error:
        return 0.0


async def by_hand(room: Room, browser: Browser, name: str, answer: str, all_in: asyncio.Barrier) -> dict[str, float]:
    """A learner in a real browser; the seconds until each step."""
    context = await browser.new_context(ignore_https_errors=True, viewport=WIDE)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.set_default_navigation_timeout(PATIENCE * 1000)
    begun, took = time.perf_counter(), {}
    await page.goto(f"{room.site}/hub/signup")
    took["form"] = time.perf_counter() - begun
    await page.get_by_label("Your name here").fill(name)
    await page.get_by_label("Class code").fill(room.code)
    await page.get_by_label("Choose a password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign up and begin").click(no_wait_after=True)
    await page.wait_for_url(f"**/user/{name}/**", wait_until="commit")
    took["server"] = time.perf_counter() - begun
    await page.get_by_label("Your name or initials").fill(name)
    took["first page"] = time.perf_counter() - begun
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_role("button", name="Skip it").click()
    await page.goto(f"{room.site}/user/{name}/lab/tree/{NOTEBOOK}?reset")
    await page.get_by_role("button", name="Skip to the file").click()
    form = page.locator(f'[data-question="{QUESTION}"]')
    await form.locator(f'input[value="{answer}"]').check()
    await form.locator(".pc-saved").get_by_text("Saved at").wait_for()
    took["answered"] = time.perf_counter() - begun
    await page.goto(f"{room.site}/user/{name}/lab/tree/notebooks/00-start-here.ipynb?reset")
    await page.locator("#hand-in").get_by_role("button", name="Hand in").click()
    await page.locator("#receipt").get_by_text("Receipt code").wait_for()
    took["handed in"] = time.perf_counter() - begun
    await all_in.wait()
    await all_in.wait()
    await context.close()
    return took


async def by_wire(room: Room, name: str, answer: str, all_in: asyncio.Barrier) -> dict[str, float]:
    """A learner without a browser, who asks the hub for what a page asks it for; the seconds until each step."""
    jar = aiohttp.CookieJar(unsafe=True)
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(
        cookie_jar=jar, connector=connector, timeout=aiohttp.ClientTimeout(PATIENCE)
    ) as web:
        begun, took = time.perf_counter(), {}
        form = await (await web.get(f"{room.site}/hub/signup")).text()
        took["form"] = time.perf_counter() - begun
        given = {"username": name, "code": room.code, "password": PASSWORD}
        given["_xsrf"] = re.search(r'name="_xsrf" value="([^"]+)"', form)[1]
        answered = await web.post(f"{room.site}/hub/signup", data=given)
        while answered.url.path.startswith("/hub/spawn"):
            await asyncio.sleep(1)
            answered = await web.get(f"{room.site}/hub/spawn-pending/{name}")
        if not answered.ok or not answered.url.path.startswith(f"/user/{name}/"):
            raise RuntimeError(f"{name}: {answered.status} {answered.url.path}")
        took["server"] = time.perf_counter() - begun
        own = f"{room.site}/user/{name}"
        headers = {"X-XSRFToken": jar.filter_cookies(URL(f"{own}/"))["_xsrf"].value}
        for url in (f"{own}/lab/tree/{NOTEBOOK}", f"{own}/api/contents/{NOTEBOOK}"):
            opened = await web.get(url)
            opened.raise_for_status()
        cells = [cell["source"] for cell in (await opened.json())["content"]["cells"] if cell["cell_type"] == "code"]
        asked = {"path": NOTEBOOK, "name": NOTEBOOK, "type": "notebook", "kernel": {"name": "python3"}}
        session = await web.post(f"{own}/api/sessions", json=asked, headers=headers)
        session.raise_for_status()
        kernel = (await session.json())["kernel"]["id"]
        async with web.ws_connect(f"{own}/api/kernels/{kernel}/channels", headers=headers) as channels:
            for cell in cells:
                await _run(channels, cell)
            took["first page"] = time.perf_counter() - begun
            work = WORK.format(unit=UNIT, case=CASE, file=FILE_NAME, question=QUESTION, answer=answer, name=name)
            if "handed in" not in (said := await _run(channels, work)):
                raise RuntimeError(f"{name}: {said[-300:]}")
            took["answered"] = took["handed in"] = time.perf_counter() - begun
            await all_in.wait()
            await all_in.wait()
        return took


async def _run(channels: aiohttp.ClientWebSocketResponse, code: str) -> str:
    """Run a cell as a page does; returns what it printed, or its error."""
    about = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "", "session": uuid.uuid4().hex, "version": "5.3"}  # fmt: skip
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    await channels.send_json(
        {"header": about, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    )
    said = ""
    async for message in channels:
        found = json.loads(message.data) if message.type == aiohttp.WSMsgType.TEXT else {}
        if found.get("parent_header", {}).get("msg_id") != about["msg_id"]:
            continue
        said += found["content"].get("text", "") + found["content"].get("evalue", "")
        if found["content"].get("execution_state") == "idle":
            break
    return said


async def measured(room: Room, learners: int, browsers: int) -> dict[str, object]:
    """Everybody at once; what was measured while all were in."""
    asked = next(one for one in Course(room.root).scenario(CASE).questions if one.id == QUESTION)
    options = [option.id for option in asked.options]
    answers = {f"learner-{number}": options[number % len(options)] for number in range(learners)}
    all_in = asyncio.Barrier(learners + 1)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        who = [
            by_hand(room, browser, name, answer, all_in) if number < browsers else by_wire(room, name, answer, all_in)
            for number, (name, answer) in enumerate(answers.items())
        ]
        doing = asyncio.gather(*who)
        await asyncio.wait([doing, asyncio.ensure_future(all_in.wait())], return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            doing.result()
        hub, servers = room.megabytes()
        await all_in.wait()
        took = await doing
        await browser.close()
    collected = room.collected()
    lost = []
    for name, answer in answers.items():
        path = room.root / "submitted" / name / UNIT / FILE_NAME
        if not path.is_file() or read_answers(path).of(CASE) != {QUESTION: answer}:
            lost.append(name)
    kinds = {"browsers": took[:browsers], "by wire": took[browsers:]}
    return {
        "learners": learners, "hub up, s": round(room.up, 1),
        **{f"{kind}: {step}, s": {"median": round(statistics.median(times), 1), "last": round(max(times), 1)}
           for kind, found in kinds.items() if found for step in found[0] if (times := [one[step] for one in found])},
        "hub, MB": hub, "servers, MB": {"median": statistics.median(servers), "most": max(servers), "all": sum(servers)},
        "collect": collected, "lost": lost,
    }  # fmt: skip


def main() -> int:
    """Print the figures as one JSON object."""
    learners, browsers = (*map(int, sys.argv[1:3]), *(30, 6)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as place:
        room = Room(Path(place))
        try:
            found = asyncio.run(measured(room, learners, browsers))
        finally:
            seconds = room.stop()
    print(json.dumps({**found, "stop, s": round(seconds, 1)}, indent=1))
    return 1 if found["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
