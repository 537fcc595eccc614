"""Keys stay in: whatever a learner can receive, a secret in it is found, and a clean one is let pass."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import shutil
import zipfile
import zlib
from datetime import UTC, datetime

import pytest

from conftest import ROOT, copy_of_tiny
from paroleclinic import leaks
from paroleclinic.answers import FILE_NAME
from paroleclinic.course import Course
from paroleclinic.drawing.home import receipt
from paroleclinic.drawing.marks import case_marks
from paroleclinic.grading import grade_case, key_answers
from paroleclinic.handin import hand_in
from paroleclinic.kit import make

REASON = "On 20 May the first fee still holds."
MODEL = "Dear Ana, cross in the morning. Bring ten dollars for the gate."
CASE = "first-crossing"


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def in_zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def lines_of_a_notebook(text: str) -> str:
    return json.dumps([word + "\n" for word in text.split()], indent=1)


WAYS = {
    "as it is": str,
    "in capitals, wrapped": lambda text: text.upper().replace(" ", "\n      "),
    "between tags": lambda text: "<p>" + text.replace(" ", "</p><p class='x'>", 3),
    "escaped for HTML twice": lambda text: html.escape("".join(f"&#{ord(c)};" for c in text)),
    "escaped for JSON in JSON": lambda text: json.dumps(json.dumps("".join(text.replace(" ", "\n")))),
    "as code points": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "as an address": lambda text: text.replace(" ", "%20"),
    "as mail": lambda text: text.replace("still", "st=\nill").replace("morning", "mor=\nning"),
    "as lines of a notebook": lines_of_a_notebook,
    "in base64": lambda text: packed(text.encode()),
    "compressed, in base64 lines": lambda text: base64.encodebytes(zlib.compress(text.encode() * 3)).decode(),
    "gzip in hexadecimal": lambda text: gzip.compress(text.encode()).hex(),
    "zip in zip in base64": lambda text: packed(in_zip("a.zip", in_zip("b.txt", text.encode()))),
    "as UTF-16 in base64": lambda text: packed(text.encode("utf-16")),
    "with soft hyphens": "\u00ad".join,
}
FORMS = {
    "an option that is right": '{"id": "when", "kind": "one", "options": [{"id": "morning", "text": "x", "right": true}]}',
    "the same in YAML": "- id: when\n  options:\n    - id: night\n      text: x\n    - id: morning\n      right: true\n",
    "the same as Python": "{'id': 'when', 'options': [{'id': 'morning', 'right': True}]}",
    "a table of answers": '{"when": "morning", "x": 1}',
    "a list of picks": "bring: [ticket, money]\ncost: 7\n",
    "a line of an answer file": '{"case": "first-crossing", "question": "rise", "answer": "2026-06-01"}',
    "a number": '{\\"cost\\": \\"10.00\\"}',
    "an answer under its question": "id: rise\nkind: date\nanswer: 2026-06-01\n",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course, with what a kit needs."""
    course = copy_of_tiny(tmp_path_factory.mktemp("leaks") / "tiny")
    (course.root / "src" / "paroleclinic").mkdir(parents=True)
    for name in ("pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT", "src/paroleclinic/page.json"):
        (course.root / name).write_text("{}\n")
    return course


def notebook(course: Course) -> dict:
    return json.loads((course.root / "exercises/bridges/first-crossing.ipynb").read_text())


def of_notebook(course, change):
    made = notebook(course)
    change(made)
    return leaks.in_bytes(course, "x.ipynb", json.dumps(made, indent=1).encode())


def release(course, _, planted):
    return of_notebook(course, lambda made: made["cells"][0]["source"].append(planted))


def metadata(course, _, planted):
    return of_notebook(course, lambda made: made["metadata"].update(widgets={"state": {"x": planted}}))


def output(course, _, planted):
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/html": planted.splitlines(keepends=True)}}
    return of_notebook(course, lambda made: made["cells"][1].update(outputs=[shown]))


def attachment(course, _, planted):
    file = {"note.txt": {"text/plain": packed(planted.encode())}}
    return of_notebook(course, lambda made: made["cells"][0].update(attachments=file))


def lesson(course, _, planted):
    made = json.loads((course.root / "notebooks/01-bridges.ipynb").read_text())
    made["cells"][1]["metadata"]["note"] = planted
    return leaks.in_notebook(course, "x.ipynb", json.dumps(made).encode())


def kit_folder(course, folder, planted):
    kit = make(course, folder / "kit").folder
    with (kit / "course.yaml").open("a") as file:
        file.write(planted)
    return leaks.in_folder(course, kit, {"interview"})


def kit_zip(course, folder, planted):
    path = make(course, folder / "kit").archive
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("parole-clinic/src/paroleclinic/more.css", planted)
    return leaks.in_archive(course, path, {"interview"})


def package(course, _, planted):
    return leaks.in_bytes(course, "src/paroleclinic/page.json", (planted + "{}").encode())


def handed_in(course, folder, planted):
    shutil.copytree(course.root, folder / "own")
    unit = folder / "own/exercises/bridges"
    head = {"v": 1, "at": "2026-11-24T10:00:00.000Z", "case": CASE}
    answers = key_answers(course.scenario(CASE)) | {"note": MODEL}  # whoever knows the key may hand it in
    lines = [json.dumps({**head, "question": question, "answer": answer}) for question, answer in answers.items()]
    (unit / FILE_NAME).write_text("\n".join([*lines, json.dumps({**head, "event": "opened", "note": planted}), ""]))
    made = hand_in(folder / "own", "bridges", "Ana", datetime(2026, 11, 24, tzinfo=UTC), "0.1.0", "2026-11-23")
    return leaks.in_hand_in(course, made.path)


def receipted(course, _, planted):
    shown = receipt("hand-in.zip", "hand-ins", "K7QM-2F4T-9XWB", "3 files", desktop=True)
    return leaks.in_text(course, None, shown + planted)


def could_not_grade(course, _, planted):
    page = f"<h1>The first crossing</h1><p>Your hand-in could not be graded: answers.jsonl is missing.</p>{planted}"
    return leaks.in_text(course, [CASE], page)


def closed_feedback(course, _, planted):
    case = course.scenario(CASE)
    closed = frozenset(question.id for question in case.questions)
    page = case_marks(grade_case(case, {"when": "night", "cost": "12"}), course.law, closed)
    return leaks.in_text(course, [CASE], page + planted)


PLACES = [
    release, metadata, output, attachment, lesson, kit_folder, kit_zip, package, handed_in, receipted, could_not_grade,
    closed_feedback,
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_what_is_clean_is_let_pass(course, tmp_path, place):
    assert place(course, tmp_path, "") == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("secret", [REASON, MODEL], ids=["reason", "model memo"])
@pytest.mark.parametrize("way", ["as it is", "escaped for HTML twice", "zip in zip in base64"])
def test_a_secret_is_found_in_each_place(course, tmp_path, place, secret, way):
    found = place(course, tmp_path, f"\n# {WAYS[way](secret)}\n")
    assert {(leak.case, leak.question) for leak in found} == {(CASE, "cost" if secret == REASON else "note")}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("secret", [REASON, MODEL], ids=["reason", "model memo"])
def test_a_secret_is_found_however_it_is_written(course, way, secret):
    assert leaks.in_bytes(course, "x", f"before {WAYS[way](secret)} after".encode())
    assert metadata(course, None, WAYS[way](secret))


@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_found_as_data(course, form):
    assert [leak.what for leak in leaks.in_bytes(course, "x", FORMS[form].encode())] == ["the key"]
    assert [leak.what for leak in metadata(course, None, FORMS[form])] == ["the key"]


@pytest.mark.parametrize(
    "innocent",
    [
        "Only when morning comes, she goes.",
        '{"id": "when", "options": [{"id": "morning", "text": "x"}, {"id": "night", "text": "x"}]}',
        "bring: [ticket, money, lamp]",
        '{"question": "when", "answer": "night"}',
    ],
)
def test_a_question_without_its_key_is_no_leak(course, innocent):
    assert leaks.in_bytes(course, "x", innocent.encode()) == []


def test_feedback_may_say_what_is_open_and_no_more(course):
    case = course.scenario(CASE)
    mark = grade_case(case, {"when": "night", "note": "Cross when you like."})
    page = case_marks(mark, course.law)
    everything = {question.id for question in case.questions}
    assert leaks.in_text(course, [CASE], page, everything) == []
    found = leaks.in_text(course, [CASE], page, everything - {"cost"})
    assert {leak.question for leak in found} == {"cost", "case"}
    assert leaks.in_text(course, [CASE], page, {f"{CASE}/{name}" for name in everything}) == []
    assert leaks.in_text(course, [], page) == []


def test_a_learners_own_words_are_no_leak(course):
    page = f"<p>You wrote:</p><p>{MODEL}</p>"
    assert leaks.in_text(course, [CASE], page)
    assert leaks.in_text(course, [CASE], page, own_words=MODEL) == []


@pytest.mark.parametrize(
    "name",
    [
        "solutions/bridges/x.ipynb",
        "exercises/bridges/answers.jsonl",
        "progress.jsonl",
        "gradebook.db",
        "old.sqlite",
        "notebooks/instructor/notes.ipynb",
        "feedback/ana/x.html",
        "nbgrader_config.py",
    ],
)
def test_what_is_not_a_learners_is_named(course, tmp_path, name):
    kit = make(course, tmp_path / "kit").folder
    (kit / name).parent.mkdir(parents=True, exist_ok=True)
    (kit / name).write_text("{}")
    assert [leak for leak in leaks.in_folder(course, kit) if "does not belong here" in leak.what]


def test_a_gradebook_is_known_by_what_is_in_it(course):
    [leak] = leaks.in_bytes(course, "notes.txt", in_zip("notes.bin", b"SQLite format 3\x00" + bytes(80)))
    assert (leak.place, leak.what) == ("notes.txt: notes.bin", "it is a database, such as a gradebook")


def test_a_secret_of_a_real_case_is_found_between_other_words():
    one = Course(ROOT).with_one_case("court-case-and-card")
    says = "The court&#x27;s own notice counts,\\n and the clinic’s <b>printout</b> is older."
    [leak, *_] = leaks.in_text(one, ["court-case-and-card"], says)
    assert leak.question == "cc-hearing"
    assert leaks.in_text(one, None, (ROOT / "notebooks/03-advance-parole.ipynb").read_text()) == []
