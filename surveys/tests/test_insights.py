"""What two release to the board: both say yes, nobody else learns of it before, and nothing tells whose it was."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboards import queries as dashboards
from notifications.actions import deliver_due
from notifications.models import Notice
from pairings import actions as pair_actions
from pairings import private_notices
from pairings import rules as pair_rules
from pairings.models import Pairing, PrivateMessage
from pairings.private_words import sealed
from pairings.tests.factories import STARTED_ON, PairingFactory, noon
from pairings.tests.instant import at_the_same_instant
from people.exports import all_parts
from people.models import Person
from people.tests.factories import AdaFactory, EvaFactory, PersonFactory, SiaFactory
from people.tests.shared_rows import shared
from privacy.models import DataKey
from programs.choices import Duty, Stage
from programs.tests.factories import DutyFactory, program_with
from surveys import board, insights
from surveys.choices import Decision, InsightState, ThemeKind
from surveys.insights import Said, bring_insights_to_board, said_in
from surveys.models import Insight, Theme

DAY = STARTED_ON + timedelta(days=20)  # Sunday, 24 January 2027: a week before February
AT = noon(DAY)
FEBRUARY, MARCH, APRIL = (datetime(2027, month, 1, tzinfo=UTC) for month in (2, 3, 4))
MARK = "Kingfisher-7f3a: ask people before a tool is bought."
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_by_one(any_time: None, today: object) -> None:
    """What these tests ask is what is owed. How it is gathered is ``notifications``' affair."""


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def move_to(at: datetime) -> None:
        monkeypatch.setattr("clock.now", lambda: at)

    move_to(AT)
    return move_to


@shared
def pairs(pairing: Pairing) -> list[Pairing]:
    """Mina and Otto, and four more pairs of people of their own: as many as there must be."""
    return [pairing, *(PairingFactory(program=pairing.program) for _ in range(4))]


def suggested(pairing: Pairing, by: Person, words: str = MARK, **fields: object) -> Insight:
    given: dict = {"at": AT, "on": DAY, "kind": ThemeKind.WISH, "words": words, **fields}
    return insights.suggest_insight(pairing, by=by, **given)


def agreed(pairing: Pairing, words: str = MARK) -> Insight:
    """Suggested by the mentor, with a yes of the mentee."""
    waiting = suggested(pairing, pairing.mentor.person, words)
    return insights.agree_to_insight(waiting, by=pairing.mentee.person, at=AT, on=DAY, version=1)


def page(pairing: Pairing) -> str:
    return reverse("surveys:insights", args=[pairing.pk])


def change_page(insight: Insight) -> str:
    return reverse("surveys:insight", args=[insight.pairing_id, insight.pk])


def answer(client: Client, insight: Insight, say: str, version: object = 1):
    where = reverse("surveys:answer_insight", args=[insight.pairing_id, insight.pk])
    return client.post(where, {"say": say, "version": version}, follow=True)


def as_seen_by(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def outcome(insight: Insight) -> tuple[str, date | None, int, str]:
    row = Insight.objects.get(pk=insight.pk)
    said = said_in(row, Pairing.objects.get(pk=row.pairing_id))
    return row.state, row.appears_on, row.version, said.words if said else ""


# From one of the two to the board


def test_what_both_release_stands_on_the_board_in_the_next_month_and_is_theirs_no_longer(
    pairs, program, mina, otto, today
):
    pairing = pairs[0]
    for_mina, for_otto = as_seen_by(mina), as_seen_by(otto)
    read = for_mina.get(page(pairing)).text
    for plainly in (
        "everybody who takes part",
        "executives",
        "No page, file or list leads back to you two",
        "1 February 2027",
    ):
        assert plainly in read
    sent = for_mina.post(page(pairing), {"kind": "wish", "words": MARK, "form": uuid.uuid4()}, follow=True)
    assert "has not answered yet" in sent.text
    insight = Insight.objects.get()
    assert "Mina suggests it" in for_otto.get(page(pairing)).text
    assert "both said yes. It goes on the board on 1 February 2027" in answer(for_otto, insight, "yes").text
    assert bring_insights_to_board(at=FEBRUARY - timedelta(minutes=1)) == 0
    assert bring_insights_to_board(at=FEBRUARY) == 1
    assert bring_insights_to_board(at=FEBRUARY) == 0
    assert not Insight.objects.exists()
    today(FEBRUARY)
    assert MARK not in for_mina.get(page(pairing)).text
    text = for_otto.get(reverse("surveys:board", args=[program.pk])).text
    assert MARK in text
    assert "Two partners released this, February 2027" in text


def test_its_month_is_the_same_for_every_reader_on_earth(pairs, program, today):
    agreed(pairs[0])
    bring_insights_to_board(at=FEBRUARY)
    today(FEBRUARY)
    far = PersonFactory(time_zone="Pacific/Honolulu")
    DutyFactory(program=program, person=far, duty=Duty.SUPERVISOR)
    assert "Two partners released this, February 2027" in as_seen_by(far).get(
        reverse("surveys:board", args=[program.pk])
    ).text  # fmt: skip


def test_its_sponsor_answers_it_as_any_theme_and_a_coordinator_removes_it_until_then(pairs, program, cora, today):
    sponsor = PersonFactory()
    DutyFactory(program=program, person=sponsor, duty=Duty.SPONSOR)
    agreed(pairs[0], "One")
    agreed(pairs[1], "Two")
    bring_insights_to_board(at=FEBRUARY)
    today(FEBRUARY)
    assert [each.what for each in board.waiting_for(sponsor)] == ["2 themes wait for your reply"]
    one, two = Theme.objects.get(words="One"), Theme.objects.get(words="Two")
    by_when = (FEBRUARY + timedelta(days=60)).date()
    as_seen_by(sponsor).post(
        reverse("surveys:reply_to_theme", args=[one.pk]),
        {"decision": "decided", "words": "We ask first.", "by_when": by_when},
    )
    assert one.replies.get().decision == Decision.DECIDED
    for theme in (one, two):
        as_seen_by(cora).post(reverse("surveys:remove_theme", args=[program.pk]), {"theme": theme.pk})
    assert list(Theme.objects.all()) == [one]


def test_not_this_one_needs_no_reason_and_stays_between_the_two(pairs, otto, mina):
    insight = suggested(pairs[0], mina)
    assert "Nobody is asked why" in answer(as_seen_by(otto), insight, "no").text
    assert "It does not go on the board" in as_seen_by(mina).get(page(pairs[0])).text
    assert outcome(insight)[0] == InsightState.LEFT
    assert bring_insights_to_board(at=FEBRUARY) == 0
    answer(as_seen_by(otto), insight, "yes")
    assert outcome(insight)[:2] == (InsightState.AGREED, FEBRUARY.date()), "a no can become a yes"


def test_either_can_stop_what_both_agreed_until_it_is_on_the_board(pairs, otto, mina):
    by_otto, by_mina = agreed(pairs[0], "Stopped by Otto"), agreed(pairs[0], "Stopped by Mina")
    answer(as_seen_by(otto), by_otto, "no")
    assert "Taken back, and gone" in answer(as_seen_by(mina), by_mina, "back").text
    assert bring_insights_to_board(at=FEBRUARY) == 0
    assert not Theme.objects.exists()


def test_a_change_asks_the_other_again(pairs, otto, mina):
    insight = agreed(pairs[0])
    given = {"kind": "goal", "words": "In Otto’s words", "based_on": 1}
    assert as_seen_by(otto).post(change_page(insight), given).status_code == 302
    assert outcome(insight) == (InsightState.WAITING, None, 2, "In Otto’s words")
    answer(as_seen_by(otto), insight, "yes", 2)
    assert outcome(insight)[0] == InsightState.WAITING, "his yes is in his words; hers is missing"
    answer(as_seen_by(mina), insight, "yes", 2)
    assert bring_insights_to_board(at=FEBRUARY) == 1
    assert [(each.kind, each.words) for each in Theme.objects.all()] == [("goal", "In Otto’s words")]


def test_what_was_agreed_in_the_last_days_of_a_month_is_slept_on():
    assert insights.appears_on(date(2027, 1, 25)) == date(2027, 2, 1)
    assert insights.appears_on(date(2027, 1, 26)) == date(2027, 3, 1)
    assert insights.appears_on(date(2027, 1, 24)) == date(2027, 2, 1)
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(800)]
    ways = [(insights.appears_on(day), day) for day in days]
    assert all(appears.day == 1 for appears, _ in ways)
    assert min(appears - day for appears, day in ways) == insights.SLEPT_ON
    assert max(appears - day for appears, day in ways) == insights.LONGEST_WAY


# Who


def test_nobody_but_the_two_finds_that_there_is_one(pairs, program, cora, bo, sten, mina):
    insight = suggested(pairs[0], mina)
    eva, sia, ada = EvaFactory(), SiaFactory(), AdaFactory()
    for person, duty in ((eva, Duty.SPONSOR), (sia, Duty.SUPERVISOR)):
        DutyFactory(program=program, person=person, duty=duty)
    for person in (bo, sten, cora, eva, sia, ada, pairs[1].mentor.person):
        client = as_seen_by(person)
        assert client.get(page(pairs[0])).status_code == 404, person
        assert client.get(change_page(insight)).status_code == 404, person
        assert answer(client, insight, "yes").status_code == 404, person
        assert client.post(page(pairs[0]), {"kind": "wish", "words": "x"}).status_code == 404, person
        for action in (insights.agree_to_insight, insights.leave_insight):
            with pytest.raises(pair_rules.NotYourPair):
                action(insight, by=person, at=AT, on=DAY, version=1)
        with pytest.raises(pair_rules.NotYourPair):
            suggested(pairs[0], person)
        assert MARK not in client.get("/").text
    assert outcome(insight)[0] == InsightState.WAITING


def test_an_insight_of_another_pair_is_not_reached_over_ones_own(pairs, mina):
    theirs = suggested(pairs[1], pairs[1].mentor.person)
    client = as_seen_by(mina)
    where = reverse("surveys:insight", args=[pairs[0].pk, theirs.pk])
    assert MARK not in client.get(where, follow=True).text
    assert MARK not in client.post(where, {"kind": "wish", "words": "Mine", "based_on": 1}).text
    client.post(reverse("surveys:answer_insight", args=[pairs[0].pk, theirs.pk]), {"say": "yes", "version": 1})
    assert outcome(theirs) == (InsightState.WAITING, None, 1, MARK)


def test_whoever_wrote_it_cannot_say_yes_for_the_other(pairs, mina):
    insight = suggested(pairs[0], mina)
    assert "Yes, release it" not in as_seen_by(mina).get(page(pairs[0])).text
    answer(as_seen_by(mina), insight, "yes")
    answer(as_seen_by(mina), insight, "no")
    assert outcome(insight)[0] == InsightState.WAITING


# Enough pairs


@pytest.mark.parametrize("number", [1, 4])
def test_among_few_pairs_it_says_why_not(pairs, mina, number):
    for pairing in pairs[number:]:
        Pairing.objects.filter(pk=pairing.pk).update(ended_on=DAY)
    text = as_seen_by(mina).get(page(pairs[0])).text
    assert "Fewer than five pairs with nobody in common are under way" in text
    assert "Suggest it to" not in text
    sent = as_seen_by(mina).post(page(pairs[0]), {"kind": "wish", "words": MARK})
    assert sent.status_code == 422
    assert MARK in sent.text, "nothing typed is lost"
    with pytest.raises(insights.TooFewPairs):
        suggested(pairs[0], mina)


def test_five_pairs_of_one_mentor_are_one_pair(pairing, mina):
    """Whatever appeared would have been released by the one who is in all of them."""
    for place in range(2, 6):
        PairingFactory(program=pairing.program, mentor=pairing.mentor, mentor_place=place)
    for _ in range(3):
        PairingFactory(program=pairing.program)
    with pytest.raises(insights.TooFewPairs):
        suggested(pairing, mina)
    PairingFactory(program=pairing.program)
    suggested(pairing, mina)


def test_pairs_that_rest_or_have_not_begun_do_not_count(pairs, mina):
    insist = insights.insist_may_be_agreed
    insist(pairs[0], on=DAY)
    rest = Pairing.objects.filter(pk=pairs[4].pk)
    rest.update(paused_from=DAY, back_on=DAY + timedelta(days=9), paused_by=mina)
    with pytest.raises(insights.TooFewPairs):
        insist(pairs[0], on=DAY)
    rest.update(paused_from=None, back_on=None, paused_by=None, started_on=DAY + timedelta(days=1))
    with pytest.raises(insights.TooFewPairs):
        insist(pairs[0], on=DAY)


def test_the_group_is_as_large_as_the_company_says_and_never_smaller_than_five(pairs, settings, mina):
    settings.SMALLEST_GROUP = 6
    with pytest.raises(insights.TooFewPairs):
        suggested(pairs[0], mina)
    settings.SMALLEST_GROUP = 3
    suggested(pairs[0], mina)
    Pairing.objects.filter(pk=pairs[4].pk).update(ended_on=DAY)
    with pytest.raises(insights.TooFewPairs):
        suggested(pairs[0], mina, "Another")


def test_what_was_agreed_waits_while_too_few_could_have_written_it(pairs, program):
    agreed(pairs[0])
    gone = Pairing.objects.filter(pk=pairs[4].pk)
    gone.update(ended_on=DAY)
    assert bring_insights_to_board(at=FEBRUARY) == 0
    assert not Theme.objects.exists()
    for person in (pairs[0].mentor.person, pairs[0].mentee.person):
        text = as_seen_by(person).get(page(pairs[0])).text
        assert "It goes on the board on 1 March 2027, if at least 5 pairs" in text, "no day that has passed"
        assert records_of(person, "insights", at=AT)[0]["appears_on"] == MARCH.date()
    PairingFactory(program=program, started_on=date(2027, 2, 3))
    assert bring_insights_to_board(at=FEBRUARY + timedelta(days=20)) == 0, "that pair was none when it was agreed"
    assert bring_insights_to_board(at=MARCH) == 1
    assert Theme.objects.get().written_at == MARCH


# Nothing tells whose it was


def test_all_of_a_month_appear_at_once_in_no_order_and_with_nothing_but_the_month(pairs):
    said = {f"Number {number}": pair for number, pair in enumerate(pairs * 2)}
    for words, pairing in said.items():
        agreed(pairing, words)
    orders = set()
    for _ in range(3):
        with transaction.atomic():
            bring_insights_to_board(at=FEBRUARY + timedelta(hours=7, minutes=13))
            themes = list(Theme.objects.order_by("pk"))
            orders.add(tuple(each.words for each in themes))
            assert {each.words for each in themes} == said.keys()
            assert {(each.written_at, each.written_by, each.rests_on) for each in themes} == {(FEBRUARY, None, None)}
            transaction.set_rollback(True)
    assert len(orders) == 3, "of ten, three times the same would be chance of one in thirteen billions"


def test_the_database_keeps_no_time_and_no_name_beside_what_was_released(program, mina):
    for fields in (
        {"written_at": AT}, {"written_at": FEBRUARY + timedelta(seconds=1)},
        {"written_at": FEBRUARY, "written_by": mina},
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="theme_rests_or_says_nobody"), transaction.atomic():
            Theme.objects.create(program=program, kind=ThemeKind.WISH, words="x", **fields)
    Theme.objects.create(program=program, kind=ThemeKind.WISH, words="x", written_at=FEBRUARY)


def test_a_partner_who_comes_back_brings_nothing_on_the_board_that_day(pairs, otto):
    agreed(pairs[0])
    agreed(pairs[1], "Of others")
    PairingFactory(program=pairs[0].program)
    Person.objects.filter(pk=otto.pk).update(is_active=False)
    assert bring_insights_to_board(at=FEBRUARY) == 1
    Person.objects.filter(pk=otto.pk).update(is_active=True)
    assert bring_insights_to_board(at=FEBRUARY + timedelta(days=2)) == 0
    assert bring_insights_to_board(at=MARCH) == 1


@pytest.mark.parametrize("back", ["a partner", "a partner of another pair", "a pair that paused"])
def test_whoever_comes_back_and_makes_enough_pairs_brings_nothing_on_the_board_before_the_next_month(pairs, otto, back):
    """Of exactly as many pairs as there must be, the one that is missing on the first of a month keeps back all."""
    agreed(pairs[0])
    agreed(pairs[1], "Of others")
    away = otto if back == "a partner" else pairs[3].mentee.person
    people, paused = Person.objects.filter(pk=away.pk), Pairing.objects.filter(pk=pairs[3].pk)
    if back == "a pair that paused":
        paused.update(paused_from=STARTED_ON, back_on=date(2027, 5, 1), paused_by=away)
    else:
        people.update(is_active=False)
    assert bring_insights_to_board(at=FEBRUARY) == 0
    people.update(is_active=True)
    paused.update(paused_from=None, back_on=None, paused_by=None)
    for at in (FEBRUARY + timedelta(minutes=1), FEBRUARY + timedelta(days=2), MARCH - timedelta(seconds=1)):
        assert bring_insights_to_board(at=at) == 0
        assert not Theme.objects.exists()
    assert bring_insights_to_board(at=MARCH) == 1
    assert {(each.words, each.written_at) for each in Theme.objects.all()} == {(MARK, MARCH), ("Of others", MARCH)}


def test_what_was_put_off_until_neither_of_the_two_could_stop_it_never_appears(pairs, mina, otto):
    """Their page closes 30 days after the pair has ended, and with it the way to stop it."""
    insight = agreed(pairs[0])
    Person.objects.filter(pk=otto.pk).update(is_active=False)
    for _ in range(2):
        PairingFactory(program=pairs[0].program)
    assert bring_insights_to_board(at=FEBRUARY) == 0
    Person.objects.filter(pk=otto.pk).update(is_active=True)
    pair_actions.end_pairing(pairs[0], by=mina, at=AT, on=DAY)
    Pairing.objects.filter(pk=pairs[0].pk).update(ended_on=date(2027, 1, 28))
    bring_insights_to_board(at=datetime(2027, 2, 28, 12, tzinfo=UTC))
    assert Insight.objects.filter(pk=insight.pk).exists(), (
        "somewhere it is still the last day on which it can be stopped"
    )
    assert bring_insights_to_board(at=MARCH) == 0
    assert not Insight.objects.exists()
    assert not Theme.objects.exists()


def test_what_was_put_off_can_be_stopped_and_agreed_to_anew(pairs, otto):
    insight = agreed(pairs[0])
    Person.objects.filter(pk=otto.pk).update(is_active=False)
    PairingFactory(program=pairs[0].program)
    for at in (FEBRUARY, MARCH):
        assert bring_insights_to_board(at=at) == 0
    assert Insight.objects.get().goes_on == APRIL.date()
    Person.objects.filter(pk=otto.pk).update(is_active=True)
    answer(as_seen_by(otto), insight, "no")
    assert Insight.objects.get().goes_on is None
    assert "on 1 February 2027, if at least five pairs" in answer(as_seen_by(otto), insight, "yes").text
    assert outcome(insight) == (InsightState.AGREED, FEBRUARY.date(), 1, MARK)
    bring_insights_to_board(at=FEBRUARY + timedelta(days=9))
    assert Theme.objects.get().written_at == FEBRUARY


def test_if_no_tick_came_on_the_first_the_next_one_brings_that_month_once(pairs):
    agreed(pairs[0])
    assert bring_insights_to_board(at=FEBRUARY + timedelta(days=3)) == 1
    assert Theme.objects.get().written_at == FEBRUARY


def test_it_is_put_off_to_the_first_of_a_later_month_and_to_no_other_day(pairs):
    insight = agreed(pairs[0])
    for put_off_to in (FEBRUARY.date(), date(2027, 2, 2), date(2027, 1, 1)):
        with pytest.raises(IntegrityError, match="insight_put_off_to_a_later_month"), transaction.atomic():
            Insight.objects.filter(pk=insight.pk).update(put_off_to=put_off_to)
    fields = {"state": InsightState.WAITING, "appears_on": None, "put_off_to": MARCH.date()}
    with pytest.raises(IntegrityError, match="insight_put_off_to_a_later_month"), transaction.atomic():
        Insight.objects.filter(pk=insight.pk).update(**fields)


def test_what_fails_in_one_program_keeps_no_other_waiting(pairs, cora):
    broken = program_with(cora, name="Another", stage=Stage.RUNNING)
    theirs = [PairingFactory(program=broken) for _ in range(5)]
    agreed(theirs[0], "Of the other program")
    agreed(pairs[0])
    row = agreed(theirs[1])
    row.words = sealed(Said(ThemeKind.WISH, "x" * 400).as_text(), theirs[1], row, "words")  # longer than fits
    row.save()
    with pytest.raises(ExceptionGroup, match="It failed for some of them") as failed:
        bring_insights_to_board(at=FEBRUARY)
    assert [each.words for each in Theme.objects.all()] == [MARK]
    assert "xxx" not in str(failed.value.exceptions), "and nothing is told of what was written"
    assert Insight.objects.count() == 2


def test_a_time_zone_the_database_does_not_know_keeps_nobody_waiting(pairs, otto):
    agreed(pairs[0])
    Person.objects.filter(pk=otto.pk).update(time_zone="Nowhere/Atall")
    bring_insights_to_board(at=FEBRUARY)
    assert Theme.objects.get().words == MARK


def test_the_same_words_of_two_pairs_stand_there_once(pairs):
    for pairing in pairs[:2]:
        agreed(pairing)
    assert bring_insights_to_board(at=FEBRUARY) == 1
    assert Theme.objects.get().words == MARK
    assert not Insight.objects.exists()


# The seal


def test_words_nobody_agreed_to_do_not_open_as_agreed_ones(pairs, mina):
    """By somebody who can write to the database: neither a yes, nor a former text, nor another pair can be forged."""
    insight = suggested(pairs[0], mina)
    rows = Insight.objects.filter(pk=insight.pk)
    rows.update(state=InsightState.AGREED, appears_on=FEBRUARY.date())
    assert bring_insights_to_board(at=FEBRUARY) == 0
    assert not Theme.objects.exists()
    assert "cannot be read at the moment" in as_seen_by(mina).get(page(pairs[0])).text
    rows.update(state=InsightState.WAITING, appears_on=None, put_off_to=None)
    other = suggested(pairs[0], pairs[0].mentee.person, "Other words")
    Insight.objects.filter(pk=other.pk).update(words=insight.words)
    assert outcome(other)[3] == ""
    former = insight.words
    insights.change_insight(insight, by=mina, at=AT, on=DAY, based_on=1, kind=ThemeKind.WISH, words="Later words")
    rows.update(words=former)
    assert outcome(insight)[3] == ""
    with pytest.raises(IntegrityError, match="insight_by_one_of_the_two"), transaction.atomic():
        rows.update(pairing=pairs[1])
    with pytest.raises(IntegrityError, match="insight_by_one_of_the_two"), transaction.atomic():
        rows.update(written_by=pairs[1].mentor.person)
    with pytest.raises(IntegrityError, match="insight_appears_once_agreed"), transaction.atomic():
        rows.update(state=InsightState.AGREED)


def test_what_cannot_be_opened_is_said_so_and_can_be_stopped(pairs, otto, mina):
    insight = agreed(pairs[0])
    Insight.objects.filter(pk=insight.pk).update(words=b"\x01" * 300)
    assert "cannot be read" in as_seen_by(otto).get(page(pairs[0])).text
    assert bring_insights_to_board(at=FEBRUARY) == 0
    answer(as_seen_by(otto), insight, "no")
    assert not Insight.objects.exists()


def test_what_cannot_be_opened_on_the_first_appears_with_the_next_month_and_not_alone_once_its_key_is_there(pairs):
    insight = agreed(pairs[0])
    agreed(pairs[1], "Of others")
    rows, words = Insight.objects.filter(pk=insight.pk), insight.words
    rows.update(words=b"\x01" * 300)
    bring_insights_to_board(at=FEBRUARY)
    assert Theme.objects.get().words == "Of others"
    rows.update(words=words)
    assert bring_insights_to_board(at=FEBRUARY + timedelta(days=2)) == 0
    assert bring_insights_to_board(at=MARCH) == 1
    assert Theme.objects.get(words=MARK).written_at == MARCH


def test_words_that_name_one_of_the_two_are_pointed_out_to_both(pairs, mina, otto):
    Person.objects.filter(pk=otto.pk).update(job_title="Director (Tracks)")
    suggested(pairs[0], mina, "In minarets nobody asks; MINA’s depot, or a director (tracks), would.")
    for person in (mina, otto):
        text = as_seen_by(person).get(page(pairs[0])).text
        assert "“Mina”, “Director (Tracks)” may tell your colleagues who wrote this" in text
    Insight.objects.all().delete()
    suggested(pairs[0], mina, "In minarets nobody asks.")
    assert "may tell your colleagues" not in as_seen_by(otto).get(page(pairs[0])).text


# How it ends without a yes


def test_without_an_answer_it_is_gone_after_thirty_days(pairs, mina):
    waiting, left, both = suggested(pairs[0], mina), suggested(pairs[0], mina, "Two"), agreed(pairs[0], "Three")
    insights.leave_insight(left, by=pairs[0].mentee.person, at=AT, on=DAY, version=1)
    Insight.objects.filter(pk=both.pk).update(appears_on=None, state=InsightState.WAITING)
    Insight.objects.filter(pk=both.pk).update(appears_on=date(2027, 6, 1), state=InsightState.AGREED)
    bring_insights_to_board(at=AT + insights.KEPT - timedelta(seconds=1))
    assert Insight.objects.count() == 3
    bring_insights_to_board(at=AT + insights.KEPT)
    assert [each.pk for each in Insight.objects.all()] == [both.pk]
    assert not Insight.objects.filter(pk=waiting.pk).exists()


def test_with_the_pair_ends_what_has_no_yes_and_what_has_goes_on_unless_one_stops_it(pairs, mina, otto):
    suggested(pairs[0], mina, "Pending words")
    stays, stopped = agreed(pairs[0], "Both said yes"), agreed(pairs[0], "Stopped after the end")
    PairingFactory(program=pairs[0].program)
    pair_actions.end_pairing(pairs[0], by=mina, at=AT, on=DAY)
    text = as_seen_by(otto).get(page(pairs[0])).text
    assert "Pending words" not in text
    assert "Suggest it to" not in text
    assert "Put it otherwise" not in text
    assert "What you agree on today" not in text
    assert "Both said yes" in text
    assert page(pairs[0]) in as_seen_by(otto).get(reverse("pairings:detail", args=[pairs[0].pk])).text
    answer(as_seen_by(otto), stopped, "no")
    with pytest.raises(pair_rules.PairingEnded):
        suggested(pairs[0], mina)
    with pytest.raises(pair_rules.PairingEnded):
        insights.change_insight(stays, by=mina, at=AT, on=DAY, based_on=1, kind=ThemeKind.WISH, words="x")
    assert bring_insights_to_board(at=FEBRUARY) == 1
    assert [each.words for each in Theme.objects.all()] == ["Both said yes"]


def test_with_the_key_of_the_pair_goes_whatever_it_had_on_its_way(pairs):
    agreed(pairs[0])
    DataKey.objects.filter(pk=pairs[0].data_key_id).delete()
    assert bring_insights_to_board(at=FEBRUARY) == 0
    assert not Insight.objects.exists()
    assert not Theme.objects.exists()


def test_nothing_waits_for_an_answer_nobody_can_give(pairs, mina, otto):
    insight = suggested(pairs[0], mina)
    Person.objects.filter(pk=mina.pk).update(is_active=False)
    text = as_seen_by(otto).get(page(pairs[0])).text
    assert "Your pair rests" in text
    assert "Yes, release it" not in text
    assert "suggests something" not in as_seen_by(otto).get("/").text
    assert "rests" in answer(as_seen_by(otto), insight, "yes").text
    assert outcome(insight)[0] == InsightState.WAITING


# Clicks


def test_two_clicks_are_one_and_the_same_form_with_other_words_is_another(pairs, mina):
    form = uuid.uuid4()
    for _ in range(2):
        suggested(pairs[0], mina, form=form)
    assert Insight.objects.count() == 1
    suggested(pairs[0], mina, "Other words", form=form)
    assert Insight.objects.count() == 2


def test_a_yes_to_words_that_were_changed_meanwhile_is_no_yes(pairs, mina, otto):
    insight = suggested(pairs[0], mina)
    insights.change_insight(insight, by=mina, at=AT, on=DAY, based_on=1, kind=ThemeKind.WISH, words="Sharper words")
    for say in ("yes", "no"):
        assert "Mina has written a newer version meanwhile" in answer(as_seen_by(otto), insight, say).text
    assert outcome(insight) == (InsightState.WAITING, None, 2, "Sharper words")


def test_a_change_of_what_the_other_changed_meanwhile_shows_both(pairs, mina, otto):
    insight = suggested(pairs[0], mina)
    given = {"kind": "wish", "based_on": 1}
    as_seen_by(otto).post(change_page(insight), {**given, "words": "Otto’s words"})
    late = as_seen_by(mina).post(change_page(insight), {**given, "words": "Mina’s words"})
    assert late.status_code == 422
    for shown in ("Otto has written a newer version meanwhile", "Otto’s words", "Mina’s words", 'value="2"'):
        assert shown in late.text
    twice = as_seen_by(otto).post(change_page(insight), {**given, "words": "Otto’s words"})
    assert twice.status_code == 302
    assert outcome(insight)[2:] == (2, "Otto’s words")


def test_a_change_of_what_was_taken_back_keeps_what_was_typed(pairs, mina, otto):
    insight = suggested(pairs[0], mina)
    insights.take_back_insight(insight, by=mina, at=AT, on=DAY)
    insights.take_back_insight(insight, by=mina, at=AT, on=DAY)
    late = as_seen_by(otto).post(change_page(insight), {"kind": "wish", "words": "Typed here", "based_on": 1})
    assert late.status_code == 422
    assert "taken back meanwhile" in late.text
    assert "Typed here" in late.text
    assert "no longer here" in as_seen_by(otto).get(change_page(insight), follow=True).text
    for say in ("yes", "no", "back"):
        assert "no longer here" in answer(as_seen_by(otto), insight, say).text


def test_odd_answers_lead_back_and_change_nothing(pairs, mina, otto):
    insight = suggested(pairs[0], mina)
    for say, version in (("", 1), ("maybe", 1), ("yes", ""), ("yes", "x"), ("yes", "9" * 30), ("yes", "²"), ("no", -1)):
        assert answer(as_seen_by(otto), insight, say, version).status_code == 200
    assert outcome(insight) == (InsightState.WAITING, None, 1, MARK)
    for words, refused in (("", "required"), (" \n", "required"), ("x" * 301, "300")):
        sent = as_seen_by(otto).post(page(pairs[0]), {"kind": "wish", "words": words})
        assert sent.status_code == 422, refused
    sent = as_seen_by(otto).post(page(pairs[0]), {"kind": "rant", "words": "Kept words"})
    assert sent.status_code == 422
    assert "Kept words" in sent.text
    assert Insight.objects.count() == 1


def test_no_more_than_five_are_on_their_way_at_a_time(pairs, mina):
    for number in range(insights.MOST_INSIGHTS):
        suggested(pairs[0], mina, f"Number {number}")
    with pytest.raises(insights.EnoughInsights):
        suggested(pairs[0], mina, "One more")
    text = as_seen_by(mina).get(page(pairs[0])).text
    assert "You two have five on their way" in text
    assert "Suggest it to" not in text


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_change_at_the_same_instant_have_one_result(pairs, mina, otto):
    for number in range(4):
        insight = suggested(pairs[0], mina, f"Number {number}")
        changed = {"by": mina, "at": AT, "on": DAY, "based_on": 1, "kind": ThemeKind.WISH, "words": "Changed"}
        answers = at_the_same_instant(
            partial(insights.agree_to_insight, insight, by=otto, at=AT, on=DAY, version=1),
            partial(insights.change_insight, insight, **changed),
        )
        state, appears, version, words = outcome(insight)
        assert (state, appears, version, words) == (InsightState.WAITING, None, 2, "Changed"), "nobody agreed to these"
        assert [type(each) for each in answers] in ([Insight, Insight], [insights.InsightChanged, Insight])
        Insight.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_two_ticks_and_one_who_stops_it_at_the_same_instant_have_one_result(pairs, mina):
    for number in range(4):
        words = f"Number {number}"
        insight = agreed(pairs[0], words)
        answers = at_the_same_instant(
            lambda: bring_insights_to_board(at=FEBRUARY),
            lambda: bring_insights_to_board(at=FEBRUARY),
            partial(insights.leave_insight, insight, by=pairs[0].mentee.person, at=AT, on=DAY, version=1),
        )
        on_board = Theme.objects.filter(words=words).count()
        assert answers[0] + answers[1] == on_board  # type: ignore[operator]
        assert on_board in (0, 1)
        assert isinstance(answers[2], insights.InsightGone) == bool(on_board)
        assert Insight.objects.count() == 1 - on_board
        Insight.objects.all().delete()


# What is told


def news() -> list[Notice]:
    return list(Notice.objects.filter(kind=private_notices.NEWS).select_related("person").order_by("pk"))


def sent_until(at: datetime) -> list[mail.EmailMessage]:
    mail.outbox.clear()
    deliver_due(clock=lambda: at)
    return mail.outbox


def test_the_mail_is_that_of_the_private_room_word_for_word(pairs, mina, otto):
    """Whoever sees which mails left, or a subject over a shoulder, does not learn which pair writes for the board."""
    suggested(pairs[0], mina)
    [notice] = news()
    assert notice.person == otto
    assert uuid.UUID(notice.key.split(":")[2]).version == 4
    assert str(Insight.objects.get().pk.hex) not in notice.key
    assert sent_until(AT + timedelta(minutes=9)) == []
    [letter] = sent_until(AT + timedelta(minutes=11))
    pair_actions.write_message(pairs[0], by=mina, at=AT + timedelta(hours=1), on=DAY, words="Hello")
    [other] = sent_until(AT + timedelta(hours=2))
    assert (letter.subject, letter.body) == (other.subject, other.body)
    assert MARK not in letter.message().as_string()
    assert "board" not in letter.body


def all_that_is_noted_of_messages(pairing: Pairing) -> list:
    """Every table of ``notifications``, as whoever reads them all at once. Of two rooms only what differs says more:
    keys are replaced by what they lead to in the tables just now."""

    def leads_to(key: uuid.UUID) -> str:
        of_messages = PrivateMessage.objects.filter(pk=key).exists()
        return "something" if of_messages or key in {insights.told_as(each) for each in Insight.objects.all()} else "-"

    found = []
    for model in apps.get_app_config("notifications").get_models():
        columns = [field.name for field in model._meta.fields if field.name not in ("id", "message_id")]
        rows = list(model._default_manager.order_by("pk").values(*columns))
        for row in rows:
            if "key" in row:
                kind, subject, occurrence, person = row["key"].split(":")
                row["key"] = (kind, subject == str(pairing.pk), leads_to(uuid.UUID(occurrence)), person)
        found.append([model.__name__, *(tuple(map(str, row.values())) for row in rows)])
    return found


@pytest.mark.parametrize("said", ["yes", "no", "changed"])
def test_no_table_says_later_whether_a_pair_suggested_something_or_wrote_to_each_other(pairs, mina, otto, said):
    """As a superuser of the database reads it: at each step of a message as at each step of a suggestion."""
    answered, cleaned, month = (AT + timedelta(minutes=minutes) for minutes in (20, 21, 22))

    def write() -> None:
        pair_actions.write_message(pairs[0], by=mina, at=AT, on=DAY, words="Hello")

    def read() -> None:
        message = pairs[0].messages.get()
        pair_actions.see_messages(pairs[0], by=otto, at=answered, seen=[message.pk])
        if said == "changed":
            pair_actions.write_message(pairs[0], by=otto, at=answered, on=DAY, words="Hello again")

    def suggest() -> None:
        suggested(pairs[0], mina)

    def decide() -> None:
        insight, given = Insight.objects.get(), {"by": otto, "at": answered, "on": DAY}
        if said == "changed":
            insights.change_insight(insight, based_on=1, kind=ThemeKind.WISH, words="His", **given)
        else:
            act = insights.agree_to_insight if said == "yes" else insights.leave_insight
            act(insight, version=1, **given)

    def told(begin: Callable[[], None], end: Callable[[], None]) -> list:
        steps = []
        with transaction.atomic():
            begin()
            steps.append(all_that_is_noted_of_messages(pairs[0]))
            sent_until(AT + timedelta(minutes=11))
            pair_actions.forget_news(at=AT + timedelta(minutes=12))
            steps.append(all_that_is_noted_of_messages(pairs[0]))
            end()
            pair_actions.forget_news(at=cleaned)
            steps.append(all_that_is_noted_of_messages(pairs[0]))
            Insight.objects.filter(state=InsightState.AGREED).update(appears_on=date(2027, 1, 1))
            bring_insights_to_board(at=month)
            if said != "changed":
                assert not news()
            steps.append(all_that_is_noted_of_messages(pairs[0]))
            transaction.set_rollback(True)
        return steps

    assert told(suggest, decide) == told(write, read)


@pytest.mark.parametrize("how", ["taken back", "swept away"])
def test_what_nobody_answered_leaves_no_notice_either(pairs, mina, how):
    insight = suggested(pairs[0], mina)
    assert len(sent_until(AT + timedelta(minutes=11))) == 1
    later = AT + insights.KEPT
    assert pair_actions.forget_news(at=later) == 0, "it waits"
    if how == "taken back":
        insights.take_back_insight(insight, by=mina, at=AT, on=DAY)
    else:
        bring_insights_to_board(at=later)
    assert not Insight.objects.exists()
    assert pair_actions.forget_news(at=later) == 1
    assert Notice.objects.count() == 0


def test_while_a_pair_rests_its_notice_stays_so_that_none_is_owed_once_more(pairs, mina, otto):
    suggested(pairs[0], mina)
    second = suggested(pairs[0], mina, "Two", at=AT + timedelta(minutes=1))
    assert len(sent_until(AT + timedelta(minutes=11))) == 1
    otto.left_on = DAY
    otto.save()
    assert pair_actions.forget_news(at=AT + timedelta(minutes=12)) == 0
    insights.take_back_insight(second, by=mina, at=AT + timedelta(minutes=13), on=DAY)
    otto.left_on = None
    otto.save()
    assert sent_until(AT + timedelta(hours=1)) == []
    assert len(news()) == 1


def test_to_forget_asks_as_much_for_many_pairs_as_for_one(pairs):
    def asked(some: list[Pairing]) -> int:
        for each in some:
            agreed(each)
        sent_until(AT + timedelta(minutes=11))
        with CaptureQueriesContext(connection) as context:
            assert pair_actions.forget_news(at=AT + timedelta(minutes=12)) == len(some)
        return len(context)

    assert asked(pairs[:1]) == asked(pairs[1:])


def test_the_room_the_page_of_the_pair_and_home_lead_to_what_waits(pairs, mina, otto):
    suggested(pairs[0], mina)
    said = "Mina suggests something for the insight board"
    for_otto, for_mina = as_seen_by(otto), as_seen_by(mina)
    for where in (reverse("pairings:room", args=[pairs[0].pk]), "/"):
        assert said in for_otto.get(where).text
        assert page(pairs[0]) in for_otto.get(where).text
        assert said not in for_mina.get(where).text
        assert MARK not in for_otto.get(where).text
    detail = reverse("pairings:detail", args=[pairs[0].pk])
    assert page(pairs[0]) in for_mina.get(detail).text
    assert "Mina has written to you" in for_otto.get(detail).text
    answer(for_otto, Insight.objects.get(), "yes")
    assert said not in for_otto.get("/").text


@pytest.mark.parametrize("what", ["yes", "no", "back", "changed", "ended"])
def test_no_mail_leaves_once_there_is_nothing_to_answer(pairs, mina, otto, what):
    insight = suggested(pairs[0], mina)
    if what == "yes":
        insights.agree_to_insight(insight, by=otto, at=AT, on=DAY, version=1)
    elif what == "no":
        insights.leave_insight(insight, by=otto, at=AT, on=DAY, version=1)
    elif what == "back":
        insights.take_back_insight(insight, by=mina, at=AT, on=DAY)
    elif what == "changed":
        insights.change_insight(insight, by=otto, at=AT, on=DAY, based_on=1, kind=ThemeKind.WISH, words="His")
    else:
        Pairing.objects.filter(pk=pairs[0].pk).update(ended_on=DAY)
    sent = [letter for letter in sent_until(AT + timedelta(hours=1)) if "private room" in letter.subject]
    assert [letter.to for letter in sent] == ([[mina.email]] if what == "changed" else [])


def test_one_mail_for_all_that_waits_whichever_of_it_is_taken_back_or_changed(pairs, mina, otto):
    def minutes(number: float) -> datetime:
        return AT + timedelta(minutes=number)

    def take_back(insight: Insight, after: float) -> None:
        insights.take_back_insight(insight, by=mina, at=minutes(after), on=DAY)

    first, second = suggested(pairs[0], mina), suggested(pairs[0], mina, "Two", at=minutes(1))
    suggested(pairs[0], mina, "Three", at=minutes(2))
    assert len(news()) == 1
    take_back(first, 3)
    insights.change_insight(
        second, by=mina, at=minutes(4), on=DAY, based_on=1, kind=ThemeKind.WISH, words="Two, put otherwise"
    )
    assert sent_until(minutes(11)) == [], "of what was announced first nothing waits any more"
    assert len(sent_until(minutes(20))) == 1, "and the rest is announced, once"
    suggested(pairs[0], mina, "Four", at=minutes(30))
    assert sent_until(minutes(60)) == [], "not again before there was an answer"


def test_a_program_whose_board_fills_tells_no_coordinator_of_a_pair(pairs, cora):
    before = Notice.objects.filter(person=cora).count()
    agreed(pairs[0])
    bring_insights_to_board(at=FEBRUARY)
    assert Notice.objects.filter(person=cora).count() == before


def test_the_board_leads_those_of_a_pair_to_what_they_can_release(pairs, program, mina, cora):
    there = reverse("surveys:board", args=[program.pk])
    assert page(pairs[0]) in as_seen_by(mina).get(there).text
    assert "Suggest something together" not in as_seen_by(cora).get(there).text


# One's own data


def records_of(person: Person, name: str, *, at: datetime) -> list:
    [part] = [part for part in all_parts() if part.name == name]
    return list(part.gather(person, at))


def test_the_file_of_ones_own_data_holds_what_waits_and_nothing_of_what_was_released(pairs, mina, otto, bo):
    suggested(pairs[0], mina)
    agreed(pairs[0], "Both")
    for person, who in ((mina, "You"), (otto, "Your partner")):
        told = records_of(person, "insights", at=AT)
        assert {(each["words"], each["written_by"]) for each in told} == {(MARK, who), ("Both", who)}
    assert records_of(bo, "insights", at=AT) == []
    bring_insights_to_board(at=FEBRUARY)
    assert [each["words"] for each in records_of(mina, "insights", at=FEBRUARY)] == [MARK]
    assert records_of(mina, "themes", at=FEBRUARY) == []


# Numbers of queries


def test_one_insight_and_three_need_the_same_queries(pairs, mina, otto):
    def needed(where: str) -> int:
        client = as_seen_by(otto)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(where).status_code == 200
        return len(counted)

    suggested(pairs[0], mina)
    places = [page(pairs[0]), "/", reverse("pairings:room", args=[pairs[0].pk])]
    before = [needed(where) for where in places]
    for words in ("Two", "Three"):
        suggested(pairs[0], mina, words)
    assert [needed(where) for where in places] == before
    assert len(dashboards.home(otto, at=AT).waiting) == len({each.url for each in dashboards.home(otto, at=AT).waiting})


def test_one_agreed_and_five_are_brought_with_the_same_queries(pairs):
    def needed(at: datetime) -> int:
        with CaptureQueriesContext(connection) as counted:
            bring_insights_to_board(at=at)
        return len(counted)

    agreed(pairs[0])
    before = needed(FEBRUARY)
    for pairing in pairs:
        agreed(pairing, f"Of {pairing.pk}")
    assert needed(FEBRUARY + timedelta(days=1)) == before
    assert Theme.objects.count() == 6


def test_the_kind_is_sealed_with_the_words():
    assert Said.from_text(Said(ThemeKind.GOAL, "Ä <b>").as_text()) == Said(ThemeKind.GOAL, "Ä <b>")
