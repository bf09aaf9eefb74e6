"""A supervisor knows who is paired in her program and when they meet, and no more; nobody else learns it from here."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db.models import BinaryField
from django.urls import reverse

from pairings import actions, queries, supervising
from pairings.choices import Kind
from pairings.models import Meeting, Pairing, PlannedMeeting
from pairings.tests.conftest import DAY, as_seen_by, pair_beside
from pairings.tests.factories import STARTED_ON, PairingFactory, drafted, met, noon, pair, signed
from participants.choices import Way
from participants.models import Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import PersonFactory
from privacy import audiences
from privacy.models import DataKey
from programs.choices import Duty, Stage
from programs.tests.factories import DutyFactory, ProgramFactory, program_with

MARK = "Kingfisher-4c1d"
pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(sia):
    return as_seen_by(sia)


def list_of(pairing, **asked):
    return reverse("pairings:supervised", args=[pairing.program_id], query=asked or None)


def page_of(pairing):
    return reverse("pairings:supervised_pair", args=[pairing.pk])


def main_of(response):
    return response.text.partition("<main")[2].partition("</main>")[0]


def planned(pairing, starts, at=DAY, **fields):
    given = {"minutes": 45, "kind": Kind.MENTOR_LED, "way": Way.VIDEO, **fields}
    mina = pairing.mentor.person
    return actions.plan_meeting(pairing, by=mina, at=noon(at), starts_at=noon(starts), zone=mina.zone, **given)


def cancelled(pairing, starts, *, by, on):
    meeting = planned(pairing, starts, at=on)
    return actions.cancel_meeting(meeting, by=by, at=noon(on), based_on=meeting.version)


def test_she_reads_who_the_two_are_and_the_facts_of_their_meetings(supervisor, pairing):
    otto = pairing.mentee.person
    met(pairing, STARTED_ON + timedelta(days=2), kind=Kind.RECIPROCAL, minutes=50)
    met(pairing, STARTED_ON + timedelta(days=9), minutes=60)
    cancelled(pairing, DAY + timedelta(days=4), by=otto, on=DAY)
    planned(pairing, DAY + timedelta(days=6))
    listed = supervisor.get(list_of(pairing)).text
    for said in ("Mina Mentor", "Otto", "4 January 2027", "5 July 2027", "13 January 2027", audiences.SUPERVISED.words):
        assert said in listed
    page = supervisor.get(page_of(pairing))
    assert [(fact.day.day, fact.minutes, fact.kind, fact.state, fact.said) for fact in page.context["pair"].facts] == [
        (30, 45, "The mentor leads", "Planned", ""),
        (28, 45, "The mentor leads", "Cancelled", f"{otto.name} cancelled it, four days before."),
        (13, 60, "The mentor led", "Took place", ""),
        (6, 50, "Reciprocal: the mentee shared too", "Took place", ""),
    ]
    assert "1 h 50 min" in page.text
    assert f"{otto.name} cancelled it, four days before." in page.text
    assert audiences.SUPERVISED.words in page.text


def test_a_meeting_nobody_spoke_of_and_one_that_did_not_take_place_are_no_more_than_that(supervisor, pairing, today):
    unsaid, missed = (planned(pairing, DAY + timedelta(days=number)) for number in (2, 4))
    today(DAY + timedelta(days=5))
    actions.note_not_held(
        missed, by=pairing.mentor.person, at=noon(DAY + timedelta(days=5)), on=DAY + timedelta(days=5)
    )  # fmt: skip
    facts = supervisor.get(page_of(pairing)).context["pair"].facts
    assert [(fact.day, fact.state, fact.said) for fact in facts] == [
        (missed.day, "Did not take place", ""),
        (unsaid.day, "Planned", "Nobody has said yet whether it took place."),
    ]


def test_nobody_else_finds_either_page(pairing, sia, others):
    del others["Sia, the supervisor"]
    others["one of the two"] = pairing.mentor.person
    others["the other"] = pairing.mentee.person
    others["a supervisor of another program"] = una = PersonFactory()
    DutyFactory(program=ProgramFactory(), person=una, duty=Duty.SUPERVISOR)
    nowhere = reverse("pairings:supervised_pair", args=[uuid.uuid4()])
    for who, person in others.items():
        client = as_seen_by(person)
        for url in (list_of(pairing), page_of(pairing)):
            for method in ("get", "head"):
                assert getattr(client, method)(url).status_code == 404, who
        assert list_of(pairing) not in client.get("/").text, who
        theirs, nothing = client.get(page_of(pairing)).text, client.get(nowhere).text
        assert len(theirs) == len(nothing), who
    assert as_seen_by(others["a supervisor of another program"]).get("/").status_code == 200
    for method in ("post", "put", "delete"):
        assert getattr(as_seen_by(sia), method)(list_of(pairing)).status_code == 405


def test_her_access_ends_with_the_duty_with_the_account_and_with_the_pair(pairing, sia, supervisor, today):
    assert {supervisor.get(url).status_code for url in (list_of(pairing), page_of(pairing))} == {200}
    duty = sia.duties.get()
    duty.delete()
    assert {supervisor.get(url).status_code for url in (list_of(pairing), page_of(pairing))} == {404}
    assert list_of(pairing) not in supervisor.get("/").text
    DutyFactory(program=pairing.program, person=sia, duty=Duty.SUPERVISOR)
    assert supervisor.get(page_of(pairing)).status_code == 200
    sia.is_active = False
    sia.save()
    assert {supervisor.get(url).status_code for url in (list_of(pairing), page_of(pairing))} == {302}
    sia.is_active = True
    sia.left_on = DAY
    sia.save()
    assert {supervisor.get(url).status_code for url in (list_of(pairing), page_of(pairing))} == {302}
    sia.left_on = None
    sia.save()
    actions.end_pairing(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY)
    assert supervisor.get(page_of(pairing)).status_code == 404
    assert "Mina" not in supervisor.get(list_of(pairing)).text


def test_a_pair_is_gone_after_its_last_day_though_nobody_did_anything(pairing, supervisor, today):
    today(pairing.runs_until)
    assert supervisor.get(page_of(pairing)).status_code == 200
    today(pairing.runs_until + timedelta(days=1))
    assert supervisor.get(page_of(pairing)).status_code == 404
    assert "No pair at present" in supervisor.get(list_of(pairing)).text


def test_her_own_pair_is_on_its_own_page_and_the_others_here(pairing):
    beside = pair_beside(pairing)
    otto = pairing.mentee.person
    DutyFactory(program=pairing.program, person=otto, duty=Duty.SUPERVISOR)
    client = as_seen_by(otto)
    listed = client.get(list_of(pairing)).text
    assert beside.mentor.person.name in listed
    assert "Mina" not in listed
    assert "Nobody of that name" in client.get(list_of(pairing, q="Mina")).text
    assert client.get(page_of(pairing)).status_code == 404
    assert client.get(page_of(beside)).status_code == 200
    assert client.get(reverse("pairings:detail", args=[pairing.pk])).status_code == 200
    assert client.get(reverse("pairings:detail", args=[beside.pk])).status_code == 404


def test_nothing_of_what_the_two_wrote_answered_or_asked_stands_here(pairing, sia, supervisor):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    bare = [main_of(supervisor.get(url)) for url in (list_of(pairing), page_of(pairing))]
    signed(pairing, meet_every_days=17, meeting_minutes=73)
    drafted(pairing, by=otto, meet_every_days=21)
    goal = actions.set_goal(pairing, by=mina, at=noon(DAY), on=DAY, title=MARK, due_on=DAY)
    actions.add_task(goal, by=mina, at=noon(DAY), on=DAY, title=MARK)
    actions.write_message(pairing, by=mina, at=noon(DAY), on=DAY, words=MARK)
    actions.write_note(pairing, by=otto, at=noon(DAY), on=DAY, words=MARK)
    until = DAY + timedelta(days=11)
    actions.say_fine(pairing, by=mina, at=noon(DAY), on=DAY, until=until)
    actions.propose_extension(
        pairing, by=mina, at=noon(DAY), on=DAY, until=pairing.runs_until + timedelta(days=7)
    )  # fmt: skip
    answers = {"meeting": "2", "getting": "2", "speaking": "1", "worth": "2", "fit": "3"}
    assert as_seen_by(mina).post(reverse("pairings:check_in", args=[pairing.pk]), answers).status_code == 302
    una = DutyFactory(program=pairing.program, person=PersonFactory(), duty=Duty.SUPERVISOR).person
    actions.ask_for_help(pairing.program, supervisor=una, by=mina, at=noon(DAY), on=DAY, words=MARK)
    assert MARK in as_seen_by(mina).get(reverse("pairings:detail", args=[pairing.pk])).text
    assert [main_of(supervisor.get(url)) for url in (list_of(pairing), page_of(pairing))] == bare
    met(pairing, DAY, topics=MARK, way=Way.IN_PERSON)
    for url in (list_of(pairing), page_of(pairing)):
        page = supervisor.get(url).text
        assert MARK not in page
        assert "in person" not in page.lower()


def test_a_pause_is_not_told_and_neither_is_what_it_cancelled(pairing, supervisor):
    planned(pairing, DAY + timedelta(days=4))
    assert [fact.state for fact in supervisor.get(page_of(pairing)).context["pair"].facts] == ["Planned"]
    actions.pause_pairing(
        pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, paused_from=DAY, back_on=DAY + timedelta(days=20),
        seen=None,
    )  # fmt: skip
    page = supervisor.get(page_of(pairing))
    assert page.context["pair"].facts == []
    assert "Mina Mentor" in supervisor.get(list_of(pairing)).text
    for text in (page.text, supervisor.get(list_of(pairing)).text):
        assert "13 February 2027" not in text
        assert "aused" not in text


def test_whoever_has_not_met_for_longest_comes_first(supervisor, pairing, today):
    late, never, new = pair_beside(pairing), pair_beside(pairing), None
    met(pairing, DAY - timedelta(days=1))
    met(late, STARTED_ON + timedelta(days=3))
    new = pair(PersonFactory(rank=2), PersonFactory(rank=6), program=pairing.program, on=DAY - timedelta(days=5))
    lines = supervisor.get(list_of(pairing)).context["lines"]
    assert [(line.pairing, line.last_met, line.times_met) for line in lines] == [
        (never, "Not yet", 0),
        (late, "7 January 2027", 1),
        (new, "Not yet", 0),
        (pairing, "23 January 2027", 1),
    ]


def test_one_finds_a_pair_by_either_name_in_any_writing(supervisor, pairing):
    other = pair(
        PersonFactory(given_name="Zoë", family_name="Müller", rank=2), PersonFactory(rank=6), program=pairing.program
    )
    for typed in ("muller", "ZOE mül", "Zoë", " Müller  Zo "):
        assert [line.pairing for line in supervisor.get(list_of(pairing, q=typed)).context["lines"]] == [other], typed
    both = f"otto {pairing.mentor.person.family_name}"
    assert [line.pairing for line in supervisor.get(list_of(pairing, q=both)).context["lines"]] == [pairing]
    for typed in ("%", "_", "otto zoe", "\x00%", "x" * 5000, "'; --"):
        page = supervisor.get(list_of(pairing, q=typed))
        assert (page.status_code, page.context["lines"]) == (200, []), typed[:20]
    assert len(supervisor.get(list_of(pairing, q="\x00")).context["lines"]) == 2


def test_fifty_stand_on_a_page_and_what_was_searched_for_stays(supervisor, pairing, monkeypatch):
    for _ in range(4):
        mentor = PersonFactory(family_name="Quist", rank=2)
        pair(mentor, PersonFactory(rank=6), program=pairing.program)
    monkeypatch.setattr(supervising, "PAIRS_ON_A_PAGE", 2)
    assert "5 pairs" in supervisor.get(list_of(pairing)).text
    first = supervisor.get(list_of(pairing, q="quist"))
    assert "4 pairs" in first.text
    assert 'href="?q=quist&amp;page=2"' in first.text
    seen = [
        line.pairing.pk
        for number in (1, 2, 3)
        for line in supervisor.get(list_of(pairing, page=number)).context["lines"]
    ]
    assert sorted(seen) == sorted(Pairing.objects.values_list("pk", flat=True))
    for page in ("0", "-1", "99999999999999999999", "x", ""):
        assert supervisor.get(list_of(pairing, page=page)).status_code == 200


def test_either_page_costs_as_much_with_three_as_with_one(supervisor, pairing, django_assert_num_queries, monkeypatch):
    for number in (1, 8):
        met(pairing, STARTED_ON + timedelta(days=number))
    supervisor.get(list_of(pairing))
    with django_assert_num_queries(5):
        supervisor.get(list_of(pairing))
    with django_assert_num_queries(5):
        supervisor.get(page_of(pairing))
    for _ in range(2):
        met(pair_beside(pairing), STARTED_ON)
    for number in (4, 6):
        cancelled(pairing, DAY + timedelta(days=number), by=pairing.mentor.person, on=DAY)
    with django_assert_num_queries(5):
        supervisor.get(list_of(pairing))
    with django_assert_num_queries(5):
        supervisor.get(page_of(pairing))


def test_no_sealed_word_is_even_read(pairing, sia, django_assert_num_queries):
    met(pairing, DAY, topics=MARK)
    cancelled(pairing, DAY + timedelta(days=4), by=pairing.mentee.person, on=DAY)
    with django_assert_num_queries(3) as asked:
        [found] = supervising.pairs_of(pairing.program, sia, on=DAY)
        supervising.page_of(found, at=noon(DAY), on=DAY)
    read = " ".join(query["sql"] for query in asked.captured_queries)
    models = (Participation, Meeting, PlannedMeeting, DataKey)
    sealed = {each.column for model in models for each in model._meta.fields if isinstance(each, BinaryField)}
    assert {"topics", "not_discussed", "wrapped"} <= sealed
    for column in {*sealed, "number_one", "background", "password", "hours_a_month", "paused_by_id"}:
        assert f'"{column}"' not in read, column


def test_home_leads_there_for_programs_with_pairs_alone(client, sia, pairing):
    empty = program_with(PersonFactory(), sia, stage=Stage.ENROLMENT)
    client.force_login(sia)
    home = client.get("/").text
    assert list_of(pairing) in home
    assert reverse("pairings:supervised", args=[empty.pk]) not in home
    assert list(queries.programs_supervised(sia, on=DAY)) == [pairing.program]
    assert "No pair at present" in client.get(reverse("pairings:supervised", args=[empty.pk])).text
    only_hers = program_with(PersonFactory(), sia, stage=Stage.RUNNING)
    PairingFactory(
        program=only_hers, mentor=MentorFactory(program=only_hers, person=sia), mentee=MenteeFactory(program=only_hers)
    )
    assert reverse("pairings:supervised", args=[only_hers.pk]) not in client.get("/").text
