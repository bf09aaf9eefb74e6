from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from django.core import mail

from notifications.actions import deliver_due
from notifications.choices import NoticeState
from notifications.kinds import all_kinds
from notifications.models import Notice
from pairings import actions, circle_notices, directory_notices, notices, pause_notices, private_notices
from pairings.choices import Fit, GoalState
from pairings.tests.factories import STARTED_ON, drafted, met, noon, pair, signed
from people.tests.factories import MinaFactory, OttoFactory


def day(number):
    return STARTED_ON + timedelta(days=number)


@pytest.fixture
def pairing(pair_alone):
    """Mentored in London, started on a Monday; meets every three weeks, first check-in after 14 days, 26 weeks."""
    return pair_alone


def sent_until(last, since=STARTED_ON):
    """Deliver at noon of each day on which something is due; answers (days since the start, given name, subject)."""
    found = []
    today = since
    while today <= last:
        mail.outbox.clear()
        deliver_due(clock=partial(noon, today))
        found += [
            ((today - STARTED_ON).days, message.to[0].split("@")[0], message.subject) for message in mail.outbox
        ]  # fmt: skip
        waiting = Notice.objects.unfinished().order_by("due_at").values_list("due_at", flat=True).first()
        if waiting is None:
            break
        today = max(waiting.date(), today + timedelta(days=1))
    return found


def days_of(found, words, to):
    return [number for number, name, subject in found if name == to and words in subject]


def owed(kind, person):
    return list(Notice.objects.filter(kind=kind, person=person).order_by("due_at"))


class TestOwedAtTheStart:
    def test_both_are_owed_a_check_in_on_each_day_of_the_cadence(self, pairing):
        for person in (pairing.mentor.person, pairing.mentee.person):
            dues = [notice.due_at for notice in owed(notices.CHECK_IN, person)]
            assert [due.date() for due in dues] == [day(14), day(59), day(104), day(149)]

    def test_nine_in_the_morning_in_one_s_own_zone_before_and_after_the_clocks_change(self, db):
        pairing = pair(
            MinaFactory(time_zone="Europe/Berlin"), OttoFactory(time_zone="America/New_York"), on=date(2027, 3, 1)
        )
        unsigned = [notice.due_at for notice in owed(notices.AGREEMENT_UNSIGNED, pairing.mentor.person)]
        assert unsigned == [datetime(2027, 3, 4, 8, tzinfo=UTC), datetime(2027, 3, 8, 8, tzinfo=UTC)]
        check_ins = owed(notices.CHECK_IN, pairing.mentor.person)
        assert check_ins[0].due_at == datetime(2027, 3, 15, 8, tzinfo=UTC)  # before the last Sunday of March
        assert check_ins[1].due_at == datetime(2027, 4, 29, 7, tzinfo=UTC)  # summer time in Berlin
        theirs = owed(notices.CHECK_IN, pairing.mentee.person)
        assert theirs[0].due_at == datetime(2027, 3, 15, 13, tzinfo=UTC)  # New York changed the day before

    def test_prompts_stand_28_7_and_0_days_before_the_last_one(self, pairing):
        for person in (pairing.mentor.person, pairing.mentee.person):
            dues = [notice.due_at.date() for notice in owed(notices.END_PROMPT, person)]
            assert dues == [pairing.runs_until - timedelta(days=days) for days in (28, 7, 0)]

    def test_a_short_pair_is_not_prompted_before_it_starts(self, db):
        pairing = pair(term_weeks=4, end_prompt_days=[35, 7])
        assert len(owed(notices.END_PROMPT, pairing.mentor.person)) == 1

    def test_a_quiet_pair_is_told_the_mentee_first(self, pairing):
        (mentee,), (mentor,) = owed(notices.QUIET, pairing.mentee.person), owed(notices.QUIET, pairing.mentor.person)
        assert (mentee.due_at.date(), mentor.due_at.date()) == (day(28), day(35))

    def test_owing_it_all_again_owes_nothing_new(self, pairing):
        before = Notice.objects.count()
        notices.owe_opening(pairing, at=noon(STARTED_ON))
        assert Notice.objects.count() == before


class TestAgreement:
    def test_an_unsigned_one_is_asked_for_on_the_third_and_the_seventh_day(self, pairing):
        found = sent_until(day(10))
        assert days_of(found, "Your agreement with", "mina") == days_of(found, "Your agreement with", "otto") == [3, 7]

    def test_whoever_has_signed_is_not_reminded(self, pairing):
        drafted(pairing, by=pairing.mentee.person)
        found = sent_until(day(10))
        assert days_of(found, "Your agreement with", "otto") == []
        assert days_of(found, "Your agreement with", "mina") == [3, 7]
        assert days_of(found, "Otto has written the agreement", "mina") == [0]

    def test_nobody_is_reminded_once_both_have_signed(self, pairing):
        signed(pairing)
        assert days_of(sent_until(day(10)), "agreement", "mina") == []

    def test_nor_in_the_days_in_which_they_asked_for_no_nudge(self, pairing):
        actions.say_fine(pairing, by=pairing.mentor.person, at=noon(day(1)), on=day(1), until=day(3))
        assert days_of(sent_until(day(10)), "Your agreement with", "otto") == [7]

    def test_a_version_that_was_replaced_is_not_asked_for(self, pairing):
        drafted(pairing, by=pairing.mentor.person)
        drafted(pairing, by=pairing.mentor.person, meet_every_days=7)
        assert days_of(sent_until(day(1)), "Mina has written", "otto") == [0]


class TestQuiet:
    def test_a_pair_that_has_not_met_is_nudged_once_each(self, pairing):
        found = sent_until(day(60))
        assert days_of(found, "Your first meeting", "otto") == [28]
        assert days_of(found, "Your first meeting", "mina") == [35]

    def test_after_a_meeting_the_count_begins_again(self, pairing):
        met(pairing, day(20))
        found = sent_until(day(70), since=day(20))
        assert days_of(found, "Your first meeting", "otto") == []
        assert days_of(found, "Time to meet again", "otto") == [48]
        assert days_of(found, "Time to meet again", "mina") == [55]

    def test_the_agreed_rhythm_counts_not_the_program_s(self, pairing):
        signed(pairing, meet_every_days=42)
        found = sent_until(day(60))
        assert days_of(found, "Your first meeting", "otto") == [56]

    def test_a_meeting_in_time_leaves_both_in_peace(self, pairing):
        for number in (10, 30, 50):
            met(pairing, day(number))
        assert not days_of(sent_until(day(60), since=day(50)), "meet", "otto")


class TestCheckIns:
    def test_both_are_asked_on_the_day(self, pairing):
        found = sent_until(day(20))
        assert days_of(found, "How is it going", "mina") == days_of(found, "How is it going", "otto") == [14]

    def test_whoever_answered_is_not_asked(self, pairing):
        kept = Notice.objects.get(kind=notices.CHECK_IN, person=pairing.mentor.person, due_at__date=day(14))
        actions.answer_check_in(
            pairing, by=pairing.mentor.person, at=noon(day(14)), on=day(14), meeting=3, getting=3, speaking=3, worth=3,
            fit=Fit.DECIDING,
        )  # fmt: skip
        found = sent_until(day(20), since=day(14))
        assert days_of(found, "How is it going", "mina") == []
        assert days_of(found, "How is it going", "otto") == [14]
        kept.refresh_from_db()
        assert kept.state == NoticeState.CANCELLED


class TestGoals:
    def test_both_hear_of_a_goal_that_is_due_and_open(self, pairing):
        actions.set_goal(
            pairing, by=pairing.mentor.person, at=noon(STARTED_ON), on=STARTED_ON, title="Depots", due_on=day(9)
        )  # fmt: skip
        found = sent_until(day(12))
        assert days_of(found, "A goal you share", "mina") == days_of(found, "A goal you share", "otto") == [9]

    @pytest.mark.parametrize(
        "change", [{"state": GoalState.MET}, {"state": GoalState.DROPPED}, {"due_on": STARTED_ON + timedelta(days=40)}]
    )
    def test_nobody_hears_of_one_that_is_closed_or_moved(self, pairing, change):
        by, at = pairing.mentor.person, noon(STARTED_ON)
        goal = actions.set_goal(pairing, by=by, at=at, on=STARTED_ON, title="Depots", due_on=day(9))
        given = {"based_on": 1, "title": "Depots", "due_on": day(9), "progress": 0, "state": GoalState.OPEN, **change}
        actions.update_goal(goal, by=by, at=at, on=STARTED_ON, **given)
        assert days_of(sent_until(day(12)), "A goal you share", "mina") == []


class TestTheEnd:
    LAST = 26 * 7

    def until_the_end(self, since):
        return sent_until(day(self.LAST + 3), since=since)

    def test_both_are_asked_four_weeks_and_one_week_before_and_on_the_day(self, pairing):
        found = self.until_the_end(day(self.LAST - 30))
        for name in ("mina", "otto"):
            assert days_of(found, "ends on 5 July 2027", name) == [self.LAST - 28, self.LAST - 7]
            assert days_of(found, "Today is the last day", name) == [self.LAST]

    def test_whoever_asked_to_go_on_is_not_asked_again_and_the_partner_hears_of_it(self, pairing):
        by, on = pairing.mentor.person, day(self.LAST - 29)
        actions.propose_extension(
            pairing, by=by, at=noon(on), on=on, until=pairing.runs_until + timedelta(days=30)
        )  # fmt: skip
        found = self.until_the_end(on)
        assert days_of(found, "Mina would like to go on", "otto") == [self.LAST - 29, self.LAST - 26]
        assert days_of(found, "ends on 5 July 2027", "mina") == []

    def test_prompts_move_with_the_last_day(self, pairing):
        by, on = pairing.mentor.person, day(self.LAST - 29)
        until = pairing.runs_until + timedelta(days=60)
        question = actions.propose_extension(pairing, by=by, at=noon(on), on=on, until=until)
        actions.answer_extension(question, by=pairing.mentee.person, at=noon(on), on=on, agreed=True)
        found = sent_until(until + timedelta(days=2), since=on)
        assert days_of(found, "ends on 5 July 2027", "otto") == []
        assert days_of(found, "Today is the last day", "otto") == [self.LAST + 60]
        assert days_of(found, "ends on 3 September 2027", "otto") == [self.LAST + 32, self.LAST + 53]
        assert days_of(found, "How is it going", "otto") == [153, 194, 239]
        assert days_of(found, "last day of your pair with Otto: 3 September 2027", "mina") == [self.LAST - 29]

    def test_a_no_is_told_kindly_and_ends_the_questions(self, pairing):
        by, on = pairing.mentor.person, day(self.LAST - 29)
        question = actions.propose_extension(
            pairing, by=by, at=noon(on), on=on, until=pairing.runs_until + timedelta(days=30)
        )  # fmt: skip
        actions.answer_extension(question, by=pairing.mentee.person, at=noon(on), on=on, agreed=False)
        deliver_due(clock=lambda: noon(on))
        (told,) = [
            message for message in mail.outbox if message.subject == "The last day of your pair with Otto: 5 July 2027"
        ]
        assert told.to == ["mina@example.org"]
        assert "as agreed" in told.body.replace("\n", " ")
        found = self.until_the_end(on + timedelta(days=1))
        assert days_of(found, "ends on 5 July 2027", "mina") == days_of(found, "ends on 5 July 2027", "otto") == []

    def test_whoever_has_written_closing_words_is_not_asked_for_them(self, pairing):
        on = day(self.LAST - 1)
        actions.reflect(pairing, by=pairing.mentor.person, at=noon(on), on=on, words="Thanks", shared=False)
        found = self.until_the_end(on)
        assert days_of(found, "Today is the last day", "mina") == []
        assert days_of(found, "Today is the last day", "otto") == [self.LAST]

    def test_a_program_that_ends_too_does_not_ask_to_go_on(self, db):
        pair(ends_on=day(self.LAST))
        deliver_due(clock=lambda: noon(day(self.LAST - 28)))
        bodies = [message.body.replace("\n", " ") for message in mail.outbox if "ends on" in message.subject]
        assert len(bodies) == 2
        assert all("The program ends then too." in body for body in bodies)


class TestAnEarlyEnd:
    def test_the_partner_reads_neutral_words_and_the_one_who_ended_it_nothing(self, pairing):
        actions.end_pairing(pairing, by=pairing.mentor.person, at=noon(day(2)), on=day(2))
        deliver_due(clock=lambda: noon(day(2)))
        (message,) = mail.outbox
        assert message.to == ["otto@example.org"]
        assert "Mina has closed the pair. Thank you for the time you gave each other." in message.body

    def test_nobody_who_is_done_is_reminded_of_anything(self, pairing):
        signed(pairing)
        met(pairing, day(1))
        actions.set_goal(
            pairing, by=pairing.mentor.person, at=noon(day(1)), on=day(1), title="Depots", due_on=day(30)
        )  # fmt: skip
        actions.propose_extension(
            pairing, by=pairing.mentor.person, at=noon(day(1)), on=day(1), until=pairing.runs_until + timedelta(days=9)
        )
        actions.end_pairing(pairing, by=pairing.mentee.person, at=noon(day(2)), on=day(2))
        deliver_due(clock=lambda: noon(day(2)))
        assert [message.to for message in mail.outbox] == [["mina@example.org"]]
        assert sent_until(day(200), since=day(3)) == []
        assert not Notice.objects.filter(state=NoticeState.OWED, kind__startswith="pairings.").exists()

    def test_where_one_has_left_neither_is_reminded(self, pairing):
        pairing.mentor.person.left_on = day(2)
        pairing.mentor.person.save()
        assert sent_until(day(40)) == []


def test_every_kind_is_registered_with_a_description(db):
    mine = {kind.name: kind.description for kind in all_kinds() if kind.name.startswith("pairings.")}
    assert set(mine) == {
        kind.name
        for kind in (
            *notices.KINDS,
            *directory_notices.KINDS,
            *circle_notices.KINDS,
            *pause_notices.KINDS,
            *private_notices.KINDS,
        )
    }
    assert all(mine.values())


class TestGathered:
    """With the hours that hold for everybody: Monday to Friday, nine to six."""

    @pytest.fixture(autouse=True)
    def in_office_hours(self, settings):
        settings.MESSAGE_WEEKDAYS, settings.MESSAGE_HOURS = (0, 1, 2, 3, 4), (time(9), time(18))
        settings.MESSAGES_GATHERED = True

    def test_what_is_due_on_one_day_is_one_message(self, pairing):
        for number in (1, 2):
            actions.set_goal(
                pairing, by=pairing.mentor.person, at=noon(day(1)), on=day(1), title=f"Goal {number}", due_on=day(14)
            )  # fmt: skip
        found = [each for each in sent_until(day(14)) if each[0] == 14]
        assert sorted(name for _, name, _ in found) == ["mina", "otto"]
        check_in = next(message for message in mail.outbox if message.to == ["mina@example.org"]).body
        assert [check_in.count(words) for words in ("Answer the check-in:", "Open the goal:")] == [1, 2]

    def test_a_goal_due_on_a_saturday_is_told_on_monday_in_words_that_hold(self, pairing):
        actions.set_goal(
            pairing, by=pairing.mentor.person, at=noon(day(1)), on=day(1), title="Ride along", due_on=day(5)
        )  # fmt: skip
        sent_until(day(6))
        assert "was due on" not in "".join(str(message.body) for message in mail.outbox)
        sent_until(day(7), since=day(7))
        assert ["was due on 9 January" in str(message.body) for message in mail.outbox] == [True, True]

    def test_the_last_day_is_told_on_it_whatever_day_of_the_week_it_is(self, db):
        pairing = pair(term_weeks=4, on=STARTED_ON + timedelta(days=6))
        assert pairing.runs_until.weekday() >= 5
        found = sent_until(pairing.runs_until)
        assert days_of(found, "Today is the last day", to="mina") == [(pairing.runs_until - STARTED_ON).days]


class TestRulesOfTheProgram:
    def test_a_first_meeting_is_asked_for_until_one_is_planned_or_logged(self, db):
        waiting = pair(first_meeting_days=[10, 12])
        found = sent_until(day(12))
        assert days_of(found, "A first meeting with Otto", to="mina") == [10, 12]
        assert days_of(found, "A first meeting with Mina", to="otto") == [10, 12]
        met(waiting, held_on=day(12), on=day(12))
        Notice.objects.filter(kind=notices.FIRST_MEETING).update(state=NoticeState.OWED, finished_at=None)
        assert days_of(sent_until(day(13), since=day(13)), "A first meeting", to="mina") == []

    @pytest.mark.parametrize(
        ("rule", "words"),
        [("first_meeting_days", "A first meeting"), ("agreement_reminder_days", "Your agreement with")],
    )
    def test_a_rule_that_is_switched_off_stops_what_is_owed(self, pairing, rule, words):
        type(pairing.program).objects.filter(pk=pairing.program_id).update(**{rule: []})
        assert days_of(sent_until(day(13)), words, to="mina") == []

    def test_quiet_pairs_are_nudged_only_where_the_program_wants_it(self, db):
        quiet = pair()
        found = sent_until(day(60))
        assert days_of(found, "Your first meeting", to="otto")
        type(quiet.program).objects.update(nudges_quiet_pairs=False)
        Notice.objects.filter(kind=notices.QUIET).update(state=NoticeState.OWED, finished_at=None)
        assert days_of(sent_until(day(61), since=day(61)), "Your first meeting", to="otto") == []

    def test_a_goal_is_told_of_before_its_day_where_the_program_says_so(self, db):
        pairing = pair(goal_reminder_days=[7, 0])
        actions.set_goal(
            pairing, by=pairing.mentor.person, at=noon(day(1)), on=day(1), title="Ride along", due_on=day(12)
        )  # fmt: skip
        found = sent_until(day(12))
        assert days_of(found, "A goal you share with Otto is due", to="mina") == [5, 12]
        assert days_of(found, "A goal you share with Otto is due on 16 January", to="mina") == [5]

    def test_whoever_has_not_said_whether_to_go_on_is_asked_again(self, pairing):
        near = pairing.runs_until - timedelta(days=20)
        actions.propose_extension(
            pairing, by=pairing.mentor.person, at=noon(near), on=near, until=pairing.runs_until + timedelta(days=14)
        )  # fmt: skip
        found = sent_until(near + timedelta(days=4), since=near)
        asked = days_of(found, "Mina would like to go on", to="otto")
        assert asked == [(near - STARTED_ON).days, (near - STARTED_ON).days + 3]
