"""Interviews and consultations: everything can be reached, nothing ends without a reason, the model earns full marks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from paroleclinic.check.lessons import reading_grade
from paroleclinic.consultation import Consultation, Scene, looping, paths
from paroleclinic.content import Standard
from paroleclinic.course import Course
from paroleclinic.interview import Interview, NotOffered, Talk, begin, outcome, played, standing
from paroleclinic.law import NotYetLaw
from paroleclinic.reading import Problem, line_of

SPOKEN_GRADE = 8.0
TOLD_GRADE = 10.0
EASY = 60  # points that asking without thought must not reach


def interviews(course: Course) -> Iterator[Problem]:
    """Each fact can be found, the decisive one only by asking, the model earns full marks, and harm is there to avoid."""
    for case, path in course.scenario_paths.items():
        interview = course.scenario(case).interview
        if interview is None:
            continue
        line = line_of(path, "interview")
        for says, fix in chain(
            _made(interview, course.outline.standard), _played(interview), _law(course, interview, case)
        ):
            yield Problem(course.shown(path), line, f"interview: {says}", fix)


def _made(interview: Interview, standard: Standard) -> Iterator[tuple[str, str]]:
    harms = sum(ask.harm for ask in interview.asks)
    for what, number, least in (
        ("things to ask", len(interview.asks), standard.asks),
        ("things to say that do harm", harms, standard.harmful_asks),
        ("facts", len(interview.facts), standard.facts),
        ("statements", len(interview.statements), standard.statements),
        ("decisive facts", sum(fact.decisive for fact in interview.facts), 1),
        ("guarded answers", sum(ask.guarded is not None for ask in interview.asks), 1),
        ("things to say that close a door", sum(bool(ask.closes) for ask in interview.asks), 1),
        ("pairs in order", len(interview.order), 1),
    ):
        if number < least:
            yield f"it has {number} {what}", f"give it {least} or more"
    for fact in interview.facts:
        telling = [ask for ask in interview.asks if fact.id in ask.reveals]
        if not telling:
            yield f'nothing that can be asked tells "{fact.id}"', "name it in `reveals` of an ask"
        if fact.decisive and not fact.rules:
            yield f'the decisive fact "{fact.id}" names no rule', "say which law makes it decisive"
    spoken = " ".join(
        [interview.opening, *(ask.text for ask in interview.asks), *(ask.answer for ask in interview.asks)]
    )
    if (grade := reading_grade(spoken)) > SPOKEN_GRADE:
        yield f"what is spoken reads at grade {grade:.1f}", f"bring it to {SPOKEN_GRADE:g} or below"


def _played(interview: Interview) -> Iterator[tuple[str, str]]:
    try:
        model = played(interview, interview.model)
    except NotOffered as error:
        yield f'the model asks "{error}" when it is not offered', "correct `model`, `after` or `limit`"
        return
    key = {line.id: standing(line, model.uncovered) for line in interview.statements}
    earned = outcome(model, key)
    if earned.total < 100:
        missing = ", ".join(fact.id for fact in interview.facts if fact.id not in model.uncovered)
        broken = ", ".join(f"{pair.first} before {pair.then}" for pair, kept in earned.kept if not kept)
        says = f"the model earns {earned.total} of 100"
        yield says, f"not uncovered: {missing or 'none'}; not in order: {broken or 'none'}; harm: {len(earned.harmful)}"
    if len({*key.values()}) < 3:
        yield (
            "after the model the statements do not stand in all three places",
            "add one that is known, unknown, needed",
        )
    reached = _reachable(interview)
    for fact in interview.facts:
        if fact.id not in reached:
            yield f'the fact "{fact.id}" cannot be uncovered', "loosen `after`, `closes`, `needs_trust` or `limit`"
    blind = _blind(interview)
    easy = outcome(blind, dict.fromkeys((line.id for line in interview.statements), "unknown")).total
    if easy >= EASY:
        yield f"asking everything in its written order earns {easy} of 100", "mix the order, or lower `limit`"


def _law(course: Course, interview: Interview, case: str) -> Iterator[tuple[str, str]]:
    day = course.scenario(case).as_of
    for name in sorted({rule for fact in interview.facts for rule in fact.rules}):
        if name not in course.law:
            yield f'there is no rule "{name}"', "name a rule that stands in law/"
        else:
            try:
                course.law[name].at(day)
            except NotYetLaw:
                yield f'the rule "{name}" was not yet law on {day}', "name one that was"


def _reachable(interview: Interview) -> set[str]:
    """The facts that some way through the interview uncovers, by trying the states there are."""
    found: set[str] = set()
    wanted = {fact.id for fact in interview.facts}
    seen: set[tuple[frozenset[str], frozenset[str], int, int]] = set()
    waiting = [begin(interview)]
    while waiting and found < wanted:
        talk = waiting.pop()
        found |= talk.uncovered
        for ask in talk.offered:
            if ask.harm:
                continue
            after = talk.after(ask)
            answered = frozenset(line.ask.id for line in after.lines if not line.guarded)
            shut = frozenset(name for line in after.lines for name in line.ask.closes)
            state = (answered, shut, after.trust, after.left)
            if state not in seen:
                seen.add(state)
                waiting.append(after)
    return found


def _blind(interview: Interview) -> Talk:
    talk = begin(interview)
    while talk.offered:
        talk = talk.after(talk.offered[0])
    return talk


def consultations(course: Course) -> Iterator[Problem]:
    """Each scene can be reached and leads to an ending that is explained; time and law go forward; harm is possible."""
    for name, path in course.consultation_paths.items():
        consultation = course.consultation(name)
        shown = course.shown(path)
        reached = _scenes(consultation)
        for number, scene in enumerate(consultation.scenes):
            for says, fix in chain(_scene(course, scene), _onward(consultation, scene, reached)):
                yield Problem(shown, line_of(path, "scenes", number), f'scene "{scene.id}": {says}', fix)
        loop = looping(consultation)
        if loop:
            says = f"the scenes {', '.join(loop)} form a loop"
            yield Problem(shown, line_of(path, "scenes"), says, "lead one of them onward")
            continue
        for says, fix in _whole(course, consultation):
            yield Problem(shown, 1, says, fix)


def _scene(course: Course, scene: Scene) -> Iterator[tuple[str, str]]:
    if bool(scene.choices) == bool(scene.ending):
        yield "it has neither choices nor an ending, or both", "give it choices, or `ending` and `because`"
    if scene.choices and len(scene.choices) < 2:
        yield "it has a single choice", "give it another, or join it with the scene it leads to"
    if scene.ending and not (scene.because and scene.rules):
        yield "the ending is not explained", "add `because` and the `rules` that decided it"
    for rule in scene.rules:
        if rule not in course.law:
            yield f'there is no rule "{rule}"', "name a rule that stands in law/"
            continue
        try:
            course.law[rule].at(scene.day)
        except NotYetLaw:
            yield f'the rule "{rule}" was not yet law on {scene.day}', "name one that was"
    if (grade := reading_grade("\n".join(scene.says))) > TOLD_GRADE:
        yield f"it reads at grade {grade:.1f}", f"bring it to {TOLD_GRADE:g} or below"


def _onward(consultation: Consultation, scene: Scene, reached: set[str]) -> Iterator[tuple[str, str]]:
    if scene.id not in reached:
        yield "no path leads to it", "lead a choice to it, or remove it"
    for choice in scene.choices:
        if consultation.scene(choice.to).day < scene.day:
            yield f'the choice "{choice.id}" leads back in time', "a scene is on the day of the one before, or later"


def _whole(course: Course, consultation: Consultation) -> Iterator[tuple[str, str]]:
    if consultation.lesson not in {lesson.id for lesson in course.outline.lessons}:
        yield f'there is no lesson "{consultation.lesson}"', "name one that stands in course.yaml"
    kinds = {scene.ending for scene in consultation.endings}
    standard = course.outline.standard
    if len(consultation.endings) < standard.endings or not {"good", "bad"} <= kinds:
        yield (
            f"it ends in {len(consultation.endings)} ways",
            f"give it {standard.endings} or more, a good and a bad one among them",
        )
    ways = list(paths(consultation))
    for path in ways:
        if path.scene.ending == "good" and path.harmful:
            yield f'a harmful choice leads to the good ending "{path.scene.id}"', "lead it elsewhere"
    if min((len(path.forks) for path in ways if path.scene.ending == "good"), default=standard.forks) < standard.forks:
        yield f"a good ending is reached in fewer than {standard.forks} choices", "ask more of the learner"
    if len({scene.day for scene in consultation.scenes}) < 3:
        yield "no time passes", "let it run over three or more days"


def _scenes(consultation: Consultation) -> set[str]:
    found: set[str] = set()
    waiting = [consultation.start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [choice.to for choice in consultation.scene(name).choices]
    return found
