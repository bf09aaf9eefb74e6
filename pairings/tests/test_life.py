"""The whole life of a pair, in any order: what is refused changes nothing, and what must hold always holds.

Hypothesis writes lives of two people out of everything either can do and days that pass, and a small model says beside
it what must have come of it. ``make proofs`` writes many more, and longer ones.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from inspect import signature
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RULE_MARKER,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from disclosure.tests.proofs import LONG
from notifications.models import Notice
from pairings import actions, checking_in, ending, keepsakes, pausing, rules
from pairings.choices import Arranger, Fit, GoalState, Kind, PlanState
from pairings.models import (
    Agreement,
    CheckIn,
    Extension,
    Goal,
    Meeting,
    Pairing,
    PlannedMeeting,
    PrivateMessage,
    PrivateNote,
    Reflection,
)
from pairings.private_words import AgreementWords, opened
from pairings.queries import at_home, pair_page, visible_to
from pairings.tests.factories import STARTED_ON, noon, pair
from participants.choices import Way
from people.models import Person
from people.tests.factories import MADE, StenFactory
from programs.choices import Stage
from programs.tests.factories import ProgramFactory

WHO = st.sampled_from(["mentor", "mentee", "mentor", "mentee", "stranger"])
DAYS = st.sampled_from([1, 4, 9, 20, 0, -2, 40])
KEPT = (Agreement, Goal, Meeting, PlannedMeeting, CheckIn, Extension, Reflection, PrivateMessage, PrivateNote)
TABLES = [each._meta.db_table for each in KEPT]
_COUNTS = ", ".join(f"(SELECT count(*) FROM {each} WHERE pairing_id = %(pk)s)" for each in TABLES)  # noqa: S608
COUNT = f"SELECT {_COUNTS}"
_ALL_OF = "SELECT string_agg(each::text, ';' ORDER BY each.id) FROM"
_CONTENTS = ", ".join(f"({_ALL_OF} {each} AS each WHERE pairing_id = %(pk)s)" for each in TABLES)
CONTENTS = (
    f"SELECT {_CONTENTS}, ({_ALL_OF} {Pairing._meta.db_table} AS each WHERE id = %(pk)s),"  # noqa: S608
    f" (SELECT count(*) FROM {Notice._meta.db_table})"
)
LOGGED = KEPT.index(Meeting)
LIVES = settings(
    max_examples=200 if LONG else 5,
    stateful_step_count=60 if LONG else 30,
    deadline=None,
    derandomize=not LONG,
    phases=list(Phase) if LONG else [Phase.generate],  # a short failure is told at once; the long version shrinks it
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Life(RuleBasedStateMachine):
    """``closed``, ``last_day``, ``logged`` (meetings ever logged) and ``erased`` are what the model knows; everything
    else is asked of the database."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.stack.close()
        MADE.clear()

    @initialize()
    def begins(self) -> None:
        program = ProgramFactory(stage=Stage.RUNNING, term_weeks=8, kept_days=40)
        self.pk = pair(program=program).pk
        found = self.pairing
        self.people: dict[str, Person] = {
            "mentor": found.mentor.person, "mentee": found.mentee.person, "stranger": StenFactory(),
        }  # fmt: skip
        self.day, self.closed = STARTED_ON, False
        self.last_day, self.logged, self.erased = found.runs_until, 0, False
        for ahead in (2, 6, 12):
            self.plans_a_meeting("mentor", ahead)

    @property
    def pairing(self) -> Pairing:
        return Pairing.objects.with_people().select_related("data_key").get(pk=self.pk)

    @property
    def is_open(self) -> bool:
        return not self.closed and self.day <= self.last_day

    def attempt(self, who: str, action: Callable[..., Any], *about: Any, **given: Any) -> Any:
        """The answer, or None if it was refused. A stranger is always refused, and what is refused changes nothing.

        Nothing is taken back here after a refusal: an action that wrote something first has to do so itself.
        """
        before, contents = self._rows(), self._contents()
        try:
            answer = action(*about, by=self.people[who], **given)
        except ValidationError:
            assert self._contents() == contents, f"{action.__name__} refused and wrote something all the same"
            return None
        assert who != "stranger", f"{action.__name__} let a stranger in"
        self.logged += max(self._rows()[LOGGED] - before[LOGGED], 0)
        return answer

    def twice(self, who: str, action: Callable[..., Any], *about: Any, **given: Any) -> Any:
        """A double click: what was done is done once."""
        answer = self.attempt(who, action, *about, **given)
        if answer is not None:
            before = self._rows()
            assert self.attempt(who, action, *about, **given) is not None
            assert self._rows() == before
        return answer

    def _rows(self) -> tuple[int, ...]:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"pk": self.pk})
            counted: tuple[int, ...] = cursor.fetchone()
        return counted

    def _contents(self) -> tuple[Any, ...]:
        """All that is stored of the pair, and how many messages are owed."""
        with connection.cursor() as cursor:
            cursor.execute(CONTENTS, {"pk": self.pk})
            found: tuple[Any, ...] = cursor.fetchone()
        return found

    # Days pass

    @rule(days=st.sampled_from([1, 1, 2, 7, 14, 30]))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)

    @precondition(lambda self: self.day > self.last_day)
    @rule()
    def the_tick_comes(self) -> None:
        actions.forget_private_words(at=noon(self.day))
        self.erased = self.erased or self.day > self.last_day + timedelta(days=40)

    # What the two do

    @rule(who=WHO, every=st.sampled_from([7, 14, 28]))
    def writes_an_agreement(self, who: str, every: int) -> None:
        newest = self.pairing.agreements.first()
        version = newest.version if newest else 0
        written = self.twice(
            who, actions.draft_agreement, self.pairing, at=noon(self.day), on=self.day, based_on=version,
            words=AgreementWords(where=f"Leeds {self.day}"), meet_every_days=every, meeting_minutes=60,
            arranged_by=Arranger.MENTEE,
        )  # fmt: skip
        assert (written is not None) == (self.is_open and who != "stranger")

    @rule(who=WHO)
    def signs(self, who: str) -> None:
        newest = self.pairing.agreements.first()
        version = newest.version if newest else 1
        signed = self.twice(who, actions.sign_agreement, self.pairing, at=noon(self.day), on=self.day, version=version)
        assert (signed is not None) == (self.is_open and who != "stranger" and newest is not None)

    @rule(who=WHO, ahead=DAYS)
    def sets_a_goal(self, who: str, ahead: int) -> None:
        due_on = self.day + timedelta(days=ahead)
        given = {"title": f"A night, {due_on}", "due_on": due_on}
        goal = self.twice(who, actions.set_goal, self.pairing, at=noon(self.day), on=self.day, **given)
        if goal is not None and ahead % 2:
            met = self.attempt(
                who, actions.update_goal, goal, at=noon(self.day), on=self.day, based_on=goal.version, title="A night",
                due_on=goal.due_on, progress=100, state=GoalState.MET,
            )  # fmt: skip
            assert met is None or met.state == GoalState.MET

    @rule(who=WHO, back=DAYS, minutes=st.sampled_from([1, 45, 60]))
    def logs_a_meeting(self, who: str, back: int, minutes: int) -> None:
        logged = self.twice(
            who, actions.log_meeting, self.pairing, at=noon(self.day), on=self.day,
            held_on=self.day - timedelta(days=back), minutes=minutes, kind=Kind.MENTOR_LED, way=Way.VIDEO, topics="",
        )  # fmt: skip
        if logged is not None:
            assert STARTED_ON <= logged.held_on <= min(self.day, self.last_day)

    @rule(who=WHO)
    def takes_a_meeting_back(self, who: str) -> None:
        meeting = self.pairing.meetings.last()
        if meeting is not None:
            self.attempt(who, actions.take_back_meeting, meeting, at=noon(self.day), on=self.day)

    @rule(who=WHO, ahead=DAYS)
    def plans_a_meeting(self, who: str, ahead: int) -> None:
        starts_at = datetime.combine(self.day + timedelta(days=ahead), time(15), tzinfo=UTC)
        planned = self.twice(
            who, actions.plan_meeting, self.pairing, at=noon(self.day), starts_at=starts_at, zone=ZoneInfo("UTC"),
            minutes=45, kind=Kind.RECIPROCAL, way=Way.WALK,
        )  # fmt: skip
        assert planned is None or self.is_open

    @rule(who=WHO, becomes=st.sampled_from(["cancelled", "held", "not_held"]))
    def says_what_became_of_one(self, who: str, becomes: str) -> None:
        planned = self.pairing.planned_meetings.filter(state=PlanState.PLANNED).select_related("pairing").first()
        if planned is None:
            return
        at = {"at": noon(self.day)}
        if becomes == "cancelled":
            self.twice(who, actions.cancel_meeting, planned, based_on=planned.version, **at)
        elif becomes == "held":
            self.attempt(who, actions.note_held, planned, on=self.day, minutes=45, **at)
        else:
            self.twice(who, actions.note_not_held, planned, on=self.day, **at)

    @rule(who=WHO, point=st.integers(1, 5), fit=st.sampled_from([None, *Fit]))
    def answers_the_check_in(self, who: str, point: int, fit: Fit | None) -> None:
        given = dict.fromkeys(("meeting", "getting", "speaking", "worth"), point)
        self.twice(who, actions.answer_check_in, self.pairing, at=noon(self.day), on=self.day, fit=fit, **given)

    @rule(who=WHO, words=st.sampled_from(["One", "Two"]))
    def writes(self, who: str, words: str) -> None:
        given = {"at": noon(self.day), "on": self.day, "words": words}
        self.attempt(who, actions.write_message, self.pairing, **given)
        self.attempt(who, actions.write_note, self.pairing, **given)

    @rule(who=WHO, weeks=st.integers(1, 6))
    def asks_to_go_on(self, who: str, weeks: int) -> None:
        until = self.pairing.runs_until + timedelta(weeks=weeks)
        self.twice(who, actions.propose_extension, self.pairing, at=noon(self.day), on=self.day, until=until)

    @rule(who=WHO, agreed=st.booleans())
    def answers_whether_to_go_on(self, who: str, agreed: bool) -> None:
        question = self.pairing.extensions.filter(answered_at=None).first()
        if question is None:
            return
        given = {"at": noon(self.day), "on": self.day, "agreed": agreed}
        answered = self.attempt(who, actions.answer_extension, question, **given)
        if answered is not None:
            assert answered.proposed_by != self.people[who]
            if agreed:
                self.last_day = question.until

    @rule(who=WHO, begins=DAYS, lasts=DAYS)
    def pauses(self, who: str, begins: int, lasts: int) -> None:
        found = self.pairing
        seen = found.back_on if pausing.lies_ahead(found, on=self.day) else None
        first = self.day + timedelta(days=begins)
        self.twice(
            who, actions.pause_pairing, found, at=noon(self.day), on=self.day, paused_from=first,
            back_on=first + timedelta(days=lasts), seen=seen,
        )  # fmt: skip

    @rule(who=WHO)
    def goes_on_again(self, who: str) -> None:
        self.attempt(who, actions.bring_back, self.pairing, at=noon(self.day), on=self.day)

    @rule(who=WHO, ahead=DAYS)
    def says_that_all_is_well(self, who: str, ahead: int) -> None:
        until = self.day + timedelta(days=ahead)
        self.twice(who, actions.say_fine, self.pairing, at=noon(self.day), on=self.day, until=until)

    @rule(who=WHO, shared=st.booleans())
    def writes_closing_words(self, who: str, shared: bool) -> None:
        given = {"at": noon(self.day), "on": self.day}
        self.twice(who, actions.reflect, self.pairing, words="Thank you", shared=shared, **given)
        self.twice(who, actions.agree_to_be_named, self.pairing, agreed=shared, **given)

    @precondition(lambda self: self.day > STARTED_ON + timedelta(days=20))
    @rule(who=WHO)
    def closes_it(self, who: str) -> None:
        ended = self.twice(who, actions.end_pairing, self.pairing, at=noon(self.day), on=self.day)
        if not self.closed:
            assert (ended is not None) == (self.is_open and who != "stranger")
            if ended is not None:
                self.closed, self.last_day = True, self.day

    # What must hold, whatever happened

    @invariant()
    def facts_agree(self) -> None:
        found = self.pairing
        assert found.last_day == self.last_day
        assert rules.is_open(found, on=self.day) == self.is_open
        held = list(found.meetings.all())
        assert len({each.held_on for each in held}) == len(held)
        assert found.times_logged == self.logged
        assert all(STARTED_ON <= each.held_on <= self.last_day for each in held)
        ahead = [each.day for each in found.planned_meetings.ahead(noon(self.day))]
        assert not (ahead and self.closed)
        assert not [day for day in ahead if found.pauses_on(day)]
        assert found.extensions.filter(answered_at=None).count() <= 1
        versions = list(found.agreements.values_list("version", flat=True))
        assert sorted(versions) == list(range(1, len(versions) + 1))
        given = [(each.person_id, each.due_on) for each in found.check_ins.all()]
        assert len(set(given)) == len(given)
        assert all(STARTED_ON < due_on <= self.last_day or self.closed for _, due_on in given)

    @invariant()
    def only_the_two_see_it_and_only_for_a_while(self) -> None:
        readable = self.day <= self.last_day + timedelta(days=rules.READABLE_DAYS)
        for who, person in self.people.items():
            seen = visible_to(person, self.day).filter(pk=self.pk).exists()
            assert seen == (readable and who != "stranger")

    @invariant()
    def words_open_until_they_are_erased(self) -> None:
        found = self.pairing
        assert (found.data_key is None) == self.erased
        for goal in found.goals.all():
            assert (opened(goal.title, found, goal, "title") is None) == self.erased
        if self.erased:
            assert not found.messages.exists()
            assert not found.notes.exists()
            assert not found.check_ins.exclude(fit=None, meeting=None, getting=None, speaking=None).exists()

    @precondition(lambda self: self.day <= self.last_day + timedelta(days=rules.READABLE_DAYS))
    @rule(who=st.sampled_from(["mentor", "mentee"]))
    def looks_at_the_pages(self, who: str) -> None:
        person, found = self.people[who], visible_to(self.people[who], self.day).get(pk=self.pk)
        page = pair_page(found, person, self.day, at=noon(self.day))
        assert page.is_open == self.is_open
        assert (page.health is not None) == rules.is_under_way(found, on=self.day)
        assert bool(page.next_match) <= (not self.is_open)
        assert checking_in.check_in_page(found, person, self.day).waits <= self.is_open
        home = at_home(person, self.day)
        assert [card.is_open for card in home.cards] == [self.is_open]
        assert ending.recusals_of(person, on=self.day) == [] or not self.is_open
        assert keepsakes.is_made(found, on=self.day) == (not self.is_open)


@pytest.mark.django_db
def test_any_life_of_a_pair_keeps_what_must_hold():
    run_state_machine_as_test(Life, settings=LIVES)


SAID: dict[str, Any] = {
    "every": 14, "ahead": 4, "back": 1, "minutes": 45, "becomes": "held", "point": 4, "fit": None, "words": "One",
    "weeks": 2, "agreed": True, "begins": 4, "lasts": 9, "shared": True,
}  # fmt: skip


@pytest.mark.django_db
def test_somebody_else_is_let_into_none_of_it_while_it_lasts_and_after():
    """Each of these rules by Sten, who has no part in the pair, with something there that he could act on."""
    life = Life()
    life.begins()
    try:
        life.writes_an_agreement("mentor", 14)
        life.sets_a_goal("mentee", 9)
        life.logs_a_meeting("mentor", 0, 45)
        life.asks_to_go_on("mentor", 2)
        for days in (0, 60):
            life.days_pass(days)
            tried = 0
            for name, each in vars(Life).items():
                asked = signature(each).parameters if hasattr(each, RULE_MARKER) else {}
                if "who" in asked and name != "looks_at_the_pages":
                    each(life, who="stranger", **{given: SAID[given] for given in asked if given in SAID})
                    tried += 1
            assert tried == 16
    finally:
        life.teardown()
