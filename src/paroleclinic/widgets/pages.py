"""The controls around the text of a page: its card with the words of the glossary, and pieces to filter."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

from paroleclinic.drawing import style

HERE = Path(__file__).parent


class TitleCard(anywidget.AnyWidget):
    """The card at the top of a page; it opens the meaning of each term at its first use on the page."""

    _esm = (HERE / "page.js").read_text(encoding="utf-8")
    _css = style()
    html = traitlets.Unicode("").tag(sync=True)
    terms = traitlets.List().tag(sync=True)


class Sift(anywidget.AnyWidget):
    """Pieces that filters and a search narrow down; `what` is the selector of the pieces that are counted."""

    _esm = (HERE / "sift.js").read_text(encoding="utf-8")
    _css = style()
    html = traitlets.Unicode("").tag(sync=True)
    css = traitlets.Unicode(style()).tag(sync=True)
    what = traitlets.Unicode("").tag(sync=True)
    filters = traitlets.List().tag(sync=True)
    search = traitlets.Bool(True).tag(sync=True)
    print = traitlets.Bool(False).tag(sync=True)
