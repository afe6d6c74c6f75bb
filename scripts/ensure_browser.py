"""Install a Chromium for the browser tests: the system's, Debian's package, or Playwright's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def system_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome, or None.

    ``ATTENTIONVIZ_CHROMIUM`` names one that is not on the path.
    """
    named = os.environ.get("ATTENTIONVIZ_CHROMIUM")
    candidates = [named] if named else list(CHROMIUM_NAMES)
    return next((path for name in candidates if (path := shutil.which(name))), None)


def main() -> int:
    """Install a browser if there is none; return the exit status."""
    if system_chromium():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        if (
            subprocess.run(install, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}).returncode
            == 0
        ):
            return 0
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
