"""The command `paroleclinic who`: whose pseudonym it is, for whoever teaches the course."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import say, stopping


def who(
    codes: Annotated[list[str], typer.Argument(metavar="PSEUDONYM", help="Such as L-7KQ2MFXA, as a report names it.")],
    folder: Folder = HERE,
) -> None:
    """Say which learner a pseudonym stands for. Only this folder's `.pseudonyms` can tell; nothing is written."""
    from paroleclinic.cohort.places import learners_in
    from paroleclinic.gradebook.book import Book
    from paroleclinic.gradebook.marks import people, there_is_a_gradebook
    from paroleclinic.pseudonyms import FILE_NAME, Pseudonyms

    course = course_at(folder)
    console = Console()

    def stop(why: str, code: int) -> None:
        say(console, why)
        raise typer.Exit(code)

    if not (course.root / FILE_NAME).exists():
        stop(f"There is no {FILE_NAME} here, so no pseudonym was ever made in this folder.", 1)
    names = Pseudonyms(course.root)
    with stopping(stop):
        names.of("")  # says at once when the secret cannot be read
        known = dict.fromkeys(learners_in(course.root), "")
        if there_is_a_gradebook(course.root):
            with Book(course.root) as book:
                known |= {one.id: one.name for one in people(book).values()}
        found = {code: names.whose(code, sorted(known)) for code in codes}
    for code, learners in found.items():
        for learner in learners:
            say(console, f"{names.of(learner)} is {learner}{f', {known[learner]}' if known[learner] else ''}")
        if not learners:
            say(console, f"{code}: nobody in the gradebook or the folders of hand-ins here has this pseudonym.")
        if len(learners) > 1:
            say(console, "By chance they share one pseudonym. Ask for the report with names.")
    raise typer.Exit(0 if all(found.values()) else 1)
