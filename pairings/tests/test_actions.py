from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import kinds
from notifications.actions import deliver_due
from notifications.choices import NoticeState
from notifications.models import Notice
from pairings import actions, rules
from pairings.choices import Arranger, Fit, GoalState
from pairings.models import Agreement, CheckIn, Extension, Goal, Meeting, Reflection
from pairings.notices import QUIET
from pairings.private_words import AgreementWords, opened, opened_agreement
from pairings.tests.factories import STARTED_ON, drafted, met, noon, pair, signed
from pairings.tests.instant import at_the_same_instant
from people.tests.factories import StenFactory

DAY = STARTED_ON + timedelta(days=20)
AT = noon(DAY)
QUESTIONS = ("meeting", "getting", "speaking", "worth")


@pytest.fixture
def pairing(pair_alone):
    return pair_alone


@pytest.fixture
def mina(pairing):
    return pairing.mentor.person


@pytest.fixture
def otto(pairing):
    return pairing.mentee.person


class TestAgreeing:
    def test_the_writer_signs_and_the_partner_s_signature_makes_it_hold(self, pairing, mina, otto):
        written = drafted(pairing, by=otto)
        assert (written.version, written.is_signed) == (1, False)
        assert rules.in_force(pairing.agreements.all()) is None
        actions.sign_agreement(pairing, by=mina, at=AT, on=DAY, version=1)
        assert rules.in_force(pairing.agreements.all()) == written

    def test_signing_twice_is_signing_once(self, pairing, mina, otto):
        drafted(pairing, by=otto)
        first = actions.sign_agreement(pairing, by=mina, at=AT, on=DAY, version=1)
        again = actions.sign_agreement(pairing, by=mina, at=AT + timedelta(hours=1), on=DAY, version=1)
        assert again.mentor_signed_at == first.mentor_signed_at == AT

    def test_the_writer_cannot_sign_for_the_partner(self, pairing, otto):
        drafted(pairing, by=otto)
        assert not actions.sign_agreement(pairing, by=otto, at=AT, on=DAY, version=1).is_signed

    def test_a_change_is_a_new_version_and_the_old_one_holds_until_both_have_signed_it(self, pairing, mina, otto):
        old = signed(pairing)
        new = drafted(pairing, by=otto, meet_every_days=28)
        assert rules.in_force(pairing.agreements.all()) == old
        actions.sign_agreement(pairing, by=mina, at=AT, on=DAY, version=new.version)
        assert rules.in_force(pairing.agreements.all()) == new
        assert Agreement.objects.count() == 2

    def test_the_same_draft_posted_twice_is_one_version(self, pairing, mina):
        first, second = drafted(pairing, by=mina, based_on=0), drafted(pairing, by=mina, based_on=0)
        assert first == second
        assert Agreement.objects.count() == 1

    def test_whoever_writes_on_an_older_version_sees_the_conflict(self, pairing, mina, otto):
        drafted(pairing, by=mina, based_on=0)
        with pytest.raises(rules.AgreementChanged, match="Mina has written a newer version"):
            drafted(pairing, by=otto, based_on=0, meet_every_days=7)
        assert Agreement.objects.get().meet_every_days == 14

    def test_nobody_signs_what_they_have_not_read(self, pairing, mina, otto):
        drafted(pairing, by=mina)
        drafted(pairing, by=mina, meet_every_days=7)
        with pytest.raises(rules.AgreementChanged):
            actions.sign_agreement(pairing, by=otto, at=AT, on=DAY, version=1)

    def test_there_is_nothing_to_sign_before_somebody_writes(self, pairing, mina):
        with pytest.raises(rules.NothingToSign):
            actions.sign_agreement(pairing, by=mina, at=AT, on=DAY, version=1)

    def test_words_come_back_as_they_were_written(self, pairing, mina):
        words = AgreementWords(number_one="“Zürich”\nand a film", boundaries="Ärger", if_not_getting_on="We say so.")
        written = drafted(pairing, by=mina, words=words)
        written.refresh_from_db()
        assert opened_agreement(written, pairing) == words


class TestGoals:
    def set_goal(self, pairing, by, title="A night shift", due=60):
        return actions.set_goal(
            pairing, by=by, at=AT, on=DAY, title=title, due_on=STARTED_ON + timedelta(days=due)
        )  # fmt: skip

    def update(self, goal, by, **fields):
        given = {
            "based_on": 1, "title": "A night shift", "due_on": goal.due_on, "progress": 40, "state": GoalState.OPEN,
        }  # fmt: skip
        return actions.update_goal(goal, by=by, at=AT, on=DAY, **{**given, **fields})

    def test_the_same_goal_posted_twice_is_one(self, pairing, mina, otto):
        assert self.set_goal(pairing, mina) == self.set_goal(pairing, mina) == self.set_goal(pairing, otto)
        assert self.set_goal(pairing, mina, title="Another") != self.set_goal(pairing, mina)
        assert Goal.objects.count() == 2

    def test_a_goal_is_due_before_the_pair_ends(self, pairing, mina):
        with pytest.raises(rules.GoalDueOutsideTerm):
            self.set_goal(pairing, mina, due=26 * 7 + 1)

    def test_a_dozen_open_goals_are_enough(self, pairing, mina):
        for number in range(rules.MOST_OPEN_GOALS):
            self.set_goal(pairing, mina, title=f"Goal {number}")
        with pytest.raises(rules.EnoughGoals):
            self.set_goal(pairing, mina, title="One more")

    def test_a_goal_that_is_met_is_met_to_the_full(self, pairing, mina):
        goal = self.update(self.set_goal(pairing, mina), mina, state=GoalState.MET)
        assert (goal.progress, goal.state, goal.version) == (100, GoalState.MET, 2)

    def test_the_partner_s_change_is_not_overwritten(self, pairing, mina, otto):
        goal = self.set_goal(pairing, mina)
        self.update(goal, otto, progress=70)
        with pytest.raises(rules.GoalChanged):
            self.update(goal, mina, title="Two night shifts")
        goal.refresh_from_db()
        assert (opened(goal.title, pairing, goal, "title"), goal.progress) == ("A night shift", 70)

    def test_the_same_change_posted_twice_is_one(self, pairing, mina):
        goal = self.set_goal(pairing, mina)
        self.update(goal, mina)
        assert self.update(goal, mina).version == 2

    def test_a_met_goal_is_not_dropped_without_opening_it_again(self, pairing, mina):
        goal = self.update(self.set_goal(pairing, mina), mina, state=GoalState.MET)
        with pytest.raises(rules.GoalMoveNotAllowed):
            self.update(goal, mina, based_on=2, state=GoalState.DROPPED)
        assert self.update(goal, mina, based_on=2, state=GoalState.OPEN).state == GoalState.OPEN

    def test_an_old_goal_may_be_closed_after_its_day(self, pairing, mina):
        goal = self.set_goal(pairing, mina, due=1)
        assert self.update(goal, mina, state=GoalState.DROPPED).state == GoalState.DROPPED


class TestMeetings:
    def test_the_same_meeting_posted_twice_is_one(self, pairing):
        assert met(pairing, DAY, topics="Depots") == met(pairing, DAY, topics="Depots")
        assert Meeting.objects.count() == 1

    def test_the_partner_s_meeting_of_that_day_counts_for_both(self, pairing, mina, otto):
        met(pairing, DAY, by=mina)
        with pytest.raises(rules.MeetingLogged, match="Mina has already logged your meeting of 24 January 2027"):
            met(pairing, DAY, by=otto)

    def test_another_meeting_of_one_s_own_on_that_day_is_not_lost_in_silence(self, pairing):
        met(pairing, DAY)
        with pytest.raises(rules.MeetingLogged, match="You have already logged"):
            met(pairing, DAY, minutes=30)

    def test_topics_are_optional_and_come_back_as_written(self, pairing):
        plain, told = met(pairing, DAY), met(pairing, DAY - timedelta(days=1), topics="Ärger\nim Depot")
        assert (plain.topics, opened(told.topics, pairing, told, "topics")) == (None, "Ärger\nim Depot")

    def test_a_meeting_from_before_the_end_may_be_added_while_the_page_is_readable(self, pairing, mina, otto):
        actions.end_pairing(pairing, by=otto, at=AT, on=DAY)
        last = DAY + timedelta(days=30)
        assert met(pairing, DAY, on=last)
        with pytest.raises(rules.MeetingOutsideTerm):
            met(pairing, DAY + timedelta(days=1), on=last)
        with pytest.raises(rules.PairingOutOfSight):
            met(pairing, DAY - timedelta(days=1), on=last + timedelta(days=1))

    def test_a_meeting_taken_back_lets_the_count_begin_where_it_was(self, pairing, mina, otto):
        meeting = met(pairing, DAY)
        with pytest.raises(rules.NotYourMeeting):
            actions.take_back_meeting(meeting, by=otto, at=AT, on=DAY)
        for _ in range(2):
            actions.take_back_meeting(meeting, by=mina, at=AT, on=DAY)
        assert rules.last_met(pairing.meetings.all()) is None

    def test_a_nudge_that_came_due_while_it_stood_comes_after_all_once_it_is_taken_back(self, pairing, mina, otto):
        meeting = met(pairing, STARTED_ON + timedelta(days=5))
        first = Notice.objects.filter(kind=QUIET, person=otto).order_by("due_on")[0]
        due = rules.quiet_from(STARTED_ON, rhythm=pairing.program.meet_every_days)
        deliver_due(clock=lambda: noon(due))
        first.refresh_from_db()
        assert (first.due_on, first.state) == (due, NoticeState.CANCELLED)
        later = due + timedelta(days=1)
        actions.take_back_meeting(meeting, by=mina, at=noon(later), on=later)
        comes = Notice.objects.filter(kind=QUIET, person=otto, due_on=later + timedelta(days=1)).get()
        assert kinds.named(QUIET).compose(comes, noon(later + timedelta(days=1))) is not None


class TestCheckIns:
    def answer(self, pairing, by, on=DAY, **answers):
        given = {"meeting": 4, "getting": 3, "speaking": 5, "worth": 4, "fit": Fit.GOOD, **answers}
        return actions.answer_check_in(pairing, by=by, at=noon(on), on=on, **given)

    def test_each_answers_the_same_check_in_once(self, pairing, mina, otto):
        assert self.answer(pairing, mina) == self.answer(pairing, mina)
        assert self.answer(pairing, otto).due_on == STARTED_ON + timedelta(days=14)
        assert CheckIn.objects.count() == 2

    def test_answers_stay_as_they_were_given(self, pairing, mina):
        self.answer(pairing, mina)
        with pytest.raises(rules.CheckInAnswered):
            self.answer(pairing, mina, worth=1)
        assert CheckIn.objects.get().worth == 4

    def test_the_next_one_asks_again(self, pairing, mina):
        self.answer(pairing, mina)
        later = STARTED_ON + timedelta(days=59)
        assert self.answer(pairing, mina, on=later, worth=1).due_on == later

    def test_nothing_is_asked_before_the_first_day(self, pairing, mina):
        with pytest.raises(rules.NoCheckInDue):
            self.answer(pairing, mina, on=STARTED_ON + timedelta(days=13))


class TestGoingOn:
    def ask(self, pairing, by, weeks=4):
        until = pairing.runs_until + timedelta(weeks=weeks)
        return actions.propose_extension(pairing, by=by, at=AT, on=DAY, until=until)

    def answer(self, extension, by, agreed=True):
        return actions.answer_extension(extension, by=by, at=AT, on=DAY, agreed=agreed)

    def test_the_last_day_moves_when_both_agree(self, pairing, mina, otto):
        before = pairing.runs_until
        question = self.ask(pairing, mina)
        pairing.refresh_from_db()
        assert pairing.runs_until == before
        self.answer(question, otto)
        pairing.refresh_from_db()
        assert pairing.runs_until == before + timedelta(weeks=4)

    def test_a_no_changes_nothing(self, pairing, mina, otto):
        before = pairing.runs_until
        self.answer(self.ask(pairing, mina), otto, agreed=False)
        pairing.refresh_from_db()
        assert pairing.runs_until == before

    def test_whoever_was_told_no_leaves_it_to_the_other(self, pairing, mina, otto):
        self.answer(self.ask(pairing, mina), otto, agreed=False)
        with pytest.raises(rules.ToldNo, match="If Otto would like to go on after all, you are asked"):
            self.ask(pairing, mina, weeks=2)
        assert Notice.objects.filter(person=otto, kind="pairings.extension_asked").count() == 1
        self.answer(self.ask(pairing, otto), mina)
        pairing.refresh_from_db()
        assert self.ask(pairing, mina)

    def test_nobody_answers_their_own_question(self, pairing, mina):
        question = self.ask(pairing, mina)
        with pytest.raises(rules.OwnQuestion):
            self.answer(question, mina)

    def test_one_question_at_a_time(self, pairing, mina, otto):
        assert self.ask(pairing, mina) == self.ask(pairing, mina)
        with pytest.raises(rules.ExtensionAsked):
            self.ask(pairing, otto, weeks=5)

    def test_an_answer_stays(self, pairing, mina, otto):
        question = self.ask(pairing, mina)
        assert self.answer(question, otto) == self.answer(question, otto)
        with pytest.raises(rules.ExtensionAnswered):
            self.answer(question, otto, agreed=False)

    def test_a_question_dies_with_the_pair(self, pairing, mina, otto):
        question = self.ask(pairing, mina)
        actions.end_pairing(pairing, by=mina, at=AT, on=DAY)
        with pytest.raises(rules.PairingEnded):
            self.answer(question, otto)


class TestEnding:
    def test_either_ends_it_without_a_reason(self, pairing, otto):
        ended = actions.end_pairing(pairing, by=otto, at=AT, on=DAY)
        assert (ended.ended_on, ended.ended_by) == (DAY, otto)

    def test_a_second_click_changes_nothing(self, pairing, otto):
        actions.end_pairing(pairing, by=otto, at=AT, on=DAY)
        assert actions.end_pairing(pairing, by=otto, at=AT, on=DAY + timedelta(days=1)).ended_on == DAY

    def test_what_has_ended_is_not_ended_by_the_other(self, pairing, mina, otto):
        actions.end_pairing(pairing, by=otto, at=AT, on=DAY)
        with pytest.raises(rules.PairingEnded):
            actions.end_pairing(pairing, by=mina, at=AT, on=DAY)

    def test_a_pair_that_has_not_begun_can_end(self, db):
        early = pair(on=STARTED_ON - timedelta(days=60))
        day = STARTED_ON - timedelta(days=59)
        ended = actions.end_pairing(early, by=early.mentor.person, at=noon(day), on=day)
        assert ended.ended_on == early.started_on

    def test_nothing_new_is_agreed_afterwards(self, pairing, mina, otto):
        goal = actions.set_goal(pairing, by=mina, at=AT, on=DAY, title="x", due_on=DAY)
        signed(pairing)
        actions.end_pairing(pairing, by=otto, at=AT, on=DAY)
        attempts = [
            lambda: drafted(pairing, by=mina, on=DAY),
            lambda: actions.sign_agreement(pairing, by=otto, at=AT, on=DAY, version=1),
            lambda: actions.set_goal(pairing, by=mina, at=AT, on=DAY, title="y", due_on=DAY),
            lambda: actions.update_goal(
                goal, by=mina, at=AT, on=DAY, based_on=1, title="z", due_on=DAY, progress=1, state=GoalState.OPEN
            ),
            lambda: actions.answer_check_in(
                pairing, by=mina, at=AT, on=DAY, meeting=1, getting=1, speaking=1, worth=1, fit=Fit.GOOD
            ),
            lambda: actions.propose_extension(
                pairing, by=mina, at=AT, on=DAY, until=pairing.runs_until + timedelta(days=1)
            ),
        ]  # fmt: skip
        for attempt in attempts:
            with pytest.raises(rules.PairingEnded):
                attempt()

    def test_a_reflection_is_written_at_the_end_and_may_be_written_again(self, pairing, mina):
        with pytest.raises(rules.TooEarlyToReflect):
            actions.reflect(pairing, by=mina, at=AT, on=DAY, words="x", shared=False)
        last = pairing.runs_until
        first = actions.reflect(pairing, by=mina, at=noon(last), on=last, words="One", shared=False)
        second = actions.reflect(pairing, by=mina, at=noon(last), on=last, words="Two", shared=True)
        assert first.pk == second.pk
        kept = Reflection.objects.get()
        assert (opened(kept.words, pairing, kept, "words"), kept.shared) == ("Two", True)


def test_a_stranger_does_nothing_in_a_pair(pairing, mina):
    sten = StenFactory()
    goal = actions.set_goal(pairing, by=mina, at=AT, on=DAY, title="x", due_on=DAY)
    question = actions.propose_extension(
        pairing, by=mina, at=AT, on=DAY, until=pairing.runs_until + timedelta(days=1)
    )  # fmt: skip
    drafted(pairing, by=mina)
    attempts = [
        lambda: drafted(pairing, by=sten),
        lambda: actions.sign_agreement(pairing, by=sten, at=AT, on=DAY, version=1),
        lambda: actions.set_goal(pairing, by=sten, at=AT, on=DAY, title="y", due_on=DAY),
        lambda: actions.update_goal(
            goal, by=sten, at=AT, on=DAY, based_on=1, title="z", due_on=DAY, progress=1, state=GoalState.OPEN
        ),
        lambda: met(pairing, DAY, by=sten),
        lambda: actions.answer_check_in(pairing, by=sten, at=AT, on=DAY, meeting=1, getting=1, speaking=1, worth=1),
        lambda: actions.propose_extension(pairing, by=sten, at=AT, on=DAY, until=pairing.runs_until),
        lambda: actions.answer_extension(question, by=sten, at=AT, on=DAY, agreed=True),
        lambda: actions.end_pairing(pairing, by=sten, at=AT, on=DAY),
        lambda: actions.reflect(pairing, by=sten, at=AT, on=DAY, words="x", shared=False),
    ]
    for attempt in attempts:
        with pytest.raises(rules.NotYourPair):
            attempt()


def test_what_is_refused_owes_nothing(pairing, mina):
    before = Notice.objects.count()
    with pytest.raises(rules.MeetingInTheFuture):
        met(pairing, DAY + timedelta(days=1), on=DAY)
    assert Notice.objects.count() == before


# At the same instant


def outcomes_of(calls):
    return sorted(type(outcome).__name__ for outcome in at_the_same_instant(*calls))


@pytest.mark.django_db(transaction=True)
class TestAtTheSameInstant:
    TIMES = 6

    def same(self, call):
        return outcomes_of([call] * self.TIMES)

    def test_one_meeting(self, pairing):
        assert self.same(lambda: met(pairing, DAY, topics="Depots")) == ["Meeting"] * self.TIMES
        assert Meeting.objects.count() == 1

    def test_one_step_of_a_goal(self, pairing, mina):
        goal = actions.set_goal(pairing, by=mina, at=AT, on=DAY, title="A night shift", due_on=DAY)
        step = {"by": mina, "at": AT, "on": DAY, "title": "Find a night"}
        assert self.same(lambda: actions.add_task(goal, **step)) == ["Task"] * self.TIMES
        assert goal.tasks.count() == 1

    def test_one_meeting_when_both_log_it(self, pairing, mina, otto):
        calls = [lambda: met(pairing, DAY, by=mina), lambda: met(pairing, DAY, by=otto)]
        assert outcomes_of(calls) == ["Meeting", "MeetingLogged"]

    def test_one_goal(self, pairing, mina):
        call = lambda: actions.set_goal(pairing, by=mina, at=AT, on=DAY, title="A night shift", due_on=DAY)  # noqa: E731
        assert self.same(call) == ["Goal"] * self.TIMES
        assert Goal.objects.count() == 1

    def test_one_version_of_the_agreement(self, pairing, mina):
        assert self.same(lambda: drafted_on_nothing(pairing, mina)) == ["Agreement"] * self.TIMES
        assert Agreement.objects.count() == 1

    def test_of_two_who_write_an_agreement_one_sees_the_conflict(self, pairing, mina, otto):
        calls = [lambda: drafted_on_nothing(pairing, mina), lambda: drafted_on_nothing(pairing, otto)]
        assert outcomes_of(calls) == ["Agreement", "AgreementChanged"]

    def test_of_two_who_change_a_goal_one_sees_the_conflict(self, pairing, mina, otto):
        goal = actions.set_goal(pairing, by=mina, at=AT, on=DAY, title="A night shift", due_on=DAY)

        def change(by, progress):
            return actions.update_goal(
                goal, by=by, at=AT, on=DAY, based_on=1, title="A night shift", due_on=DAY, progress=progress,
                state=GoalState.OPEN,
            )  # fmt: skip

        assert outcomes_of([lambda: change(mina, 10), lambda: change(otto, 20)]) == ["Goal", "GoalChanged"]

    def test_one_check_in(self, pairing, mina):
        def answer():
            return actions.answer_check_in(pairing, by=mina, at=AT, on=DAY, fit=Fit.GOOD, **dict.fromkeys(QUESTIONS, 4))

        assert self.same(answer) == ["CheckIn"] * self.TIMES
        assert CheckIn.objects.count() == 1

    def test_one_question_and_one_answer(self, pairing, mina, otto):
        until = pairing.runs_until + timedelta(days=7)
        call = lambda: actions.propose_extension(pairing, by=mina, at=AT, on=DAY, until=until)  # noqa: E731
        assert self.same(call) == ["Extension"] * self.TIMES
        question = Extension.objects.get()
        yes_and_no = [
            lambda: actions.answer_extension(question, by=otto, at=AT, on=DAY, agreed=True),
            lambda: actions.answer_extension(question, by=otto, at=AT, on=DAY, agreed=False),
        ]
        assert outcomes_of(yes_and_no) == ["Extension", "ExtensionAnswered"]

    def test_one_end(self, pairing, mina, otto):
        calls = [
            lambda: actions.end_pairing(pairing, by=mina, at=AT, on=DAY),
            lambda: actions.end_pairing(pairing, by=otto, at=AT, on=DAY),
        ]
        assert outcomes_of(calls) == ["Pairing", "PairingEnded"]
        assert Notice.objects.filter(kind="pairings.ended").count() == 1

    def test_one_reflection(self, pairing, mina):
        last = pairing.runs_until
        call = lambda: actions.reflect(pairing, by=mina, at=noon(last), on=last, words="Thanks", shared=True)  # noqa: E731
        assert self.same(call) == ["Reflection"] * self.TIMES
        assert Reflection.objects.count() == 1


def drafted_on_nothing(pairing, by):
    return actions.draft_agreement(
        pairing, by=by, at=AT, on=DAY, based_on=0, words=AgreementWords(where="Leeds"), meet_every_days=14,
        meeting_minutes=60, arranged_by=Arranger.MENTEE,
    )  # fmt: skip
