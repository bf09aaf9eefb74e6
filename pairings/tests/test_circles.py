"""Circles of mentors: four to eight of one program, days and attendance, and nobody outside learns of one."""

from __future__ import annotations

from datetime import time, timedelta
from itertools import repeat

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.actions import deliver_due
from notifications.models import DayOff
from pairings import actions, circles, queries
from pairings.models import Circle, CircleAttendance, CircleDay, CircleMember
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import noon, pair
from pairings.tests.instant import at_the_same_instant
from participants.actions import withdraw
from participants.models import Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.instant import while_another_waits
from people.exports import gathered_for
from people.models import Person
from people.tests.factories import PersonFactory, StenFactory
from people.tests.shared_rows import shared
from programs.choices import Duty, Stage
from programs.models import Program

pytestmark = pytest.mark.django_db
AT = noon(DAY)
NEXT = DAY + timedelta(days=5)


@pytest.fixture
def program(pairing):
    return pairing.program


@shared
def five(minas_pair):
    """Mina and four other mentors of her program."""
    names = ("Ana", "Ben", "Cleo", "Dan")
    others = [
        MentorFactory(program=minas_pair.program, person=PersonFactory(given_name=name, family_name="Circlemate"))
        for name in names
    ]
    return [minas_pair.mentor, *others]


@shared
def circle(five, minas_pair, cora):
    return formed(minas_pair.program, five, cora)


def formed(program, mentors, by, **fields):
    given = {"at": AT, "on": DAY, **fields}
    return actions.form_circle(program, members=[each.pk for each in mentors], by=by, **given)


def changed(circle, mentors, by, **fields):
    given = {"at": AT, "on": DAY, "based_on": circle.version, **fields}
    return actions.change_members(circle, members=[each.pk for each in mentors], by=by, **given)


def url(circle):
    return reverse("pairings:circle", args=[circle.pk])


def desk(about):
    name = "circle_at_desk" if isinstance(about, Circle) else "circles_at_desk"
    return reverse(f"pairings:{name}", args=[about.pk])


def text(response):
    return " ".join(response.content.decode().split())


class TestForming:
    def test_a_coordinator_forms_one_at_the_desk_and_each_member_is_told(self, five, program, cora):
        client = as_seen_by(cora)
        assert "No circle yet" in text(client.get(desk(program)))
        sent = {"based_on": 0, "members": [str(each.pk) for each in five]}
        answer = client.post(desk(program), sent, follow=True)
        assert "Circle 1 is formed." in text(answer)
        assert "Ben Circlemate" in text(answer)
        assert CircleMember.objects.count() == 5
        deliver_due(clock=lambda: AT + timedelta(days=1))
        told = [each for each in mail.outbox if "circle of mentors" in each.subject]
        assert len(told) == 5
        assert "Circlemate" not in "".join(each.body.replace(f"{each.to[0]}", "") for each in told[:1])

    @pytest.mark.parametrize("number", [1, 3, 9])
    def test_it_has_four_to_eight_members(self, program, cora, number):
        mentors = [MentorFactory(program=program) for _ in range(number)]
        with pytest.raises(circles.CircleOfWrongSize):
            formed(program, mentors, cora)
        sent = {"based_on": 0, "members": [str(each.pk) for each in mentors]}
        answer = as_seen_by(cora).post(desk(program), sent)
        assert answer.status_code == 422
        assert "A circle has 4 to 8 members." in text(answer)
        assert not Circle.objects.exists()

    def test_the_database_has_eight_places_and_one_circle_at_a_time(self, circle, five, program, cora):
        for place, mentor in ((9, MentorFactory(program=program)), (1, MentorFactory(program=program)), (6, five[0])):
            with pytest.raises(IntegrityError), transaction.atomic():
                CircleMember.objects.create(circle=circle, participation=mentor, place=place, joined_at=AT)

    def test_only_mentors_who_take_part_here_are_in_one(self, five, program, cora):
        away = MentorFactory(program=program)
        withdraw(away, by=away.person, at=AT)
        gone = MentorFactory(program=program, person=PersonFactory(left_on=DAY))
        for wrong in (MenteeFactory(program=program), MentorFactory(), away, gone):
            with pytest.raises(circles.NotMentorsHere):
                formed(program, [*five, wrong], cora)
        shown = text(as_seen_by(cora).get(desk(program)))
        assert str(five[1].pk) in shown
        assert str(away.pk) not in shown

    def test_nobody_is_in_two(self, circle, five, program, cora):
        others = [MentorFactory(program=program) for _ in range(3)]
        with pytest.raises(circles.InAnotherCircle, match="Ana Circlemate"):
            formed(program, [*others, five[1]], cora)
        assert formed(program, [*others, MentorFactory(program=program)], cora).number == 2

    def test_the_same_people_twice_are_one(self, circle, five, program, cora):
        assert formed(program, five, cora) == circle
        assert Circle.objects.count() == 1

    def test_nobody_but_a_coordinator_of_the_program_forms_or_changes_one(self, circle, five, program, others):
        for who, person in others.items():
            if who == "Cora, the coordinator":
                continue
            attempts = (
                lambda person=person: formed(program, five, person),
                lambda person=person: changed(circle, five, person),
                lambda person=person: actions.dissolve_circle(circle, by=person, at=AT),
                lambda person=person: actions.set_circle_day(circle, day=NEXT, by=person, at=AT, on=DAY),
                lambda person=person: actions.cancel_circle_day(circle, 1, by=person, at=AT, on=DAY),
            )
            for attempt in attempts:
                with pytest.raises(circles.NotYoursToForm):
                    attempt()


class TestItsMembers:
    def test_others_come_and_go_and_those_who_stay_keep_what_they_ticked(self, circle, five, program, cora):
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        actions.say_attended(circle, day.pk, by=five[0].person, at=AT, on=DAY, attended=True)
        new = MentorFactory(program=program)
        now = changed(circle, [*five[:4], new], cora)
        assert now.version == 2
        there = circle.members.filter(left_at=None)
        assert {each.participation for each in there} == {*five[:4], new}
        assert CircleAttendance.objects.count() == 1
        assert circle.members.get(left_at__isnull=False).participation == five[4]

    def test_two_coordinators_at_once_see_the_conflict(self, circle, five, program, cora):
        new = MentorFactory(program=program)
        changed(circle, [*five, new], cora)
        with pytest.raises(circles.CircleChanged):
            changed(circle, five[:4], cora, based_on=1)
        answer = as_seen_by(cora).post(
            desk(circle), {"do": "members", "based_on": 1, "members": [str(each.pk) for each in five[:4]]}
        )
        assert answer.status_code == 422
        assert "changed meanwhile" in text(answer)
        assert 'name="based_on" value="2"' in text(answer)

    def test_whoever_comes_second_reads_how_it_stands_beside_what_they_chose(self, circle, five, program, cora):
        new = MentorFactory(program=program, person=PersonFactory(given_name="Eve", family_name="Newcomer"))
        changed(circle, [*five[:4], new], cora)
        sent = {"do": "members", "based_on": 1, "members": [str(each.pk) for each in five]}
        answer = text(as_seen_by(cora).post(desk(circle), sent))
        names = [each.person.name for each in (*five[1:4], new, five[0])]
        assert f"In it now:</b> {', '.join(names)}." in answer
        assert "What you chose below puts in Dan Circlemate." in answer
        assert "What you chose below takes out Eve Newcomer." in answer
        assert "In it now" not in text(as_seen_by(cora).get(desk(circle)))

    def test_it_never_goes_below_four_by_a_coordinator(self, circle, five, cora):
        with pytest.raises(circles.CircleOfWrongSize):
            changed(circle, five[:3], cora)

    def test_a_member_leaves_without_a_word_and_the_desk_says_that_it_is_small(self, circle, five, mina, cora):
        for each in five[3:]:
            actions.leave_circle(circle, by=each.person, at=AT)
        assert "Fewer than four" in text(as_seen_by(cora).get(desk(circle)))
        assert mina.post(url(circle), {"do": "leave"}).status_code == 302
        assert mina.get(url(circle)).status_code == 404

    def test_to_leave_twice_is_to_leave_once(self, circle, five, mina):
        for _ in range(2):
            answer = mina.post(url(circle), {"do": "leave"})
            assert (answer.status_code, answer.url) == (302, "/")
        assert text(mina.get("/")).count("You have left the circle.") == 1
        circle.refresh_from_db()
        assert circle.version == 2, "the second click changed nothing"
        assert circle.members.filter(left_at=None).count() == 4

    @pytest.mark.parametrize("sent", ["leave", "attended", "not_attended"])
    def test_what_a_member_sends_once_it_was_dissolved_leads_home(self, circle, cora, mina, otto, sent):
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        actions.dissolve_circle(circle, by=cora, at=AT)
        answer = mina.post(url(circle), {"do": sent, "day": day.pk})
        assert (answer.status_code, answer.url) == (302, "/")
        assert not CircleAttendance.objects.exists()
        assert otto.post(url(circle), {"do": sent, "day": day.pk}).status_code == 404

    @pytest.mark.parametrize("sent", ["leave", "attended"])
    @pytest.mark.parametrize("quicker", ["the coordinator", "another window"])
    def test_what_is_sent_at_the_instant_one_is_out_of_it_leads_home_too(
        self, circle, cora, five, mina, meanwhile, quicker, sent
    ):  # fmt: skip
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        if quicker == "the coordinator":
            meanwhile(2, lambda: actions.dissolve_circle(circle, by=cora, at=AT))
        else:
            meanwhile(2, lambda: actions.leave_circle(circle, by=five[0].person, at=AT))
        answer = mina.post(url(circle), {"do": sent, "day": day.pk})
        assert (answer.status_code, answer.url) == (302, "/")

    def test_whoever_withdraws_is_in_it_no_more(self, circle, five, mina, cora):
        withdraw(five[1], by=five[1].person, at=AT)
        assert as_seen_by(five[1].person).get(url(circle)).status_code == 404
        assert "Ana Circlemate" not in text(mina.get(url(circle)))
        assert "No longer in it: Ana Circlemate" in text(as_seen_by(cora).get(desk(circle.program)))

    def test_whoever_leaves_the_company_is_shown_in_it_no_more(self, circle, five, mina, cora):
        Person.objects.filter(pk=five[1].person_id).update(left_on=DAY)
        assert "Ana Circlemate" not in text(mina.get(url(circle)))
        assert "No longer in it: Ana Circlemate" in text(as_seen_by(cora).get(desk(circle.program)))

    def test_whoever_joins_the_program_again_is_in_no_circle_until_somebody_puts_them_in(
        self, circle, five, program, cora, mina
    ):  # fmt: skip
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        person, again = five[1].person, AT + timedelta(days=1)
        withdraw(five[1], by=person, at=AT)
        Participation.objects.filter(pk=five[1].pk).update(withdrawn_at=None, volunteered_at=again)
        ana = as_seen_by(person)
        assert ana.get(url(circle)).status_code == 404
        assert "Ana Circlemate" not in text(mina.get(url(circle)))
        assert actions.set_circle_day(circle, day=NEXT, by=cora, at=again, on=DAY)
        mail.outbox.clear()
        deliver_due(clock=lambda: again + timedelta(hours=1))
        assert person.email not in [to for each in mail.outbox for to in each.to]
        assert str(five[1].pk) in text(as_seen_by(cora).get(desk(program))), "she may be put into any"
        changed(circle, five, cora, at=again)
        mail.outbox.clear()
        deliver_due(clock=lambda: again + timedelta(hours=1))
        [told] = [each for each in mail.outbox if person.email in each.to]
        assert "a circle of mentors" in told.subject
        assert "It meets next on 29 January 2027." in " ".join(told.body.split())
        assert ana.get(url(circle)).status_code == 200

    def test_between_leaving_the_program_and_coming_in_again_one_was_in_no_circle(
        self, circle, five, program, cora, today
    ):  # fmt: skip
        """She withdrew on one day, joined again on a later one, and was put in again later still."""
        person, out, back, again = five[1].person, *(DAY + timedelta(days=number) for number in (1, 4, 8))
        before, away, between = (
            actions.set_circle_day(circle, day=DAY + timedelta(days=number), by=cora, at=AT, on=DAY)
            for number in (1, 2, 6)
        )
        withdraw(five[1], by=person, at=noon(out))
        assert [actions.close_given_up_memberships(at=noon(out)) for _ in range(2)] == [1, 0]
        Participation.objects.filter(pk=five[1].pk).update(withdrawn_at=None, volunteered_at=noon(back))
        today(again)
        leaving = as_seen_by(person).post(url(circle), {"do": "leave"})
        assert (leaving.status_code, leaving["Location"]) == (302, "/")
        circle.refresh_from_db()
        assert circle.version == 1, "nothing to leave"
        changed(circle, five, cora, at=noon(again), on=again)
        first, second = circle.members.filter(participation=five[1]).order_by("joined_at")
        assert (first.left_at, second.left_at) == (noon(out), None)
        for day in (away, between):
            with pytest.raises(circles.NotInItThen):
                actions.say_attended(circle, day.pk, by=person, at=noon(again), on=again, attended=True)
        actions.say_attended(circle, before.pk, by=person, at=noon(again), on=again, attended=True)
        assert [item.what for item in queries.circles_waiting_for(person, on=again)] == []
        [part] = [each for each in gathered_for(person, at=noon(again)) if each.part.name == "circles"]
        assert [each["left_at"] for each in part.records] == [noon(out), None]

    def test_whoever_withdrew_was_out_of_it_then_whenever_that_is_noted(self, circle, five, cora):
        withdraw(five[1], by=five[1].person, at=AT + timedelta(hours=1))
        [part] = [each for each in gathered_for(five[1].person, at=AT) if each.part.name == "circles"]
        assert [each["left_at"] for each in part.records] == [AT + timedelta(hours=1)]
        actions.dissolve_circle(circle, by=cora, at=AT + timedelta(days=3))
        assert circle.members.get(participation=five[1]).left_at == AT + timedelta(hours=1)
        assert circle.members.get(participation=five[2]).left_at == AT + timedelta(days=3)

    def test_put_in_out_and_in_again_at_once_is_told_once(self, circle, five, program, cora):
        new = MentorFactory(program=program)
        for members in ([*five, new], five, [*five, new]):
            circle = changed(circle, members, cora)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        told = [each for each in mail.outbox if new.person.email in each.to]
        assert [each.subject for each in told] == [f"{program}: a circle of mentors"]

    def test_its_page_closes_some_time_after_the_program_or_with_it(self, circle, program, mina, today):
        today(program.ends_on + timedelta(days=30))
        assert mina.get(url(circle)).status_code == 200
        today(program.ends_on + timedelta(days=31))
        assert mina.get(url(circle)).status_code == 404
        today(DAY)
        Program.objects.update(stage=Stage.CLOSED)
        assert mina.get(url(circle)).status_code == 404

    def test_it_is_dissolved_and_everybody_is_free(self, circle, five, program, cora, mina):
        answer = as_seen_by(cora).post(desk(circle), {"do": "dissolve"}, follow=True)
        assert "Circle 1 is dissolved." in text(answer)
        assert mina.get(url(circle)).status_code == 404
        assert as_seen_by(cora).get(desk(circle)).status_code == 404
        assert "Circle 1 is dissolved." in text(as_seen_by(cora).post(desk(circle), {"do": "dissolve"}, follow=True))
        late = {"do": "members", "based_on": 1, "members": [str(each.pk) for each in five]}
        assert "This circle was dissolved" in text(as_seen_by(cora).post(desk(circle), late, follow=True))
        assert formed(program, five, cora).number == 2
        with pytest.raises(circles.CircleDissolved):
            changed(circle, five, cora)


class TestOnceTheProgramIsOver:
    """Nobody may open a circle any more, so nobody is told, and the desk says so instead of the contrary."""

    @pytest.fixture(params=["closed", "ended"])
    def over(self, circle, program, request, today):
        """A circle with a day ahead, of a program that was closed before its time, or ended yesterday."""
        day = NEXT if request.param == "closed" else program.ends_on
        actions.set_circle_day(circle, day=day, by=circle.formed_by, at=AT, on=DAY)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        if request.param == "closed":
            Program.objects.update(stage=Stage.CLOSED)
            return DAY
        today(on := program.ends_on + timedelta(days=1))
        return on

    def test_none_is_formed_changed_or_given_a_day(self, over, circle, five, program, cora):
        new = [MentorFactory(program=program) for _ in range(4)]
        for attempt in (
            lambda: formed(program, new, cora, on=over),
            lambda: changed(circle, [*five, new[0]], cora, on=over),
            lambda: actions.set_circle_day(circle, day=over, by=cora, at=noon(over), on=over),
        ):
            with pytest.raises(circles.ProgramOver):
                attempt()

    def test_nobody_says_of_a_closed_program_that_they_were_there(self, circle, five, cora, mina):
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        Program.objects.update(stage=Stage.CLOSED)
        for said in ("attended", "not_attended"):
            answer = mina.post(url(circle), {"do": said, "day": day.pk}, follow=True)
            assert answer.redirect_chain == [("/", 302)]
            assert "This program is closed, and its circles with it" in text(answer)
        assert not CircleAttendance.objects.exists()

    def test_the_desk_offers_no_form_and_tells_who_sends_an_old_one(self, over, circle, five, program, cora):
        client, new = as_seen_by(cora), MentorFactory(program=program)
        every = text(client.get(desk(program)))
        assert "This program is over, so no circle is formed any more." in every
        assert "Form this circle" not in every
        shown = text(client.get(desk(circle)))
        assert "This program is over, so this circle stays as it is." in shown
        assert "Ben Circlemate" in shown
        assert "{#" not in every + shown
        assert ("Set this day" in shown, "Save the members" in shown) == (False, False)
        fresh = [str(MentorFactory(program=program).pk) for _ in range(4)]
        own = [str(each.pk) for each in (*five, new)]
        for page, sent in (
            (desk(program), {"based_on": 0, "members": fresh}),
            (desk(circle), {"do": "members", "based_on": 1, "members": own}),
            (desk(circle), {"do": "set_day", "next-day": over.isoformat()}),
        ):
            answer = client.post(page, sent)
            assert answer.status_code == 422
            assert "This program is over and its members are told nothing more" in text(answer)
        assert (Circle.objects.count(), CircleDay.objects.count(), CircleMember.objects.count()) == (1, 1, 5)


class TestDaysAndAttendance:
    def test_a_day_is_set_told_and_ticked(self, circle, five, mina, cora, today):
        client = as_seen_by(cora)
        answer = client.post(desk(circle), {"do": "set_day", "next-day": NEXT.isoformat()}, follow=True)
        assert "The circle meets on 29 January 2027." in text(answer)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        assert sum("your circle meets on 29 January 2027" in each.subject for each in mail.outbox) == 5
        shown = text(mina.get(url(circle)))
        assert "Friday, 29 January 2027" in shown
        assert "I was there" not in shown
        day = CircleDay.objects.get()
        mina.post(url(circle), {"do": "attended", "day": day.pk})
        assert not CircleAttendance.objects.exists(), "nobody was there before it came"
        today(NEXT + timedelta(days=1))
        for _ in range(2):
            mina.post(url(circle), {"do": "attended", "day": day.pk})
        assert CircleAttendance.objects.count() == 1
        assert "Mina was there." in text(as_seen_by(five[1].person).get(url(circle)))
        shown = text(client.get(desk(circle)))
        assert '<td class="num" data-label="Came">1</td>' in shown
        mina.post(url(circle), {"do": "not_attended", "day": day.pk})
        assert not CircleAttendance.objects.exists()
        mina.post(url(circle), {"do": "attended", "day": day.pk})
        today(NEXT + timedelta(days=29))
        mina.post(url(circle), {"do": "not_attended", "day": day.pk})
        assert CircleAttendance.objects.count() == 1, "what was said stays after four weeks"

    def test_a_day_lies_ahead_and_within_the_program(self, circle, program, cora):
        for wrong in (DAY - timedelta(days=1), program.ends_on + timedelta(days=1)):
            answer = as_seen_by(cora).post(desk(circle), {"do": "set_day", "next-day": wrong.isoformat()})
            assert answer.status_code == 422
            assert "when the program ends" in text(answer)

    def test_a_day_is_taken_out_and_told_but_not_one_that_was(self, circle, mina, cora, today):
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        as_seen_by(cora).post(desk(circle), {"do": "cancel_day", "which": day.pk})
        assert not CircleDay.objects.exists()
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        assert sum("does not meet on 29 January 2027" in each.subject for each in mail.outbox) == 5
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        actions.say_attended(
            circle, day.pk, by=circle.members.first().participation.person, at=AT, on=DAY, attended=True
        )
        answer = as_seen_by(cora).post(desk(circle), {"do": "cancel_day", "which": day.pk}, follow=True)
        assert "This day stays: it is over, or somebody has said that they were there." in text(answer)
        assert "Taken out" not in text(answer)
        assert CircleDay.objects.get() == day

    def test_to_take_a_day_out_twice_says_so_once(self, circle, cora):
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        client, sent = as_seen_by(cora), {"do": "cancel_day", "which": day.pk}
        client.post(desk(circle), sent)
        shown = text(client.post(desk(circle), sent, follow=True))
        assert shown.count("Taken out. The members are told.") == 1
        assert "already" not in shown, "a double click reads the one thing that happened"
        shown = text(client.post(desk(circle), sent, follow=True))
        assert "This day had been taken out already; nobody is told again." in shown
        assert "Taken out." not in shown

    def test_that_it_is_taken_out_is_told_to_nobody_who_had_not_been_told_of_it_and_the_desk_says_so(
        self, circle, cora
    ):  # fmt: skip
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY)
        shown = text(as_seen_by(cora).post(desk(circle), {"do": "cancel_day", "which": day.pk}, follow=True))
        assert "Taken out. Nobody had been told of this day, so nobody is told now." in shown
        assert "The members are told." not in shown

    def test_a_day_taken_out_of_a_closed_program_is_told_to_nobody(self, circle, cora):
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        Program.objects.update(stage=Stage.CLOSED)
        assert actions.cancel_circle_day(circle, day.pk, by=cora, at=AT + timedelta(hours=2), on=DAY) == 0

    def test_a_day_that_is_taken_out_at_once_is_told_to_nobody(self, circle, five, cora):
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY)
        soon = AT + timedelta(minutes=5)
        actions.cancel_circle_day(circle, day.pk, by=cora, at=soon, on=DAY)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        assert {each.subject for each in mail.outbox if five[1].person.email in each.to} == {
            f"{circle.program}: a circle of mentors"
        }

    def test_how_many_came_is_said_of_a_day_once_it_is_there_and_only_one_ahead_may_go(self, circle, cora, today):
        for day in (DAY, NEXT):
            actions.set_circle_day(circle, day=day, by=cora, at=AT, on=DAY)
        today(DAY + timedelta(days=1))
        shown = text(as_seen_by(cora).get(desk(circle)))
        assert shown.count('data-label="Came">0</td>') == 1
        assert shown.count('data-label="Came"></td>') == 1
        assert shown.count('value="cancel_day"') == 1
        assert "24 January 2027: 0 came; 29 January 2027." in text(as_seen_by(cora).get(desk(circle.program)))

    def test_on_the_day_itself_nobody_is_said_to_have_stayed_away(self, circle, five, cora):
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        client = as_seen_by(cora)
        assert "24 January 2027." in text(client.get(desk(circle.program)))
        assert 'data-label="Came"></td>' in text(client.get(desk(circle)))
        actions.say_attended(circle, day.pk, by=five[0].person, at=AT, on=DAY, attended=True)
        assert "24 January 2027: 1 came." in text(client.get(desk(circle.program)))

    def test_whoever_came_in_a_moment_ago_is_not_told_of_a_day_they_never_heard_of(self, circle, five, program, cora):
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        new, soon = MentorFactory(program=program), AT + timedelta(hours=2)
        changed(circle, [*five, new], cora, at=soon)
        assert actions.cancel_circle_day(circle, day.pk, by=cora, at=soon + timedelta(minutes=5), on=DAY) == 5
        mail.outbox.clear()
        deliver_due(clock=lambda: soon + timedelta(hours=1))
        [told] = [each for each in mail.outbox if new.person.email in each.to]
        assert "a circle of mentors" in told.subject
        assert "29 January" not in told.body

    def test_whoever_read_of_it_as_the_next_one_is_told_that_it_is_none(self, circle, five, cora):
        """The invitation, which leaves ten minutes after, names a day that was set meanwhile."""
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT + timedelta(minutes=5), on=DAY)
        deliver_due(clock=lambda: AT + timedelta(minutes=11))
        assert sum("It meets next on 29 January 2027." in " ".join(each.body.split()) for each in mail.outbox) == 5
        assert actions.cancel_circle_day(circle, day.pk, by=cora, at=AT + timedelta(minutes=12), on=DAY) == 5
        mail.outbox.clear()
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        assert {each.subject for each in mail.outbox} == {
            f"{circle.program}: your circle does not meet on 29 January 2027"
        }

    def test_of_a_day_that_was_set_after_the_invitation_left_nobody_has_read_yet(self, circle, five, cora):
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        later = AT + timedelta(hours=2)
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=later, on=DAY)
        assert actions.cancel_circle_day(circle, day.pk, by=cora, at=later + timedelta(minutes=5), on=DAY) == 0

    def test_that_it_does_not_meet_is_told_before_the_day_and_never_after_it(self, circle, cora):
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY)
        deliver_due(clock=lambda: AT + timedelta(hours=1))
        actions.cancel_circle_day(circle, day.pk, by=cora, at=noon(NEXT), on=NEXT)
        deliver_due(clock=lambda: noon(NEXT) + timedelta(hours=13))
        assert not [each for each in mail.outbox if "does not meet" in each.subject]

    def test_that_it_does_not_meet_does_not_wait_for_a_day_after_it(self, circle, cora, working_week):
        """Taken out on Friday evening, when everybody has gone home, for Saturday."""
        friday = NEXT
        day = actions.set_circle_day(circle, day=friday + timedelta(days=1), by=cora, at=AT, on=DAY)
        deliver_due(clock=lambda: noon(DAY) + timedelta(days=1))
        evening = noon(friday) + timedelta(hours=8)
        actions.cancel_circle_day(circle, day.pk, by=cora, at=evening, on=friday)
        deliver_due(clock=lambda: evening)
        assert sum("does not meet on 30 January 2027" in each.subject for each in mail.outbox) == 5

    def test_a_day_before_one_came_in_is_not_ones_own(self, circle, five, program, cora, today):
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        new, later = MentorFactory(program=program), DAY + timedelta(days=3)
        changed(circle, [*five, new], cora, at=noon(later), on=later)
        today(later)
        client = as_seen_by(new.person)
        assert [item.what for item in queries.circles_waiting_for(new.person, on=later)] == []
        assert "I was there" not in text(client.get(url(circle)))
        answer = client.post(url(circle), {"do": "attended", "day": day.pk}, follow=True)
        assert "You were not in this circle on that day." in text(answer)
        assert not CircleAttendance.objects.exists()

    def test_whoever_left_and_came_back_came_once(self, circle, five, cora, mina, today):
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        mina.post(url(circle), {"do": "attended", "day": day.pk})
        mina.post(url(circle), {"do": "leave"})
        circle.refresh_from_db()
        changed(circle, five, cora)
        assert "I was not there after all" in text(mina.get(url(circle)))
        mina.post(url(circle), {"do": "attended", "day": day.pk})
        assert '<td class="num" data-label="Came">1</td>' in text(as_seen_by(cora).get(desk(circle)))
        mina.post(url(circle), {"do": "not_attended", "day": day.pk})
        assert not CircleAttendance.objects.exists()

    def test_ones_own_data_says_on_which_days_one_was_there_and_when_one_said_so(self, circle, five, cora):
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        said_at = AT + timedelta(hours=3)
        actions.say_attended(circle, day.pk, by=five[0].person, at=said_at, on=DAY, attended=True)
        for person, there in ((five[0].person, [{"on": DAY, "said_at": said_at}]), (five[1].person, [])):
            [part] = [each for each in gathered_for(person, at=said_at) if each.part.name == "circles"]
            [mine] = part.records
            assert mine["you_were_there"] == there

    def test_home_asks_around_the_day_and_no_longer_once_it_is_ticked(self, circle, five, cora):
        day = actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY)
        mina, bo = five[0].person, StenFactory()

        def waiting(person, on):
            return [item.what for item in queries.circles_waiting_for(person, on=on)]

        assert waiting(mina, DAY) == ["Your circle of mentors meets on 29 January 2027"]
        assert waiting(mina, NEXT) == ["Your circle of mentors meets today"]
        after = NEXT + timedelta(days=1)
        assert waiting(mina, after) == ["Were you in your circle of mentors on 29 January 2027?"]
        assert waiting(bo, after) == []
        actions.say_attended(circle, day.pk, by=mina, at=noon(after), on=after, attended=True)
        assert waiting(mina, after) == []
        assert waiting(five[1].person, NEXT + timedelta(days=8)) == []


@pytest.fixture
def working_week(settings):
    """Messages leave from Monday to Friday, nine to six."""
    settings.MESSAGE_WEEKDAYS, settings.MESSAGE_HOURS = range(5), (time(9), time(18))


class TestTheWordNearADay:
    MONDAY = DAY + timedelta(days=15)

    def told(self, person):
        """On which days this person reads of it, from now to the day after the circle met."""
        days = []
        for hours in range(0, 24 * 17, 3):
            at = AT + timedelta(hours=hours)
            mail.outbox.clear()
            deliver_due(clock=repeat(at).__next__)
            days += [at.date() for each in mail.outbox if person.email in each.to and "our circle meets" in each.body]
        return days

    @pytest.mark.parametrize("gathered", [False, True])
    def test_it_comes_on_the_last_working_day_before(self, circle, five, cora, working_week, settings, gathered):
        settings.MESSAGES_GATHERED = gathered
        friday = self.MONDAY - timedelta(days=3)
        actions.set_circle_day(circle, day=self.MONDAY, by=cora, at=AT, on=DAY)
        assert (friday.weekday(), self.MONDAY.weekday()) == (4, 0)
        found = self.told(five[1].person)
        assert found[-1:] == [friday]
        assert len(found) == 2, "that it is set, and that it is near"

    def test_it_comes_before_ones_days_off(self, circle, five, cora, working_week):
        person, wednesday = five[1].person, self.MONDAY - timedelta(days=5)
        DayOff.objects.create(person=person, first_on=wednesday + timedelta(days=1), last_on=self.MONDAY)
        actions.set_circle_day(circle, day=self.MONDAY, by=cora, at=AT, on=DAY)
        assert self.told(person)[-1] == wednesday

    def test_whoever_comes_in_later_hears_it_too(self, circle, five, program, cora, working_week):
        actions.set_circle_day(circle, day=self.MONDAY, by=cora, at=AT, on=DAY)
        new = MentorFactory(program=program)
        changed(circle, [*five, new], cora)
        assert self.told(new.person) == [self.MONDAY - timedelta(days=3)]

    def test_a_day_set_for_tomorrow_is_told_once(self, circle, five, cora):
        actions.set_circle_day(circle, day=DAY + timedelta(days=1), by=cora, at=AT, on=DAY)
        assert self.told(five[1].person) == [DAY]


class TestNobodyElse:
    def test_bo_the_partner_and_everybody_else_gets_404(self, circle, otto, others, cora):
        assert otto.get(url(circle)).status_code == 404
        for who, person in others.items():
            assert as_seen_by(person).get(url(circle)).status_code == 404, who
            if person != cora:
                assert as_seen_by(person).get(desk(circle)).status_code == 404, who
                assert as_seen_by(person).get(desk(circle.program)).status_code == 404, who

    def test_the_pair_page_leads_there_for_the_mentor_alone(self, circle, pairing, mina, otto):
        page = reverse("pairings:detail", args=[pairing.pk])
        assert url(circle) in text(mina.get(page))
        assert "circle" not in text(otto.get(page)).lower().replace("<circle", "")

    def test_the_pair_page_leads_nowhere_once_the_mentor_has_withdrawn(self, circle, pairing, mina):
        withdraw(pairing.mentor, by=pairing.mentor.person, at=AT)
        assert str(circle.pk) not in text(mina.get(reverse("pairings:detail", args=[pairing.pk])))

    def test_somebody_who_is_not_in_it_ticks_nothing(self, circle, cora, otto):
        day = actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
        for person in (cora, StenFactory()):
            with pytest.raises(circles.NotInThisCircle):
                actions.say_attended(circle, day.pk, by=person, at=AT, on=DAY, attended=True)
            with pytest.raises(circles.NotInThisCircle):
                actions.leave_circle(circle, by=person, at=AT)

    def test_a_day_of_another_circle_is_not_ticked(self, circle, five, program, cora):
        other = formed(program, [MentorFactory(program=program) for _ in range(4)], cora)
        day = actions.set_circle_day(other, day=DAY, by=cora, at=AT, on=DAY)
        with pytest.raises(circles.NotThatDay):
            actions.say_attended(circle, day.pk, by=five[0].person, at=AT, on=DAY, attended=True)


def test_the_pages_ask_as_much_for_many_as_for_few(circle, program, five, cora, mina):
    def asked(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as context:
            client.get(address)
        return len(context)

    client = as_seen_by(cora)
    actions.set_circle_day(circle, day=DAY, by=cora, at=AT, on=DAY)
    few = [asked(client, desk(program)), asked(client, desk(circle)), asked(mina, url(circle))]
    for number in range(1, 4):
        actions.set_circle_day(circle, day=DAY + timedelta(days=number), by=cora, at=AT, on=DAY)
        formed(program, [MentorFactory(program=program) for _ in range(4)], cora)
    changed(circle, [*five, MentorFactory(program=program)], cora)
    assert [asked(client, desk(program)), asked(client, desk(circle)), asked(mina, url(circle))] == few


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one_circle_and_one_day(cora):
    program = pair().program
    program.duties.create(person=cora, duty=Duty.COORDINATOR)
    mentors = [MentorFactory(program=program) for _ in range(4)]
    found = at_the_same_instant(*[lambda: formed(program, mentors, cora).pk] * 20)
    assert len(set(found)) == Circle.objects.count() == 1
    circle = Circle.objects.get()
    days = at_the_same_instant(
        *[lambda: actions.set_circle_day(circle, day=NEXT, by=cora, at=AT, on=DAY).pk] * 20
    )  # fmt: skip
    assert len(set(days)) == CircleDay.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_circle_is_formed_while_one_of_its_mentors_begins_a_pair(program, five, cora):
    mentor, mentee = MentorFactory(program=program), MenteeFactory(program=program)
    with transaction.atomic():
        list(Participation.objects.filter(pk=mentor.pk).select_for_update())
        ended = while_another_waits(
            lambda: formed(program, [mentor, *five[:3]], cora),
            then=lambda: actions.open_pairing(mentor=mentor, mentee=mentee, by=mentor.person, at=AT, on=DAY),
        )
    assert ended() == [Circle.objects.get()]
