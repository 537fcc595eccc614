"""Whatever anybody hands in, types or writes, the four readers keep their promises: they answer, or refuse in a sentence.

Each target first replays its corpus, then reads inputs made anew, the same on every run. `run.py` is the long run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from guard import Hang, watched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import NUMBERS, TEXTS
from targets import CORPUS, TARGETS, Target, every_kind, fair_mark

from paroleclinic.grading import key_answers

EXAMPLES = {"answers": 300, "hand-in": 100, "content": 50, "progress": 200}
BY_NAME = pytest.mark.parametrize("name", TARGETS)
steady = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def held(target: Target, data: bytes, folder: Path) -> None:
    """Run one input in an emptied folder; a hang is a failure."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        with watched():
            target.run(data, folder)
    except Hang as error:
        pytest.fail(f"{error}; the input begins {data[:80]!r}")


@BY_NAME
def test_what_once_broke_a_reader_or_led_it_somewhere_new_holds(name, tmp_path):
    target = TARGETS[name]
    for data in [*target.seeds(), *(path.read_bytes() for path in target.corpus)]:
        held(target, data, tmp_path / "at")


@BY_NAME
def test_inputs_made_strange_hold(name, tmp_path):
    target = TARGETS[name]

    @settings(steady, max_examples=EXAMPLES[name])
    @given(st.randoms(use_true_random=False))
    def strange(rng):
        held(target, target.input(rng), tmp_path / "at")

    strange()


@BY_NAME
def test_any_bytes_hold(name, tmp_path):
    target = TARGETS[name]

    @settings(steady, max_examples=25)
    @given(st.binary(max_size=300))
    def raw(data):
        held(target, data, tmp_path / "at")

    raw()


WORDS = st.sampled_from([*TEXTS, *"abcdxyz", "left", "right", "ask", "look", "go"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | WORDS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@settings(steady, max_examples=150)
@given(
    st.fixed_dictionaries(
        {question.id: VALUES | st.just(key_answers(every_kind())[question.id]) for question in every_kind().questions}
    )
)
def test_any_answer_to_any_kind_of_question_is_marked_within_its_points(answers):
    with watched():
        fair_mark(every_kind(), answers)


def test_a_call_without_end_is_caught():
    with pytest.raises(Hang), watched(cpu=0.1):
        try:
            while True:
                pass
        except Exception:  # as a reader of damaged files may do
            raise AssertionError from None


def test_the_corpus_stays_small():
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert len(files) < 400
    assert sum(path.stat().st_size for path in files) < 1_500_000
    assert {path.parent.name for path in files} <= set(TARGETS)
