"""The matching engine: the best set of pairs, with a proof anyone can check. Plain Python and numpy; no Django.

    from matching.engine import solve, verify

    best = solve(scores, mentor_capacity=1, mentee_capacity=1)
    assert verify(scores, 1, 1, best)

Use it from a shell with `python -m matching.engine`. The formulation and its sources: docs/matching.md.
"""

from matching.engine.checker import Verdict, verify
from matching.engine.fairness import FairnessPoint, fairness_curve
from matching.engine.instance import FORBIDDEN, BadInstance, Clash, Instance, Pair, SharedHours, Side, TooLarge
from matching.engine.optimum import VERSION, Matching, Progress, solve, solve_instance
from matching.engine.reasons import (
    CannotForce,
    Crowded,
    Forcing,
    NoEligiblePartner,
    NothingToExplain,
    OtherSide,
    OutCompeted,
    Reason,
    RuleStep,
    alternatives,
    cost_of_forcing,
    why_unmatched,
)
from matching.engine.source import Source

__all__ = [
    "FORBIDDEN",
    "VERSION",
    "BadInstance",
    "CannotForce",
    "Clash",
    "Crowded",
    "FairnessPoint",
    "Forcing",
    "Instance",
    "Matching",
    "NoEligiblePartner",
    "NothingToExplain",
    "OtherSide",
    "OutCompeted",
    "Pair",
    "Progress",
    "Reason",
    "RuleStep",
    "SharedHours",
    "Side",
    "Source",
    "TooLarge",
    "Verdict",
    "alternatives",
    "cost_of_forcing",
    "fairness_curve",
    "solve",
    "solve_instance",
    "verify",
    "why_unmatched",
]
