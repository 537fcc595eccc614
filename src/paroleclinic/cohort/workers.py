"""Who does the pure part: this process, a pool of processes, or a Dask cluster. Results come in order, few at a time."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, cast

from paroleclinic.marking import Marked, Plan, mark

Chunk = list[tuple[str, bytes]]  # learner and the bytes of the answer file
Sheets = list[tuple[str, Marked]]
MOST_PROCESSES = 61  # that Windows waits for at once
WAIT = 10  # seconds for a scheduler or a worker to answer
AHEAD = 2  # chunks a worker may be ahead of the writer, so that memory stays flat


class Workers(Protocol):
    """Marks chunks of hand-ins by a plan."""

    def marked(self, plan: Plan, chunks: Iterable[Chunk]) -> Iterator[Sheets]:
        """The sheets of each chunk, in the order of the chunks."""
        ...


class Here:
    """This process, one core."""

    def marked(self, plan: Plan, chunks: Iterable[Chunk]) -> Iterator[Sheets]:
        """The sheets of each chunk, in the order of the chunks."""
        for chunk in chunks:
            yield mark_all(plan, chunk)


class Pool:
    """Some processes of this machine. When one dies, this process goes on alone."""

    def __init__(self, processes: int) -> None:
        self.processes = min(processes, MOST_PROCESSES)

    def marked(self, plan: Plan, chunks: Iterable[Chunk]) -> Iterator[Sheets]:
        """The sheets of each chunk, in the order of the chunks."""
        pool = ProcessPoolExecutor(self.processes, initializer=_take_plan, initargs=(plan,))
        waiting: deque[tuple[Chunk, Future[Sheets]]] = deque()
        broken = False
        try:
            for chunk in chunks:
                if not broken:
                    try:
                        waiting.append((chunk, pool.submit(_mark_by_own_plan, chunk)))
                    except BrokenProcessPool:
                        broken = True
                if broken:
                    yield from (self._result(plan, *one) for one in waiting)
                    waiting.clear()
                    yield mark_all(plan, chunk)
                elif len(waiting) > self.processes * AHEAD:
                    yield self._result(plan, *waiting.popleft())
            while waiting:
                yield self._result(plan, *waiting.popleft())
        finally:
            pool.shutdown(cancel_futures=True)  # waits: a pool that ends while Python does may leave a traceback behind

    @staticmethod
    def _result(plan: Plan, chunk: Chunk, future: Future[Sheets]) -> Sheets:
        try:
            return future.result()
        except BrokenProcessPool:
            return mark_all(plan, chunk)


class Cluster:
    """A Dask cluster. The plan is sent once; a chunk whose worker dies goes to another, or in the end to this process."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def marked(self, plan: Plan, chunks: Iterable[Chunk]) -> Iterator[Sheets]:
        """The sheets of each chunk, in the order of the chunks."""
        sent = self.client.scatter(plan, broadcast=True, hash=False)
        most = max(2, sum(self.client.nthreads().values())) * AHEAD
        waiting: deque[tuple[Chunk, Any]] = deque()
        try:
            for chunk in chunks:
                waiting.append((chunk, self.client.submit(mark_all, sent, chunk, pure=False, retries=3)))
                if len(waiting) > most:
                    yield self._result(plan, *waiting.popleft())
            while waiting:
                yield self._result(plan, *waiting.popleft())
        finally:
            self.client.cancel([future for _, future in waiting])

    @staticmethod
    def _result(plan: Plan, chunk: Chunk, future: Any) -> Sheets:
        try:
            return cast("Sheets", future.result())
        except Exception:  # the cluster lost it: killed workers, a cancelled plan, a scheduler gone
            return mark_all(plan, chunk)


class NoCluster(RuntimeError):
    """No Dask cluster can be had; the message says why and what to do."""


@contextmanager
def cluster(scheduler: str | None, workers: int | None) -> Iterator[Cluster]:
    """A cluster at an address, or one of so many workers made on this machine. Raises NoCluster."""
    with ExitStack() as stack:
        try:
            from distributed import Client, LocalCluster

            if scheduler:
                client = stack.enter_context(Client(scheduler, timeout=WAIT))
            else:
                made = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
                client = stack.enter_context(Client(stack.enter_context(made)))
            client.wait_for_workers(1, timeout=WAIT)
        except ImportError:
            raise NoCluster(
                "Dask is not installed here; install the course with its extra: paroleclinic[scale]"
            ) from None
        except TimeoutError:
            raise NoCluster(f"No Dask worker has joined {scheduler or 'the cluster'}") from None
        except (OSError, ValueError) as error:
            raise NoCluster(f"No Dask scheduler answers at {scheduler} ({error})") from None
        others = {version for version in client.run(engine).values() if version != engine()}
        if others:
            raise NoCluster(f"The workers run another version of the course's package than this machine: {engine()}")
        yield Cluster(client)


def engine() -> str:
    """A fingerprint of the code that marks, so that no worker grades by other rules."""
    files = sorted(Path(__file__).parent.parent.glob("*.py")) + sorted(Path(__file__).parent.parent.glob("drawing/*"))
    return sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()[:12]


def mark_all(plan: Plan, chunk: Chunk) -> Sheets:
    """The pure part for some learners. Whatever one hand-in does to it, the others are graded."""
    return [(learner, _mark_one(plan, data)) for learner, data in chunk]


def _mark_one(plan: Plan, data: bytes) -> Marked:
    try:
        return mark(plan, data)
    except Exception as error:
        return Marked(problem=f"its answers could not be graded ({type(error).__name__}); please report this hand-in")


_own: list[Plan] = []


def _take_plan(plan: Plan) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who writes
    _own[:] = [plan]


def _mark_by_own_plan(chunk: Chunk) -> Sheets:
    return mark_all(_own[0], chunk)
