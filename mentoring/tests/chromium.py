"""Where the browser of the tests is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def chromium() -> str | None:
    """The browser's program: CHROMIUM, or Chromium's build without windows (twice as fast), or the ordinary one."""
    named = os.environ.get("CHROMIUM")
    if named and Path(named).exists():
        return named
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")
