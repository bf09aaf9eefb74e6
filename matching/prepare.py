"""Compile the search and the scoring of everybody now, so that the first search does not wait for it.

    python -m matching.prepare

A function is compiled at its first call, and what is compiled is kept on disk. Asks for no settings and no database.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import numpy as np

from matching.engine.__main__ import main
from matching.scoring import Fit, Profile, weights_of
from programs.choices import DEFAULT_IMPORTANCE


def prepare() -> None:
    main(["prepare"])
    none: frozenset[str] = frozenset()
    one = Profile(UUID(int=1), none, (), none, none, none, "Europe/London", "", none)
    fit = Fit([one], [one], weights=weights_of(DEFAULT_IMPORTANCE), week=date(2026, 12, 7))
    fit.block(slice(0, 1))
    fit.pairs(np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.intp))


if __name__ == "__main__":
    prepare()
