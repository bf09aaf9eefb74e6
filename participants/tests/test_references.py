"""References: what a referee is asked, what it does to the pool, and who never learns an answer."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.signing import Signer
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import kinds
from notifications.actions import owe
from notifications.models import Notice
from participants import actions, queries, references, rules
from participants.choices import RefereesReply, ReferencesState
from participants.models import Participation, Reference, ReferencesDecision
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.instant import at_once, while_another_waits
from people.exports import gathered_for
from people.models import Person
from people.tests.factories import AdaFactory, EvaFactory, PersonFactory, SiaFactory
from privacy.models import DataKey
from programs.choices import Duty, Stage
from programs.models import Program
from programs.tests.factories import DutyFactory

YES, UNSURE, NO = RefereesReply.YES, RefereesReply.UNSURE, RefereesReply.NO
LATE = NOON + rules.REFERENCE_WAITS


@pytest.fixture
def program(program):
    program.references_asked = 2
    program.save()
    return program


@pytest.fixture
def minas(program, mina):
    return MentorFactory(program=program, person=mina)


@pytest.fixture
def pair_of_referees(db):
    return [PersonFactory(given_name="Rita"), PersonFactory(given_name="Rolf")]


@pytest.fixture
def asked(minas, mina, pair_of_referees):
    return actions.name_referees(minas, referees=pair_of_referees, by=mina, at=NOON)


def answer(reference, reply, *, remark="", at=NOON):
    return actions.answer_as_referee(reference, reply=reply, remark=remark, at=at)


def in_pool(program) -> set:
    return set(queries.in_pool(program, TODAY).values_list("person", flat=True))


def composed(notice, at=NOON):
    return kinds.named(notice.kind).compose(notice, at)


def owed(kind, person=None):
    notices = Notice.objects.filter(kind=kind).order_by("due_at")
    return list(notices if person is None else notices.filter(person=person))


# Naming


def test_a_mentor_is_in_the_pool_once_all_referees_say_yes(minas, asked, program, mina):
    assert in_pool(program) == set()
    answer(asked[0], YES)
    assert in_pool(program) == set()
    answer(asked[1], YES)
    assert in_pool(program) == {mina.pk}
    [notice] = [each for each in owed(actions.IN_POOL, mina) if composed(each)]
    assert composed(notice).heading == "You are in the pool as a mentor"


def test_a_mentee_and_a_mentor_where_none_are_asked_need_no_referee(program, minas, otto, mina):
    MenteeFactory(program=program, person=otto)
    assert in_pool(program) == {otto.pk}
    program.references_asked = 0
    program.save()
    assert in_pool(program) == {otto.pk, mina.pk}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (lambda mina, two: [two[0]], "Name 2 colleagues."),
        (lambda mina, two: [two[0], two[0]], "You named the same person twice. Name two different colleagues."),
        (lambda mina, two: [two[0], mina], "You cannot speak for yourself here. Name somebody else."),
    ],
)
def test_who_is_no_referee_is_refused_in_words_and_nobody_is_asked(minas, mina, pair_of_referees, name, sentence):
    with pytest.raises(rules.ReferenceRefused) as refusal:
        actions.name_referees(minas, referees=name(mina, pair_of_referees), by=mina, at=NOON)
    assert refusal.value.messages == [sentence]
    assert not Reference.objects.exists()
    assert not owed(actions.REFERENCE_ASKED)


@pytest.mark.parametrize("gone", [{"left_on": TODAY}, {"is_active": False}])
def test_somebody_who_left_is_no_referee(minas, mina, pair_of_referees, gone):
    with pytest.raises(rules.ReferenceRefused, match="does not work here any more"):
        actions.name_referees(minas, referees=[pair_of_referees[0], PersonFactory(**gone)], by=mina, at=NOON)


def test_nobody_names_referees_after_the_end(minas, mina, program, pair_of_referees):
    for over, refusal in (
        (lambda: Program.objects.update(stage=Stage.CLOSED), rules.ProgramIsClosed),
        (lambda: Participation.objects.update(withdrawn_at=NOON), rules.HasWithdrawn),
    ):
        over()
        with pytest.raises(refusal):
            actions.name_referees(minas, referees=pair_of_referees, by=mina, at=NOON)
    assert not Reference.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_naming_and_deciding_wait_for_whatever_changes_the_participation(minas, mina, cora, pair_of_referees):
    """So two windows name one pair of referees, and two coordinators leave one decision."""

    def name() -> object:
        return actions.name_referees(minas, referees=pair_of_referees, by=mina, at=NOON)

    def decide() -> object:
        return actions.decide_references(minas, enough=False, by=cora, at=NOON)

    for doing in (name, decide):
        with transaction.atomic():
            Participation.objects.select_for_update(no_key=True).get(pk=minas.pk)
            ended = while_another_waits(doing)
        assert not isinstance(ended()[0], Exception)
        for reference in Reference.objects.filter(reply=None):
            answer(reference, UNSURE)
    assert not ReferencesDecision.objects.get().enough


def test_the_same_again_asks_nobody_twice_and_others_are_refused(minas, asked, mina, pair_of_referees):
    again = actions.name_referees(minas, referees=pair_of_referees[::-1], by=mina, at=NOON)
    assert {each.pk for each in again} == {each.pk for each in asked}
    assert len(owed(actions.REFERENCE_ASKED)) == 2
    with pytest.raises(rules.AlreadyNamed):
        actions.name_referees(minas, referees=[pair_of_referees[0], PersonFactory()], by=mina, at=NOON)


def test_nobody_names_referees_for_somebody_else(minas, cora, pair_of_referees):
    with pytest.raises(rules.NotOnesOwn):
        actions.name_referees(minas, referees=pair_of_referees, by=cora, at=NOON)


@pytest.mark.parametrize(
    ("number", "to_name", "verb", "left_open", "waits"),
    [
        (1, "name a colleague who can speak for you", "Name somebody", "somebody who can speak for you is still to be",
         "wait until your referee has answered"),
        (2, "name two colleagues who can speak for you", "Name them", "two colleagues who can speak for you are still",
         "wait until your referees have answered"),
    ],
)  # fmt: skip
def test_one_is_asked_for_in_the_singular(client, program, minas, mina, number, to_name, verb, left_open, waits):
    program.references_asked = number
    program.save()
    client.force_login(mina)
    page = reverse("participants:program", args=[program.pk])
    assert to_name.capitalize() in client.get(page).text
    assert verb in client.get(page).text
    naming = client.get(reverse("participants:name_referees", args=[program.pk])).text
    assert ("Ask this person" in naming) == (number == 1)
    notice = Notice(kind=actions.NOT_READY, subject=minas.pk, person=mina)
    assert left_open in composed(notice).subject
    actions.name_referees(minas, referees=[PersonFactory() for _ in range(number)], by=mina, at=NOON)
    assert waits.capitalize() in client.get(page).text


# The mails


def test_each_referee_is_asked_once_and_reminded_after_2_4_and_9_days_until_the_answer(asked, pair_of_referees):
    rita = pair_of_referees[0]
    [question] = owed(actions.REFERENCE_ASKED, rita)
    reminders = owed(actions.REFERENCE_REMINDER, rita)
    assert [(each.due_at.date() - TODAY).days for each in reminders] == [2, 4, 9]
    assert composed(question).link == references.link_of(asked[0])
    assert "CANARY" not in str(composed(question))
    answer(asked[0], UNSURE)
    assert [composed(each, each.due_at) for each in [question, *reminders]] == [None] * 4
    to_rolf = owed(actions.REFERENCE_REMINDER, pair_of_referees[1])[0]
    assert [composed(to_rolf, at) is None for at in (NOON, NOON + rules.REFERENCE_GOOD_FOR)] == [False, True]
    Participation.objects.update(withdrawn_at=NOON)
    assert composed(to_rolf) is None


def test_coordinators_hear_on_the_morning_after_a_doubt_and_after_ten_days_of_silence(asked, cora):
    [silence] = owed(actions.REFERENCES_TO_DECIDE, cora)
    assert composed(silence, NOON) is None
    assert silence.due_at > LATE
    assert composed(silence, LATE) is not None
    answer(asked[0], NO)
    doubt, silence = owed(actions.REFERENCES_TO_DECIDE, cora)
    assert doubt.due_at.date() == TODAY + timedelta(days=1)
    assert composed(doubt, doubt.due_at).heading == "References of a mentor wait for your decision"


def test_one_word_a_morning_tells_of_all_who_wait_and_not_of_those_decided_about(program, cora, pair_of_referees):
    kim, mentors = PersonFactory(is_coordinator=True), [MentorFactory(program=program) for _ in range(3)]
    DutyFactory(program=program, person=kim, duty=Duty.COORDINATOR)
    for mentor, hours in zip(mentors, (0, 1, 24), strict=True):
        at = NOON + timedelta(hours=hours)
        first, second = actions.name_referees(mentor, referees=pair_of_referees, by=mentor.person, at=at)
        answer(first, NO, at=at)
        answer(second, UNSURE, at=at)
    for reader in (cora, kim):
        tomorrow, day_after = (each for each in owed(actions.REFERENCES_TO_DECIDE, reader) if each.due_at < LATE)
        message = composed(tomorrow, tomorrow.due_at)
        assert message.subject == f"{program}: references of 3 mentors wait for your decision"
        assert not any(mentor.person.family_name in repr(message) for mentor in mentors)
        assert composed(tomorrow, day_after.due_at) is None, "late by a day: the next one tells as much"
        assert composed(day_after, day_after.due_at) is not None
        Notice.objects.filter(pk=tomorrow.pk).update(state="sent", finished_at=tomorrow.due_at)
        assert composed(day_after, tomorrow.due_at + timedelta(hours=14)) is None, "one has left on this day"
        assert composed(day_after, day_after.due_at) is not None
    for mentor in mentors:
        actions.decide_references(mentor, enough=True, by=cora, at=NOON + timedelta(days=1))
    assert composed(day_after, day_after.due_at) is None


def test_each_program_has_its_own_word_and_a_closed_one_or_a_reader_who_joined_none(asked, program, cora):
    answer(asked[0], NO)
    doubt, _ = owed(actions.REFERENCES_TO_DECIDE, cora)
    owe(kind=doubt.kind, subject=program.pk + 1, person=cora, at=NOON, due_on=doubt.due_at.date())
    Notice.objects.exclude(subject=program.pk).update(state="sent", finished_at=doubt.due_at)
    assert composed(doubt, doubt.due_at) is not None
    one_mentor = Notice(kind=doubt.kind, subject=str(asked[0].participation_id), person=cora, due_at=doubt.due_at)
    assert composed(one_mentor, doubt.due_at) is None, "so it was owed before one word told of all"
    joined = MenteeFactory(program=program, person=cora)
    assert composed(doubt, doubt.due_at) is None
    joined.delete()
    assert composed(doubt, doubt.due_at) is not None
    program.stage = Stage.CLOSED
    program.save()
    assert composed(doubt, doubt.due_at) is None


def test_a_coordinator_who_takes_part_hears_nothing_of_it(program, minas, mina, pair_of_referees):
    kim = PersonFactory(rank=2, is_coordinator=True)
    DutyFactory(program=program, person=kim, duty=Duty.COORDINATOR)
    MentorFactory(program=program, person=kim)
    asked = actions.name_referees(minas, referees=pair_of_referees, by=mina, at=NOON)
    answer(asked[0], NO)
    assert owed(actions.REFERENCES_TO_DECIDE, kim) == []


# Answering


def test_the_first_answer_counts(asked):
    assert answer(asked[0], YES) is True
    assert answer(asked[0], NO) is False
    assert Reference.objects.get(pk=asked[0].pk).reply == YES


def test_an_answer_after_three_weeks_is_not_stored(asked):
    with pytest.raises(rules.NoLongerAsked):
        answer(asked[0], YES, at=NOON + rules.REFERENCE_GOOD_FOR)
    assert Reference.objects.get(pk=asked[0].pk).reply is None


def test_withdrawing_deletes_answers_remarks_keys_and_the_decision(asked, minas, mina, cora):
    answer(asked[0], NO, remark="CANARY-REMARK")
    actions.decide_references(minas, enough=False, by=cora, at=NOON)
    key = Reference.objects.get(pk=asked[0].pk).data_key_id
    assert key is not None
    actions.withdraw(minas, by=mina, at=NOON)
    assert not Reference.objects.exists()
    assert not ReferencesDecision.objects.exists()
    assert not DataKey.objects.filter(pk=key).exists()
    with pytest.raises(rules.NoLongerAsked):
        answer(asked[1], YES)


@pytest.mark.django_db(transaction=True)
def test_two_referees_who_answer_at_the_same_moment_bring_one_welcome(asked, program, mina):
    gate = Barrier(2)

    def say(reference) -> None:
        gate.wait()
        answer(reference, YES)
        connection.close()

    threads = [Thread(target=say, args=[each]) for each in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert in_pool(program) == {mina.pk}
    assert len([each for each in owed(actions.IN_POOL, mina) if composed(each)]) == 1


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_by_one_link_are_the_first_of_them_and_no_error(asked, cora):
    link = references.link_of(asked[0])

    def say(reply: str) -> None:
        assert Client().post(link, {"reply": reply, "remark": reply}).status_code in (200, 302)

    assert at_once(lambda: say("unsure"), lambda: say("no"), lambda: say("unsure")) == []
    kept = Reference.objects.get(pk=asked[0].pk)
    assert references.remark_of(kept) == kept.reply
    assert DataKey.objects.count() == 1
    assert len(owed(actions.REFERENCES_TO_DECIDE, cora)) == 2


# Deciding


def test_a_coordinator_decides_after_a_doubt_and_can_decide_otherwise(asked, minas, program, cora, mina):
    with pytest.raises(rules.NothingToDecide):
        actions.decide_references(minas, enough=True, by=cora, at=NOON)
    answer(asked[0], UNSURE)
    actions.decide_references(minas, enough=False, by=cora, at=NOON)
    assert in_pool(program) == set()
    [told] = owed(actions.NOT_MATCHED, mina)
    message = composed(told)
    assert message.heading == "You are not matched as a mentor this time"
    assert "sure" not in " ".join(message.paragraphs)
    actions.decide_references(minas, enough=True, by=cora, at=NOON + timedelta(hours=1))
    assert in_pool(program) == {mina.pk}
    assert composed(told) is None
    assert len(owed(actions.IN_POOL, mina)) == 1
    assert ReferencesDecision.objects.count() == 1


def test_the_same_decision_twice_tells_the_person_once(asked, minas, cora, mina):
    answer(asked[0], NO)
    for hours in range(2):
        actions.decide_references(minas, enough=False, by=cora, at=NOON + timedelta(hours=hours))
    assert len(owed(actions.NOT_MATCHED, mina)) == 1


def test_nothing_is_decided_about_whoever_has_withdrawn(asked, minas, cora):
    answer(asked[0], NO)
    Participation.objects.update(withdrawn_at=NOON)
    with pytest.raises(rules.NothingToDecide):
        actions.decide_references(minas, enough=True, by=cora, at=NOON)


def test_only_coordinators_who_do_not_take_part_decide(asked, minas, program, mina, cora):
    answer(asked[0], NO)
    MenteeFactory(program=program, person=cora)
    for somebody in (cora, mina, PersonFactory(is_coordinator=True)):
        with pytest.raises(rules.NotForThisReader):
            actions.decide_references(minas, enough=True, by=somebody, at=NOON)


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("replies", [(None, None), (YES, None), (YES, YES), (NO, YES), (UNSURE, None)])
@pytest.mark.parametrize("decision", [None, True, False])
def test_the_pool_and_the_state_judge_alike(program, mina, number, replies, decision, cora):
    program.references_asked = number
    program.save()
    mentor = MentorFactory(program=program, person=mina)
    for reply in replies[:number]:
        Reference.objects.create(
            participation=mentor, referee=PersonFactory(), asked_at=NOON, reply=reply, replied_at=reply and NOON
        )
    if decision is not None:
        ReferencesDecision.objects.create(participation=mentor, enough=decision, decided_by=cora, decided_at=NOON)
    state = references.state_of(mentor, at=NOON)
    ready = state in (ReferencesState.ENOUGH, ReferencesState.NOT_WANTED)
    assert (mina.pk in in_pool(program)) == ready


# The pages


def test_mina_names_two_by_mail_and_number_and_reads_only_that_they_are_asked(client, minas, mina, pair_of_referees):
    client.force_login(mina)
    page = reverse("participants:program", args=[minas.program_id])
    naming = reverse("participants:name_referees", args=[minas.program_id])
    assert naming in client.get(page).text
    rita, rolf = pair_of_referees
    refused = client.post(naming, {"first": rita.email, "second": "nobody@example.org"})
    assert refused.status_code == 422
    assert "Nobody in the directory has this e-mail address" in refused.text
    assert rita.email in refused.text
    assert client.post(naming, {"first": rita.email, "second": rolf.employee_number}).status_code == 302
    answer(Reference.objects.get(referee=rita), NO, remark="CANARY-REMARK")
    text = client.get(page).text
    assert "Wait until your referees have answered" in text
    for secret in ("CANARY-REMARK", "Not sure", "Rita", naming):
        assert secret not in text
    assert client.get(naming).status_code == 302


def test_only_a_mentor_who_takes_part_where_referees_are_asked_for_has_a_page_to_name_them(client, minas, otto, mina):
    MenteeFactory(program=minas.program, person=otto)
    naming = reverse("participants:name_referees", args=[minas.program_id])
    client.force_login(otto)
    assert client.get(naming).status_code == 404
    client.force_login(mina)
    assert client.get(naming).status_code == 200
    Participation.objects.filter(pk=minas.pk).update(withdrawn_at=NOON)
    assert client.get(naming).status_code == 404
    Participation.objects.filter(pk=minas.pk).update(withdrawn_at=None)
    Program.objects.update(references_asked=0)
    assert client.get(naming).status_code == 404


def test_each_finds_in_the_own_file_whom_they_named_and_what_they_answered_alone(asked, minas, mina, sten):
    answer(asked[0], NO, remark="CANARY-REMARK")
    rita = asked[0].referee

    def told(person) -> dict:
        parts = ("referees", "references_given")
        return {each.part.name: each.records for each in gathered_for(person, at=NOON) if each.part.name in parts}

    assert [len(told(mina)[part]) for part in ("referees", "references_given")] == [2, 0]
    assert [len(told(rita)[part]) for part in ("referees", "references_given")] == [0, 1]
    assert told(sten) == {"referees": [], "references_given": []}
    assert all(set(each) == {"program", "referee", "asked_at"} for each in told(mina)["referees"])
    assert "CANARY-REMARK" in str(told(rita))


def test_the_link_in_the_mail_asks_without_signing_in_and_a_look_changes_nothing(client, asked, mina):
    link = references.link_of(asked[0])
    page = client.get(link)
    assert page.status_code == 200
    assert f"Can {mina.name} keep a confidence?" in page.text
    assert Reference.objects.get(pk=asked[0].pk).reply is None
    refused = client.post(link, {"remark": "I have to think."})
    assert (refused.status_code, "I have to think." in refused.text) == (422, True)
    assert client.post(link, {"reply": "yes", "remark": "CANARY-REMARK"}).status_code == 302
    thanks = client.get(link)
    assert "Your answer is in" in thanks.text
    assert "CANARY" not in thanks.text
    assert client.post(link, {"reply": "no"}).status_code == 200
    assert Reference.objects.get(pk=asked[0].pk).reply == YES


@pytest.mark.parametrize("gone", [{"is_active": False}, {"left_on": TODAY}])
@pytest.mark.parametrize("who", ["referee", "mentor"])
def test_the_link_ends_with_the_place_in_the_company_of_either(client, asked, mina, who, gone):
    """It names the mentor and the program, to somebody who keeps old mail."""
    link = references.link_of(asked[0])
    assert mina.name in client.get(link).text
    leaver = mina if who == "mentor" else asked[0].referee
    Person.objects.filter(pk=leaver.pk).update(**gone)
    assert client.get(link).status_code == 404
    assert client.post(link, {"reply": "yes"}).status_code == 404
    assert Reference.objects.get(pk=asked[0].pk).reply is None


def test_the_remark_lies_sealed_in_the_database(asked):
    answer(asked[0], YES, remark="CANARY-REMARK")
    with connection.cursor() as cursor:
        cursor.execute("select remark from participants_reference where id = %s", [asked[0].pk])
        assert b"CANARY" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "token", ["nonsense", "nonsense:nonsense", Signer(salt="another").sign("1"), Signer().sign("x"), "a" * 300]
)
def test_a_link_that_we_did_not_sign_leads_nowhere(client, asked, token):
    assert client.get(reverse("participants:refer", args=[token])).status_code == 404


def test_a_link_with_a_true_key_and_another_signature_leads_nowhere(client, asked):
    key = str(asked[0].pk)
    signed = references.link_of(asked[0]).split("/")[-2]
    other = references.link_of(asked[1]).split("/")[-2]
    assert signed.startswith(key)
    forged = (
        key, f"{key}:", f"{key}:{'a' * 43}", Signer().sign(key), Signer(salt="another").sign(key),
        f"{key}:{other.partition(':')[2]}", f"{asked[1].pk}:{signed.partition(':')[2]}",
    )  # fmt: skip
    for token in forged:
        url = reverse("participants:refer", args=[token])
        assert (client.get(url).status_code, client.post(url, {"reply": "yes"}).status_code) == (404, 404), token
    assert not Reference.objects.exclude(reply=None).exists()
    assert client.get(reverse("participants:refer", args=[signed])).status_code == 200


def test_each_link_asks_and_answers_for_its_own_reference_alone(client, asked, minas):
    client.post(references.link_of(asked[1]), {"reply": "no"})
    replies = [Reference.objects.get(pk=each.pk).reply for each in asked]
    assert replies == [None, NO]
    minas.withdrawn_at = NOON
    minas.save()
    assert client.get(references.link_of(asked[0])).status_code == 404
    with pytest.raises(rules.NoLongerAsked):
        answer(asked[0], YES)


def test_a_signed_link_for_another_reference_of_the_future_is_unknown(client, asked, minas, mina):
    link = references.link_of(asked[0])
    actions.withdraw(minas, by=mina, at=NOON)
    assert client.get(link).status_code == 404
    assert client.post(link, {"reply": "yes"}).status_code == 404


def test_a_link_after_three_weeks_says_that_it_is_closed(client, asked):
    Reference.objects.update(asked_at=NOON - timedelta(days=400))
    link = references.link_of(asked[0])
    assert "This question is closed" in client.get(link).text
    assert client.post(link, {"reply": "yes"}).status_code == 422


def test_cora_reads_answers_and_decides(client, asked, minas, cora, mina, program):
    answer(asked[0], UNSURE, remark="Ask again in spring.")
    client.force_login(cora)
    desk = reverse("participants:references_at_desk", args=[program.pk])
    text = client.get(desk).text
    for shown in (mina.name, "Rita", "not sure", "Ask again in spring."):
        assert shown in text
    decide = reverse("participants:decide_references", args=[minas.pk])
    assert "Choose one of the two answers." in client.post(decide, {"enough": "perhaps"}, follow=True).text
    assert "Decided." in client.post(decide, {"enough": "yes"}, follow=True).text
    assert in_pool(program) == {mina.pk}


def test_answers_are_not_there_for_anybody_else(client, asked, minas, program, cora, mina, bo, otto):
    answer(asked[0], NO, remark="CANARY-REMARK")
    sia, eva, ada = SiaFactory(), EvaFactory(), AdaFactory()
    DutyFactory(program=program, person=sia, duty=Duty.SUPERVISOR)
    elsewhere = PersonFactory(is_coordinator=True)
    desk = reverse("participants:references_at_desk", args=[program.pk])
    decide = reverse("participants:decide_references", args=[minas.pk])
    for somebody in (mina, bo, otto, sia, eva, ada, elsewhere, asked[0].referee):
        client.force_login(somebody)
        assert client.get(desk).status_code == 404
        assert client.post(decide, {"enough": "yes"}).status_code == 404
    MenteeFactory(program=program, person=cora)
    client.force_login(cora)
    assert client.get(desk).status_code == 404
    assert client.post(decide, {"enough": "yes"}).status_code == 404
    assert not ReferencesDecision.objects.exists()


def test_the_desk_asks_the_database_as_often_for_three_mentors_as_for_one(client, program, cora):
    def mentor():
        row = MentorFactory(program=program)
        for reply in (YES, NO):
            Reference.objects.create(
                participation=row, referee=PersonFactory(), asked_at=NOON, reply=reply, replied_at=NOON
            )

    client.force_login(cora)
    desk = reverse("participants:references_at_desk", args=[program.pk])
    mentor()
    client.get(desk)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(desk)
    mentor()
    mentor()
    with CaptureQueriesContext(connection) as three:
        client.get(desk)
    assert len(three) == len(one)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_in_a_browser(live_server, page, good_page, client, browser_context, minas, mina, pair_of_referees):
    client.force_login(mina)
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + reverse("participants:name_referees", args=[minas.program_id]))
    good_page()
    page.get_by_label("A colleague who can speak for you").fill(pair_of_referees[0].email)
    page.get_by_label("Another colleague").fill(pair_of_referees[1].email)
    page.get_by_role("button", name="Ask them").click()
    page.get_by_text("Wait until your referees have answered").wait_for()
    browser_context.clear_cookies()
    page.goto(live_server.url + references.link_of(Reference.objects.all()[0]))
    good_page()
    page.get_by_label("Not sure").check()
    page.get_by_role("button", name="Send my answer").click()
    page.get_by_role("heading", name="Your answer is in").wait_for()
    good_page()
