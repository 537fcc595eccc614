"""The learner's home: welcome, what to go on with, what is due, the map of the course, handing in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from paroleclinic import sittings
from paroleclinic.content import Glance, Outline
from paroleclinic.drawing import tag
from paroleclinic.edition import Edition
from paroleclinic.law import long_day
from paroleclinic.progress import Progress
from paroleclinic.standing import Step, last_cases

ROLES = {
    "volunteer": "Volunteer",
    "paralegal": "Paralegal",
    "law-student": "Law student",
    "accreditation": "Trainee for accredited representation",
    "instructor": "Instructor",
    "other": "Something else",
}
ON_THIS_COMPUTER = (
    "These are plain text files on this computer. Nothing is sent anywhere. Only you hand something in, with a button."
)
IN_A_ROOM = (
    "These are plain text files on the machine that runs this room, which copies them from time to time against loss. Other learners"
    " cannot open them; whoever runs the room can. Nothing is handed in by itself: only you do that, with a button."
)
TESTS = "Results of the tests"
SEND = "Send it, or put it where your instructor says."
FETCHED = "It stays in your folder, and your instructor takes it in from there: there is nothing to send."


def recorded(*, room: bool) -> str:
    """What is written down about a learner, and where: on their own computer, or in a `room` with a hub."""
    deleted = " A copy made against loss may outlast it for some weeks." if room else ""
    return f"""<details open><summary>What is written down, and where</summary><ul>
<li>What you answer, how sure you were, what you read, and how long a page was in use: in <code>progress.jsonl</code>, in the folder
of this course. Answers to cases and tests: in <code>answers.jsonl</code> beside them.</li>
<li>{IN_A_ROOM if room else ON_THIS_COMPUTER}</li>
<li>On <em>My progress</em> you can take a copy of it all, or delete it.{deleted}</li></ul></details>"""


@dataclass(frozen=True)
class Home:
    """All that the home shows. Today's review has `due` cards and takes `due_minutes`, `later` cards can wait; `units` maps units with saved answers to their titles.

    `begun` are the cases with a saved answer. `below` is the slug of the first heading under it, where the page's own lesson begins. `room` tells whether it is in a room with a hub.
    """

    outline: Outline
    progress: Progress
    steps: Sequence[Step]
    glances: Mapping[str, Glance]
    due: int
    due_minutes: int
    later: int
    units: Mapping[str, str]
    below: str
    skipped: bool = False
    edition: Edition | None = None
    room: bool = False
    begun: Collection[str] = ()

    @property
    def next_step(self) -> Step | None:
        """The first lesson that is not done."""
        return next((step for step in self.steps if not step.done), None)


def first_visit(view: Home) -> str:
    """The welcome. Whoever answered in a case before it finds *Hand in* below."""
    return welcome(view.progress, room=view.room) + (_hand_in(view) if view.units or view.progress.tests else "")


def welcome(progress: Progress, *, room: bool = False) -> str:
    """What is asked on the first visit, which takes a minute."""
    roles = "".join(
        f'<option value="{role}"{" selected" if role == progress.role else ""}>{words}</option>'
        for role, words in ROLES.items()
    )
    name = escape(progress.name, quote=True)
    return f"""<section class="pc-card pc-title" aria-label="Welcome"><h2 id="welcome">Welcome</h2>
<p>One minute, and you can begin. Everything here may be left as it is.</p>
<form data-do="welcome"><label class="pc-field">Your name or initials <input name="name" maxlength="60" autocomplete="off" value="{name}">
<span class="pc-soft">It stands on your record of study and on the file you hand in.</span></label>
<label class="pc-field">What brings you here <select name="role">{roles}</select></label>
<label class="pc-field">Language of the buttons <select name="language"><option value="en">English</option>
<option value="es" disabled>Español (to come)</option></select></label>{recorded(room=room)}
<div class="pc-acts"><button type="submit" class="pc-main">Begin</button></div></form></section>"""


def home(view: Home) -> str:
    """Where to go on, what is due, the map, the last cases, handing in."""
    return f"{_pre_test(view)}{_go_on(view)}{_local(view)}{_map(view)}{_cases(view)}{_hand_in(view)}"


def _pre_test(view: Home) -> str:
    if view.skipped or "pre-test" in view.progress.tests or any(step.done for step in view.steps):
        return ""
    return """<section class="pc-card" aria-label="Pre-test"><h2>First, what do you know already?</h2>
<p>The pre-test takes about 30 minutes. It tells you which lessons to take slowly, and later how much you learned.</p>
<div class="pc-acts"><a class="pc-button pc-main" data-page="pre-test" href="pre-test.ipynb">Take the pre-test</a>
<button type="button" data-do="skip">Skip it</button></div></section>"""


def _go_on(view: Home) -> str:
    progress, step = view.progress, view.next_step
    hello = f"Good to see you, {progress.name.rstrip('.')}." if progress.name else "Good to see you."
    place, words = _where(view)
    how = "lesson" if place.startswith("#") else "page"
    main = "" if _pre_test(view) else " pc-main"
    again = f'<a class="pc-button{main}" data-{how}="{escape(place, quote=True)}" href="#">{escape(words)}</a>'
    left = sum(one.minutes for one in view.steps)
    done = sum(one.done for one in view.steps)
    due = "<strong>Nothing</strong> to review today"
    if view.due:
        wait = f"; {view.later} more can wait" if view.later else ""
        due = f"<strong>{view.due}</strong> to review today, about {view.due_minutes} minute{'s' if view.due_minutes > 1 else ''}{wait}"
    tiles = [
        f'<a data-page="review" href="review.ipynb">{due}</a>',
        f"<span><strong>{done}</strong> of {len(view.steps)} lessons done</span>",
        f"<span><strong>{_time(left)}</strong> of lessons left</span>",
        f"<span><strong>{len(view.begun)}</strong> of {len(view.glances)} cases begun</span>",
    ]
    after = (
        f"<p class='pc-soft'>Next on the map: {escape(step.lesson.title)}, about {step.minutes} minutes.</p>"
        if step
        else ""
    )
    listed = "".join(f"<li>{one}</li>" for one in tiles)
    return f"""<section class="pc-card pc-title" aria-label="Your course"><p class="pc-ask">{escape(hello)}</p>
<div class="pc-acts">{again}</div>{after}<ul class="pc-tiles">{listed}</ul></section>"""


def _local(view: Home) -> str:
    """Whose local edition it is, where to turn here, and what is due when."""
    if view.edition is None:
        return ""
    places = "".join(f"<dt>{what}</dt><dd>{escape(name)}</dd>" for what, name in view.edition.places.listed)
    dues = "".join(
        tag("li", f"{unit.title}: due {long_day(view.edition.deadlines[unit.id])}")
        for unit in view.outline.units
        if unit.id in view.edition.deadlines
    )
    places = f'<h3>Where to turn here</h3><dl class="pc-facts">{places}</dl>' if places else ""
    dues = f"<h3>Due</h3><ul>{dues}</ul>" if dues else ""
    return f"""<section class="pc-card" aria-label="Local edition"><h2>{escape(view.edition.title)}</h2>
{tag("p", view.edition.says, "pc-soft")}{places}{dues}</section>"""


def _where(view: Home) -> tuple[str, str]:
    """Where the learner was: the page's path, and what the button says."""
    lessons = {step.lesson.id: step for step in view.steps[1:]}
    for page in reversed(view.progress.pages):
        unit, _, case = page.partition("/")
        if case in view.glances and case not in view.progress.cases:
            return f"exercises/{unit}/{case}.ipynb", f"Continue where I was: {view.glances[case].title}"
        if page in lessons and not lessons[page].done:
            return page, f"Continue where I was: {lessons[page].lesson.title}"
    step = view.next_step
    if step is None and "post-test" in view.progress.tests:
        return "my-progress", "Every lesson is done: see what you gained"
    if step is None:
        return "post-test", "Every lesson is done: take the post-test"
    if step.lesson.id == view.outline.lessons[0].id:
        return f"#{view.below}", "Go on with this page" if step.begun else "Begin with this page"
    return step.lesson.id, f"Go on with: {step.lesson.title}"


def _map(view: Home) -> str:
    items = [_lesson(view, step) for step in view.steps]
    items += [
        f'<li class="page"><h3><a data-page="{page.id}" href="{page.id}.ipynb">{escape(page.title)}</a>{_taken(view, page.id)}</h3>'
        f"{tag('p', page.question)}</li>"
        for page in view.outline.pages
    ]
    return f'<h2>The map of the course</h2><nav aria-label="Map of the course"><ul class="pc-map">{"".join(items)}</ul></nav>'


def _taken(view: Home, page: str) -> str:
    return ' <span class="pc-badge good">taken</span>' if page in view.progress.tests else ""


def _lesson(view: Home, step: Step) -> str:
    lesson, following = step.lesson, view.next_step
    here = lesson.id == view.outline.lessons[0].id
    if step.done:
        state, tone = "done", "good"
    elif following and following.lesson.id == lesson.id and not here:
        state, tone = "next", "warn"
    else:
        state, tone = ("you are here", "") if here else ("begun", "warn") if step.begun else ("", "")
    badge = f' <span class="pc-badge {tone}">{state}</span>' if state else ""
    width = round(100 * step.right / step.questions) if step.questions else 0
    count = f"{step.right} of {step.questions} answered right · " if step.begun else ""
    left = "" if step.done else f"{step.minutes} minutes{' left' if step.begun else ''}"
    return f"""<li><h3><a data-page="{lesson.id}" href="{lesson.id}.ipynb">{escape(lesson.title)}</a>{badge}</h3>
<p>{escape(lesson.question)}</p><span class="pc-track" aria-hidden="true"><span class="pc-fill" style="width:{width}%"></span></span>
<p class="pc-soft">{count}{left}</p>{_own_cases(view, lesson.id)}</li>"""


def _own_cases(view: Home, lesson: str) -> str:
    links = []
    for unit in view.outline.units:
        for case in unit.cases if unit.lesson == lesson else ():
            glance, seen = view.glances[case], view.progress.cases.get(case)
            mark = f" · {seen.earned:g} of {seen.points:g}" if seen else ""
            links.append(
                f'<li><a data-page="exercises/{unit.id}/{case}.ipynb" href="../exercises/{unit.id}/{case}.ipynb">'
                f"{escape(glance.title)}</a> <span class='pc-soft'><span role='img' aria-label='difficulty {glance.stars} of 3'>"
                f"{'★' * glance.stars}</span> {glance.minutes} minutes{mark}</span></li>"
            )
    if not links:
        return ""
    many = "1 case" if len(links) == 1 else f"{len(links)} cases"
    return f"<details><summary>{many}</summary><ul>{''.join(links)}</ul></details>"


def _cases(view: Home) -> str:
    shown = last_cases(view.progress)
    if not shown:
        return ""
    rows = ""
    for one in shown:
        first = view.progress.first_looks[one.case]
        points = f"{one.earned:g} of {one.points:g}"
        if first.earned != one.earned:
            points = f"{first.earned:g}, later {points}"
        harm = ". Advice in it could hurt a client." if one.harm else ""
        place = escape(f"exercises/{one.unit}/{one.case}.ipynb", quote=True)
        rows += (
            f'<tr><th scope="row"><a data-page="{place}" href="#">{escape(_title(view, one.case))}</a></th>'
            f"<td>{points}{harm}</td><td>{long_day(one.day)}</td></tr>"
        )
    return f"""<section class="pc-card" aria-label="My last cases"><h2>My last cases</h2>
<div class="pc-wide" role="group" aria-label="Table" tabindex="0"><table class="pc-rubric"><thead><tr><th scope="col">Case</th>
<th scope="col">Points</th><th scope="col">Day</th></tr></thead><tbody>{rows}</tbody></table></div></section>"""


def _title(view: Home, case: str) -> str:
    return view.glances[case].title if case in view.glances else case


def _hand_in(view: Home) -> str:
    opening = '<section class="pc-card" aria-label="Hand in" id="hand-in"><h2>Hand in</h2>'
    if not (view.units or view.progress.tests):
        return f"""{opening}<p class="pc-soft">Once you have answered something in a case, you can hand in its unit here: one button makes
one file for your instructor.</p></section>"""
    return f"{opening}{_units(view)}{_tests(view)}{_before(view)}</section>"


def _units(view: Home) -> str:
    if not view.units:
        return ""
    units = "".join(f'<option value="{unit}">{escape(title)}</option>' for unit, title in view.units.items())
    return f"""<p>One button makes one file with your answers of a unit. {FETCHED if view.room else SEND}
You may hand in again: the latest counts, and the earlier is kept.</p>
<form data-do="hand-in"><label class="pc-field">Unit <select name="unit">{units}</select></label>
<label class="pc-field">Your name {_name(view.progress.name)}</label>
<div class="pc-acts"><button type="submit" class="pc-main">Hand in</button></div></form>"""


def _tests(view: Home) -> str:
    return f"<h3>{TESTS}</h3>{_tests_form(view.progress.name, room=view.room)}" if view.progress.tests else ""


def _before(view: Home) -> str:
    titles = {**view.units, sittings.UNIT: TESTS}
    before = "".join(
        f"<li>{escape(titles.get(unit, unit))}: {escape(file)}, receipt code {escape(code)}</li>"
        for unit, files in view.progress.handed_in.items()
        for file, code in files.items()
    )
    return f"<details><summary>Handed in before</summary><ul>{before}</ul></details>" if before else ""


def tests_card(name: str, *, room: bool) -> str:
    """Where the results of the tests are handed in, on a page that is about them. `name` is the learner's."""
    return f"""<section class="pc-card" aria-label="{TESTS}"><h2>{TESTS}</h2>{_tests_form(name, room=room)}</section>"""


def _tests_form(name: str, *, room: bool) -> str:
    return f"""<p>With them your instructor sees what the class gained. One button makes one file with the results of the pre-test and the post-test:
for each question whether your answer was right and how sure you were, the time, and your name. Nothing else of your progress is in it.
{FETCHED if room else SEND} After the second test, hand in again.</p>
<form data-do="hand-in-tests"><label class="pc-field">Your name on the results {_name(name)}</label>
<div class="pc-acts"><button type="submit">Hand in my test results</button></div></form>"""


def _name(name: str) -> str:
    return f'<input name="name" maxlength="60" autocomplete="off" value="{escape(name, quote=True)}">'


def receipt(
    file: str, folder: str, code: str, holds: str, *, desktop: bool, room: bool = False, open_ends: Sequence[str] = ()
) -> str:
    """What is shown once a hand-in is on disk; `holds` says what is in it, `open_ends` what a learner may want to look at once more."""
    show = '<button type="button" data-do="open-folder">Open its folder</button>' if desktop else ""
    quoted = escape(f"{folder}/{file}", quote=True)
    return f"""<section class="pc-verdict right" aria-label="Receipt" id="receipt" tabindex="-1" data-stay><p class="pc-says">Handed in</p>
<p>The file <strong>{escape(file)}</strong> is in the folder <strong>{escape(folder)}</strong> of the course. It holds {escape(holds)}. {FETCHED if room else SEND}</p>
<p>Receipt code: <strong class="pc-figure">{code}</strong> Keep it: it proves what you handed in.</p>
{_open_ends(open_ends)}<div class="pc-acts"><a class="pc-button" data-page="{quoted}" data-base="files/" href="#" download>Download a copy</a>{show}</div></section>"""


def _open_ends(lines: Sequence[str]) -> str:
    if not lines:
        return ""
    listed = "".join(tag("li", line) for line in lines)
    return f"<p><strong>Look once more.</strong> You may go on, and hand in again.</p><ul>{listed}</ul>"


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"
