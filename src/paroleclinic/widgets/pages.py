"""The controls around the text of a page: its card with the words of the glossary, and pieces to filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

from paroleclinic.drawing import style
from paroleclinic.lines import NotSaved
from paroleclinic.reading import Problems
from paroleclinic.widgets.place import diary, noted, script

Heard = Mapping[str, Any]


class TitleCard(anywidget.AnyWidget):
    """The card at the top of a page; it opens the meaning of each term at its first use on the page."""

    _esm = script("common.js", "page.js")
    _css = style()
    html = traitlets.Unicode("").tag(sync=True)
    terms = traitlets.List().tag(sync=True)

    def __init__(self, page: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._page = page
        self.on_msg(self._on_message)

    def _on_message(self, _: object, message: object, __: object) -> None:
        if not isinstance(message, dict):
            return
        why, value = "", message.get("value")
        if message.get("do") == "worked":
            why = noted("worked", page=self._page, seconds=value)
        elif message.get("do") == "opened":
            why = noted("opened", page=self._page)
        elif message.get("do") == "read" and str(value) not in diary().progress().read.get(self._page, ()):
            why = noted("read", page=self._page, section=str(value))
        if why:
            self.send({"trouble": why})


class Panel(anywidget.AnyWidget):
    """A piece of a page that Python draws and redraws. `hear(message)` answers each message of the page.

    The answer may hold `html`, the new drawing; `focus`, a selector; `say`, words for a screen reader; `trouble`; `print`, a page.
    """

    _esm = script("common.js", "forms.js", "panel.js")
    _css = style()
    html = traitlets.Unicode("").tag(sync=True)
    fresh = traitlets.Bool(False).tag(sync=True)  # drawn anew when the learner comes back to it
    timed = traitlets.Bool(False).tag(sync=True)  # tells how long it was used

    def __init__(self, hear: Callable[[Heard], dict[str, object]], page: str = "", **kwargs: Any) -> None:
        super().__init__(timed=bool(page), **kwargs)
        self._hear, self._page = hear, page
        self.on_msg(self._on_message)

    def _on_message(self, _: object, message: object, __: object) -> None:
        if not isinstance(message, dict):
            return
        if message.get("do") == "worked":
            noted("worked", page=self._page, seconds=message.get("value"))
            return
        try:
            answer = self._hear(message)
        except NotSaved as error:
            answer = {"trouble": f"Not saved: {error}."}
        except (Problems, LookupError, OSError, ValueError) as error:
            answer = {"trouble": f"This cannot be shown. Reload the page; if it comes again, tell its author: {error}"}
        if isinstance(answer.get("html"), str):
            self.html = answer["html"]  # so that a page that is shown anew shows this
        self.send({**answer, "n": message.get("n")})


class Sift(anywidget.AnyWidget):
    """Pieces that filters and a search narrow down; `what` is the selector of the pieces that are counted."""

    _esm = script("common.js", "sift.js")
    _css = style()
    html = traitlets.Unicode("").tag(sync=True)
    css = traitlets.Unicode(style()).tag(sync=True)
    what = traitlets.Unicode("").tag(sync=True)
    filters = traitlets.List().tag(sync=True)
    search = traitlets.Bool(True).tag(sync=True)
    print = traitlets.Bool(False).tag(sync=True)
