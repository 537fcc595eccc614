"""What every command on memos opens first: the gradebook, which must be there, and cases and comments, which must be readable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console

from paroleclinic.cli.folder import course_at
from paroleclinic.cli.showing import stopping
from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.reading import Problems

if TYPE_CHECKING:
    from paroleclinic.gradebook.book import Book


@contextmanager
def gradebook(folder: Path, writing: str = "") -> Iterator[tuple[Console, Course, Book]]:
    """A console, the course, and its gradebook, which must be there; held for the command that is `writing`."""
    from paroleclinic.gradebook.book import Book
    from paroleclinic.gradebook.marks import there_is_a_gradebook
    from paroleclinic.holding import alone

    course = course_at(folder)
    console = Console()
    with stopping(end):
        if not there_is_a_gradebook(course.root):
            end("There is no gradebook yet. `paroleclinic grade` makes one.", 1)
        with alone(course.root, writing) if writing else nullcontext(), Book(course.root) as book:
            yield console, course, book


@contextmanager
def content() -> Iterator[None]:
    """Says in a sentence what is wrong with a case or a file of comments."""
    try:
        yield
    except NoSuchEntry as error:
        end(str(error))
    except Problems as error:
        end(f"{error}\n`paroleclinic check` tells the rest.", 1)


def end(says: str, code: int = 2) -> NoReturn:
    typer.echo(says, err=True)
    raise typer.Exit(code)
