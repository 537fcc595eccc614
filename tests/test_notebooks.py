"""Every lesson and solution runs from top to bottom, under nbval, in a copy of the course.

An exercise is its solution without the key; the browser tests open every one of them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from conftest import CONTENT, ROOT

pytestmark = pytest.mark.notebooks


def test_every_notebook_runs_without_an_error(tmp_path):
    for name in (*CONTENT, "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("answers.jsonl"))
    shutil.copy(ROOT / "course.yaml", tmp_path)
    run = [path for folder in ("notebooks", "solutions") for path in (tmp_path / folder).rglob("*.ipynb")]
    notebooks = [json.loads(path.read_text()) for path in run]
    cells = sum(cell["cell_type"] == "code" for notebook in notebooks for cell in notebook["cells"])
    halves = [  # two at a time, since a notebook waits for its kernel most of the time
        subprocess.Popen(
            [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
             "--rootdir", str(tmp_path), *folders],
            cwd=tmp_path, env={**os.environ, "PAROLECLINIC_RAISE": "1"}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )
        for folders in (["notebooks"], ["solutions"])
    ]  # fmt: skip
    said = [half.communicate(timeout=900)[0] for half in halves]
    assert [half.returncode for half in halves] == [0, 0], "\n".join(said)
    passed = sum(int(re.search(r"(\d+) passed", text).group(1)) for text in said)
    assert passed == cells > 0
