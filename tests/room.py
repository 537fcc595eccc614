"""Finds bubblewrap for the tests of the hub, and installs it where there is none and one may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

if __name__ == "__main__" and sys.platform == "linux" and not shutil.which("bwrap"):
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit("The tests of the hub need bubblewrap. On Debian and Ubuntu: sudo apt-get install bubblewrap")
    print("Installing bubblewrap for the tests of the hub ...", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "bubblewrap"], check=True, **quiet)
