"""The access policy: every URL, who may read it, who may act on it, and whose names may stand on it.

``privacy.policy`` says it for people; this says it for the resolver. A test opens every URL as every kind of person and
fails on one that is not listed here. Somebody who is not named gets a 404, or the sign-in page when signed out.
"""

from __future__ import annotations

from collections.abc import Mapping
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


Names = frozenset[Who] | Mapping[Who, frozenset[Who]]


@dataclass(frozen=True, slots=True)
class Page:
    """Who may read and act; None where the page answers no GET or no POST at all.

    ``names`` are those who may appear on it besides the reader, for all readers or for each. ``asks_to_sign_in`` is off
    for pages that treat somebody signed out like anybody else.
    """

    reads: frozenset[Who] | None
    acts: frozenset[Who] | None = None
    names: Names = NOBODY
    asks_to_sign_in: bool = True

    def names_for(self, reader: Who) -> frozenset[Who]:
        return self.names.get(reader, NOBODY) if isinstance(self.names, Mapping) else self.names


@dataclass(frozen=True, slots=True)
class DeskModel:
    """Admin pages of a model: who may open its list, see a row of the one program, change one, add one.

    Rows a reader may not see are not in the list. Nobody deletes.
    """

    lists: frozenset[Who]
    sees: frozenset[Who]
    changes: frozenset[Who] = NOBODY
    adds: frozenset[Who] = NOBODY
    names: Names = NOBODY


SUPPORTERS = COORDINATORS | {W.SUPERVISOR}
ONE_OF_THE_PAIR = PAIR | SUPPORTERS
MENTOR_SIDE = frozenset({W.MENTOR, W.VOLUNTEER, W.CANDIDATE})
TAKING_PART = PAIR | {W.VOLUNTEER, W.CANDIDATE}
HELPED = frozenset({W.MENTOR, W.SUPERVISOR})
CIRCLE = frozenset({W.MENTOR, W.VOLUNTEER})
HR = COORDINATORS | {W.ELSEWHERE}
KEEPERS = frozenset({W.ADMINISTRATOR})
FOLLOWERS = COORDINATORS | {W.EXECUTIVE}

PAGES: dict[str, Page] = {
    # For everybody, signed in or not
    "live": Page(EVERYBODY, asks_to_sign_in=False),
    "ready": Page(EVERYBODY, asks_to_sign_in=False),
    # Whoever knows the token
    "metrics": Page(NOBODY, NOBODY, asks_to_sign_in=False),
    "dashboards:who_sees_what": Page(EVERYBODY),
    "people:sign_in": Page(EVERYBODY, EVERYBODY),
    # The link of a mail lets its person choose a password; to everybody it shows that person's given name and address
    "people:choose_password": Page(EVERYBODY, EVERYBODY, names=frozenset({W.MENTOR}), asks_to_sign_in=False),
    "notifications:way_in": Page(EVERYBODY, EVERYBODY, asks_to_sign_in=False),
    "people:sign_out": Page(None, SIGNED_IN),
    "people:my_data": Page(SIGNED_IN, SIGNED_IN),
    "people:suggest": Page(SIGNED_IN),
    "notifications:your_messages": Page(SIGNED_IN, SIGNED_IN),
    # The link of a mail stops messages; it names nobody, and asks nobody who opens it
    "notifications:decline": Page(EVERYBODY, EVERYBODY, asks_to_sign_in=False),
    "ui:appearance": Page(None, EVERYBODY),
    # The demo's doors, which exist in the demo alone
    "demo:enter": Page(NOBODY, NOBODY, asks_to_sign_in=False),
    "demo:mail": Page(NOBODY, NOBODY, asks_to_sign_in=False),
    "demo:letter": Page(NOBODY, NOBODY, asks_to_sign_in=False),
    "demo:letter_as_html": Page(NOBODY, NOBODY, asks_to_sign_in=False),
    "demo:move_clock": Page(NOBODY, NOBODY, asks_to_sign_in=False),
    # Overviews
    "dashboards:home": Page(
        SIGNED_IN,
        names={
            W.MENTOR: SUPPORTERS | {W.MENTEE},
            W.MENTEE: SUPPORTERS | {W.MENTOR},
            W.VOLUNTEER: SUPPORTERS,
            W.CANDIDATE: SUPPORTERS,
        },
    ),
    "dashboards:seen_of_me": Page(SIGNED_IN, names={W.MENTEE: frozenset({W.LINE_MANAGER})}),
    "dashboards:progress": Page(FOLLOWERS | {W.ELSEWHERE}),
    "dashboards:program_progress": Page(FOLLOWERS),
    "dashboards:progress_csv": Page(FOLLOWERS),
    "dashboards:progress_xlsx": Page(FOLLOWERS),
    "dashboards:progress_pdf": Page(FOLLOWERS),
    "dashboards:review": Page(COORDINATORS, COORDINATORS, names=COORDINATORS),
    "dashboards:remove_learning": Page(None, COORDINATORS),
    # Taking part
    "participants:programs": Page(SIGNED_IN),
    "participants:program": Page(
        TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR}, names=SUPPORTERS | {W.MENTOR}
    ),
    "participants:volunteer": Page(TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR}),
    "participants:volunteer_step": Page(
        TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR},
        TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR},
    ),
    "participants:charter": Page(
        TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR}, TAKING_PART, names=COORDINATORS
    ),
    "participants:charter_version": Page(
        TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR}, TAKING_PART, names=COORDINATORS
    ),
    "participants:profile": Page(MENTOR_SIDE, MENTOR_SIDE),
    "participants:withdraw": Page(MENTOR_SIDE, MENTOR_SIDE),
    # A referee needs the link of the mail, and nothing else; what was answered is for coordinators who take no part
    "participants:name_referees": Page(MENTOR_SIDE, MENTOR_SIDE),
    "participants:refer": Page(EVERYBODY, EVERYBODY, names=frozenset({W.VOLUNTEER}), asks_to_sign_in=False),
    "participants:references_at_desk": Page(UNINVOLVED_COORDINATOR, names=MENTOR_SIDE | {W.STRANGER}),
    "participants:decide_references": Page(None, UNINVOLVED_COORDINATOR),
    "participants:decline_call": Page(None, TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR}),
    # Everybody may ask for a place, and is answered about themselves; who waits is for coordinators who take no part
    "participants:ask_to_wait": Page(None, TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR}),
    "participants:leave_wait_list": Page(None, TAKING_PART | SUPPORTERS | {W.EXECUTIVE, W.ADMINISTRATOR}),
    "participants:calls_at_desk": Page(
        COORDINATORS,
        COORDINATORS,
        names={W.COORDINATOR: COORDINATORS | {W.EXECUTIVE}, W.CANDIDATE: COORDINATORS},
    ),
    # Whoever was asked; the page of the program names those who said yes, the mentor among them
    "participants:champion": Page(frozenset({W.MENTOR, W.VOLUNTEER}), frozenset({W.MENTOR, W.VOLUNTEER})),
    "participants:champions_at_desk": Page(COORDINATORS, COORDINATORS, names=frozenset({W.MENTOR, W.VOLUNTEER})),
    "participants:guidance": Page(SIGNED_IN),
    "participants:piece": Page(SIGNED_IN, SIGNED_IN),
    "participants:reports": Page(frozenset({W.LINE_MANAGER}), names=frozenset({W.MENTEE})),
    "participants:answer_as_manager": Page(None, frozenset({W.LINE_MANAGER})),
    # Declared conflicts: whoever declared one, and nobody else
    "programs:conflicts": Page(SIGNED_IN, SIGNED_IN, names={W.MENTOR: frozenset({W.STRANGER})}),
    "programs:conflicts_at_desk": Page(HR, HR),
    "programs:withdraw_conflict": Page(
        frozenset({W.MENTOR}), frozenset({W.MENTOR}), names=frozenset({W.MENTOR, W.STRANGER})
    ),
    # Proposals and pairs
    "matching:proposal": Page(frozenset({W.VOLUNTEER}), frozenset({W.VOLUNTEER}), names=COORDINATORS),
    # Of the two, only whoever said "not this one" may add a word to the search
    "matching:wishes": Page(MENTOR_SIDE, MENTOR_SIDE),
    "matching:aside": Page(frozenset({W.VOLUNTEER}), frozenset({W.VOLUNTEER})),
    "pairings:leave": Page(
        SIGNED_IN, SIGNED_IN, names={W.MENTOR: frozenset({W.MENTEE}), W.MENTEE: frozenset({W.MENTOR})}
    ),
    "pairings:to_look_at": Page(COORDINATORS, names=PAIR),
    "pairings:doing": Page(COORDINATORS, names=PAIR),
    "pairings:waive_rule": Page(None, COORDINATORS),
    "pairings:detail": Page(PAIR, names=ONE_OF_THE_PAIR),
    "pairings:agreement": Page(PAIR, PAIR, names=PAIR),
    "pairings:sign_agreement": Page(PAIR, PAIR, names=PAIR),
    "pairings:set_goal": Page(PAIR, PAIR, names=PAIR),
    "pairings:goal": Page(PAIR, PAIR, names=PAIR),
    "pairings:add_task": Page(PAIR, PAIR, names=PAIR),
    "pairings:change_task": Page(PAIR, PAIR, names=PAIR),
    "pairings:log_meeting": Page(PAIR, PAIR, names=PAIR),
    "pairings:take_back_meeting": Page(PAIR, PAIR, names=PAIR),
    "pairings:plan_meeting": Page(PAIR, PAIR, names=PAIR),
    "pairings:planned_meeting": Page(PAIR, PAIR, names=PAIR),
    "pairings:cancel_meeting": Page(PAIR, PAIR, names=PAIR),
    "pairings:say_what_became": Page(PAIR, PAIR, names=PAIR),
    # The link of the mail logs a meeting, and the private address feeds a calendar: neither asks who opens it
    "pairings:met": Page(EVERYBODY, EVERYBODY, asks_to_sign_in=False),
    "pairings:calendar": Page(SIGNED_IN, SIGNED_IN),
    "pairings:feed": Page(EVERYBODY, names=frozenset({W.MENTEE}), asks_to_sign_in=False),
    "pairings:check_in": Page(PAIR, PAIR, names=PAIR),
    "pairings:skills": Page(PAIR, PAIR, names=PAIR),
    "pairings:extend": Page(PAIR, PAIR, names=PAIR),
    "pairings:answer_extension": Page(PAIR, PAIR, names=PAIR),
    "pairings:fine": Page(PAIR, PAIR, names=PAIR),
    "pairings:pause": Page(PAIR, PAIR, names=PAIR),
    "pairings:pause_at_desk": Page(COORDINATORS, COORDINATORS, names=PAIR),
    "pairings:end": Page(PAIR, PAIR, names=PAIR),
    # One's own, and of the program one coordinates; nobody is in it while the pair goes on
    "pairings:recusals": Page(SIGNED_IN),
    "pairings:recusals_at_desk": Page(COORDINATORS),
    "pairings:recusals_file": Page(COORDINATORS),
    "pairings:certificate": Page(PAIR, PAIR, names=PAIR),
    "pairings:certificate_file": Page(PAIR),
    "pairings:thanks_file": Page(PAIR),
    # Members of a circle of mentors, and the coordinators who form it
    "pairings:circles_at_desk": Page(COORDINATORS, COORDINATORS, names=CIRCLE | {W.CANDIDATE}),
    "pairings:circle": Page(CIRCLE, CIRCLE, names=CIRCLE),
    "pairings:circle_at_desk": Page(COORDINATORS, COORDINATORS, names=CIRCLE | {W.CANDIDATE}),
    "pairings:reflect": Page(PAIR, PAIR, names=PAIR),
    # Facts of pairs, for supervisors of their program: who the two are, and when they meet
    "pairings:supervised": Page(frozenset({W.SUPERVISOR}), names=PAIR),
    "pairings:supervised_pair": Page(frozenset({W.SUPERVISOR}), names=PAIR),
    # Help is asked of one supervisor, and read by the two alone
    "pairings:ask_for_help": Page(TAKING_PART, TAKING_PART, names=frozenset({W.SUPERVISOR})),
    "pairings:asked_for_help": Page(frozenset({W.SUPERVISOR}), names=frozenset({W.MENTOR})),
    "pairings:help_thread": Page(HELPED, HELPED, names=HELPED),
    "pairings:close_thread": Page(HELPED, HELPED, names=HELPED),
    # What is noted in the room is whoever wrote it alone; what the partner wrote, one cannot take back
    "pairings:room": Page(PAIR, names=PAIR),
    "pairings:write_message": Page(PAIR, PAIR, names=PAIR),
    "pairings:take_back_message": Page(PAIR, PAIR, names=PAIR),
    "pairings:write_note": Page(PAIR, PAIR, names=PAIR),
    "pairings:note": Page(frozenset({W.MENTOR}), frozenset({W.MENTOR}), names=PAIR),
    "pairings:delete_note": Page(PAIR, PAIR, names=PAIR),
    # Surveys
    "surveys:answer": Page(PAIR, PAIR),
    "surveys:board": Page(TAKING_PART | SUPPORTERS | {W.EXECUTIVE}),
    "surveys:write_theme": Page(COORDINATORS, COORDINATORS),
    "surveys:remove_theme": Page(None, COORDINATORS),
    "surveys:insights": Page(PAIR, PAIR, names=PAIR),
    "surveys:insight": Page(PAIR, PAIR, names=PAIR),
    "surveys:answer_insight": Page(PAIR, PAIR, names=PAIR),
    "surveys:reply_to_theme": Page(NOBODY, NOBODY),  # the sponsor alone, whom surveys/tests/test_board.py has
    "surveys:preview": Page(COORDINATORS, COORDINATORS),
    "surveys:languages": Page(COORDINATORS),
    "surveys:translate": Page(COORDINATORS, COORDINATORS),
    # The receipt stands for signing in, so that nobody says whose answer they take back
    "surveys:withdraw": Page(EVERYBODY, EVERYBODY, asks_to_sign_in=False),
    "surveys:results": Page(PAIR | FOLLOWERS),
    "surveys:results_csv": Page(PAIR | FOLLOWERS),
    "surveys:results_xlsx": Page(PAIR | FOLLOWERS),
    "surveys:results_pdf": Page(PAIR | FOLLOWERS),
    # Matching, at the desk: never for a coordinator who is a candidate
    "matching:runs": Page(UNINVOLVED_COORDINATOR),
    "matching:start": Page(None, UNINVOLVED_COORDINATOR),
    "matching:board": Page(UNINVOLVED_COORDINATOR, names=TAKING_PART),
    "matching:progress": Page(UNINVOLVED_COORDINATOR),
    "matching:stop": Page(None, UNINVOLVED_COORDINATOR),
    "matching:pair": Page(UNINVOLVED_COORDINATOR, UNINVOLVED_COORDINATOR, names=TAKING_PART),
    "matching:try_another_way": Page(UNINVOLVED_COORDINATOR, UNINVOLVED_COORDINATOR),
    "matching:compare": Page(UNINVOLVED_COORDINATOR, names=TAKING_PART),
    "matching:use": Page(UNINVOLVED_COORDINATOR, UNINVOLVED_COORDINATOR),
    "matching:proof": Page(UNINVOLVED_COORDINATOR),
    "matching:repair": Page(None, UNINVOLVED_COORDINATOR),
    "matching:reinstate": Page(None, UNINVOLVED_COORDINATOR),
    "matching:send": Page(None, UNINVOLVED_COORDINATOR),
    "matching:discard": Page(None, UNINVOLVED_COORDINATOR),
    # The desk
    "admin:programs_program_eligibility": Page(NOBODY, HR),
    "admin:programs_program_import": Page(NOBODY, HR),
    "admin:programs_program_save_as_template": Page(COORDINATORS, COORDINATORS),
    "admin:programs_programtemplate_export": Page(HR, NOBODY),
    "admin:programs_programtemplate_archive": Page(NOBODY, HR),
    "admin:programs_programtemplate_restore": Page(NOBODY, HR),
    # Only of a program without a coordinator, which programs/tests/test_admin.py has
    "admin:programs_program_coordinator": Page(NOBODY, NOBODY),
    "admin:programs_program_reminders": Page(
        COORDINATORS,
        NOBODY,
        names={W.COORDINATOR: TAKING_PART | {W.STRANGER, W.LINE_MANAGER}, W.CANDIDATE: PAIR},
    ),
    "admin:programs_program_sayings": Page(COORDINATORS, NOBODY, names=COORDINATORS),
    "admin:programs_program_saying": Page(COORDINATORS, COORDINATORS, names=COORDINATORS),
    "admin:programs_program_export": Page(COORDINATORS | KEEPERS, NOBODY),
    "admin:programs_program_move": Page(NOBODY, COORDINATORS),
    "admin:people_person_password": Page(KEEPERS, KEEPERS, names=EVERYBODY),
    "admin:people_directoryimport_columns": Page(KEEPERS, KEEPERS),
    "admin:people_directoryimport_preview": Page(KEEPERS, NOBODY, names=EVERYBODY),
    "admin:people_directoryimport_progress": Page(KEEPERS, NOBODY),
    "admin:people_directoryimport_carry_out": Page(NOBODY, KEEPERS),
    "admin:people_directoryimport_discard": Page(NOBODY, KEEPERS),
    "admin:people_directoryimport_undo": Page(NOBODY, KEEPERS),
    **{
        f"admin:people_{name}_merge": Page(KEEPERS, KEEPERS)
        for name in ("function", "lineofbusiness", "skill", "level", "site")
    },
    "admin:notifications_notice_operations": Page(KEEPERS, NOBODY),
    "admin:notifications_notice_try_again": Page(NOBODY, KEEPERS),
    "admin:notifications_notice_try_all_again": Page(NOBODY, KEEPERS),
    "admin:surveys_survey_templates": Page(HR),
    "admin:surveys_survey_close": Page(None, COORDINATORS),
    "admin:surveys_survey_open": Page(None, COORDINATORS),
    "admin:surveys_survey_plan": Page(None, COORDINATORS),
    "admin:surveys_survey_keep": Page(None, COORDINATORS),
    "admin:surveys_survey_stop": Page(None, COORDINATORS),
    "admin:index": Page(DESK, DESK),
    "admin:login": Page(SIGNED_IN, SIGNED_IN),
    "admin:logout": Page(None, DESK),
    "admin:password_change": Page(DESK, DESK),
    "admin:password_change_done": Page(DESK),
    "admin:app_list": Page(DESK - {W.ADMINISTRATOR}, DESK - {W.ADMINISTRATOR}),
    "route <path:object_id>/": Page(DESK, DESK),
    "route (?P<url>.*)$": Page(NOBODY, NOBODY),
}
DESK_MODELS: dict[str, DeskModel] = {
    "participants.participation": DeskModel(lists=HR, sees=COORDINATORS, names=TAKING_PART),
    "people.person": DeskModel(lists=DESK, sees=DESK, changes=KEEPERS, adds=KEEPERS, names=EVERYBODY),
    "people.directoryimport": DeskModel(lists=KEEPERS, sees=KEEPERS, adds=KEEPERS, names=EVERYBODY),
    **{
        f"people.{name}": DeskModel(lists=DESK, sees=DESK, changes=KEEPERS, adds=KEEPERS)
        for name in ("function", "lineofbusiness", "skill", "level", "site")
    },
    "programs.program": DeskModel(
        lists=DESK, sees=COORDINATORS | KEEPERS, changes=COORDINATORS, adds=HR, names=SUPPORTERS
    ),
    "programs.programtemplate": DeskModel(lists=HR, sees=HR, changes=HR, adds=HR, names=frozenset({W.COORDINATOR})),
    "pairings.pairing": DeskModel(lists=HR, sees=COORDINATORS, names=PAIR),
    "pairings.meeting": DeskModel(lists=HR, sees=COORDINATORS, names=PAIR),
    "surveys.survey": DeskModel(lists=HR, sees=COORDINATORS, changes=COORDINATORS, adds=HR),
    "notifications.notice": DeskModel(lists=KEEPERS, sees=KEEPERS, names=EVERYBODY),
}
