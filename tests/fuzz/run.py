"""The long run: `python tests/fuzz/run.py TARGET --minutes 10`, TARGET one of answers, hand-in, content, progress.

Inputs that reach new lines are changed further, and kept in `corpus/TARGET/` when they are small; an input that breaks something is
made smaller and kept as `crash-….` there. `--trim` drops kept inputs that reach nothing of their own. CI (test_fuzz.py) replays them.
A `make fuzz` would be: for t in answers hand-in content progress; do nice -n 15 .venv/bin/python tests/fuzz/run.py $$t --minutes 10; done
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from guard import Hang, watched
from targets import CORPUS, TARGETS, Target

import paroleclinic

HOME = Path(paroleclinic.__file__).parent
MOST_KEPT, LARGEST_KEPT = 70, 5000  # files, bytes of one
TRACED = 0.3  # of the inputs: to trace is slow
OF_A_KIND = 2  # crashes kept of one kind
Edge = tuple[str, int, int]


@dataclass
class Reach:
    """Which steps from line to line the target's modules took."""

    files: set[str]
    edges: set[Edge] = field(default_factory=set)

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        name = frame.f_code.co_filename
        if name not in self.files:
            return None
        last = frame.f_lineno

        def line(frame: FrameType, event: str, arg: Any) -> Any:
            nonlocal last
            if event == "line":
                self.edges.add((name, last, frame.f_lineno))
                last = frame.f_lineno
            return line

        return line


def tried(target: Target, data: bytes, place: Path, reach: Reach | None = None) -> tuple[str, str]:
    """Run one input in an emptied folder; what went wrong, as a kind and in full, or two empty texts."""
    folder = place / "at"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    faulthandler.dump_traceback_later(90, exit=True)  # a hang that no signal ends; the input lies in `place`/now
    (place / "now").write_bytes(data)
    try:
        with watched(cpu=6.0 if reach else 2.0):
            sys.settrace(reach)
            try:
                target.run(data, folder)
            finally:
                sys.settrace(None)
    except (Exception, Hang) as error:
        steps = [
            step
            for step in traceback.extract_tb(error.__traceback__)
            if "paroleclinic" in step.filename or "fuzz" in step.filename
        ]
        last = steps[-1] if steps else None
        where = f"{Path(last.filename).name}:{last.lineno}" if last else "?"
        kind = f"{type(error).__name__} at {where}" if not isinstance(error, Hang) else "Hang"
        return kind, "".join(traceback.format_exception(error))[-3000:]
    return "", ""


def smaller(target: Target, data: bytes, kind: str, place: Path, seconds: float = 20) -> bytes:
    """The input with every piece left out that the failure does not need."""
    end, size = time.monotonic() + seconds, max(1, len(data) // 2)
    while size and time.monotonic() < end:
        at = 0
        while at < len(data) and time.monotonic() < end:
            shorter = data[:at] + data[at + size :]
            if tried(target, shorter, place)[0] == kind:
                data = shorter
            else:
                at += size
        size //= 2
    return data


def kept(target: Target, data: bytes, prefix: str = "") -> Path:
    """Write an input to the corpus under a name made of its content."""
    folder = CORPUS / target.name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{prefix}{hashlib.sha256(data).hexdigest()[:16]}"
    path.write_bytes(data)
    return path


def fuzz(target: Target, minutes: float, seed: int, place: Path) -> int:
    """Fuzz for some minutes and say how it went; the number of different failures."""
    rng, reach = Random(seed), Reach({str(HOME / f"{name}.py") for name in target.modules})
    pool = [*target.seeds(), *(path.read_bytes() for path in target.corpus)]
    kinds: dict[str, int] = {}
    start = said = time.monotonic()
    count, held = 0, len([path for path in target.corpus if not path.name.startswith("crash-")])
    queue = list(pool)
    while time.monotonic() < start + minutes * 60:
        fresh = bool(queue)
        if fresh:
            data = queue.pop()
        else:
            data = rng.choice(pool[-40:]) if rng.random() < 0.3 else rng.choice(pool)
            for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 5])):
                data = target.mutated(rng, data)
        before = len(reach.edges)
        kind, says = tried(target, data, place, reach if fresh or rng.random() < TRACED else None)
        if kind == "Hang":
            kind, says = tried(target, data, place)  # tracing alone may have taken the time
        count += 1
        if kind:
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= OF_A_KIND:
                data = smaller(target, data, tried(target, data, place)[0], place) if kind != "Hang" else data
                print(f"{kept(target, data, 'crash-')}\n{says}", flush=True)
        elif len(reach.edges) > before and count > len(target.seeds()):
            pool.append(data)
            if held < MOST_KEPT and len(data) <= LARGEST_KEPT:
                held += 1
                kept(target, data)
        if time.monotonic() > said + 60:
            said = time.monotonic()
            print(
                f"  {said - start:5.0f} s  {count} examples  {len(reach.edges)} steps  {len(pool)} in the pool  {sum(kinds.values())} failures",
                flush=True,
            )
    seconds = time.monotonic() - start
    print(
        f"{target.name}: {seconds / 60:.1f} minutes, {count} examples, {count / seconds:.1f} a second, {len(reach.edges)} steps reached, "
        f"{sum(kinds.values())} failures of {len(kinds)} kinds {kinds or ''}",
        flush=True,
    )
    return len(kinds)


def trim(target: Target, place: Path) -> None:
    """Drop kept inputs that reach no step which smaller ones do not reach; crashes stay."""
    reached: set[Edge] = set()
    for data in target.seeds():
        reach = Reach({str(HOME / f"{name}.py") for name in target.modules})
        tried(target, data, place, reach)
        reached |= reach.edges
    for path in sorted(
        target.corpus, key=lambda one: (not one.name.startswith("crash-"), one.stat().st_size, one.name)
    ):
        reach = Reach({str(HOME / f"{name}.py") for name in target.modules})
        tried(target, path.read_bytes(), place, reach)
        if not path.name.startswith("crash-") and reach.edges <= reached:
            path.unlink()
        reached |= reach.edges
    print(f"{target.name}: {len(target.corpus)} kept, {sum(path.stat().st_size for path in target.corpus)} bytes")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0, help="another seed takes another way")
    parser.add_argument("--trim", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("error")  # as in the tests
    _bounded()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:
        if given.trim:
            trim(TARGETS[given.target], Path(place))
            return 0
        return min(1, fuzz(TARGETS[given.target], given.minutes, given.seed, Path(place)))


def _bounded(most: int = 3_000_000_000) -> None:
    """Let the process have no more memory than that, so that an input that takes it all is a MemoryError and not the machine's end."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, ValueError, OSError):
        pass


if __name__ == "__main__":
    sys.exit(main())
