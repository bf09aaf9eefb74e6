from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from pairings import actions, page
from pairings.choices import GoalState, Kind
from pairings.models import Agreement, CheckIn, Extension, Goal, Meeting, Pairing, Reflection, Task
from pairings.private_words import AgreementWords, opened
from pairings.tests.conftest import DAY
from pairings.tests.factories import STARTED_ON, drafted, met, noon, signed
from participants.choices import Way
from privacy.models import DataKey


def url(view, pairing, *more):
    return reverse(f"pairings:{view}", args=[pairing.pk, *more])


MEETING = {"held_on": "2027-01-12", "minutes": "50", "way": "video", "kind": "mentor_led", "topics": "The night shift"}
AGREEMENT = {
    "based_on": "0", "meet_every_days": "14", "meeting_minutes": "60", "arranged_by": "either", "where": "Leeds",
    "boundaries": "The pay round",
}  # fmt: skip
GOAL = {"title": "Ride along on a night shift", "due_on": "2027-03-01"}
CHECK_IN = {"meeting": "4", "getting": "2", "speaking": "1", "worth": "5", "fit": "1"}


def text(response):
    return " ".join(response.content.decode().split())


class TestThePage:
    def test_both_open_it(self, mina, otto, pairing):
        for client in (mina, otto):
            assert client.get(url("detail", pairing)).status_code == 200

    def test_its_first_step_is_the_agreement_until_one_holds_or_waits_for_the_partner(self, mina, otto, pairing, today):
        today(STARTED_ON)
        first = 'class="btn btn-primary" href="' + url("agreement", pairing)
        assert f'{first}">Write your agreement' in text(mina.get(url("detail", pairing)))
        drafted(pairing, by=pairing.mentor.person)
        assert first not in text(mina.get(url("detail", pairing)))
        assert f'{first}">Read and sign' in text(otto.get(url("detail", pairing)))

    def test_it_tells_where_the_two_stand(self, mina, pairing):
        met(pairing, STARTED_ON + timedelta(days=7))
        shown = text(mina.get(url("detail", pairing)))
        assert "Two weeks in, one meeting held. Your pair ends on 5 July 2027, unless you both" in shown
        assert "Next check-in on 4 March." in shown

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_costs_the_same_whatever_the_two_have_done(self, rows, otto, pairing, django_assert_num_queries):
        for number in range(rows):
            met(pairing, STARTED_ON + timedelta(days=number), topics="Depots")
            drafted(pairing, by=pairing.mentor.person, meet_every_days=10 + number)
            actions.set_goal(
                pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, title=f"Goal {number}", due_on=DAY
            )  # fmt: skip
            for goal in pairing.goals.all():
                actions.add_task(goal, by=pairing.mentor.person, at=noon(DAY), on=DAY, title=f"Step {number}")
        otto.get(url("detail", pairing))
        with django_assert_num_queries(20):
            otto.get(url("detail", pairing))

    def test_what_was_planned_and_did_not_come_about_stays_with_who_cancelled_and_how_long_before(
        self, mina, otto, pairing
    ):  # fmt: skip
        one, other = pairing.mentor.person, pairing.mentee.person
        assert "did not come about" not in text(mina.get(url("detail", pairing)))
        plans = [
            actions.plan_meeting(
                pairing, by=one, at=noon(STARTED_ON), starts_at=noon(STARTED_ON + timedelta(days=days)), minutes=45,
                zone=one.zone, kind=Kind.MENTOR_LED, way=Way.VIDEO,
            )
            for days in (5, 9, 16, 26)
        ]  # fmt: skip
        on = STARTED_ON + timedelta(days=2)
        actions.cancel_meeting(plans[0], by=other, at=noon(on), based_on=1)
        actions.note_not_held(plans[1], by=one, at=noon(DAY), on=DAY)
        actions.note_held(plans[2], by=one, at=noon(DAY), on=DAY, minutes=45)
        actions.pause_pairing(
            pairing, by=one, at=noon(DAY), on=DAY, paused_from=DAY, back_on=DAY + timedelta(days=9), seen=None
        )
        for client, who in ((mina, other.given_name), (otto, "You")):
            shown = client.get(url("detail", pairing))
            assert [(each.day.day, each.said) for each in shown.context["pair"].fell_out] == [
                (30, page.WENT_ALONG),
                (13, "It did not take place."),
                (9, f"{who} cancelled it, three days before."),
            ]
            assert f"<b>9 January 2027</b></time>, 45 minutes. {who} cancelled it, three days before." in text(shown)

    def test_it_stays_for_thirty_days_after_an_end_and_says_so(self, mina, otto, pairing, today):
        otto.post(url("end", pairing))
        last = DAY + timedelta(days=30)
        today(last)
        shown = text(mina.get(url("detail", pairing)))
        assert "You can both read this page until 23 February 2027." in shown
        assert "Otto has closed the pair. Thank you for the time you gave each other." in shown
        today(last + timedelta(days=1))
        assert mina.get(url("detail", pairing)).status_code == otto.get(url("detail", pairing)).status_code == 404

    def test_the_partner_s_profile_goes_with_the_pair(self, mina, otto, pairing):
        pairing.mentee.where_to_meet = "The canteen by the river"
        pairing.mentee.save()
        assert "The canteen by the river" in text(mina.get(url("detail", pairing)))
        otto.post(url("end", pairing))
        assert "The canteen by the river" not in text(mina.get(url("detail", pairing)))

    def test_once_the_key_is_gone_the_page_says_so_and_shows_no_text(self, mina, pairing):
        signed(pairing, words=AgreementWords(where="Kingfisher Lane"))
        met(pairing, DAY, topics="Kingfisher Lane")
        actions.set_goal(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, title="Kingfisher Lane", due_on=DAY)
        assert text(mina.get(url("detail", pairing))).count("Kingfisher Lane") > 2
        DataKey.objects.get(pk=pairing.data_key_id).delete()
        shown = text(mina.get(url("detail", pairing)))
        assert "The private text of this pair was erased. Dates and minutes remain." in shown
        assert "Kingfisher Lane" not in shown
        assert "24 January 2027" in shown

    def test_a_lost_master_key_gives_a_clear_message_and_no_text(self, mina, pairing, settings):
        met(pairing, DAY, topics="Kingfisher Lane")
        settings.SEALING_KEYS = (("another", bytes(32)),)
        response = mina.get(url("detail", pairing))
        assert response.status_code == 200
        assert "Some private text cannot be opened at the moment." in text(response)
        assert "Kingfisher Lane" not in text(response)

    def test_text_copied_to_another_row_does_not_open(self, mina, pairing):
        first = met(pairing, DAY, topics="Kingfisher Lane")
        second = met(pairing, DAY - timedelta(days=1), topics="Something else")
        Meeting.objects.filter(pk=second.pk).update(topics=first.topics)
        shown = text(mina.get(url("detail", pairing)))
        assert shown.count("Kingfisher Lane") == 1
        assert "Some private text cannot be opened" in shown


class TestMeetings:
    def test_a_meeting_is_logged_and_both_see_it(self, mina, otto, pairing):
        response = mina.post(url("log_meeting", pairing), MEETING, follow=True)
        assert "Logged. Otto sees it on your page too." in text(response)
        assert "The night shift" in text(otto.get(url("detail", pairing)))

    def test_a_double_click_is_one_meeting(self, mina, pairing, monkeypatch):
        mina.post(url("log_meeting", pairing), MEETING, follow=True)
        monkeypatch.setattr("clock.now", lambda: noon(DAY) + timedelta(seconds=1))
        response = mina.post(url("log_meeting", pairing), MEETING, follow=True)
        assert Meeting.objects.count() == 1
        assert "Your meeting of 12 January 2027 was logged already; nothing was added." in text(response)
        assert "Logged. Otto sees it" not in text(response)

    def test_a_double_click_before_the_page_came_says_one_thing(self, mina, pairing, monkeypatch):
        mina.post(url("log_meeting", pairing), MEETING)
        monkeypatch.setattr("clock.now", lambda: noon(DAY) + timedelta(seconds=1))
        response = mina.post(url("log_meeting", pairing), MEETING, follow=True)
        assert [str(message) for message in response.context["messages"]] == ["Logged. Otto sees it on your page too."]

    def test_a_wrong_day_and_a_wrong_length_are_said_at_once(self, mina, pairing):
        wrong = {**MEETING, "held_on": "2027-02-12", "minutes": "1"}
        response = mina.post(url("log_meeting", pairing), wrong)
        assert response.status_code == 422
        assert "Two answers need another look" in text(response)
        assert "Date: This day has not come yet." in text(response)
        assert "Minutes: A meeting lasts between 5 and 480 minutes." in text(response)

    def test_a_refusal_keeps_what_was_typed(self, mina, pairing):
        response = mina.post(url("log_meeting", pairing), {**MEETING, "held_on": "2027-02-12"})
        assert response.status_code == 422
        assert "This day has not come yet." in text(response)
        assert "The night shift" in text(response)

    def test_the_partner_s_meeting_of_that_day_is_met_with_a_kind_sentence(self, mina, otto, pairing):
        mina.post(url("log_meeting", pairing), MEETING)
        response = otto.post(url("log_meeting", pairing), {**MEETING, "minutes": "45"})
        assert response.status_code == 422
        assert "Mina has already logged your meeting of 12 January 2027. It counts for you both." in text(response)

    def test_whoever_logged_one_by_mistake_takes_it_back(self, mina, otto, pairing):
        mine = met(pairing, DAY)
        address = url("take_back_meeting", pairing, mine.pk)
        assert otto.post(address).status_code == 302
        assert "Logged by mistake?" not in text(otto.get(url("detail", pairing)))
        assert Meeting.objects.count() == 1
        assert "24 January 2027, 60 minutes" in text(mina.get(address))
        assert Meeting.objects.count() == 1
        for _ in range(2):
            assert mina.post(address).status_code == 302
        assert Meeting.objects.count() == 0


class TestTheAgreement:
    def test_it_starts_with_what_the_program_and_the_two_have_said(self, mina, pairing):
        pairing.mentee.number_one = "How apprentices choose where to work"
        pairing.mentee.save()
        pairing.program.out_of_bounds = "Anybody’s review"
        pairing.program.save()
        shown = text(mina.get(url("agreement", pairing)))
        assert "How apprentices choose where to work" in shown
        assert "Anybody’s review" in shown

    def test_one_writes_and_the_other_signs(self, mina, otto, pairing):
        mina.post(url("agreement", pairing), AGREEMENT)
        shown = text(otto.get(url("agreement", pairing)))
        assert "Mina has written a first version." in shown
        assert "The pay round" in shown
        otto.post(url("sign_agreement", pairing), {"version": "1"})
        assert Agreement.objects.get().is_signed
        assert "Signed by you both." in text(mina.get(url("agreement", pairing)))

    def test_both_writing_at_once_loses_nothing(self, mina, otto, pairing):
        mina.post(url("agreement", pairing), AGREEMENT)
        response = otto.post(url("agreement", pairing), {**AGREEMENT, "where": "York, by the wall"})
        assert response.status_code == 422
        shown = text(response)
        assert "Mina has written a newer version meanwhile." in shown
        assert "York, by the wall" in shown
        assert "The first version, by Mina" in shown
        again = {**AGREEMENT, "where": "York, by the wall", "based_on": "1"}
        assert 'name="based_on" value="1"' in shown
        assert otto.post(url("agreement", pairing), again).status_code == 302
        assert Agreement.objects.count() == 2

    def test_what_they_agreed_before_can_be_read_on_by_the_two(self, mina, otto, pairing):
        one, other = pairing.mentor.person, pairing.mentee.person
        signed(pairing, words=AgreementWords(where="At the depot"))
        assert "Earlier versions" not in text(mina.get(url("agreement", pairing)))
        drafted(pairing, by=other, words=AgreementWords(where="On the train"))
        assert "Earlier versions" not in text(mina.get(url("agreement", pairing))), "one holds, and one waits"
        signed(pairing, words=AgreementWords(where="By video"))
        drafted(pairing, by=one, words=AgreementWords(where="In the canteen"))
        for client, by_mina, by_otto in ((mina, "you", other.given_name), (otto, one.given_name, "you")):
            earlier = text(client.get(url("agreement", pairing))).partition("Earlier versions")[2]
            assert f"Version 2, by {by_otto}: replaced before you had both signed it" in earlier
            assert f"Version 1, by {by_mina}: signed by you both on 4 January 2027" in earlier
            assert earlier.index("On the train") < earlier.index("At the depot")
            assert "By video" not in earlier
            assert "In the canteen" not in earlier

    def test_an_older_version_cannot_be_signed_by_a_page_left_open(self, mina, otto, pairing):
        drafted(pairing, by=pairing.mentor.person)
        drafted(pairing, by=pairing.mentor.person, meet_every_days=7)
        response = otto.post(url("sign_agreement", pairing), {"version": "1"}, follow=True)
        assert "Mina has written a newer version meanwhile." in text(response)
        assert not any(each.is_signed for each in Agreement.objects.all())

    @pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "²"])
    def test_nonsense_signs_nothing(self, otto, pairing, version):
        drafted(pairing, by=pairing.mentor.person)
        assert otto.post(url("sign_agreement", pairing), {"version": version}).status_code == 302
        assert not Agreement.objects.get().is_signed


class TestGoals:
    @pytest.fixture
    def goal(self, mina, pairing):
        mina.post(url("set_goal", pairing), GOAL)
        return Goal.objects.get()

    def test_a_goal_is_set_and_changed_by_either(self, otto, pairing, goal):
        sent = {**GOAL, "based_on": "1", "progress": "40", "state": "open"}
        assert otto.post(url("goal", pairing, goal.pk), sent).status_code == 302
        goal.refresh_from_db()
        assert (goal.progress, goal.version) == (40, 2)

    def test_both_changing_it_at_once_loses_nothing(self, mina, otto, pairing, goal):
        sent = {**GOAL, "based_on": "1", "progress": "40", "state": "open"}
        otto.post(url("goal", pairing, goal.pk), sent)
        response = mina.post(url("goal", pairing, goal.pk), {**sent, "title": "Two night shifts", "progress": "10"})
        assert response.status_code == 422
        shown = text(response)
        assert "As it stands now" in shown
        assert "40%" in shown
        assert "Two night shifts" in shown
        again = {**sent, "title": "Two night shifts", "progress": "10", "based_on": "2"}
        assert mina.post(url("goal", pairing, goal.pk), again).status_code == 302
        goal.refresh_from_db()
        assert opened(goal.title, pairing, goal, "title") == "Two night shifts"

    def test_a_wrong_day_and_a_missing_aim_are_said_at_once(self, mina, pairing, goal):
        late = {"title": "", "due_on": "2031-01-01"}
        for address in (url("set_goal", pairing), url("goal", pairing, goal.pk)):
            response = mina.post(address, {**late, "based_on": "1", "progress": "40", "state": "open"})
            assert response.status_code == 422
            assert "What do you want to reach? Please answer this." in text(response)
            assert "By when? Choose a day up to the last day of your pair, 5 July 2027." in text(response)

    def test_a_goal_of_another_pair_does_not_exist_here(self, mina, pairing, goal):
        from pairings.tests.conftest import pair_beside

        other = pair_beside(pairing)
        assert mina.get(url("goal", other, goal.pk)).status_code == 404
        theirs = actions.set_goal(other, by=other.mentor.person, at=noon(DAY), on=DAY, title="Theirs", due_on=DAY)
        for method in (mina.get, mina.post):
            assert method(url("goal", pairing, theirs.pk), {**GOAL, "based_on": "1"}).status_code == 404

    def test_a_goal_is_met(self, mina, pairing, goal):
        mina.post(url("goal", pairing, goal.pk), {**GOAL, "based_on": "1", "progress": "40", "state": "met"})
        goal.refresh_from_db()
        assert (goal.state, goal.progress) == (GoalState.MET, 100)


class TestTasks:
    @pytest.fixture
    def goal(self, mina, pairing):
        mina.post(url("set_goal", pairing), GOAL)
        return Goal.objects.get()

    def add(self, client, goal, title="Find a night"):
        return client.post(url("add_task", goal.pairing, goal.pk), {"task-title": title}, follow=True)

    def do(self, client, goal, what):
        return client.post(
            url("change_task", goal.pairing, goal.pk, Task.objects.get().pk), {"do": what}, follow=True
        )  # fmt: skip

    def test_one_adds_a_step_and_the_other_marks_it_as_done_and_takes_it_away(self, mina, otto, pairing, goal):
        assert "Added. You both see it." in text(self.add(mina, goal))
        assert "0 of 1 step done" in text(otto.get(url("detail", pairing)))
        for what, words in (("done", "1 of 1 step done"), ("done", "1 of 1 step done"), ("open", "0 of 1 step done")):
            self.do(otto, goal, what)
            assert words in text(mina.get(url("detail", pairing)))
        gone = url("change_task", pairing, goal.pk, Task.objects.get().pk)
        for _ in range(2):
            assert otto.post(gone, {"do": "remove"}).status_code == 302
        assert not Task.objects.exists()

    def test_a_step_may_have_a_day_of_the_pair_and_says_when_it_has_passed(self, mina, otto, pairing, goal, today):
        address = url("add_task", pairing, goal.pk)
        step = {"task-title": "Find a night", "task-due_on": (DAY + timedelta(days=3)).isoformat()}
        assert "by 27 January 2027" in text(mina.post(address, step, follow=True))
        assert "Find a night, by 27 January" in text(otto.get(url("detail", pairing)))
        outside = mina.post(address, {"task-title": "Look back", "task-due_on": "2027-09-01"})
        assert outside.status_code == 422
        assert "Choose a day up to the last day of your pair" in text(outside)
        assert 'value="Look back"' in text(outside)
        today(DAY + timedelta(days=4))
        shown = text(otto.get(url("goal", pairing, goal.pk)))
        assert 'by 27 January 2027</span> <span class="uw-tag uw-tag--rise">' in shown
        otto.post(address, {**step, "task-due_on": (DAY + timedelta(days=9)).isoformat()})
        assert [each.due_on for each in Task.objects.all()] == [DAY + timedelta(days=9)], "it was given another day"
        assert "uw-tag--rise" not in text(otto.get(url("goal", pairing, goal.pk)))
        self.add(mina, goal)
        assert Task.objects.get().due_on == DAY + timedelta(days=9), "a day that is not said takes none away"
        self.do(mina, goal, "done")
        otto.post(address, step)
        assert Task.objects.get().due_on == DAY + timedelta(days=9), "what is done is done"
        today(DAY + timedelta(days=10))
        assert "uw-tag--rise" not in text(otto.get(url("goal", pairing, goal.pk)))

    def test_a_double_click_is_one_step(self, mina, goal):
        for _ in range(2):
            self.add(mina, goal)
        assert Task.objects.count() == 1

    @pytest.mark.parametrize("title", ["", " ", "x" * 201, "nul\x00"])
    def test_bad_input_is_told_at_the_field_and_keeps_the_goal_s_own_form_whole(self, mina, goal, title):
        response = self.add(mina, goal, title)
        assert response.status_code == 422
        assert 'value="Ride along on a night shift"' in text(response)
        assert not Task.objects.exists()

    def test_twelve_steps_are_enough(self, mina, goal):
        for number in range(12):
            self.add(mina, goal, f"Step {number}")
        response = self.add(mina, goal, "One more")
        assert response.status_code == 422
        assert "This goal has 12 steps." in text(response)

    def test_steps_of_a_goal_that_is_met_stay_as_they_are(self, mina, pairing, goal):
        self.add(mina, goal)
        mina.post(url("goal", pairing, goal.pk), {**GOAL, "based_on": "1", "progress": "40", "state": "met"})
        assert "Open it again first." in text(self.do(mina, goal, "done"))
        assert self.add(mina, goal, "Another").status_code == 422
        assert Task.objects.get().done_at is None

    def test_a_step_of_another_goal_does_not_exist_here(self, mina, pairing, goal):
        self.add(mina, goal)
        mina.post(url("set_goal", pairing), {**GOAL, "title": "Another"})
        other = Goal.objects.exclude(pk=goal.pk).get()
        mina.post(url("change_task", pairing, other.pk, Task.objects.get().pk), {"do": "remove"})
        assert Task.objects.count() == 1
        assert mina.post(url("add_task", pairing, uuid.uuid4()), {"task-title": "x"}).status_code == 404

    def test_nonsense_changes_nothing(self, mina, goal):
        self.add(mina, goal)
        for what in ("", "explode"):
            assert self.do(mina, goal, what).status_code == 200
        assert Task.objects.get().done_at is None


class TestCheckIns:
    def test_before_the_first_one_the_page_says_what_will_stand_there_and_leads_back(self, mina, pairing, today):
        today(STARTED_ON)
        shown = text(mina.get(url("check_in", pairing)))
        assert "They stand here after your first check-in. Only you see them." in shown
        assert "Back to your page" in shown

    def test_five_taps_and_one_s_own_answers(self, mina, otto, pairing):
        response = mina.post(url("check_in", pairing), CHECK_IN, follow=True)
        assert "Thank you. Only you see these answers." in text(response)
        assert "Mostly" in text(response)
        assert CheckIn.objects.get().person == pairing.mentor.person
        assert "Mostly</td>" not in text(otto.get(url("check_in", pairing)))

    def test_low_answers_bring_ideas_and_somebody_to_turn_to(self, mina, pairing):
        shown = text(mina.post(url("check_in", pairing), CHECK_IN, follow=True))
        assert "Things to try" in shown
        assert "Sia" in shown
        assert reverse("pairings:ask_for_help", args=[pairing.program_id]) in shown

    def test_good_answers_bring_none(self, mina, pairing):
        good = {**dict.fromkeys(CHECK_IN, "4"), "fit": "1"}
        assert "Things to try" not in text(mina.post(url("check_in", pairing), good, follow=True))

    def test_all_are_asked(self, mina, pairing):
        response = mina.post(url("check_in", pairing), {"meeting": "4"})
        assert response.status_code == 422
        assert text(response).count("Please choose one.") >= 4

    def test_a_double_click_is_one_check_in(self, mina, pairing):
        for _ in range(2):
            assert mina.post(url("check_in", pairing), CHECK_IN).status_code == 302
        assert CheckIn.objects.count() == 1


class TestTheEnd:
    def test_the_two_go_on_together(self, mina, otto, pairing):
        mina.post(url("extend", pairing), {"until": "2027-08-01"})
        assert "Mina would like to go on until 1 August 2027" in text(otto.get(url("detail", pairing)))
        otto.post(url("answer_extension", pairing, Extension.objects.get().pk), {"agreed": "yes"})
        pairing.refresh_from_db()
        assert pairing.runs_until.isoformat() == "2027-08-01"

    def test_nobody_goes_on_longer_than_the_program(self, mina, pairing):
        response = mina.post(url("extend", pairing), {"until": "2028-01-01"})
        assert response.status_code == 422
        assert "The program ends on 7 December 2027." in text(response)

    def test_a_pair_that_ends_with_its_program_is_told_of_no_choice(self, mina, pairing):
        assert "unless you both choose to go on" in text(mina.get(url("detail", pairing)))
        Pairing.objects.update(runs_until=pairing.program.ends_on)
        for view in ("detail", "extend"):
            shown = text(mina.get(url(view, pairing)))
            assert "Your pair ends on 7 December 2027" in shown
            assert "unless you both choose to go on" not in shown
        assert "ends on 7 December 2027, as the program does." in text(mina.get(url("detail", pairing)))

    def test_somebody_who_has_left_is_not_asked_to_go_on(self, mina, pairing):
        otto = pairing.mentee.person
        otto.left_on = DAY
        otto.save()
        shown = text(mina.get(url("extend", pairing)))
        assert "Your pair rests, so nobody could answer at present." in shown
        assert "also the program’s last day" not in shown
        response = mina.post(url("extend", pairing), {"until": "2027-08-01"})
        assert response.status_code == 422
        assert "Your pair rests, so nobody could answer at present." in text(response)
        assert not Extension.objects.exists()

    def test_whoever_was_told_no_reads_whose_turn_it_is_instead_of_a_form(self, mina, otto, pairing):
        mina.post(url("extend", pairing), {"until": "2027-08-01"})
        otto.post(url("answer_extension", pairing, Extension.objects.get().pk), {"agreed": "no"})
        shown = mina.get(url("extend", pairing))
        assert "If Otto would like to go on after all, you are asked." in text(shown)
        assert 'name="until"' not in shown.text
        response = mina.post(url("extend", pairing), {"until": "2027-08-02"})
        assert response.status_code == 422
        assert "If Otto would like to go on after all, you are asked." in text(response)
        assert 'name="until"' in otto.get(url("extend", pairing)).text

    def test_what_stands_in_the_way_now_is_said_before_an_earlier_no(self, mina, otto, pairing):
        mina.post(url("extend", pairing), {"until": "2027-08-01"})
        otto.post(url("answer_extension", pairing, Extension.objects.get().pk), {"agreed": "no"})
        person = pairing.mentee.person
        person.left_on = DAY
        person.save()
        shown = text(mina.get(url("extend", pairing)))
        assert "Your pair rests, so nobody could answer at present." in shown
        assert "you are asked" not in shown
        person.left_on = None
        person.save()
        Pairing.objects.update(runs_until=pairing.program.ends_on)
        shown = text(mina.get(url("extend", pairing)))
        assert "also the program’s last day" in shown
        assert "you are asked" not in shown

    def test_a_question_answered_with_neither_word_stays_open(self, mina, otto, pairing):
        mina.post(url("extend", pairing), {"until": "2027-08-01"})
        question = Extension.objects.get()
        for sent in ({}, {"agreed": "perhaps"}):
            assert otto.post(url("answer_extension", pairing, question.pk), sent).status_code == 302
        question.refresh_from_db()
        assert question.answered_at is None

    def test_one_button_ends_it(self, otto, pairing):
        assert "It needs no reason" in text(otto.get(url("end", pairing)))
        assert Pairing.objects.get().ended_on is None
        shown = text(otto.post(url("end", pairing), follow=True))
        assert "You have closed the pair. Your page stays readable until 23 February 2027." in shown
        assert Pairing.objects.get().ended_on == DAY

    def test_closing_words_are_for_oneself_unless_shared(self, mina, otto, pairing):
        otto.post(url("end", pairing))
        mina.post(url("reflect", pairing), {"words": "A night at the depot"})
        otto.post(url("reflect", pairing), {"words": "Thank you for asking", "shared": "on"})
        minas, ottos = text(mina.get(url("detail", pairing))), text(otto.get(url("detail", pairing)))
        assert "A night at the depot" in minas
        assert "Thank you for asking" in minas
        assert "Thank you for asking" in ottos
        assert "A night at the depot" not in ottos
        assert Reflection.objects.count() == 2

    def test_forms_of_a_pair_that_ended_lead_back_to_the_page(self, mina, otto, pairing):
        actions.set_goal(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, title="x", due_on=DAY)
        otto.post(url("end", pairing))
        goal = Goal.objects.get()
        for view in ("agreement", "sign_agreement", "set_goal", "check_in", "extend", "end"):
            for method in (mina.get, mina.post):
                assert method(url(view, pairing)).url == url("detail", pairing)
        assert mina.post(url("goal", pairing, goal.pk)).url == url("detail", pairing)


def test_pages_of_a_pair_are_kept_by_no_cache(mina, pairing):
    assert "no-store" in mina.get(url("detail", pairing))["Cache-Control"]
