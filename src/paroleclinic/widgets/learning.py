"""My progress: how sure and how right, what is remembered, what was gained, the record of study, the learner's own data."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.drawing.home import recorded, tests_card
from paroleclinic.drawing.learner import calibration_card, memory_card, sure_and_wrong_card
from paroleclinic.drawing.recordpage import NOT_AN_ACCREDITATION, record_page
from paroleclinic.lines import NotSaved
from paroleclinic.progress import FILE_NAME, Progress
from paroleclinic.record import Record, record
from paroleclinic.review import recall
from paroleclinic.standing import calibration, counted, counting, hours, sure_and_wrong
from paroleclinic.widgets.form import gained
from paroleclinic.widgets.handing import tests_handed_in
from paroleclinic.widgets.pages import Heard, Panel
from paroleclinic.widgets.place import diary, here, in_a_room, now, today

DAYS_AHEAD = 7
RECORD_NAME = "record-of-study-{}.html"
COPY_NAME = "progress-copy-{}.jsonl"


def my_progress() -> Panel:
    """All that the course can tell a learner about their learning; drawn anew when the learner comes back to it."""
    course = here()

    def hear(message: Heard) -> dict[str, object]:
        do = message.get("do")
        if do == "print-record":
            return {"print": record_page(record_of(course, diary().progress()))}
        if do == "keep-record":
            text = record_page(record_of(course, diary().progress()))
            path = _free(course.root, RECORD_NAME)
            _write(lambda: path.write_text(text, encoding="utf-8", newline="\n"))
            return {"html": page(course) + _kept(path.name, "Your record of study"), "focus": "#kept"}
        if do == "copy":
            if not diary().path.is_file():
                return {"trouble": "There is nothing to copy yet."}
            path = _free(course.root, COPY_NAME)
            _write(lambda: shutil.copyfile(diary().path, path))
            return {"html": page(course) + _kept(path.name, "A copy of your progress"), "focus": "#kept"}
        if do == "hand-in-tests":
            done = tests_handed_in(course, message.get("given") or {}, desktop=False)
            if not done.receipt:
                return {"trouble": done.trouble}
            return {"html": page(course) + done.receipt, "focus": "#receipt", "say": done.say, "trouble": done.trouble}
        if do == "delete":
            _write(lambda: diary().path.unlink(missing_ok=True))
            return {"html": page(course), "say": "Your progress is deleted.", "focus": "section"}
        return {"html": page(course)}

    return Panel(hear, html=page(course), fresh=True)


def record_of(course: Course, progress: Progress) -> Record:
    """The record of study as it stands now."""
    return record(
        course.outline, progress, course.questions_by_lesson, _titles(course, progress), now(), version("paroleclinic")
    )


def page(course: Course) -> str:
    """The whole page as it stands now."""
    progress, day = diary().progress(), today()
    parts = [
        calibration_card(calibration(progress)),
        sure_and_wrong_card(_prompts(course, progress)),
        memory_card(_remembered(course, progress, day), _coming(progress, day), day),
        gained(course, progress) or _no_gain(progress),
        tests_card(progress.name, room=in_a_room()) if progress.tests else "",
        _record(progress),
        _own(),
    ]
    return "".join(parts)


def _free(folder: Path, name: str) -> Path:
    """A name with today's date in it that no file bears yet."""
    names = [today().isoformat(), *(f"{today()}-{number}" for number in range(2, 1000))]
    return next(path for path in (folder / name.format(one) for one in names) if not path.exists())


def _write(act: Callable[[], object]) -> None:
    try:
        act()
    except OSError as error:
        raise NotSaved(error.strerror or type(error).__name__) from error


def _prompts(course: Course, progress: Progress) -> list[tuple[str, str, str]]:
    found = []
    for one in sure_and_wrong(progress)[:10]:
        try:
            lesson = course.lesson(course.lesson_of(one.question))
            found.append((course.question(one.question).prompt.strip(), lesson.id, lesson.title))
        except NoSuchEntry:  # it has left the course since
            continue
    return found


def _remembered(course: Course, progress: Progress, day: date) -> list[tuple[str, list[float]]]:
    chances: dict[str, list[float]] = {lesson.title: [] for lesson in course.outline.lessons}
    titles = {lesson.id: lesson.title for lesson in course.outline.lessons}
    words = []
    for card, memory in progress.memory.items():
        what, _, name = card.partition(":")
        chance = recall(memory, day)
        if what == "term":
            words.append(chance)
        elif course.lesson_of(name):
            chances[titles[course.lesson_of(name)]].append(chance)
    return [*chances.items(), ("Words of the glossary", words)]


def _coming(progress: Progress, day: date) -> Mapping[date, int]:
    due = Counter(max(memory.due, day) for memory in progress.memory.values())
    return {one: due[one] for one in (day + timedelta(days) for days in range(DAYS_AHEAD))}


def _titles(course: Course, progress: Progress) -> dict[str, str]:
    found = {
        case: course.glance(case).title for case in {*progress.cases, *progress.met} if case in course.scenario_paths
    }
    return found | {
        name: course.consultation(name).title for name in progress.consulted if name in course.consultation_paths
    }


def _no_gain(progress: Progress) -> str:
    before = counting(progress.tests.get("pre-test", []))
    if before:
        share = counted(before)
        return f"""<section class="pc-card" aria-label="What you gained"><h2>What you gained</h2><p>In the pre-test you had {share.right} of
{share.of} right. Take the <a data-page="post-test" href="post-test.ipynb">post-test</a> after the lessons; the difference will stand here.</p></section>"""
    return """<section class="pc-card" aria-label="What you gained"><h2>What you gained</h2><p>Take the
<a data-page="pre-test" href="pre-test.ipynb">pre-test</a> before the lessons and the <a data-page="post-test" href="post-test.ipynb">post-test</a>
after them; the difference stands here, with how much of it may be chance.</p></section>"""


def _record(progress: Progress) -> str:
    return f"""<section class="pc-card" aria-label="Record of study"><h2>Record of study</h2><p>A page with the topics, your active time
({hours(progress):.1f} hours so far), your results, the version of the course and the day of the law, and a checksum. {NOT_AN_ACCREDITATION}</p>
<div class="pc-acts"><button type="button" class="pc-main" data-do="print-record">Print it, or save it as PDF</button>
<button type="button" data-do="keep-record">Keep it as a file</button></div></section>"""


def _own() -> str:
    return f"""<section class="pc-card" aria-label="Your data"><h2>Your data</h2>{recorded(room=in_a_room())}
<div class="pc-acts"><button type="button" data-do="copy">Take a copy</button><button type="button" data-do="delete"
data-confirm="Delete all of your progress in this course? Answers to cases stay. This cannot be undone; take a copy first.">Delete my progress</button></div>
<p class="pc-soft">The file is <code>{FILE_NAME}</code> in the folder of the course.</p></section>"""


def _kept(name: str, what: str) -> str:
    return f"""<section class="pc-verdict right" id="kept" tabindex="-1" aria-label="Kept" data-stay><p>{what} is in the folder of the course: <strong>{name}</strong></p>
<div class="pc-acts"><a class="pc-button" data-page="/{name}" data-base="files" href="#" download>Download it</a></div></section>"""
