"""JupyterLab's server for the course. The file browser lists what a learner needs; the rest stays where it is."""

import os

from paroleclinic.lab import EXTENSIONS

c = get_config()  # noqa: F821

c.LabApp.extra_labextensions_path = [str(EXTENSIONS)]

c.ContentsManager.hide_globs = [
    "__pycache__", "*.jsonl", "*.pyc", "*.py", "*.toml", "*.lock", "*.yml", "*.yaml", "*.db", "*.egg-info", "Makefile", "LICENSE*",
    "CONTRIBUTING.md", "node_modules", "benchmarks", "docs", "law", "questions", "glossary", "specimens", "screenshots", "scenarios", "solutions", "src", "teaching", "tests",
    "build", "dist", "gradebook.*", "start", "start.bat", "start.command",
]  # fmt: skip
# Specta would fetch fonts from the web on each page: that tells others who reads, and keeps a room without a network waiting.
framed_by = "'none'" if "JUPYTERHUB_USER" in os.environ else "'self'"  # what JupyterHub, or Jupyter itself, would say
c.ServerApp.tornado_settings = {
    "headers": {
        "Content-Security-Policy": f"frame-ancestors {framed_by}; style-src 'self' 'unsafe-inline' data: blob:; font-src 'self' data:",
    }
}
c.ServerApp.terminals_enabled = False
c.ServerApp.log_level = "WARN"
