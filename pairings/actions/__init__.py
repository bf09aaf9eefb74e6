"""What happens in the life of a pair, one verb each."""

from pairings.actions.agree import draft_agreement, sign_agreement
from pairings.actions.ask_for_help import (
    ask_for_help,
    close_thread,
    forget_threads,
    see_thread,
    tell_of_lost_supervisors,
    write_in_thread,
)
from pairings.actions.certify import agree_to_be_named
from pairings.actions.check_in import answer_check_in
from pairings.actions.circle import (
    cancel_circle_day,
    change_members,
    close_given_up_memberships,
    dissolve_circle,
    form_circle,
    leave_circle,
    say_attended,
    set_circle_day,
)
from pairings.actions.end import end_pairing, reflect
from pairings.actions.extend import answer_extension, propose_extension
from pairings.actions.feed import make_feed, stop_feed
from pairings.actions.fine import say_fine, take_fine_back
from pairings.actions.forget import forget_news, forget_private_words
from pairings.actions.goals import set_goal, update_goal
from pairings.actions.leave import leave
from pairings.actions.meet import log_meeting, log_next_meeting, take_back_meeting
from pairings.actions.open import open_pairing
from pairings.actions.pause import bring_back, pause_pairing
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
from pairings.actions.write import change_note, delete_note, see_messages, take_back_message, write_message, write_note

__all__ = [
    "add_task",
    "agree_to_be_named",
    "answer_check_in",
    "answer_extension",
    "ask_for_help",
    "bring_back",
    "cancel_circle_day",
    "cancel_meeting",
    "change_members",
    "change_note",
    "clear_calendars_at_rest",
    "close_given_up_memberships",
    "close_thread",
    "delete_note",
    "dissolve_circle",
    "draft_agreement",
    "end_pairing",
    "forget_news",
    "forget_private_words",
    "forget_threads",
    "form_circle",
    "leave",
    "leave_circle",
    "log_meeting",
    "log_next_meeting",
    "make_feed",
    "mark_task",
    "move_meeting",
    "note_held",
    "note_not_held",
    "open_pairing",
    "pause_pairing",
    "plan_meeting",
    "propose_extension",
    "rate_skills",
    "reflect",
    "remove_task",
    "say_attended",
    "say_fine",
    "see_messages",
    "see_thread",
    "set_circle_day",
    "set_goal",
    "sign_agreement",
    "stop_feed",
    "take_back_meeting",
    "take_back_message",
    "take_fine_back",
    "tell_of_lost_supervisors",
    "update_goal",
    "waive_rule",
    "write_in_thread",
    "write_message",
    "write_note",
]
