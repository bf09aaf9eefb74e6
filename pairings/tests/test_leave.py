"""Leaving everything at once, by the same actions as one by one."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import clock
from notifications.models import Notice
from pairings import actions
from pairings.models import Pairing
from pairings.notices import ENDED
from pairings.tests.factories import STARTED_ON, PairingFactory, noon, pair
from pairings.tests.instant import at_the_same_instant
from participants import actions as participants
from participants.choices import ChampionsReply, Step
from participants.models import Champion, Draft, Participation, Reference, WaitListEntry
from participants.tests.factories import MenteeFactory, MentorFactory, with_not_discussed
from participants.tests.instant import while_another_waits
from people.models import Person
from people.tests.factories import CoraFactory, LevelFactory, PersonFactory, StenFactory
from privacy.models import DataKey
from programs.choices import Side, Stage
from programs.models import Program
from programs.tests.factories import ProgramFactory, ladder

pytestmark = pytest.mark.django_db
ON = STARTED_ON + timedelta(days=10)
AT = noon(ON)


@pytest.fixture
def pairing() -> Pairing:
    """Mina, in a pair with Otto; she waits in another program on both sides, and is a champion."""
    pairing = pair()
    mina = pairing.mentor.person
    another = ProgramFactory(stage=Stage.ENROLMENT)
    mentor = with_not_discussed(MentorFactory(program=another, person=mina), "The merger")
    MenteeFactory(program=another, person=mina)
    Reference.objects.create(participation=mentor, referee=StenFactory(), asked_at=AT)
    Champion.objects.create(
        program=another, person=mina, named_by=CoraFactory(), named_at=AT, reply=ChampionsReply.YES, replied_at=AT
    )
    return pairing


def takes_part(person: Person) -> int:
    return Participation.objects.filter(person=person).taking_part().count()


def test_everything_is_left_and_a_pair_that_is_not_chosen_goes_on(pairing):
    mina = pairing.mentor.person
    actions.leave(by=mina, end=[], at=AT, on=ON)
    assert takes_part(mina) == 0
    assert not Participation.objects.filter(person=mina).exclude(not_discussed=None).exists()
    assert not Reference.objects.exists()
    assert not Champion.objects.shown().exists()
    assert Pairing.objects.open(ON).get() == pairing
    assert takes_part(pairing.mentee.person) == 1


def test_a_pair_that_is_chosen_ends_by_the_ordinary_action(pairing):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    actions.leave(by=mina, end=[pairing.pk], at=AT, on=ON)
    pairing.refresh_from_db()
    assert (pairing.ended_on, pairing.ended_by) == (ON, mina)
    assert Notice.objects.filter(kind=ENDED, person=otto).count() == 1


def test_a_second_press_changes_nothing(pairing):
    mina = pairing.mentor.person
    actions.leave(by=mina, end=[pairing.pk], at=AT, on=ON)
    rows = list(Participation.objects.order_by("pk").values()), list(Pairing.objects.values())
    notices = Notice.objects.count()
    actions.leave(by=mina, end=[pairing.pk], at=AT + timedelta(hours=1), on=ON)
    assert (list(Participation.objects.order_by("pk").values()), list(Pairing.objects.values())) == rows
    assert Notice.objects.count() == notices


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_leave_once_and_the_partner_hears_once(pairing):
    mina, otto = pairing.mentor.person, pairing.mentee.person

    def leave() -> object:
        return actions.leave(by=mina, end=[pairing.pk], at=AT, on=ON)

    assert at_the_same_instant(leave, leave, leave) == [None] * 3
    assert takes_part(mina) == 0
    assert not Reference.objects.exists()
    assert DataKey.objects.get() == pairing.data_key
    pairing.refresh_from_db()
    assert (pairing.ended_on, pairing.ended_by) == (ON, mina)
    assert Notice.objects.filter(kind=ENDED, person=otto).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_pair_the_partner_ends_in_that_very_moment_is_passed_over(pairing):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    with transaction.atomic():
        actions.end_pairing(pairing, by=otto, at=AT, on=ON)
        left = while_another_waits(lambda: actions.leave(by=mina, end=[pairing.pk], at=AT, on=ON))
    assert left() == [None]
    pairing.refresh_from_db()
    assert (pairing.ended_by, takes_part(mina)) == (otto, 0)


@pytest.mark.django_db(transaction=True)
def test_who_leaves_several_programs_waits_for_the_first_of_them_with_nothing_in_hand(pairing):
    """Else two who leave the same two programs could wait for one another for good."""
    mina = pairing.mentor.person
    first, second = Program.objects.order_by("pk")
    WaitListEntry.objects.create(program=second, person=mina, side=Side.MENTEE, asked_at=AT)

    def take_the_second() -> None:
        Program.objects.select_for_update(no_key=True, nowait=True).get(pk=second.pk)

    with transaction.atomic():
        Program.objects.select_for_update(no_key=True).get(pk=first.pk)
        left = while_another_waits(lambda: actions.leave(by=mina, end=[], at=AT, on=ON), then=take_the_second)
    assert left() == [None]
    assert takes_part(mina) == 0


def test_a_pair_the_partner_ended_meanwhile_is_passed_over(pairing):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    actions.end_pairing(pairing, by=otto, at=AT, on=ON)
    actions.leave(by=mina, end=[pairing.pk], at=AT, on=ON)
    pairing.refresh_from_db()
    assert pairing.ended_by == otto
    assert takes_part(mina) == 0


def test_nobody_ends_the_pair_of_others(pairing):
    sten = Person.objects.get(given_name="Sten")
    actions.leave(by=sten, end=[pairing.pk], at=AT, on=ON)
    assert Pairing.objects.open(ON).exists()
    assert takes_part(pairing.mentor.person) == 3


def test_what_fails_half_way_leaves_everything_as_it_was(pairing):
    mina = pairing.mentor.person
    with pytest.raises(ValidationError):
        actions.leave(by=mina, end=["no pair at all"], at=AT, on=ON)  # type: ignore[list-item]
    assert takes_part(mina) == 3
    assert Reference.objects.exists()


# The page


@pytest.fixture
def here(pairing, client: Client) -> Client:
    """Mina is signed in, and her pair is under way today."""
    today = clock.now().date()
    Pairing.objects.update(started_on=today - timedelta(days=10), runs_until=today + timedelta(days=100))
    client.force_login(pairing.mentor.person)
    return client


URL = "/pairs/leave/"


def test_the_page_says_what_happens_and_offers_each_pair(here, pairing):
    assert reverse("pairings:leave") == URL
    text = here.get(URL).content.decode()
    for words in (
        f"End my pair with {pairing.mentee.person.name} in {pairing.program}",
        "Leaving a program does not end a pair",
        "What your referees said, and whom you named, is deleted at once.",
        "You are no longer shown as a champion",
        "download your data",
    ):
        assert words in text


def test_leaving_leads_back_to_the_page_which_then_has_nothing_to_leave(here, pairing):
    answer = here.post(URL, {"end": [str(pairing.pk)]}, follow=True)
    assert answer.redirect_chain == [(URL, 302)]
    text = answer.content.decode()
    assert "You take part in nothing" in text
    assert "Nobody asks why" in text
    again = here.post(URL, {"end": [str(pairing.pk)]})
    assert again.status_code == 302, "a second click, or an old tab, is no mistake"


def test_a_pair_that_goes_on_can_be_ended_later_on_the_same_page(here, pairing):
    text = here.post(URL, follow=True).content.decode()
    assert "End these pairs" in text
    assert "Leave everything" not in text


@pytest.mark.parametrize("odd", ["nonsense", "\x00", "6f1c2e34-0000-4000-8000-000000000000", "9" * 40])
def test_what_is_no_pair_of_mine_is_refused_in_words(here, odd, pairing):
    answer = here.post(URL, {"end": [odd]})
    assert answer.status_code == 422
    assert "Please choose from these." in answer.content.decode()
    assert takes_part(pairing.mentor.person) == 3


def test_bo_finds_only_his_own_and_ends_nobody_elses_pair(pairing, client):
    bo = pairing.mentee.person.manager
    client.force_login(bo)
    text = client.get(URL).content.decode()
    assert "You take part in nothing" in text
    assert pairing.mentee.person.name not in text
    assert client.post(URL, {"end": [str(pairing.pk)]}).status_code == 422
    assert Pairing.objects.filter(ended_on=None).exists()


def test_signed_out_there_is_no_page(client):
    assert client.get(URL).status_code == 302


def test_the_page_asks_the_database_as_often_with_three_pairs_as_with_one(here, pairing):
    mina, today = pairing.mentor.person, clock.now().date()
    here.get(URL)
    counts = []
    for more in (0, 2):
        for _ in range(more):
            mentor = MentorFactory(program__stage=Stage.RUNNING, person=mina)
            mentee = MenteeFactory(program=mentor.program, person=PersonFactory(rank=6))
            PairingFactory(program=mentor.program, mentor=mentor, mentee=mentee, started_on=today)
        with CaptureQueriesContext(connection) as captured:
            here.get(URL)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_wait_lists_and_drafts_go_too_and_a_place_given_up_is_not_offered_to_oneself(pairing):
    mina = pairing.mentor.person
    ladder()
    pilot = ProgramFactory(is_pilot=True, most_mentors=1, mentee_lowest_level=LevelFactory(rank=2))
    MentorFactory(program=pilot)
    next_in_line: Person = PersonFactory(rank=2)
    for person in (mina, next_in_line):
        participants.ask_to_wait(pilot, side=Side.MENTOR, by=person, at=AT)
    participants.keep_draft(
        pilot, side=Side.MENTEE, step=Step.ABOUT, answers={"hobbies": ["chess"]}, is_done=True, by=mina, at=AT
    )
    page = Client()
    page.force_login(mina)
    text = page.get(reverse("pairings:leave")).text
    assert "You wait no longer for a place in" in text
    assert "What you have begun to tell and not sent is deleted at once" in text
    for _ in range(2):
        actions.leave(by=mina, end=[], at=AT, on=ON)
    assert not WaitListEntry.objects.open().filter(person=mina).exists()
    assert WaitListEntry.objects.open().filter(person=next_in_line).exists()
    assert not Draft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_leaving_waits_for_whoever_sends_proposals_in_another_program_and_never_the_two_for_one_another():
    ladder()
    mina = PersonFactory(rank=2)
    first, last = uuid.UUID(int=1), uuid.UUID(int=2**127)
    for key in (last, first):  # the older program has the later key
        MentorFactory(pk=key, program=ProgramFactory(stage=Stage.MATCHING), person=mina)
    with transaction.atomic():
        list(Participation.objects.filter(pk=first).select_for_update())
        ended = while_another_waits(
            lambda: actions.leave(by=mina, end=[], at=AT, on=ON),
            then=lambda: list(Participation.objects.filter(pk=last).select_for_update()),
        )
    assert ended() == [None]
    assert takes_part(mina) == 0
