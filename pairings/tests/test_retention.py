"""For how long what a pair wrote is kept: the program says it, the pair takes it along, and both read the day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from notifications.actions import deliver_due
from pairings import actions, queries, rules
from pairings.actions.forget import _forget as forget
from pairings.choices import Fit
from pairings.models import CheckIn, Pairing
from pairings.tests.conftest import DAY
from pairings.tests.factories import PairingFactory, met, noon, pair
from people.models import Person
from privacy.models import DataKey
from programs.choices import Stage
from programs.models import Program
from programs.tests.factories import program_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(pairing):
    """Closed by Mina on DAY; the program said 45 days when the pair began, and says something else now."""
    Pairing.objects.update(kept_days=45)
    Program.objects.update(kept_days=365)
    met(pairing, DAY - timedelta(days=2), topics="Nights")
    for person in (pairing.mentor.person, pairing.mentee.person):
        actions.answer_check_in(
            pairing, by=person, at=noon(DAY), on=DAY, meeting=1, getting=2, speaking=3, worth=4, fit=Fit.DECIDING
        )
    return actions.end_pairing(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY)


def test_a_pair_takes_along_what_its_program_said_when_it_began(cora, sia, today):
    began = pair(program=program_with(cora, sia, stage=Stage.RUNNING, kept_days=90))
    Program.objects.update(kept_days=365)
    began.refresh_from_db()
    assert rules.erased_on(began) == began.runs_until + timedelta(days=90)


def test_the_words_go_on_their_day_and_not_before(ended):
    last = DAY + timedelta(days=45)
    assert actions.forget_private_words(at=noon(last)) == 0
    assert DataKey.objects.filter(pk=ended.data_key_id).exists()
    assert actions.forget_private_words(at=noon(last + timedelta(days=1))) == 1
    assert not DataKey.objects.filter(pk=ended.data_key_id).exists()
    assert ended.meetings.count() == 1


@pytest.mark.parametrize(
    ("mentor", "mentee", "hour"),
    [
        ("Pacific/Honolulu", "Pacific/Honolulu", 10), ("UTC", "America/Los_Angeles", 8), ("Asia/Tokyo", "UTC", 0),
        ("Asia/Tokyo", "Australia/Brisbane", -9),
    ],
)  # fmt: skip
def test_the_day_that_was_told_ends_first_where_each_of_them_lives(ended, mentor, mentee, hour):
    """West of UTC it lasts longer; the hours are of the day after, in UTC."""
    for side, zone in ((ended.mentor, mentor), (ended.mentee, mentee)):
        Person.objects.filter(pk=side.person_id).update(time_zone=zone)
    ends_at = datetime.combine(DAY + timedelta(days=46), time(), tzinfo=UTC) + timedelta(hours=hour)
    minute = timedelta(minutes=1)
    assert (actions.forget_private_words(at=ends_at - minute), DataKey.objects.count()) == (0, 1)
    assert (actions.forget_private_words(at=ends_at + minute), DataKey.objects.count()) == (1, 0)


def test_a_zone_that_nobody_knows_keeps_nobodys_words(ended, db):
    """A name that an update of the zone data took out, say; its own pair waits until the day is over everywhere."""
    other = PairingFactory()
    Pairing.objects.filter(pk=other.pk).update(
        started_on=ended.started_on, runs_until=DAY, ended_on=DAY, kept_days=45
    )  # fmt: skip
    Person.objects.filter(pk=other.mentor.person_id).update(time_zone="Mars/Olympus")
    over = datetime.combine(DAY + timedelta(days=46), time(12), tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert actions.forget_private_words(at=over - minute) == 1
    assert set(DataKey.objects.values_list("pk", flat=True)) == {other.data_key_id}
    assert (actions.forget_private_words(at=over), DataKey.objects.count()) == (1, 0)


def test_as_many_as_a_round_takes_are_erased_however_many_wait_for_their_day(ended):
    waits = PairingFactory()
    Pairing.objects.filter(pk=waits.pk).update(started_on=ended.started_on, ended_on=DAY, kept_days=45)
    Person.objects.filter(pk=waits.mentor.person_id).update(time_zone="Pacific/Honolulu")
    at = datetime.combine(DAY + timedelta(days=46), time(1), tzinfo=UTC)
    assert actions.forget_private_words(at=at, limit=1) == 1
    assert set(DataKey.objects.values_list("pk", flat=True)) == {waits.data_key_id}


def test_whether_its_time_has_come_is_asked_again_once_the_pair_is_held(ended):
    """Read as due, and not due any more by the time its row is held."""
    at = noon(DAY + timedelta(days=46))
    stale = Pairing.objects.kept_long_enough_somewhere(at).get()
    Pairing.objects.update(kept_days=60)
    assert not forget(stale, at=at)
    assert DataKey.objects.count() == 1


def test_of_check_ins_stays_what_is_counted_in_groups(ended):
    actions.forget_private_words(at=noon(DAY + timedelta(days=46)))
    kept = CheckIn.objects.values_list("meeting", "getting", "speaking", "fit", "worth")
    assert set(kept) == {(None, None, None, None, 4)}
    queries.check_in_answers(ended.program, DAY + timedelta(days=90))


def test_half_an_answer_is_none(ended):
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.update(meeting=None)


def test_words_are_kept_for_as_long_as_the_page_is_read(ended):
    with pytest.raises(IntegrityError), transaction.atomic():
        Pairing.objects.update(kept_days=rules.READABLE_DAYS - 1)
    program = Program.objects.get()
    program.kept_days = rules.READABLE_DAYS - 1
    with pytest.raises(ValidationError, match="greater than or equal to 30"):
        program.clean_fields()


def test_both_read_the_day_before_it_ends_after_and_in_the_mail(pairing, mina, otto):
    Pairing.objects.update(kept_days=45)
    day = rules.in_words(DAY + timedelta(days=45))
    told = (
        f"At the end of {day} everything you two wrote is erased for good, and so are your answers to check-ins, but "
        "one: whether it was worth the time is kept"
    )
    for client in (mina, otto):
        assert told in client.get(reverse("pairings:end", args=[pairing.pk])).content.decode()
    mina.post(reverse("pairings:end", args=[pairing.pk]))
    for client in (mina, otto):
        assert told in client.get(reverse("pairings:detail", args=[pairing.pk])).content.decode()
    deliver_due(clock=lambda: noon(DAY))
    [closed] = [each for each in mail.outbox if each.subject == "Your pair with Mina has closed"]
    assert told in " ".join(closed.body.split())
