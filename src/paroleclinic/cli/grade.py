"""The command `paroleclinic grade`: everybody's hand-ins of some units, in one pass."""

from __future__ import annotations

import json
import os
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from paroleclinic.cli.folder import HERE, Folder, course_at, units_of
from paroleclinic.cli.showing import IF_REAL, real_looking, say, shown, stopping

if TYPE_CHECKING:
    from paroleclinic.cohort.run import Outcome
    from paroleclinic.cohort.workers import Workers

FEW = 60  # hand-ins that one process grades sooner than a pool would start
NEXT = "Next: mark the memos (JupyterLab, menu Nbgrader, Formgrader), then `paroleclinic feedback`."
NOTHING = "Nothing was handed in yet. `paroleclinic collect` puts hand-ins where they are graded."


def grade(
    units: Annotated[
        list[str] | None, typer.Argument(help="Units to grade; all that were handed in, if none is named.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Grade again what has not changed, too.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what went wrong.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object instead of words.")] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes on this machine; one a core, if not given.")
    ] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers mark.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Mark with a Dask cluster of so many workers on this machine.")
    ] = None,
    folder: Folder = HERE,
) -> None:
    """Grade what was handed in and is not graded yet. Nothing that was handed in is run; every score goes into nbgrader's gradebook."""
    from paroleclinic.cohort.places import handed_in
    from paroleclinic.cohort.plans import ready
    from paroleclinic.cohort.run import grade_unit
    from paroleclinic.gradebook.book import Book
    from paroleclinic.holding import alone

    course = course_at(folder)
    there = {unit: handed_in(course.root, unit) for unit in units_of(course, units)}
    console = Console(stderr=True)
    tally = Tally()
    start = time.monotonic()
    with (
        stopping(tally.stop),
        _hands(sum(map(len, there.values())), jobs or os.cpu_count() or 1, scheduler, workers) as hands,
        alone(course.root, "grade"),
        Book(course.root) as book,
        bar_of(console, quiet or as_json) as bar,
    ):
        for unit, learners in there.items():
            if not learners:
                continue
            task = bar.add_task(unit, total=len(learners))
            prepared = ready(course, book, unit)
            for one in grade_unit(course.root, book, prepared, hands, everything=everything):
                tally.add(one)
                bar.advance(task)
            graded = book.graded(unit).values()
            if any(key != prepared.keys.get(case) for cases in graded for case, (_, key) in cases.items()):
                tally.earlier.append(unit)
    tally.seconds = time.monotonic() - start
    if as_json:
        print(json.dumps(tally.report()))
    else:
        tally.show(console, quiet=quiet, anything=any(there.values()))
    raise typer.Exit(tally.code)


@dataclass
class Tally:
    """What a run did, as it goes, and how it is told."""

    count: dict[str, int] = field(default_factory=lambda: {"graded": 0, "unchanged": 0, "could not grade": 0})
    bad: list[Outcome] = field(default_factory=list)
    passed_over: list[Outcome] = field(default_factory=list)
    real: list[Outcome] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)
    stopped: str = ""
    code: int = 0
    seconds: float = 0.0

    def add(self, one: Outcome) -> None:
        """Count what became of a hand-in."""
        self.count[one.state] += 1
        if one.state == "could not grade":
            self.bad.append(one)
            self.code = 1
        elif one.passed_over:
            self.passed_over.append(one)
        if one.real:
            self.real.append(one)

    def stop(self, why: str, code: int) -> None:
        """Note that the run ended before its end."""
        self.stopped, self.code = why, code

    def report(self) -> dict[str, object]:
        """For a program to read."""
        return {
            **{state.replace(" ", "_"): number for state, number in self.count.items()},
            "problems": [{"learner": one.learner, "unit": one.unit, "why": one.why} for one in self.bad],
            "lines_passed_over": [
                {"learner": one.learner, "unit": one.unit, "lines": one.passed_over} for one in self.passed_over
            ],
            "real_looking": [
                {"learner": one.learner, "unit": one.unit, "case": case, "kinds": list(some)}
                for one in self.real
                for case, some in one.real.items()
            ],
            "keys_changed_since": self.earlier,
            "seconds": round(self.seconds, 3),
            "stopped": self.stopped or None,
        }

    def show(self, console: Console, *, quiet: bool, anything: bool) -> None:
        """For a person to read."""
        for one in self.bad:
            says = f" {shown(one.learner)}, {one.unit}: {shown(one.why)}"
            console.print(Text.assemble(("could not grade", "bold"), says), soft_wrap=True)
        for one in self.real:
            for case, some in one.real.items():
                say(console, real_looking(one.learner, case, some))
        if self.real:
            say(console, IF_REAL)
        if not quiet:
            for one in self.passed_over:
                lines = "1 line" if one.passed_over == 1 else f"{one.passed_over} lines"
                say(console, f"{one.learner}, {one.unit}: {lines} passed over; the feedback names them")
            for unit in self.earlier:
                say(console, f"{unit}: the keys changed since some were graded; see `paroleclinic regrade {unit}`")
            words = ", ".join(f"{number:,} {state}" for state, number in self.count.items())
            say(console, f"{words}, in {self.seconds:.1f} s." if anything else NOTHING)
            if self.count["graded"] and not self.stopped:
                say(console, NEXT)
        if self.stopped:
            say(console, self.stopped)


def _hands(number: int, jobs: int, scheduler: str | None, workers: int | None) -> AbstractContextManager[Workers]:
    from paroleclinic.cohort.workers import Here, Pool, cluster

    if scheduler or workers:
        return cluster(scheduler, workers)
    return nullcontext(Here() if jobs == 1 or number < FEW else Pool(jobs))


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} a second" if task.speed else "")


def bar_of(console: Console, hidden: bool) -> Progress:
    """A progress bar that counts hand-ins."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=hidden, transient=True)
