"""Ask the room: the instructor's page in a notebook."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import anywidget
import traitlets

from paroleclinic import whole
from paroleclinic.drawing import style
from paroleclinic.poll.link import found
from paroleclinic.poll.page import css
from paroleclinic.poll.stage import Stage
from paroleclinic.reading import Problems
from paroleclinic.widgets.place import here, now, script

SESSION = "reports/poll/session.json"  # from the course's root: counts only


class PollRoom(anywidget.AnyWidget):
    """A question large on the screen; `stage` answers each click. Redrawn as Python says, cards counted in the page."""

    _esm = script("common.js", "poll.js")
    _css = style() + css()
    html = traitlets.Unicode("").tag(sync=True)

    def __init__(self, stage: Stage, **kwargs: Any) -> None:
        super().__init__(html=stage.page(), **kwargs)
        self._stage = stage
        self.on_msg(self._on_message)

    def _on_message(self, _: object, message: object, __: object) -> None:
        if not isinstance(message, dict):
            return
        try:
            answer = self._stage.hear(message)
        except (Problems, LookupError, OSError, ValueError) as error:
            answer = {
                "trouble": f"This could not be done. Reload the page; if it comes again, tell its author: {error}"
            }
        if isinstance(answer.get("html"), str):
            self.html = answer["html"]  # so that a page that is shown anew shows this
        self.send({**answer, "n": message.get("n")})


def ask_the_room() -> PollRoom:
    """Choose a question, show it large, count cards or votes from people's own screens, explain."""
    course = here()
    path = course.root / SESSION

    def keep(kept: str) -> None:
        with suppress(OSError):  # then a page that is loaded anew begins anew
            whole.write(path, kept, private=True)

    stage = Stage(course, lambda: found(course.root), now, keep)
    with suppress(OSError, UnicodeDecodeError):
        stage.take_up(path.read_text(encoding="utf-8"))
    return PollRoom(stage)
