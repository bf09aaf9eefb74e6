"""A pair pauses from one day to another: nothing is asked of the two meanwhile, and it goes on by itself."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.actions import deliver_due
from notifications.models import Notice
from pairings import actions, pause_notices, pausing, queries, rules
from pairings.choices import Health, Kind, PlanState
from pairings.models import Extension, Pairing
from pairings.tests.conftest import DAY, as_seen_by, pair_beside
from pairings.tests.factories import STARTED_ON, met, noon, signed
from pairings.tests.instant import at_the_same_instant
from participants.choices import Way
from people.models import Person
from people.tests.factories import PersonFactory
from programs.choices import Duty
from programs.tests.factories import DutyFactory


def day(number):
    return STARTED_ON + timedelta(days=number)


def pause(pairing, first, back, *, by=None, on=DAY, seen=None):
    return actions.pause_pairing(
        pairing, by=by or pairing.mentor.person, at=noon(on), on=on, paused_from=first, back_on=back, seen=seen
    )


def plan(pairing, on, at=DAY):
    return actions.plan_meeting(
        pairing, by=pairing.mentee.person, at=noon(at), starts_at=noon(on), zone=pairing.mentor.person.zone, minutes=60,
        kind=Kind.MENTOR_LED, way=Way.VIDEO,
    )  # fmt: skip


def mails(first, last):
    """What leaves at noon of each of these days: (day, given name, subject)."""
    found = []
    for number in range(first, last + 1):
        mail.outbox.clear()
        deliver_due(clock=partial(noon, day(number)))
        found += [(number, message.to[0].split("@")[0], message.subject) for message in mail.outbox]
    return found


def now(pairing):
    return Pairing.objects.with_people().get(pk=pairing.pk)


def test_nothing_is_asked_until_the_day_on_which_it_goes_on_by_itself(pairing, cora):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    signed(pairing)  # every two weeks
    met(pairing, day(10))
    before, within, after = (plan(pairing, day(number)) for number in (22, 30, 80))
    mails(0, 20)
    pause(pairing, day(25), day(70))
    pairing = now(pairing)
    states = [each.state for each in pairing.planned_meetings.order_by("starts_at")]
    assert states == [PlanState.PLANNED, PlanState.CANCELLED, PlanState.PLANNED]
    assert pairing.planned_meetings.get(pk=within.pk).settled_by is None
    assert not rules.rests(pairing, on=day(24))
    assert [rules.rests(pairing, on=day(number)) for number in (25, 69, 70)] == [True, True, False]
    assert [list(Pairing.objects.resting(day(number))) for number in (24, 25, 70)] == [[], [pairing], []]
    actions.cancel_meeting(after, by=otto, at=noon(day(21)), based_on=1)
    actions.note_held(before, by=mina, at=noon(day(23)), on=day(23), minutes=60)
    assert [each for each in mails(20, 24) if "pauses" in each[2]] == [(20, "otto", "Your pair with Mina pauses")]
    assert mails(25, 69) == []
    assert queries.at_home(otto, day(40)).waiting == []
    assert queries.pairs_doing([pairing.program], cora, at=noon(day(40))) == []
    assert mails(70, 97) == [
        (70, "mina", "Your pair with Otto goes on"), (70, "otto", "Your pair with Mina goes on"),
        (88, "otto", "Time to meet again, Mina and you"), (95, "mina", "Time to meet again, Otto and you"),
    ]  # fmt: skip


def test_its_health_counts_from_the_return(pairing, cora):
    signed(pairing)
    met(pairing, day(10))
    pause(pairing, day(20), day(70))
    [doing] = queries.pairs_doing([pairing.program], cora, at=noon(day(72)))
    assert (doing.health.state, doing.health.facts[0].words) == (
        Health.ON_TRACK,
        "They last met on 14 January 2027, and paused until 15 March 2027; they agreed to meet every two weeks.",
    )
    [doing] = queries.pairs_doing([pairing.program], cora, at=noon(day(88)))
    assert doing.health.state == Health.QUIET
    stops = queries.at_home(pairing.mentor.person, day(72)).cards[0].stops
    assert [stop.state for stop in stops if stop.state == "missed"] == []


def test_no_check_in_falls_into_it_and_a_prompt_of_the_end_comes_on_the_return(pairing):
    pause(pairing, pairing.runs_until - timedelta(days=40), pairing.runs_until - timedelta(days=3))
    pairing = now(pairing)
    assert [(each - STARTED_ON).days for each in rules.check_in_days(pairing)] == [14, 59, 104]
    back = (pairing.back_on - STARTED_ON).days
    ends = [(number, name) for number, name, subject in mails(back - 45, back + 3) if " ends on " in subject]
    assert ends == [(back, "mina"), (back, "otto")]


def test_either_moves_the_return_or_goes_on_before_it(pairing):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    plan(pairing, day(75))
    pause(pairing, day(25), day(70))
    longer = pause(pairing, day(25), day(77), by=otto, on=day(60), seen=day(70))
    assert longer.planned_meetings.get().state == PlanState.CANCELLED
    mails(20, 61)
    assert mails(62, 76) == []
    for _ in range(2):
        back = actions.bring_back(pairing, by=mina, at=noon(day(76)), on=day(76))
    assert (back.paused_from, back.back_on) == (day(25), day(76))
    assert not rules.rests(now(pairing), on=day(76))
    assert mails(76, 78) == [(76, "otto", "Your pair with Mina goes on")]


def test_a_pause_that_has_not_begun_is_as_if_it_had_never_been(pairing):
    pause(pairing, day(30), day(70))
    assert ("otto", "Your pair with Mina pauses") in [each[1:] for each in mails(20, 20)]
    back = actions.bring_back(pairing, by=pairing.mentee.person, at=noon(day(25)), on=day(25))
    assert (back.paused_from, back.back_on, back.paused_by) == (None, None, None)
    assert mails(25, 25) == []  # she paused it herself, so nothing told her that it would pause
    pause(pairing, day(30), day(70), on=day(26))
    assert ("otto", "Your pair with Mina pauses") in [each[1:] for each in mails(26, 26)]


def test_what_cannot_be_is_refused_in_words(pairing):
    last = pairing.runs_until
    for refusal, first, back in (
        (pausing.PauseOutsideTerm, DAY - timedelta(days=1), day(30)),
        (pausing.PauseOutsideTerm, last, last + timedelta(days=9)),
        (pausing.ReturnOutsideTerm, day(30), day(30)),
        (pausing.ReturnOutsideTerm, day(30), last + timedelta(days=1)),
    ):
        with pytest.raises(refusal):
            pause(pairing, first, back)
    with pytest.raises(pausing.NotYoursToPause):
        pause(pairing, day(30), day(40), by=PersonFactory())
    with pytest.raises(pausing.NoDayForPause):
        pause(pairing, last, last, on=last)
    pause(pairing, day(30), day(40))
    with pytest.raises(rules.PlannedInPause):
        plan(pairing, day(35))
    with pytest.raises(pausing.PauseChanged):
        pause(pairing, day(30), day(50), by=pairing.mentee.person)
    Person.objects.filter(pk=pairing.mentor.person.pk).update(left_on=DAY)
    with pytest.raises(rules.PairRests):
        pause(pairing, day(30), day(50), by=pairing.mentee.person, seen=day(40))
    ended = actions.end_pairing(pairing, by=pairing.mentee.person, at=noon(DAY), on=DAY)
    with pytest.raises(rules.PairingEnded):
        pause(ended, day(30), day(50), seen=day(40))


@pytest.mark.django_db(transaction=True)
def test_the_same_days_pressed_often_are_one_pause_and_of_two_others_one_is_told(pairing):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    assert {type(each) for each in at_the_same_instant(*[lambda: pause(pairing, day(25), day(60))] * 4)} == {Pairing}
    assert Notice.objects.filter(kind=pause_notices.PAUSED).count() == 1
    outcomes = at_the_same_instant(
        lambda: pause(pairing, day(25), day(70), by=mina, seen=day(60)),
        lambda: pause(pairing, day(25), day(80), by=otto, seen=day(60)),
    )
    assert {type(each) for each in outcomes} == {Pairing, pausing.PauseChanged}
    [kept] = [each for each in outcomes if isinstance(each, Pairing)]
    assert now(pairing).back_on == kept.back_on


def test_asking_to_go_on_for_as_long_reaches_the_partner_in_the_pause(pairing, mina, otto):
    page = reverse("pairings:detail", args=[pairing.pk])
    pause(pairing, DAY, day(48))
    until = pairing.runs_until + timedelta(days=28)
    assert f"ask to go on until {until.day} {until:%B %Y}" in mina.get(page).text
    ask = reverse("pairings:extend", args=[pairing.pk])
    assert f'value="{until.isoformat()}"' in mina.get(ask).text
    mina.post(ask, {"until": until.isoformat()})
    assert "ask to go on until" not in mina.get(page).text
    assert ("otto", "Mina would like to go on") in [each[1:] for each in mails(20, 20)]
    assert [item.action for item in queries.at_home(pairing.mentee.person, DAY).waiting] == ["Answer"]
    otto.post(reverse("pairings:answer_extension", args=[pairing.pk, Extension.objects.get().pk]), {"agreed": "yes"})
    assert now(pairing).runs_until == until


def test_the_page_keeps_what_was_typed_and_says_who_paused(pairing, mina, otto):
    url = reverse("pairings:pause", args=[pairing.pk])
    form = mina.get(url).text
    assert "there is nowhere to write it" in form
    assert (form.count("The pair and the coordinators of the program"), "supervisors" in form) == (2, False)
    refused = mina.post(url, {"paused_from": day(30).isoformat(), "back_on": day(29).isoformat(), "seen": ""})
    assert refused.status_code == 422
    assert f'value="{day(29).isoformat()}"' in refused.text
    assert mina.post(url, {"paused_from": "soon", "back_on": ""}).status_code == 422
    said = mina.post(url, {"paused_from": DAY.isoformat(), "back_on": day(60).isoformat()}, follow=True).text
    assert "Noted. The pair goes on by itself on 5 March 2027." in said
    assert "You noted it; nobody is asked why." in said
    theirs = otto.get(reverse("pairings:detail", args=[pairing.pk])).text
    assert "Mina noted it; nobody is asked why." in theirs
    assert "Plan a meeting" not in theirs
    stale = otto.post(url, {"back_on": day(70).isoformat(), "seen": day(50).isoformat()})
    assert (stale.status_code, "Somebody changed the pause" in stale.text) == (422, True)
    assert otto.post(url, {"back_on": day(70).isoformat(), "seen": day(60).isoformat()}).status_code == 302
    assert "The pair goes on, and reminders" in otto.post(url, {"do": "bring_back"}, follow=True).text
    assert now(pairing).back_on is None


def test_a_message_can_be_left_in_the_room_meanwhile(pairing, mina):
    pause(pairing, DAY, day(60))
    actions.write_message(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, words="Get well soon")
    assert "Get well soon" in mina.get(reverse("pairings:room", args=[pairing.pk])).text


def test_a_coordinator_pauses_at_the_desk_and_both_are_told(pairing, cora, others):
    url = reverse("pairings:pause_at_desk", args=[pairing.pk])
    desk = as_seen_by(cora)
    window = f"/desk/pairings/pairing/{pairing.pk}/change/"
    assert url in desk.get(window).text
    assert desk.post(url, {"paused_from": DAY.isoformat(), "back_on": DAY.isoformat()}).status_code == 422
    page = desk.post(url, {"paused_from": DAY.isoformat(), "back_on": day(60).isoformat()}, follow=True).text
    assert "Mina Mentor and Otto Executive: from 24 January 2027, back on 5 March 2027." in page
    assert "Paused" in desk.get("/desk/pairings/pairing/").text
    told = [each for each in mails(20, 20) if "pauses" in each[2]]
    assert told == [(20, "mina", "Your pair with Otto pauses"), (20, "otto", "Your pair with Mina pauses")]
    assert "A coordinator noted it" in as_seen_by(pairing.mentor.person).get(
        reverse("pairings:detail", args=[pairing.pk])
    ).text  # fmt: skip
    candidate = pairing.mentee.person
    DutyFactory(program=pairing.program, person=candidate, duty=Duty.COORDINATOR)
    elsewhere = PersonFactory(is_coordinator=True)
    for who in (*(person for person in others.values() if person != cora), elsewhere, candidate):
        assert as_seen_by(who).get(url).status_code == 404
        assert as_seen_by(who).post(url, {"do": "bring_back"}).status_code == 404
    doing = reverse("pairings:doing", args=[pairing.program_id])
    assert [url in as_seen_by(who).get(doing).text for who in (cora, candidate)] == [True, False]
    own_page = reverse("pairings:pause", args=[pairing.pk])
    for who in others.values():
        assert as_seen_by(who).post(own_page, {"do": "bring_back"}).status_code == 404
    assert rules.is_paused(now(pairing), on=DAY)
    assert "goes on, and reminders" in desk.post(url, {"do": "bring_back"}, follow=True).text


def test_the_desk_asks_the_database_as_often_for_three_pauses_as_for_one(pairing, cora):
    doing, desk = reverse("pairings:doing", args=[pairing.program_id]), as_seen_by(cora)

    def asked() -> int:
        desk.get(doing)
        with CaptureQueriesContext(connection) as some:
            assert "Paused" in desk.get(doing).text
        return len(some)

    pause(pairing, DAY, day(60))
    one = asked()
    for _ in range(2):
        pause(pair_beside(pairing), DAY, day(60))
    assert asked() == one
