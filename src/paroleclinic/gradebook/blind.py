"""Formgrader's lists without names: pages and what they load hold pseudonyms until somebody presses *Show names*.

nbgrader has no setting for this, so three methods of its handlers are wrapped. Its addresses take pseudonyms and ids alike.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from paroleclinic.filing import SUBMITTED
from paroleclinic.pseudonyms import Pseudonyms

THEIRS = "nbgrader.server_extensions.formgrader"
SHOWN = "shown"  # what cookie or question say when names are wanted
COOKIE, QUESTION = "paroleclinic-names", "names"
CODE = re.compile(r"L-[A-Z2-7]{8}")
HIDDEN = "hidden"
PEOPLE = "manage_students.tpl"
LISTS = {  # page with learners on it -> what of it makes no sense without names
    "manage_submissions.tpl": "",
    "gradebook_notebook_submissions.tpl": "#toggle_names,.reveal span",
    PEOPLE: ".edit a,#main-table+tfoot",
    "manage_students_assignments.tpl": "",
    "manage_students_notebook_submissions.tpl": "",
}
NOTICE = """<p class="alert alert-info" id="names">%s
<button type="button" class="btn btn-default btn-sm" onclick="document.cookie='%s; path='+base_url+'/formgrader; SameSite=Strict';location.reload()">%s</button></p>
<style>%s</style>
"""


def hide_names() -> None:
    """From now on formgrader in this process hides names; nothing where no formgrader is loaded."""
    base = sys.modules.get(f"{THEIRS}.base")
    if base is None or hasattr(base.BaseHandler, "hides_names"):
        return
    prepare, render, write = base.BaseHandler.prepare, base.BaseHandler.render, base.BaseApiHandler.write

    async def prepared(self: Any) -> None:
        await prepare(self)
        self.path_args = [_real(self, one) for one in self.path_args]

    def rendered(self: Any, name: str, **about: Any) -> str:
        if name not in LISTS:
            return str(render(self, name, **about))
        hidden = _hidden(self)
        if hidden and "student_id" in about:
            about["student_id"] = Pseudonyms(Path(self.coursedir.root)).of(about["student_id"])
        return noticed(render(self, name, **about), name, hidden=hidden)

    def written(self: Any, chunk: Any) -> None:
        write(self, _told(self, chunk) if isinstance(chunk, str) and _hidden(self) else chunk)

    base.BaseHandler.prepare, base.BaseHandler.render, base.BaseApiHandler.write = prepared, rendered, written
    base.BaseHandler.hides_names = True


def noticed(page: str, name: str, *, hidden: bool) -> str:
    """A page of nbgrader's with a line above its table that says how names stand, and a button."""
    says = "Names are hidden." if hidden else "Names are shown on these pages."
    says += " Show them to change or add somebody." if hidden and name == PEOPLE else ""
    cookie = f"{COOKIE}={SHOWN}" if hidden else f"{COOKIE}=; max-age=0"
    style = f"{LISTS[name]}{{display:none}}" if hidden and LISTS[name] else ""
    notice = NOTICE % (says, cookie, "Show names" if hidden else "Hide names", style)
    return page.replace('<table class="table', f'{notice}<table class="table', 1)


def blind(found: Any, code: Callable[[str], str], *, people: bool = False) -> Any:
    """What formgrader's interface answers, with a pseudonym in the place of each id and name; `people` have their own id."""
    if isinstance(found, list):
        return [blind(one, code, people=people) for one in found]
    whose = "id" if people else "student"
    if not isinstance(found, dict) or not isinstance(found.get(whose), str):
        return found
    name = code(found[whose])
    names = {"last_name": name, "first_name": HIDDEN, "email": HIDDEN, "lms_user_id": None}
    return found | {whose: name} | {key: says for key, says in names.items() if key in found}


def without_ids(text: str, learners: Iterable[str], code: Callable[[str], str]) -> str:
    """A log of nbgrader's with pseudonyms in the place of ids."""
    ids = sorted(learners, key=len, reverse=True)
    if not ids:
        return text
    return re.sub(rf"(?<![\w-])(?:{'|'.join(map(re.escape, ids))})(?![\w-])", lambda found: code(found[0]), text)


def _told(handler: Any, chunk: str) -> str:
    try:
        found = json.loads(chunk)
    except ValueError:
        return chunk
    code = Pseudonyms(Path(handler.coursedir.root)).of
    if isinstance(found, dict) and "success" in found:
        learners = _learners(handler)
        texts = {key: without_ids(said, learners, code) for key, said in found.items() if isinstance(said, str)}
        return json.dumps(found | texts)
    kind = type(handler).__name__
    found = blind(found, code, people=kind in ("StudentHandler", "StudentCollectionHandler"))
    if kind in ("SubmissionCollectionHandler", "StudentCollectionHandler"):  # they come in the order of names
        found.sort(key=lambda one: one.get("student", one.get("id")))
    return json.dumps(found)


def _hidden(handler: Any) -> bool:
    return SHOWN not in (handler.get_cookie(COOKIE), handler.get_query_argument(QUESTION, ""))


def _real(handler: Any, part: str | None) -> str | None:
    """A part of an address, the id in the place of a pseudonym."""
    from tornado.web import HTTPError

    if not part or not CODE.fullmatch(part):
        return part
    learners = _learners(handler)
    found = [part] if part in learners else Pseudonyms(Path(handler.coursedir.root)).whose(part, learners)
    if len(found) > 1:
        raise HTTPError(409, reason="Two learners share this pseudonym: show names")
    if found and found[0] != part and handler.request.method == "PUT":
        raise HTTPError(403, reason="Names are hidden: show them before you change them")
    return found[0] if found else part


def _learners(handler: Any) -> list[str]:
    place = Path(handler.coursedir.root) / SUBMITTED
    there = {one.name for one in place.iterdir() if one.is_dir()} if place.is_dir() else set()
    return sorted(there | {one.id for one in handler.gradebook.students})
