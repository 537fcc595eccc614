"""Every lesson and solution runs from top to bottom, under nbval, in a copy of the course.

An exercise is its solution without the key; the browser tests open a third of them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import CONTENT, ROOT

pytestmark = pytest.mark.notebooks
FORGET = "%reset -f"  # a notebook that leans on what another one imported fails


def joined(folder: Path) -> None:
    """One notebook in place of all in the folder, so that one kernel runs them: most of the time goes into starting kernels."""
    found = sorted(folder.glob("*.ipynb"))
    cells = [cell for path in found for cell in (code(FORGET), *json.loads(path.read_text())["cells"])]
    together = json.loads(found[0].read_text()) | {"nbformat_minor": 4}
    together["cells"] = [{name: value for name, value in cell.items() if name != "id"} for cell in cells]
    for path in found:
        path.unlink()
    (folder / "all.ipynb").write_text(json.dumps(together))


def code(text: str) -> dict[str, object]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": text}


def test_every_notebook_runs_without_an_error(tmp_path):
    for name in (*CONTENT, "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("answers.jsonl"))
    shutil.copy(ROOT / "course.yaml", tmp_path)
    for folder in (tmp_path / "solutions").iterdir():
        joined(folder)
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
