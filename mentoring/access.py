"""The access policy: every URL, who may read it, who may act on it, and whose names may stand on it.

``docs/privacy.md`` says it for people; this says it for the resolver. A test opens every URL as every kind of person
and fails on one that is not listed here. Somebody who is not named gets a 404, or the sign-in page when signed out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Kinds of people, by their relation to the program, pair or proposal that the URL is about."""

    ANONYMOUS = "somebody signed out"
    STRANGER = "a colleague without any part in it"
    MENTOR = "the mentor of the pair"
    MENTEE = "the mentee of the pair"
    VOLUNTEER = "a volunteer with a proposal to answer, not of the pair"
    LINE_MANAGER = "the mentee's line manager"
    COORDINATOR = "a coordinator of the program"
    CANDIDATE = "a coordinator of the program who takes part in it"
    ELSEWHERE = "a coordinator of another program"
    SUPERVISOR = "a supervisor of the program"
    EXECUTIVE = "an executive"
    ADMINISTRATOR = "an administrator"


W = Who
NOBODY: frozenset[Who] = frozenset()
EVERYBODY = frozenset(Who)
SIGNED_IN = EVERYBODY - {W.ANONYMOUS}
PAIR = frozenset({W.MENTOR, W.MENTEE})
COORDINATORS = frozenset({W.COORDINATOR, W.CANDIDATE})
DESK = COORDINATORS | {W.ELSEWHERE, W.ADMINISTRATOR}
UNINVOLVED_COORDINATOR = frozenset({W.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Page:
    """``reads`` is None where a page answers no GET. ``names`` are those who may appear besides the reader."""

    reads: frozenset[Who] | None
    acts: frozenset[Who] | None = None
    names: frozenset[Who] = NOBODY


@dataclass(frozen=True, slots=True)
class DeskModel:
    """Admin pages of a model: who sees rows of *their* programs, who changes one, who adds one. Nobody deletes.

    ``lists`` may open the list at all; rows they may not see are not in it.
    """

    lists: frozenset[Who]
    sees: frozenset[Who]
    changes: frozenset[Who] = NOBODY
    adds: frozenset[Who] = NOBODY
    names: frozenset[Who] = NOBODY


PAGES: dict[str, Page] = {}
DESK_MODELS: dict[str, DeskModel] = {}
