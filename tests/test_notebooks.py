"""Every lesson, exercise and solution runs from top to bottom, under nbval, in a copy of the course."""

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
    notebooks = [json.loads(path.read_text()) for path in tmp_path.rglob("*.ipynb")]
    cells = sum(cell["cell_type"] == "code" for notebook in notebooks for cell in notebook["cells"])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
         "--rootdir", str(tmp_path), "notebooks", "exercises", "solutions"],
        cwd=tmp_path, env={**os.environ, "PAROLECLINIC_RAISE": "1"}, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    passed = int(re.search(r"(\d+) passed", done.stdout).group(1))
    assert passed == cells > 0
