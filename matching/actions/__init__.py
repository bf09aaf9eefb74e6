"""What is done in matching, one event a function."""

from matching.actions.answer_proposal import answer_proposal, bring_together, close_abandoned_proposals
from matching.actions.publish import Affected, PairsAffected, discard, publish
from matching.actions.search import LEASE, request_run, solve_next, solve_run, solve_waiting_runs

__all__ = [
    "LEASE",
    "Affected",
    "PairsAffected",
    "answer_proposal",
    "bring_together",
    "close_abandoned_proposals",
    "discard",
    "publish",
    "request_run",
    "solve_next",
    "solve_run",
    "solve_waiting_runs",
]
