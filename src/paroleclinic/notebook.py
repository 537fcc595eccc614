"""A notebook as the text of its file: no outputs, no counts, the same cells give the same bytes. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence

Cell = dict[str, object]
METADATA: dict[str, object] = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "specta": {"hideTopbar": "Yes"},
}
SLIDES = {"specta": {"defaultLayout": "slides", "hideTopbar": "Yes"}}


def text_of(cells: Sequence[Cell], metadata: Mapping[str, object] | None = None) -> str:
    """The file of a notebook with these cells; `metadata` is laid over the course's own."""
    whole = {"cells": cells, "metadata": {**METADATA, **(metadata or {})}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def markdown(sources: Iterable[str], name: str, metadata: Mapping[str, object] | None = None) -> list[Cell]:
    """Markdown cells, each with an id made of `name` and its number."""
    return [
        {
            "cell_type": "markdown",
            "id": f"{name[-50:].strip('-')}-{number}",
            "metadata": {**(metadata or {})},
            "source": source.strip("\n").splitlines(keepends=True),
        }
        for number, source in enumerate(sources, 1)
    ]


def picture_link(svg: str, says: str) -> str:
    """An SVG picture within Markdown. JupyterLab shows none that is attached to a cell, so it stands in the link itself."""
    return f"![{says}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode('ascii')})"
