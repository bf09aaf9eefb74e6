"""Asking people to volunteer, and what volunteers offer and want."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import kinds
from notifications.models import Notice
from participants import actions, calls, queries, rules
from participants.calls import Area, Demand
from participants.forms import COUNT
from participants.models import Call, Called, WaitListEntry
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory, with_skills
from people.tests.factories import FunctionFactory, PersonFactory
from programs.choices import Side, Stage
from programs.rules import NotACoordinator

WORDS = "We look for mentors. I thought of you."


def call(program, by, *, side=Side.MENTOR, **more):
    return actions.call_for_volunteers(program, side=side, words=WORDS, by=by, at=NOON, **more)


def asked(side=Side.MENTOR) -> set:
    return set(Called.objects.filter(side=side).values_list("person", flat=True))


def composed(notice, at=NOON):
    return kinds.named(notice.kind).compose(notice, at)


# Whom


def test_everybody_who_may_take_the_side_is_asked_and_nobody_who_takes_part_or_did(program, cora, mina, otto):
    taking_part, withdrawn = MentorFactory(program=program).person, MentorFactory(program=program)
    actions.withdraw(withdrawn, by=withdrawn.person, at=NOON)
    newcomer = PersonFactory(rank=2, hired_on=TODAY)
    call(program, cora)
    assert mina.pk in asked()
    assert not {otto.pk, taking_part.pk, withdrawn.person_id, newcomer.pk} & asked()
    assert {notice.person_id for notice in Notice.objects.filter(kind=actions.CALLED_FOR)} == asked()


def test_an_area_narrows_it_and_empty_parts_of_it_mean_all(program, cora):
    drivers, clerks = FunctionFactory(name="Drivers"), FunctionFactory(name="Clerks")
    one, other = PersonFactory(rank=2, function=drivers), PersonFactory(rank=2, function=clerks)
    call(program, cora, area=Area(functions=[drivers]))
    assert asked() == {one.pk}
    call(program, cora, area=Area())
    assert other.pk in asked()


def test_named_people_alone_are_asked_and_only_those_whom_the_rules_admit(program, cora, mina, otto):
    PersonFactory(rank=2)
    call(program, cora, people=[mina, otto])
    assert asked() == {mina.pk}


def test_nobody_is_asked_twice_for_the_same_side(program, cora, mina):
    call(program, cora, people=[mina])
    with pytest.raises(rules.NobodyToCall):
        call(program, cora, people=[mina])
    assert Notice.objects.filter(kind=actions.CALLED_FOR, person=mina).count() == 1
    assert Call.objects.count() == 1


def test_too_many_at_once_are_refused_with_their_number_and_nobody_is_written_to(program, cora, monkeypatch):
    PersonFactory.create_batch(4, rank=2, function=(trains := FunctionFactory(name="Trains")))
    monkeypatch.setattr(rules, "MOST_CALLED", 3)
    with pytest.raises(rules.TooManyToCall, match="These are 4 people"):
        call(program, cora, area=Area(functions=[trains]))
    assert not Called.objects.exists()
    assert not Notice.objects.filter(kind=actions.CALLED_FOR).exists()


def test_only_a_coordinator_of_this_program_asks_and_only_during_enrolment(program, cora, mina):
    with pytest.raises(NotACoordinator):
        call(program, PersonFactory(is_coordinator=True))
    program.stage = Stage.RUNNING
    program.save()
    with pytest.raises(rules.EnrolmentNotOpen):
        call(program, cora)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_ask_at_the_same_moment_ask_everybody_once(program, cora, mina):
    gate = Barrier(2)
    refused: list[Exception] = []

    def ask() -> None:
        gate.wait()
        try:
            call(program, cora, people=[mina])
        except rules.NobodyToCall as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Called.objects.filter(person=mina).count() == 1


# What they are told


def test_the_mail_begins_with_the_coordinator_s_words_and_says_that_it_is_a_choice(program, cora, mina):
    call(program, cora, people=[mina])
    message = composed(Notice.objects.get(kind=actions.CALLED_FOR))
    assert message.paragraphs[0] == WORDS
    assert "“Not for me” needs no reason, and nobody is told." in message.paragraphs[1]


@pytest.mark.parametrize("done", ["joined", "declined", "closed", "left", "waits"])
def test_nothing_is_sent_to_whom_it_no_longer_concerns(program, cora, mina, told, done):
    call(program, cora, people=[mina])
    if done == "joined":
        actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON, **told)
    elif done == "declined":
        actions.decline_call(program, side=Side.MENTOR, by=mina, at=NOON)
    elif done == "closed":
        program.stage = Stage.MATCHING
        program.save()
    elif done == "left":
        mina.left_on = TODAY
        mina.save()
    else:
        WaitListEntry.objects.create(program=program, person=mina, side=Side.MENTOR, asked_at=NOON)
    assert composed(Notice.objects.get(kind=actions.CALLED_FOR)) is None
    assert queries.calls_waiting_for(mina, on=TODAY) == []


def test_mina_reads_it_at_home_says_not_for_me_once_and_can_still_join(client, program, cora, mina):
    call(program, cora, people=[mina])
    client.force_login(mina)
    assert [item.what for item in queries.calls_waiting_for(mina, on=TODAY)] == [
        "You are asked to join Two-Way Northwind"
    ]
    page = reverse("participants:program", args=[program.pk])
    decline = reverse("participants:decline_call", args=[program.pk, "mentor"])
    assert decline in client.get(page).text
    for _ in range(2):
        assert client.post(decline).status_code == 302
    assert Called.objects.get().declined_at is not None
    text = client.get(page).text
    assert decline not in text
    assert reverse("participants:volunteer", args=[program.pk, "mentor"]) in text


def test_who_was_not_asked_declines_nothing_and_learns_nothing(client, program, cora, mina, sten):
    call(program, cora, people=[mina])
    client.force_login(sten)
    page = client.get(reverse("participants:program", args=[program.pk])).text
    assert "not-for-me" not in page
    client.post(reverse("participants:decline_call", args=[program.pk, "mentor"]))
    assert Called.objects.get().declined_at is None


def test_nobody_learns_who_said_no(client, program, cora, mina):
    call(program, cora, people=[mina])
    actions.decline_call(program, side=Side.MENTOR, by=mina, at=NOON)
    client.force_login(cora)
    page = client.get(reverse("participants:calls_at_desk", args=[program.pk]))
    assert mina.name not in page.text
    [past] = calls.past_calls(program)
    assert (past.asked, past.joined) == (1, 0)


def test_a_no_is_said_for_oneself_and_for_the_side_one_was_asked_for(program, cora, mina):
    asked_too = PersonFactory(rank=2)
    program.mentee_lowest_level = mina.level  # who may take either side can be asked for both
    program.mentor_highest_level = mina.level
    program.save()
    call(program, cora, people=[mina, asked_too])
    call(program, cora, side=Side.MENTEE, people=[mina])
    actions.decline_call(program, side=Side.MENTOR, by=mina, at=NOON)
    assert calls.called_sides(mina, program) == {Side.MENTEE}
    assert calls.called_sides(asked_too, program) == {Side.MENTOR}


def test_a_call_has_brought_those_who_still_take_part_on_the_side_they_were_asked_for(program, cora, mina):
    others = [PersonFactory(rank=2) for _ in range(2)]
    call(program, cora, people=[mina, *others])
    MentorFactory(program=program, person=mina)
    withdrawn = MentorFactory(program=program, person=others[0])
    actions.withdraw(withdrawn, by=others[0], at=NOON)
    MenteeFactory(program=program, person=others[1])
    [past] = calls.past_calls(program)
    assert (past.asked, past.joined) == (3, 1)


# Supply and demand


def test_whoever_has_left_the_company_offers_and_wants_nothing(program):
    gone = with_skills(MentorFactory(program=program), offered=["Welding"], wanted=["Chess"]).person
    gone.left_on = TODAY
    gone.save()
    assert calls.demand(program, Side.MENTOR, on=TODAY) == calls.demand(program, Side.MENTEE, on=TODAY) == []


def test_offers_stand_against_the_wishes_of_the_other_side_the_largest_want_first(program):
    for _ in range(2):
        with_skills(MenteeFactory(program=program), wanted=["Welding", "Chess"], offered=["Budgets"])
    with_skills(MentorFactory(program=program), offered=["Chess", "Rowing"], wanted=["Budgets"])
    withdrawn = with_skills(MentorFactory(program=program), offered=["Welding"])
    withdrawn.withdrawn_at = NOON
    withdrawn.save()
    with_skills(MentorFactory(), offered=["Welding"])
    assert calls.demand(program, Side.MENTOR, on=TODAY) == [
        Demand("Welding", 0, 2), Demand("Chess", 1, 2), Demand("Rowing", 1, 0),
    ]  # fmt: skip
    assert calls.demand(program, Side.MENTEE, on=TODAY) == [Demand("Budgets", 2, 1)]


def test_a_want_drafts_a_call(client, program, cora):
    with_skills(MenteeFactory(program=program), wanted=["Welding"])
    client.force_login(cora)
    desk = reverse("participants:calls_at_desk", args=[program.pk])
    with_skills(MentorFactory(program=program), offered=["Rowing"])
    page = client.get(desk).text
    assert "?side=mentor&amp;skill=Welding#ask" in page
    assert '<td data-label="Missing">None</td>' in page
    drafted = client.get(desk, {"side": "mentor", "skill": "Welding"}).text
    assert "looks for mentors who can show something about Welding." in drafted
    assert client.get(desk, {"side": "nonsense", "skill": "x" * 500}).status_code == 200


# The page


def typed(**more) -> dict:
    return {"side": "mentor", "people": "", "words": WORDS, **more}


def test_counting_asks_nobody_and_keeps_what_was_typed(client, program, cora, mina):
    client.force_login(cora)
    desk = reverse("participants:calls_at_desk", args=[program.pk])
    page = client.post(desk, typed(people=mina.email, **{COUNT: "1"}))
    assert "1 person would be asked." in page.text
    assert WORDS in page.text
    assert not Called.objects.exists()
    sent = client.post(desk, typed(people=f"{mina.email}\n{mina.employee_number}"), follow=True)
    assert "1 asked." in sent.text
    assert asked() == {mina.pk}


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ("nobody@example.org", "Nobody in the directory has this e-mail or number: nobody@example.org."),
        ("\n".join(f"n{number}" for number in range(101)), "These are 101 people."),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_names_that_lead_to_nobody_are_said_and_kept(client, program, cora, people, sentence):
    client.force_login(cora)
    page = client.post(reverse("participants:calls_at_desk", args=[program.pk]), typed(people=people))
    assert page.status_code == 422
    assert sentence in page.text
    assert WORDS in page.text


def test_an_area_and_names_together_are_refused(client, program, cora, mina):
    client.force_login(cora)
    desk = reverse("participants:calls_at_desk", args=[program.pk])
    page = client.post(desk, typed(people=mina.email, functions=[FunctionFactory(name="Drivers").pk]))
    assert "Either choose an area or name people, not both." in page.text
    assert not Called.objects.exists()


def test_the_desk_page_is_there_for_coordinators_of_the_program_alone(client, program, cora, mina, bo):
    desk = reverse("participants:calls_at_desk", args=[program.pk])
    for somebody in (mina, bo, PersonFactory(is_coordinator=True), PersonFactory(is_executive=True)):
        client.force_login(somebody)
        assert client.get(desk).status_code == 404
        assert client.post(desk, typed()).status_code == 404


def test_after_enrolment_the_page_shows_the_numbers_and_asks_nobody(client, program, cora, mina):
    program.stage = Stage.RUNNING
    program.save()
    client.force_login(cora)
    desk = reverse("participants:calls_at_desk", args=[program.pk])
    assert "People can be asked while enrolment is open." in client.get(desk).text
    assert client.post(desk, typed()).status_code == 422
    assert not Called.objects.exists()


def test_the_page_asks_the_database_as_often_for_three_as_for_one(client, program, cora):
    def more(skill: str) -> None:
        with_skills(MenteeFactory(program=program), wanted=[skill])
        person = PersonFactory(rank=2)
        call(program, cora, people=[person])

    client.force_login(cora)
    desk = reverse("participants:calls_at_desk", args=[program.pk])
    more("One")
    client.get(desk)
    with CaptureQueriesContext(connection) as one:
        client.get(desk)
    more("Two")
    more("Three")
    with CaptureQueriesContext(connection) as three:
        client.get(desk)
    assert len(three) == len(one)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_in_a_browser(live_server, page, good_page, client, browser_context, program, cora, mina):
    with_skills(MenteeFactory(program=program), wanted=["Welding"])
    client.force_login(cora)
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + reverse("participants:calls_at_desk", args=[program.pk]))
    page.get_by_role("link", name="Ask for more").click()
    page.get_by_label("Or these people alone").fill(mina.email)
    page.get_by_role("button", name="How many are these?").click()
    page.get_by_text("1 person would be asked.").wait_for()
    good_page()
    page.get_by_role("button", name="Ask them").click()
    page.get_by_text("1 asked.").wait_for()
    assert asked() == {mina.pk}


# Reminding


def test_whoever_has_not_answered_is_reminded_once_and_nobody_who_has(program, cora, mina):
    call(program, cora, people=[mina])
    [notice] = Notice.objects.filter(kind=actions.CALL_REMINDER)
    assert notice.due_on == TODAY + timedelta(days=5)
    later = NOON + timedelta(days=5)
    message = composed(notice, later)
    assert message is not None
    assert WORDS not in " ".join(message.paragraphs)
    actions.decline_call(program, side=Side.MENTOR, by=mina, at=NOON)
    assert composed(notice, later) is None


def test_a_program_that_sends_none_stops_what_is_owed(program, cora, mina):
    call(program, cora, people=[mina])
    [notice] = Notice.objects.filter(kind=actions.CALL_REMINDER)
    type(program).objects.filter(pk=program.pk).update(call_reminder_days=[])
    assert composed(notice, NOON + timedelta(days=5)) is None
