"""What is asked before somebody can be matched: the charter, and guidance that the program requires."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from notifications.models import Notice
from participants import actions, enrolment, notices, queries, rules
from participants.models import Participation, TrainingDone
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import PersonFactory
from programs.choices import Side, Stage
from programs.tests.factories import DutyFactory
from programs.training import pieces

LISTENING, CONFIDENTIALITY = "listening-and-asking", "confidentiality"


def piece_named(name):
    return next(piece for piece in pieces() if piece.name == name)


def read(person, name, *, version=None):
    TrainingDone.objects.create(
        person=person, piece=name, version=piece_named(name).version if version is None else version, done_at=NOON
    )


def page_of(program) -> str:
    return reverse("participants:program", args=[program.pk])


@pytest.fixture
def strict(program):
    """Mentors read one piece; mentees another."""
    program.required_of_mentors = [LISTENING]
    program.required_of_mentees = [CONFIDENTIALITY]
    program.save()
    return program


def test_the_pool_and_the_judgement_of_one_person_agree(strict):
    for factory in (MentorFactory, MenteeFactory):
        for signed in (NOON, None):
            for done in ((), (LISTENING,), (CONFIDENTIALITY,), (LISTENING, CONFIDENTIALITY)):
                row = factory(program=strict, charter_signed_at=signed)
                for name in done:
                    read(row.person, name)
    pool = set(queries.in_pool(strict, TODAY))
    assert {row for row in Participation.objects.all() if not queries.missing_of(row)} == pool
    assert len(pool) == 4


def test_a_piece_that_is_required_of_the_other_side_or_that_no_longer_ships_is_not_asked_for(strict):
    strict.required_of_mentors = ["out-of-the-lead", "nowhere"]
    strict.save()
    row = MentorFactory(program=strict)
    assert queries.missing_of(row) == ()
    assert set(queries.in_pool(strict, TODAY)) == {row}


def test_whoever_read_an_older_version_stays_ready_and_is_invited_to_read_the_new_one(client, strict, mina):
    row = MentorFactory(program=strict, person=mina)
    read(mina, LISTENING, version=0)
    assert set(queries.in_pool(strict, TODAY)) == {row}
    client.force_login(mina)
    assert "Changed since you read it" in client.get(reverse("participants:guidance")).text
    page = client.get(reverse("participants:piece", args=[LISTENING])).text
    assert "You read an older version on 24 November 2026. That still counts" in page
    assert "I have read this" in page


def test_mina_reads_what_is_missing_wherever_she_looks_and_is_in_the_pool_after(client, strict, mina, told):
    client.force_login(mina)
    assert "Before you are matched you read" in client.get(page_of(strict)).text
    row = actions.volunteer(program=strict, side=Side.MENTOR, by=mina, at=NOON, **told)
    assert not Notice.objects.filter(kind=actions.IN_POOL).exists()
    asked = "ead “Listening and asking” (1 minute)"
    page = client.get(page_of(strict)).text
    assert "Not ready yet" in page
    assert f"R{asked}" in page
    assert f"Before you can be matched: r{asked}" in client.get("/").text
    assert "Not ready yet" in client.get(reverse("participants:programs")).text
    piece = reverse("participants:piece", args=[LISTENING])
    assert "Asked for before you can be matched" in client.get(reverse("participants:guidance")).text
    led = [client.post(piece).url for _ in range(2)]
    assert led == [page_of(strict), reverse("participants:guidance")], (
        "back to what is left there, and then to the list"
    )
    assert Notice.objects.filter(kind=actions.IN_POOL, person=mina).count() == 1
    assert set(queries.in_pool(strict, TODAY)) == {row}
    assert "You take part" in client.get(page_of(strict)).text
    assert "Before you can be matched" not in client.get("/").text


def test_the_page_after_volunteering_says_what_is_left(strict, mina, told):
    told["charter_agreed"] = False
    row = actions.volunteer(program=strict, side=Side.MENTOR, by=mina, at=NOON, **told)
    assert rules.in_words(queries.missing_of(row)) == (
        "agree to the charter, and read “Listening and asking” (1 minute)"
    )
    with pytest.raises(rules.NotReady, match="Before you can be matched: agree to the charter, and read"):
        rules.insist_ready(queries.missing_of(row))


def test_the_reminder_says_what_is_left_and_nothing_once_it_is_done(strict, mina, told):
    actions.volunteer(program=strict, side=Side.MENTOR, by=mina, at=NOON, **told)
    notice = Notice.objects.get(kind=actions.NOT_READY)
    assert notice.due_at.date() == TODAY + timedelta(days=3)
    message = notices.not_ready(notice, NOON)
    assert message is not None
    assert message.heading == "We have your offer; there is something left to read"
    assert message.link == reverse("participants:piece", args=[LISTENING])
    actions.finish_piece(piece_named(LISTENING), by=mina, at=NOON)
    assert notices.not_ready(notice, NOON) is None


def test_who_has_nothing_to_do_is_not_reminded(program, mina, told):
    actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON, **told)
    assert not Notice.objects.filter(kind=actions.NOT_READY).exists()


def test_a_line_manager_hears_once_the_charter_is_signed_and_never_of_guidance(client, strict, otto, bo):
    actions.volunteer(program=strict, side=Side.MENTEE, by=otto, at=NOON, charter_agreed=True)
    assert Notice.objects.filter(kind=actions.MANAGER_ASKED, person=bo).count() == 1
    client.force_login(bo)
    page = client.get(reverse("participants:reports")).text
    assert str(otto) in page
    assert "ready" not in page.lower().replace("already", "")
    assert client.get(page_of(strict)).status_code == 404 or "confidentiality, and its" not in page


def test_coordinators_see_who_is_ready_and_how_many_and_candidates_do_not(client, strict, mina, otto, cora):
    MentorFactory(program=strict, person=mina)
    row = MenteeFactory(program=strict, person=otto)
    read(otto, CONFIDENTIALITY)
    MentorFactory(program=strict, charter_signed_at=None)
    counts = enrolment.enrolment_counts(strict, TODAY)
    assert (counts.ready_mentors, counts.ready_mentees, counts.charter_open, counts.guidance_open) == (0, 1, 1, 2)
    client.force_login(cora)
    window = reverse("admin:participants_participation_changelist")
    page = client.get(window).text
    assert page.count("Still to read") == 2
    assert "Read</td>" in page
    assert LISTENING not in page
    assert "Not ready: 1 yet to agree to the charter, 2 with guidance to read." in client.get("/desk/").text
    kim = PersonFactory(is_coordinator=True)
    DutyFactory(program=strict, person=kim)
    MentorFactory(program=strict, person=kim)
    client.force_login(kim)
    page = client.get(reverse("admin:participants_participation_change", args=[row.pk])).text
    assert "Still to read" not in page


def test_a_program_that_makes_no_more_pairs_asks_for_nothing(client, strict, mina):
    MentorFactory(program=strict, person=mina)
    strict.stage = Stage.REVIEW
    strict.save()
    assert queries.waiting_for(queries.mine(mina), paired_in=()) == []


def test_home_needs_as_many_queries_for_three_programs_as_for_one(mina, django_assert_num_queries):
    for some in (1, 2):
        for _ in range(some):
            MentorFactory(person=mina, program__required_of_mentors=[LISTENING], charter_signed_at=None)
        with django_assert_num_queries(5):
            assert len(queries.waiting_for(queries.mine(mina), paired_in=())) >= some + 1
