"""Starts JupyterLab with the course's own settings; the user's own are neither read nor written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
EXTENSIONS = HERE / "labextensions"  # ours, for JupyterLab
FIRST_PAGE = "notebooks/00-start-here.ipynb"


def environment(root: Path) -> dict[str, str]:
    """The environment for Jupyter: settings, workspaces and run files live in `.jupyter` beside course.yaml."""
    home = root / ".jupyter"
    scripts = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")]),  # nbgrader calls alembic by name
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
    }


def command(root: Path, *more: str, page: str = FIRST_PAGE) -> list[str]:
    """The command line that opens `page`; a busy port is passed over for the next free one."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--LabApp.default_url=/lab/tree/{page}",
        f"--config={HERE / 'server_config.py'}",
        f"--LabApp.app_settings_dir={HERE}",
        "--LabApp.expose_app_in_browser=True",  # links of the course open beside the page, without loading JupyterLab anew
        f"--ServerApp.root_dir={root}",
        *([] if has_desktop() else ["--no-browser"]),
        *more,
    ]


def has_desktop() -> bool:
    """Whether a browser window can be opened here."""
    if sys.platform.startswith(("win", "darwin")):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
