"""What a program calls its two sides is what its people read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from matching.tests.factories import ProposalFactory
from notifications import kinds
from notifications.models import Notice
from pairings.tests.factories import drafted, met, pair, signed
from participants import actions
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import CoraFactory, MinaFactory, OttoFactory, PersonFactory
from programs.choices import Side, Stage
from programs.documents import document_of
from programs.models import Program
from programs.tests.factories import ProgramFactory, program_with

pytestmark = pytest.mark.django_db

WORDS: dict[str, Any] = {
    "mentor_word": "guide", "mentor_words": "guides", "mentee_word": "executive learner",
    "mentee_words": "executive learners",
}  # fmt: skip
CHARTER = "What we say stays between us."
HARD_WIRED = re.compile(r"\b(mentor|mentee)s?\b", re.IGNORECASE)


def read(html: str) -> str:
    """What a person reads of a page: no head, no mark-up, no footer."""
    body = re.sub(r"(?s)<head>.*?</head>|<footer.*?</footer>", " ", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


@pytest.fixture
def people():
    bo = PersonFactory()
    return MinaFactory(family_name="Adler"), OttoFactory(manager=bo)


@pytest.fixture
def called() -> Program:
    return program_with(CoraFactory(), name="Two-Way", charter=CHARTER, reciprocal_every=2, **WORDS)


def speaks(text: str, *words: str) -> None:
    found = HARD_WIRED.search(text)
    assert found is None, text[max(found.start() - 60, 0) : found.end() + 60]
    for each in words:
        assert each in text


def test_from_the_program_to_the_profile(client, called, people):
    mina, otto = people
    for person, side, word in ((mina, "mentor", "a guide"), (otto, "mentee", "an executive learner")):
        client.force_login(person)
        page = reverse("participants:program", args=[called.pk])
        speaks(read(client.get(page).text), f"As {word}", f"Volunteer as {word}", "the executive learner shares too")
        form = reverse("participants:volunteer_step", args=[called.pk, side, "offer"])
        speaks(read(client.get(form).text), f"Volunteer as {word}")
        actions.volunteer(
            program=called, side=Side(side), by=person, at=datetime(2026, 12, 1, tzinfo=UTC), charter_agreed=True
        )
        for name in ("profile", "withdraw"):
            speaks(read(client.get(reverse(f"participants:{name}", args=[called.pk, side])).text))
        speaks(read(client.get(reverse("participants:charter", args=[called.pk])).text), f"as {word}, on")
        for url in (reverse("participants:programs"), "/"):
            speaks(read(client.get(url).text), f"You take part as {word}")
    for notice in Notice.objects.all():
        message = kinds.named(notice.kind).compose(notice, notice.due_at)
        speaks(" ".join((message.subject, message.heading, *message.paragraphs)) if message else "")
    assert Notice.objects.filter(kind=actions.IN_POOL).count() == 2


def test_a_refusal_on_the_other_side(client, called, people):
    client.force_login(people[0])
    page = client.get(reverse("participants:volunteer", args=[called.pk, "mentee"])).text
    speaks(read(page), "Executive learners in this program are at least at level")


def test_a_proposal(client, people):
    mina, otto = people
    program = ProgramFactory(stage=Stage.MATCHING, charter=CHARTER, **WORDS)
    proposal = ProposalFactory(
        program=program, mentor=MentorFactory(program=program, person=mina),
        mentee=MenteeFactory(program=program, person=otto),
    )  # fmt: skip
    for person in people:
        client.force_login(person)
        speaks(read(client.get(reverse("matching:proposal", args=[proposal.pk])).text))


def test_the_page_of_a_pair_and_its_forms(client, people):
    pairing = pair(*people, charter=CHARTER, reciprocal_every=2, **WORDS)
    met(pairing, pairing.started_on)
    signed(pairing)
    drafted(pairing, by=pairing.mentor.person)
    for person in people:
        client.force_login(person)
        detail = read(client.get(reverse("pairings:detail", args=[pairing.pk])).text)
        speaks(detail, "The guide led", "led by the guide", "the executive learner shares too")
        for name in ("agreement", "log_meeting", "check_in", "end", "set_goal"):
            speaks(read(client.get(reverse(f"pairings:{name}", args=[pairing.pk])).text))
        speaks(read(client.get("/").text))
    for notice in Notice.objects.all():
        message = kinds.named(notice.kind).compose(notice, notice.due_at + timedelta(minutes=1))
        speaks(" ".join((message.subject, message.heading, *message.paragraphs)) if message else "")


@pytest.mark.parametrize("said", ["", " ", "a" * 31, "Guide 1", "<b>guide</b>", "guide\n", "guide  two", "{mentor}"])
def test_a_word_is_short_and_plain(said):
    program = ProgramFactory()
    program.mentor_word = said
    with pytest.raises(ValidationError):
        program.clean_fields()


@pytest.mark.parametrize("said", ["Mentorin", "reverse mentor", "élève-mentor", "l’apprenant", "наставник"])
def test_a_word_may_be_of_any_language(said):
    program = ProgramFactory()
    program.mentor_word = said
    program.clean_fields()


def test_the_two_sides_are_called_differently():
    program = ProgramFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.filter(pk=program.pk).update(mentor_word="mentee")


def test_words_follow_a_sentence():
    program = Program(**WORDS)
    assert program.word(Side.MENTEE, article=True) == "an executive learner"
    assert program.word(Side.MENTOR, article=True, capital=True) == "A guide"
    assert program.word("mentor", plural=True, capital=True) == "Guides"


def test_a_document_carries_them():
    assert document_of(ProgramFactory(**WORDS))["wording"] == WORDS


def test_whoever_is_asked_to_volunteer_reads_the_words_of_the_program(called, people):
    mina, _ = people
    cora = called.duties.get().person
    actions.call_for_volunteers(
        called, side=Side.MENTOR, people=[mina], words="I thought of you.", by=cora,
        at=datetime(2026, 11, 26, 12, tzinfo=UTC),
    )  # fmt: skip
    notice = Notice.objects.get(kind=actions.CALLED_FOR)
    message = kinds.named(notice.kind).compose(notice, datetime(2026, 11, 26, 12, tzinfo=UTC))
    assert message is not None
    assert message.heading == "Would you like to be a guide?"
    assert not HARD_WIRED.search(" ".join((message.subject, message.heading, *message.paragraphs)))
