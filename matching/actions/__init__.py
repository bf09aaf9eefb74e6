"""What is done in matching, one event a function."""

from matching.actions.answer_proposal import answer_proposal, bring_together, close_abandoned_proposals
from matching.actions.publish import PairsAffected, discard, publish
from matching.actions.reinstate import reinstate
from matching.actions.rule_by_hand import keep_pair, never_pair, release_pair
from matching.actions.say_aside import say_aside
from matching.actions.search import (
    LEASE,
    request_run,
    ring_for_waiting_runs,
    solve_next,
    solve_run,
    solve_waiting_runs,
    stop_run,
)
from matching.actions.search_again import search_again
from matching.actions.try_scenario import try_scenario, use_scenario
from matching.actions.wish import wish

__all__ = [
    "LEASE",
    "PairsAffected",
    "answer_proposal",
    "bring_together",
    "close_abandoned_proposals",
    "discard",
    "keep_pair",
    "never_pair",
    "publish",
    "reinstate",
    "release_pair",
    "request_run",
    "ring_for_waiting_runs",
    "say_aside",
    "search_again",
    "solve_next",
    "solve_run",
    "solve_waiting_runs",
    "stop_run",
    "try_scenario",
    "use_scenario",
    "wish",
]
