"""Where numba is imported, and where it may keep what it compiled. Only modules with compiled functions import this.

Numba keeps machine code beside the source (`__pycache__`) or in the user's cache folder. In a read-only container
neither can be written and numba would refuse; then a folder of this user's own under the system's temporary folder is
used, with one sentence on standard error.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

SETTING = "NUMBA_CACHE_DIR"


def _can_write(folder: Path) -> bool:
    """Whether files can be made in the folder, or the folder can be made."""
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _own_folder() -> str:
    """A folder nobody else can write to: what lies in it is run as code."""
    wanted = Path(tempfile.gettempdir()) / f"upwell-compiled-{os.getuid()}"
    try:
        wanted.mkdir(mode=0o700, exist_ok=True)
        found = wanted.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077:
            return str(wanted)
    except OSError:
        pass
    return tempfile.mkdtemp(prefix="upwell-compiled-")


def _choose_cache() -> None:
    beside = Path(__file__).parent / "__pycache__"
    if os.environ.get(SETTING) or _can_write(beside) or _can_write(Path.home() / ".cache" / "numba"):
        return
    os.environ[SETTING] = _own_folder()
    sys.stderr.write(
        f"The compiled search is kept in {os.environ[SETTING]}, because {beside.parent} cannot be written; "
        f"set {SETTING} to a folder that lasts to save some seconds after a restart.\n"
    )


_choose_cache()

import numba  # noqa: E402 - reads its settings when it is imported

compiled = numba.njit(cache=True, nogil=True)
"""Compile a function at its first call, keep the result on disk, and let other threads run meanwhile."""
