"""The time zone data of this machine: whether it is what everything that is owed was planned with."""

from __future__ import annotations

import hashlib
import zoneinfo
from importlib import resources
from pathlib import Path

from people.choices import TIME_ZONES


def fingerprint() -> str:
    """The same as long as no zone a person may have gets other rules.

    Read afresh from where ``zoneinfo`` finds its data, in its order: folders of the machine, then the ``tzdata``
    package. Versions are not asked: not every machine tells the one of its data.
    """
    digest = hashlib.sha256()
    for name in sorted(TIME_ZONES):
        digest.update(f"{name}\n".encode())
        digest.update(_rules_of(name))
    return digest.hexdigest()


def _rules_of(name: str) -> bytes:
    for folder in zoneinfo.TZPATH:
        file = Path(folder, name)
        if file.is_file():
            return file.read_bytes()
    package = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    return package.read_bytes() if package.is_file() else b""
