"""What a look at a file's text tells, a hundred times faster than reading its YAML or running its cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path


def markdown_of(notebook: Path) -> str:
    """The text of a notebook's Markdown cells; empty when there is no such notebook."""
    if not notebook.is_file():
        return ""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def sections(notebook: Path) -> dict[str, str]:
    """The slug of each heading, as `reread` names it -> the heading."""
    return {_slug(found): found for found in re.findall(r"^#{2,3} (.+)$", markdown_of(notebook), flags=re.M)}


def first_heading(notebook: Path) -> str:
    """The slug of the first section; empty when there is none."""
    found = re.search(r'"## ([^"\\]+)', _raw(notebook))
    return _slug(found.group(1)) if found else ""


def quizzed(notebook: Path) -> list[str]:
    """The questions that a notebook asks, in its order."""
    calls = re.findall(r"quiz\((.*?)\)", _raw(notebook))
    return [name for call in calls for name in re.findall(r'\\"([a-z0-9-]+)\\"', call)]


def names_of_term(path: Path) -> list[str]:
    """The names under which a term of the glossary is spoken of."""
    head = path.read_text(encoding="utf-8").partition("\nsays:")[0]
    names = re.findall(r"^(?:term: |also: \[|  - )(.+?)\]?$", head, flags=re.M)
    return [name.strip(" \"'") for line in names for name in line.split(",")]


def spoken_of(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Those whose names (id -> names) stand in the text; an acronym only in capitals, as the page marks them."""
    lower = text.lower()
    return [
        one for one, known in names.items() if any(name.lower() in lower and _stands_in(name, text) for name in known)
    ]


def _raw(notebook: Path) -> str:
    return notebook.read_text(encoding="utf-8") if notebook.is_file() else ""


def _slug(heading: str) -> str:
    return re.sub(r"\s+", "-", re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip())


def _stands_in(name: str, text: str) -> bool:
    flags = re.NOFLAG if name == name.upper() else re.IGNORECASE
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, flags) is not None
