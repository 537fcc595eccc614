"""A decision flow as a graph: the order of its questions, what can be reached, and the same in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paroleclinic.teaching import Fork

ANSWERS = ("yes", "no")


def answers(fork: Fork) -> tuple[tuple[str, str], ...]:
    """Yes and no, each with where it leads: the id of a fork, or an end in words."""
    return tuple((answer, " ".join(getattr(fork, answer).split())) for answer in ANSWERS)


def reached(forks: Sequence[Fork]) -> set[str]:
    """The ids of the forks that some path from the first one comes to."""
    by_id = {fork.id: fork for fork in forks}
    found: set[str] = set()
    waiting = [fork.id for fork in forks[:1]]
    while waiting:
        name = waiting.pop()
        if name in by_id and name not in found:
            found.add(name)
            waiting += [to for _, to in answers(by_id[name])]
    return found


def looping(forks: Sequence[Fork]) -> list[str]:
    """The forks of a loop, in order, or nothing."""
    by_id = {fork.id: fork for fork in forks}
    done: set[str] = set()

    def walk(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return trail[trail.index(name) :]
        if name in done or name not in by_id:
            return []
        for _, to in answers(by_id[name]):
            if found := walk(to, [*trail, name]):
                return found
        done.add(name)
        return []

    return next((found for fork in forks if (found := walk(fork.id, []))), [])


def ordered(forks: Sequence[Fork]) -> list[Fork]:
    """The forks so that every answer leads onward, the first one first and else as they are listed.

    A loop has no such order; its forks stay as they are listed.
    """
    if not forks or looping(forks):
        return [*forks]
    by_id = {fork.id: fork for fork in forks}
    before = {fork.id: {one.id for one in forks for _, to in answers(one) if to == fork.id} for fork in forks}
    found: list[Fork] = []
    while len(found) < len(by_id):
        placed = {fork.id for fork in found}
        ready = [fork for fork in by_id.values() if fork.id not in placed and before[fork.id] <= placed]
        onward = {to for _, to in answers(found[-1])} if found else set()
        found.append(next((fork for fork in ready if fork.id in onward), ready[0]))
    return found


def numbered(forks: Sequence[Fork]) -> dict[str, int]:
    """Fork -> its number in the picture and in words."""
    return {fork.id: number for number, fork in enumerate(ordered(forks), 1)}


def in_words(forks: Sequence[Fork]) -> Iterator[tuple[str, list[str]]]:
    """Each question in order, with one line for yes and one for no."""
    numbers = numbered(forks)
    for fork in ordered(forks):
        lines = [
            f"{answer.capitalize()}: {f'go to question {numbers[to]}.' if to in numbers else to}"
            for answer, to in answers(fork)
        ]
        yield " ".join(fork.ask.split()), lines
