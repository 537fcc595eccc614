"""YAML in; typed entries out, or every problem with its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError, MaxDepthExceededError
from ruamel.yaml.constructor import ConstructorError, DuplicateKeyError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner, ScannerError

from paroleclinic import wording

DEEPEST = 40  # keys and lists within one another
TOO_DEEP = f"more than {DEEPEST} lists and keys within one another"
LONGEST = 380  # characters of what is said about one problem


class Entry(BaseModel):
    """A frozen, strict piece of content: unknown keys and wrong types are refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


T = TypeVar("T")
E = TypeVar("E", bound=Entry)
Several = Annotated[tuple[T, ...], BeforeValidator(_tuple)]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with the content: where, what, and what to do."""

    path: str
    line: int
    says: str
    fix: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}  {self.says}" + (f"\n    fix: {self.fix}" if self.fix else "")


class Problems(Exception):
    """Everything that was wrong, together."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


FIXES = {
    "missing": "add this key",
    "extra_forbidden": "remove the key, or correct its spelling",
    "string_type": "put the value in quotation marks",
    "date_type": "write the day as YYYY-MM-DD, without quotation marks",
    "date_from_datetime_parsing": "write the day as YYYY-MM-DD, without quotation marks",
    "union_tag_invalid": "use one of the kinds named",
    "union_tag_not_found": "add the key `kind`",
    "bool_type": "write true or false",
}


def read(path: Path, model: type[E], shown: str | None = None) -> E:
    """The one entry in the file at `path`.

    `shown` is the path as an author would write it. Raises Problems, with every problem of the file at once.
    """
    shown = shown or str(path)
    text = _text(path, shown)
    data = _data(text, shown)
    if not isinstance(data, dict):
        raise Problems([Problem(shown, 1, "the file holds no keys", "write `key: value` lines")])
    try:
        return model.model_validate(data)
    except ValidationError as error:
        line_of = _lines(text)
        found = {_problem(shown, line_of, detail) for detail in error.errors(include_url=False)}
        raise Problems(found) from None


def line_of(path: Path, *keys: str | int) -> int:
    """The line of the value under `keys` in the file at `path`; 0 when it cannot be found."""
    try:
        return _lines(path.read_text(encoding="utf-8"))(keys)
    except (OSError, UnicodeDecodeError, YAMLError):
        return 0


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Problems([Problem(shown, line, "the file is not UTF-8 text", "save it as UTF-8")]) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Problems([Problem(shown, 0, f"the file cannot be read: {reason}")]) from None


class _Scanner(Scanner):
    """Refuses brackets within brackets without end, which ruamel is ever slower to look through."""

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:
        if len(self.flow_context) >= DEEPEST:
            raise ScannerError(None, None, TOO_DEEP, self.reader.get_mark())
        super().fetch_flow_collection_start(TokenClass, to_push)


class _Composer(Composer):
    """Refuses anchors and aliases: with a few lines of them a file grows without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise ComposerError(None, None, "an anchor or alias (& or *)", event.start_mark)
        return super().compose_node(parent, index)


class _Constructor(SafeConstructor):
    """Gives every value that makes no sense its line; the ways to fail are many, such as 2026-02-30 or `!!int x`."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except YAMLError:
            raise
        except Exception as error:
            raise ConstructorError(None, None, str(error), node.start_mark) from None


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner, yaml.Composer, yaml.Constructor, yaml.max_depth = _Scanner, _Composer, _Constructor, DEEPEST
    return yaml


def _data(text: str, shown: str) -> Any:
    try:
        return _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        says, fix = f"not valid YAML: {error.problem}", "indent with spaces and quote text that holds a colon"
        if isinstance(error, DuplicateKeyError):
            says, fix = str(error.problem), "keep one of the two"
        elif isinstance(error, ComposerError) and "anchor" in says:
            fix = "write the text itself, in quotation marks when it begins with & or *"
        elif isinstance(error, MaxDepthExceededError):
            says = f"not valid YAML: {TOO_DEEP}"
        elif isinstance(error, ConstructorError):
            fix = "correct the value"
        elif "\\t" in says:
            says, fix = "a tab stands where YAML wants spaces", "replace the tab with spaces"
        raise Problems([Problem(shown, line, _one_line(says), fix)]) from None
    except Exception as error:  # beyond its own errors, ruamel fails on strange text in many ways
        line = text[: error.position].count("\n") + 1 if isinstance(error, ReaderError) else 1
        says = _one_line(f"not valid YAML: {str(error).partition(chr(10))[0] or type(error).__name__}")
        raise Problems([Problem(shown, line, says, "correct the value")]) from None


def _one_line(text: str) -> str:
    """The text as a report shows it: not endless, and with signs that cannot be printed spelled out."""
    spelled = wording.shown(text[: LONGEST + 1])
    return spelled if len(spelled) <= LONGEST else f"{spelled[:LONGEST]} …"


def _lines(text: str) -> Callable[[Iterable[str | int]], int]:
    root = _yaml().compose(text)

    def line(location: Iterable[str | int]) -> int:
        node: Node | None = root
        last = 1
        for step in location:
            inner = _inside(node, step)
            if inner is None:
                continue  # a union's tag, or a key that is missing
            node, last = inner
        return last

    return line


def _inside(node: Node | None, step: str | int) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    return None


def _problem(shown: str, line_of: Callable[[Iterable[str | int]], int], detail: Any) -> Problem:
    place = ".".join(str(step) for step in detail["loc"]) or "the entry"
    message = detail["msg"].removeprefix("Value error, ")
    fix = FIXES.get(detail["type"], "")
    return Problem(shown, line_of(detail["loc"]), _one_line(f"{place}: {message}"), fix)
