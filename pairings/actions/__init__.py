"""What happens in the life of a pair, one verb each."""

from pairings.actions.agree import draft_agreement, sign_agreement
from pairings.actions.check_in import answer_check_in
from pairings.actions.end import end_pairing, reflect
from pairings.actions.extend import answer_extension, propose_extension
from pairings.actions.feed import make_feed, stop_feed
from pairings.actions.goals import set_goal, update_goal
from pairings.actions.leave import leave
from pairings.actions.meet import log_meeting, take_back_meeting
from pairings.actions.open import open_pairing
from pairings.actions.plan import (
    cancel_meeting,
    clear_calendars_at_rest,
    move_meeting,
    note_held,
    note_not_held,
    plan_meeting,
)
from pairings.actions.rate import rate_skills
from pairings.actions.tasks import add_task, mark_task, remove_task
from pairings.actions.waive import waive_rule

__all__ = [
    "add_task",
    "answer_check_in",
    "answer_extension",
    "cancel_meeting",
    "clear_calendars_at_rest",
    "draft_agreement",
    "end_pairing",
    "leave",
    "log_meeting",
    "make_feed",
    "mark_task",
    "move_meeting",
    "note_held",
    "note_not_held",
    "open_pairing",
    "plan_meeting",
    "propose_extension",
    "rate_skills",
    "reflect",
    "remove_task",
    "set_goal",
    "sign_agreement",
    "stop_feed",
    "take_back_meeting",
    "update_goal",
    "waive_rule",
]
