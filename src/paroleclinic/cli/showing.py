"""What others wrote, such as a folder's name, made fit for a line of a terminal; and how long work ends before its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from paroleclinic.realdata import named
from paroleclinic.wording import count, shown, some

__all__ = ["count", "no_access", "real_looking", "say", "shown", "some", "stopping"]

BY_CTRL_C = 130
IF_REAL = (
    "If it is real, ask the learner to take it out and hand in again. How to remove the earlier one: docs/privacy.md"
)


def no_access(error: OSError) -> str:
    """What the system refused, and where."""
    where = error.filename if isinstance(error.filename, str) else "the course's files"
    return f"{where} could not be read or written ({error.strerror or error})"


def say(console: Console, text: str) -> None:
    """Print plain text; names in it cannot move the cursor or colour anything."""
    console.print(Text("\n".join(map(shown, text.split("\n")))), soft_wrap=True)


def real_looking(learner: str, case: str, some: Iterable[str]) -> str:
    """That a memo seems to hold something real: whose, which case and what kind of thing, never the thing itself."""
    return f"{learner}, {case}: the memo holds what looks like {named(some)}"


@contextmanager
def stopping(stop: Callable[[str, int], None]) -> Iterator[None]:
    """Tell `stop`, in one sentence and with the command's exit code, what ended work on a gradebook before its end."""
    from paroleclinic.cohort.plans import NotReady
    from paroleclinic.cohort.workers import NoCluster
    from paroleclinic.gradebook.book import Busy
    from paroleclinic.holding import Stopped

    try:
        yield
    except KeyboardInterrupt:
        stop("Stopped. What was done is saved; run the same command again to go on.", BY_CTRL_C)
    except NoCluster as error:
        stop(f"{error}.", 2)
    except (NotReady, Stopped, Busy) as error:
        stop(f"Stopped: {error}.", 1)
    except OSError as error:
        stop(f"Stopped: {no_access(error)}.", 1)
