"""What a change of the directory means for a pair: it rests when one leaves, and coordinators hear of broken rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import kinds
from notifications.choices import NoticeState
from notifications.models import Notice
from pairings import actions, conflicts, directory_notices, notices, queries, rules
from pairings.models import Pairing, Waiver
from pairings.tests.conftest import DAY, as_seen_by, pair_beside
from pairings.tests.factories import PairingFactory, noon
from participants.models import Participation
from people import actions as people
from people.actions.imports import carry_out_waiting_imports
from people.consequences import foreseen
from people.directory_import import Options
from people.models import Person
from people.tests.factories import AdaFactory, PersonFactory
from programs.actions import declare_conflict
from programs.choices import ConflictKind, Duty
from programs.tests.factories import DutyFactory, ProgramFactory

AT = noon(DAY)


@pytest.fixture
def ada(db) -> Person:
    return AdaFactory()


@pytest.fixture
def mina(pairing: Pairing) -> Person:
    return pairing.mentor.person


@pytest.fixture
def otto(pairing: Pairing) -> Person:
    return pairing.mentee.person


def keep(person: Person, by: Person, *, at=AT, **changes) -> None:
    for name, value in changes.items():
        setattr(person, name, value)
    people.keep_person(person=person, by=by, at=at)


def now(pairing: Pairing) -> Pairing:
    return Pairing.objects.with_people().get(pk=pairing.pk)


def owed(kind: str, person: Person | None = None) -> list[Notice]:
    rows = Notice.objects.filter(kind=kind).select_related("person").order_by("pk")
    return list(rows if person is None else rows.filter(person=person))


def composed(notice: Notice, at=AT):
    return kinds.named(notice.kind).compose(notice, at)


# Leaving


def test_a_pair_rests_from_the_day_one_leaves_and_the_other_is_told_kindly(pairing, mina, otto, ada):
    keep(otto, ada, left_on=DAY)
    assert rules.rests(now(pairing), on=DAY)
    assert list(Pairing.objects.resting(DAY)) == [pairing]
    [told] = owed(directory_notices.PARTNER_LEFT)
    assert told.person == mina
    message = composed(told)
    assert message.heading == "Your pair rests"
    assert message.paragraphs[0].startswith("Otto no longer works here.")


def test_while_it_rests_nothing_is_due_and_nobody_is_reminded(pairing, mina, otto, ada):
    due = [each for each in Notice.objects.filter(person=mina).select_related("person") if each.due_at >= AT]
    said = [composed(each, each.due_at) for each in due]
    assert {each.kind for each, words in zip(due, said, strict=True) if words} >= {notices.CHECK_IN, notices.END_PROMPT}
    assert queries.at_home(mina, DAY).waiting
    keep(otto, ada, left_on=DAY)
    assert [composed(each, each.due_at) for each in due] == [None] * len(due)
    assert queries.at_home(mina, DAY).waiting == []
    page = as_seen_by(mina).get(reverse("pairings:detail", args=[pairing.pk])).text
    assert "Your pair rests." in page
    assert "Answer the check-in" not in page


def test_the_one_who_stays_can_close_it(pairing, mina, otto, ada):
    keep(otto, ada, left_on=DAY)
    actions.end_pairing(now(pairing), by=mina, at=AT, on=DAY)
    assert not rules.rests(now(pairing), on=DAY)


def test_who_leaves_later_hears_at_once_and_the_partner_on_the_day(pairing, mina, otto, ada):
    last = DAY + timedelta(days=12)
    keep(otto, ada, left_on=last)
    assert not rules.rests(now(pairing), on=DAY)
    [leaver] = owed(directory_notices.LEAVING)
    assert leaver.person == otto
    assert composed(leaver).heading == "Before you go"
    [partner] = owed(directory_notices.PARTNER_LEFT)
    assert partner.person == mina
    assert partner.due_at.date() == last
    assert composed(partner) is None
    assert composed(partner, partner.due_at) is not None


def test_an_account_that_is_closed_lets_the_pair_rest_too(pairing, otto, mina, ada):
    keep(otto, ada, is_active=False)
    assert rules.rests(now(pairing), on=DAY)
    assert [each.person for each in owed(directory_notices.PARTNER_LEFT)] == [mina]


def test_the_same_news_again_is_no_news(pairing, otto, ada):
    keep(otto, ada, left_on=DAY)
    keep(otto, ada, job_title="Gone")
    assert len(owed(directory_notices.PARTNER_LEFT)) == 1


def test_who_comes_back_finds_the_pair_going_on(pairing, mina, otto, ada):
    keep(otto, ada, left_on=DAY)
    keep(otto, ada, left_on=None)
    assert not rules.rests(now(pairing), on=DAY)
    assert {each.person for each in owed(directory_notices.GOES_ON)} == {mina, otto}
    assert composed(owed(directory_notices.GOES_ON, mina)[0]).heading == "Your pair goes on"
    assert composed(owed(directory_notices.PARTNER_LEFT)[0]) is None


def test_a_date_that_is_taken_back_before_the_day_says_nothing_of_resting(pairing, mina, otto, ada):
    keep(otto, ada, left_on=DAY + timedelta(days=12))
    Notice.objects.filter(kind=directory_notices.LEAVING).update(state=NoticeState.SENT, finished_at=AT)
    keep(otto, ada, left_on=None)
    assert not owed(directory_notices.GOES_ON)
    [told] = owed(directory_notices.STAYS)
    assert told.person == otto
    assert composed(told).paragraphs[0] == "We wrote to you that you leave. The directory no longer says so."


def test_who_was_never_told_that_they_leave_is_not_told_that_they_stay(pairing, otto, ada):
    keep(otto, ada, left_on=DAY + timedelta(days=12))
    keep(otto, ada, left_on=None)
    assert [composed(each) for each in owed(directory_notices.STAYS)] == [None]


def test_of_two_who_were_to_leave_the_one_who_stays_is_told(pairing, mina, otto, ada):
    for person in (mina, otto):
        keep(person, ada, left_on=DAY + timedelta(days=12))
    Notice.objects.filter(kind=directory_notices.LEAVING).update(state=NoticeState.SENT, finished_at=AT)
    keep(otto, ada, left_on=None)
    [told] = owed(directory_notices.STAYS)
    assert told.person == otto
    assert composed(told).heading == "Your pair goes on as before"


def test_a_date_that_is_corrected_is_told_as_it_is_now_and_once(pairing, mina, otto, ada):
    for days in (12, 30):
        keep(otto, ada, left_on=DAY + timedelta(days=days))
    told = [composed(each) for each in owed(directory_notices.LEAVING)]
    assert [each is not None for each in told] == [False, True]
    assert "you leave on 23 February 2027" in told[1].paragraphs[0]


def sent(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, finished_at=AT)


def test_the_last_that_is_heard_of_a_date_is_what_the_directory_says(pairing, otto, ada):
    early, later = (DAY + timedelta(days=days) for days in (12, 30))
    keep(otto, ada, left_on=early)
    sent(owed(directory_notices.LEAVING)[-1])
    keep(otto, ada, left_on=later, at=AT + timedelta(hours=1))
    keep(otto, ada, left_on=early, at=AT + timedelta(hours=2))
    assert [composed(each) for each in owed(directory_notices.LEAVING)[1:]] == [None, None], (
        "nobody heard of another day"
    )
    keep(otto, ada, left_on=later, at=AT + timedelta(hours=3))
    sent(owed(directory_notices.LEAVING)[-1])
    keep(otto, ada, left_on=early, at=AT + timedelta(hours=4))
    assert "you leave on 5 February 2027" in composed(owed(directory_notices.LEAVING)[-1]).paragraphs[0]


def test_a_date_that_was_said_twice_before_any_mail_left_is_told_once(pairing, otto, ada):
    for hours, days in enumerate((12, 30, 12)):
        keep(otto, ada, left_on=DAY + timedelta(days=days), at=AT + timedelta(hours=hours))
    assert [composed(each) is not None for each in owed(directory_notices.LEAVING)] == [False, False, True]


def test_who_was_told_that_they_stay_is_told_the_same_date_again(pairing, otto, ada):
    day = DAY + timedelta(days=12)
    keep(otto, ada, left_on=day)
    sent(owed(directory_notices.LEAVING)[-1])
    keep(otto, ada, left_on=None, at=AT + timedelta(hours=1))
    sent(owed(directory_notices.STAYS)[-1])
    keep(otto, ada, left_on=day, at=AT + timedelta(hours=2))
    [_, again] = owed(directory_notices.LEAVING)
    assert composed(again).heading == "Before you go"


def test_the_partner_is_told_once_that_the_pair_rests_however_often_the_day_is_set(pairing, mina, otto, ada):
    early, later, again = (DAY + timedelta(days=days) for days in (3, 9, 40))
    keep(otto, ada, left_on=later)
    keep(otto, ada, left_on=early)
    [of_later, of_early] = owed(directory_notices.PARTNER_LEFT, mina)
    assert composed(of_early, noon(early)).heading == "Your pair rests"
    Notice.objects.filter(pk=of_early.pk).update(state=NoticeState.SENT, finished_at=noon(early))
    assert composed(of_later, noon(later)) is None
    keep(otto, ada, left_on=None, at=noon(later))
    keep(otto, ada, left_on=again, at=noon(later))
    [*_, once_more] = owed(directory_notices.PARTNER_LEFT, mina)
    assert composed(once_more, noon(again)).heading == "Your pair rests", "it went on in between"


def test_what_is_owed_and_the_change_stand_or_fall_together(pairing, otto, ada):
    with transaction.atomic():
        keep(otto, ada, left_on=DAY)
        assert owed(directory_notices.PARTNER_LEFT)
        transaction.set_rollback(True)
    assert not owed(directory_notices.PARTNER_LEFT)
    assert Person.objects.get(pk=otto.pk).left_on is None


# The same by a file


def file_of(person: Person, *, leaves: str) -> bytes:
    head = "employee_id,first_name,last_name,email,leave_date"
    return (
        f"{head}\n{person.employee_number},{person.given_name},{person.family_name},{person.email},{leaves}\n".encode()
    )


def checked(content: bytes, by: Person):
    made = people.upload_import(file_name="people.csv", content=content, by=by, at=AT)
    return people.check_import(made, options=Options(), by=by)


def test_an_import_says_beforehand_what_follows_does_it_and_taken_back_undoes_it(pairing, mina, otto, ada):
    made = checked(file_of(otto, leaves=DAY.isoformat()), ada)
    preview = reverse("admin:people_directoryimport_preview", args=[made.pk])
    assert "1 person who leaves is in a pair, which rests from then on." in as_seen_by(ada).get(preview).text
    assert not owed(directory_notices.PARTNER_LEFT)
    people.request_import(made, by=ada)
    assert carry_out_waiting_imports(at=AT) == 1
    assert rules.rests(now(pairing), on=DAY)
    assert [each.person for each in owed(directory_notices.PARTNER_LEFT)] == [mina]
    page = as_seen_by(ada).get(preview).text
    assert "Messages that have left cannot be taken back." in page
    people.request_undo(made, by=ada)
    assert carry_out_waiting_imports(at=AT) == 1
    assert not rules.rests(now(pairing), on=DAY)
    assert {each.person for each in owed(directory_notices.GOES_ON)} == {mina, otto}


def test_the_preview_counts_people_whose_pairs_rest_and_never_pairs_against_a_rule(pairing, otto, ada):
    leaving = Person.objects.filter(pk=otto.pk)
    assert foreseen(leaving, moved=False, at=AT) == [
        "1 person who leaves is in a pair, which rests from then on. Both of the two are written to, kindly."
    ]
    nobody = Person.objects.none()
    assert foreseen(nobody, moved=False, at=AT) == []
    [about_rules] = foreseen(nobody, moved=True, at=AT)
    assert not any(character.isdigit() for character in about_rules)


def test_the_preview_does_not_tell_who_is_paired_with_whom(pairing, mina, otto, ada):
    """An administrator could try one file after the other, and carry out none."""
    PairingFactory(program=pairing.program, mentor=pairing.mentor, mentor_place=2)
    other = PairingFactory(program=pairing.program)

    def said(*people: Person) -> list[str]:
        return foreseen(Person.objects.filter(pk__in=[each.pk for each in people]), moved=False, at=AT)

    assert said(mina) == said(otto) == said(other.mentor.person), "also of somebody in two pairs"
    assert said(mina, otto) == said(mina, other.mentee.person) != said(mina)
    assert said(mina, otto)[0].startswith("2 people who leave are in a pair")


# Against a rule


def put_in_line(pairing: Pairing, ada: Person) -> None:
    """Mina gets Otto as her manager."""
    keep(pairing.mentor.person, ada, manager=pairing.mentee.person)


def test_a_new_manager_in_line_raises_a_conflict_for_the_coordinator_once(pairing, cora, ada):
    assert conflicts.broken_rules([now(pairing)], on=DAY) == {}
    put_in_line(pairing, ada)
    assert conflicts.broken_rules([now(pairing)], on=DAY)[pairing.pk] == ("reporting_line",)
    [told] = owed(directory_notices.AGAINST_RULE)
    assert told.person == cora
    message = composed(told)
    assert message.link == reverse("pairings:to_look_at", args=[pairing.program_id])
    assert not {pairing.mentor.person.given_name, pairing.mentee.person.given_name} & set(
        " ".join(message.paragraphs).split()
    )
    keep(pairing.mentor.person, ada, job_title="Something else")
    assert len(owed(directory_notices.AGAINST_RULE)) == 1


def test_a_manager_far_above_counts_as_much_as_the_next_one(pairing, ada):
    between = PersonFactory(rank=4, manager=pairing.mentee.person)
    keep(pairing.mentor.person, ada, manager=between)
    assert conflicts.broken_rules([now(pairing)], on=DAY)[pairing.pk] == ("reporting_line",)


def test_cora_reads_which_pair_and_why_and_lets_it_go_on(pairing, cora, ada):
    put_in_line(pairing, ada)
    desk = reverse("pairings:to_look_at", args=[pairing.program_id])
    page = as_seen_by(cora).get(desk).text
    assert "One of the two reports to the other, directly or through others." in page
    waive = reverse("pairings:waive_rule", args=[pairing.pk, "reporting_line"])
    for _ in range(2):
        assert "Noted. The pair goes on" in as_seen_by(cora).post(waive, follow=True).text
    assert Waiver.objects.count() == 1
    assert "Nothing to look at" in as_seen_by(cora).get(desk).text
    assert composed(owed(directory_notices.AGAINST_RULE)[0]) is None


def test_a_rule_that_does_not_stand_against_the_pair_cannot_be_waived(pairing, cora):
    with pytest.raises(rules.NothingToWaive):
        actions.waive_rule(now(pairing), rule="reporting_line", by=cora, at=AT)
    waive = reverse("pairings:waive_rule", args=[pairing.pk, "nonsense"])
    assert "No rule stands against this pair any more." in as_seen_by(cora).post(waive, follow=True).text
    assert not Waiver.objects.exists()


def test_a_waiver_ends_with_its_rule(pairing, cora, ada):
    put_in_line(pairing, ada)
    actions.waive_rule(now(pairing), rule="reporting_line", by=cora, at=AT)
    keep(pairing.mentor.person, ada, job_title="Something else")
    assert Waiver.objects.exists()
    keep(pairing.mentor.person, ada, manager=None)
    assert not Waiver.objects.exists()
    later = AT + timedelta(days=30)
    keep(pairing.mentor.person, ada, at=later, manager=pairing.mentee.person)
    assert len(owed(directory_notices.AGAINST_RULE)) == 2
    assert len(queries.pairs_to_look_at([pairing.program], cora, on=DAY)) == 1


def test_coordinators_are_written_to_about_a_rule_while_that_rule_stands(pairing, cora, ada):
    """Another one that stands by then is another message."""
    put_in_line(pairing, ada)
    [told] = owed(directory_notices.AGAINST_RULE)
    keep(pairing.mentor.person, ada, manager=None, function=pairing.mentee.person.function)
    assert composed(told) is None
    assert [composed(each) is None for each in owed(directory_notices.AGAINST_RULE)] == [True, False]


def test_pairs_of_several_programs_are_judged_in_one_look_at_the_company(pairing, ada):
    put_in_line(pairing, ada)

    def looked() -> int:
        with CaptureQueriesContext(connection) as asked:
            found = conflicts.broken_rules(list(Pairing.objects.with_people()), on=DAY)
        assert found[pairing.pk] == ("reporting_line",)
        return len(asked)

    one = looked()
    elsewhere = PairingFactory(program=ProgramFactory())
    assert elsewhere.program != pairing.program
    assert looked() == one


def test_the_page_is_there_for_coordinators_of_the_program_alone(pairing, others, cora):
    put_in_line(pairing, others["Ada, the administrator"])
    desk = reverse("pairings:to_look_at", args=[pairing.program_id])
    waive = reverse("pairings:waive_rule", args=[pairing.pk, "reporting_line"])
    elsewhere = PersonFactory(is_coordinator=True)
    for who in (*(person for name, person in others.items() if person != cora), elsewhere, pairing.mentor.person):
        assert as_seen_by(who).get(desk).status_code == 404
        assert as_seen_by(who).post(waive).status_code == 404
    assert not Waiver.objects.exists()


def test_a_coordinator_who_is_one_of_the_two_decides_nothing_about_it(pairing, ada):
    mina = pairing.mentor.person
    DutyFactory(program=pairing.program, person=mina, duty=Duty.COORDINATOR)
    put_in_line(pairing, ada)
    assert queries.pairs_to_look_at([pairing.program], mina, on=DAY) == []
    assert [composed(each) for each in owed(directory_notices.AGAINST_RULE, mina)] == [None]
    with pytest.raises(rules.NotYoursToWaive):
        actions.waive_rule(now(pairing), rule="reporting_line", by=mina, at=AT)


def test_a_conflict_that_was_declared_in_confidence_shows_nowhere(pairing, cora, ada):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    declare_conflict(one=mina, other=otto, kind=ConflictKind.FAMILY, by=mina, at=AT)
    keep(otto, ada, job_title="Somebody")
    assert not owed(directory_notices.AGAINST_RULE)
    assert queries.pairs_to_look_at([pairing.program], cora, on=DAY) == []


def test_the_desk_says_how_many_pairs_rest_or_are_against_a_rule(pairing, cora, ada, otto):
    put_in_line(pairing, ada)
    assert "1 pair is against a rule now" in as_seen_by(cora).get(reverse("admin:index")).text
    keep(otto, ada, left_on=DAY)
    text = as_seen_by(cora).get(reverse("admin:index")).text
    assert "1 pair is at rest, because somebody left" in text
    assert "against a rule now" not in text


def test_the_page_asks_the_database_as_often_for_three_pairs_as_for_one(pairing, cora, ada):
    def leave(some: Pairing) -> None:
        keep(some.mentee.person, ada, left_on=DAY)

    desk = reverse("pairings:to_look_at", args=[pairing.program_id])
    browser = as_seen_by(cora)
    leave(pairing)
    browser.get(desk)
    with CaptureQueriesContext(connection) as one:
        browser.get(desk)
    leave(pair_beside(pairing))
    leave(pair_beside(pairing))
    with CaptureQueriesContext(connection) as three:
        browser.get(desk)
    assert len(three) == len(one)
    assert Participation.objects.count() == 6
