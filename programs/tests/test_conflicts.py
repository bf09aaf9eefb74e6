"""Declared conflicts: who may declare and see one, that every path keeps the two apart, and that nobody else learns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from people.models import Person
from people.tests.factories import AdaFactory, BoFactory, CoraFactory, MinaFactory, OttoFactory, PersonFactory
from privacy.models import DataKey
from programs import actions, queries, rules
from programs.choices import ConflictKind
from programs.models import DeclaredConflict
from programs.tests.factories import ProgramFactory, program_with

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ON = AT.date()
CANARY = "CANARY we are siblings"
MINE = "/conflicts/"
DESK = "/desk/conflicts/"


def declared(one: Person, other: Person, *, by: Person, **more: Any) -> DeclaredConflict:
    return actions.declare_conflict(one=one, other=other, kind=ConflictKind.FAMILY, by=by, at=AT, **more)


def why(mentor: Person, mentee: Person, on: date = ON) -> list[str]:
    return rules.reasons_against_pair(ProgramFactory(), mentor=mentor, mentee=mentee, on=on)


@pytest.mark.parametrize("from_below", [True, False])
def test_the_two_are_kept_apart_in_every_program_whoever_declares(from_below):
    mina, otto = MinaFactory(), OttoFactory()
    assert why(mina, otto) == []
    declared(*((mina, otto) if from_below else (otto, mina)), by=mina if from_below else otto, reason=CANARY)
    assert why(mina, otto) == ["A rule keeps the two apart."]
    assert why(PersonFactory(rank=2), otto) == []


def test_a_conflict_holds_until_its_last_day():
    mina, otto = MinaFactory(), OttoFactory()
    conflict = declared(mina, otto, by=mina, until=ON)
    assert why(mina, otto) != []
    assert why(mina, otto, ON + timedelta(days=1)) == []
    again = declared(otto, mina, by=mina, until=None)
    assert again.pk == conflict.pk
    assert why(mina, otto, ON + timedelta(days=1)) != []


def test_each_may_declare_the_same_and_withdraws_only_their_own():
    mina, otto = MinaFactory(), OttoFactory()
    hers, his = declared(mina, otto, by=mina), declared(mina, otto, by=otto)
    with pytest.raises(rules.MayNotDeclare):
        actions.withdraw_conflict(his, by=mina, at=AT)
    actions.withdraw_conflict(hers, by=mina, at=AT)
    assert why(mina, otto) != []
    actions.withdraw_conflict(his, by=otto, at=AT)
    assert why(mina, otto) == []


@pytest.mark.parametrize(
    ("swapped", "until", "sentence"),
    [(False, None, "yourself and a colleague"), (True, ON - timedelta(days=1), "This day is over")],
)
def test_what_is_refused(swapped, until, sentence):
    mina, otto, other = MinaFactory(), OttoFactory(), PersonFactory()
    with pytest.raises(rules.MayNotDeclare, match=sentence):
        declared(mina, otto, by=mina if swapped else other, until=until)
    with pytest.raises(rules.MayNotDeclare, match="between two people"):
        declared(mina, mina, by=mina)
    assert not DeclaredConflict.objects.exists()


def test_the_database_keeps_one_order_and_one_declaration():
    mina, otto = sorted((MinaFactory(), OttoFactory()), key=lambda person: person.pk)
    row = {"kind": "pay", "declared_by": mina, "declared_at": AT}
    DeclaredConflict.objects.create(one=mina, other=otto, **row)
    for one, other in ((mina, otto), (otto, mina), (mina, mina)):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeclaredConflict.objects.create(one=one, other=other, **row)


def test_the_reason_is_sealed_and_erased():
    mina, otto = MinaFactory(), OttoFactory()
    conflict = declared(mina, otto, by=mina, reason=CANARY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text, encode(reason, 'escape') FROM programs_declaredconflict c")
        row = cursor.fetchone()
    assert "CANARY" not in "".join(row)
    assert [found.reason for found in queries.conflicts_declared_by(mina, on=ON)] == [CANARY]
    first = conflict.data_key_id
    assert first is not None
    declared(mina, otto, by=mina, reason="Something else")
    assert not DataKey.objects.filter(pk=first).exists()
    DataKey.objects.all().delete()
    assert [found.reason for found in queries.conflicts_declared_by(mina, on=ON)] == [None]
    declared(mina, otto, by=mina, reason=CANARY)
    for hours in range(2):
        actions.withdraw_conflict(conflict, by=mina, at=AT + timedelta(hours=hours))
    conflict.refresh_from_db()
    assert conflict.withdrawn_at == AT
    assert (conflict.reason, conflict.data_key, DataKey.objects.count()) == (None, None, 0)


def test_one_pair_and_the_whole_matrix_are_judged_alike():
    mentors, mentees = PersonFactory.create_batch(3, rank=2), PersonFactory.create_batch(3, rank=6)
    declared(mentors[0], mentees[1], by=mentors[0])
    declared(mentors[2], mentees[1], by=mentees[1])
    declared(mentors[1], PersonFactory(), by=mentors[1])
    program = ProgramFactory()
    matrix = queries.forbidden(program, *queries.facts_of_sides(mentors, mentees, on=ON))
    assert np.argwhere(matrix[rules.DECLARED_CONFLICT]).tolist() == [[0, 1], [2, 1]]
    turned = queries.forbidden(program, *queries.facts_of_sides(mentees, mentors, on=ON))
    assert (turned[rules.DECLARED_CONFLICT] == matrix[rules.DECLARED_CONFLICT].T).all()
    assert [[bool(why(m, e)) for e in mentees] for m in mentors] == matrix[rules.DECLARED_CONFLICT].tolist()


@pytest.mark.parametrize("count", [1, 3])
def test_facts_cost_the_same_however_many_conflicts_there_are(count, django_assert_num_queries):
    mina = MinaFactory()
    for other in PersonFactory.create_batch(count, rank=6):
        declared(mina, other, by=mina)
    with django_assert_num_queries(3):
        queries.facts_of_sides([mina], [], on=ON)


def test_no_count_of_the_company_gives_a_conflict_away():
    mina, otto = MinaFactory(), OttoFactory()
    program = ProgramFactory()
    before = queries.eligibility(program, on=ON)
    declared(mina, otto, by=mina)
    assert queries.eligibility(program, on=ON) == before
    assert rules.DECLARED_CONFLICT not in {rule.rule for rule in before.removed}


@pytest.mark.django_db(transaction=True)
def test_the_same_declaration_twice_at_once_is_one():
    mina, otto = MinaFactory(), OttoFactory()
    together, failed = Barrier(2), []

    def press() -> None:
        try:
            together.wait()
            declared(mina, otto, by=mina, reason=CANARY)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failed == []
    assert (DeclaredConflict.objects.count(), DataKey.objects.count()) == (1, 1)


# -- pages --------------------------------------------------------------------------------------------------------


def typed(other: Person, **changes: Any) -> dict[str, Any]:
    return {"other": other.email, "kind": "family", "reason": CANARY, "until": "", **changes}


def test_a_person_declares_sees_and_withdraws(client):
    mina, otto = MinaFactory(), OttoFactory()
    client.force_login(mina)
    assert client.post(MINE, typed(otto)).status_code == 302
    page = client.get(MINE).content.decode()
    assert all(words in page for words in (otto.name, "Family or a close relationship", CANARY))
    conflict = DeclaredConflict.objects.get()
    withdraw = reverse("programs:withdraw_conflict", args=[conflict.pk])
    assert client.get(withdraw).status_code == 200
    for _ in range(2):
        assert client.post(withdraw).status_code == 302
    assert "CANARY" not in client.get(MINE).content.decode()


def test_a_refused_form_loses_nothing(client):
    mina = MinaFactory()
    client.force_login(mina)
    answer = client.post(MINE, typed(mina, until="2001-01-01"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert CANARY in page
    assert "Name somebody else." in page
    answer = client.post(MINE, {**typed(mina), "other": "nobody@example.org"})
    assert answer.status_code == 422
    assert "Nobody in the directory" in answer.content.decode()


def test_the_other_bo_coordinators_and_administrators_see_the_same_with_and_without(client):
    cora, bo = CoraFactory(), BoFactory()
    mina, otto = MinaFactory(), OttoFactory(manager=bo)
    program_with(cora)
    onlookers = [otto, bo, cora, AdaFactory(), PersonFactory(is_executive=True)]

    def seen() -> list[str]:
        pages = []
        for person in onlookers:
            client.force_login(person)
            pages += [_plain(client.get(url).content.decode()) for url in ("/", MINE, "/programs/")]
        return pages

    before = seen()
    conflict = declared(mina, otto, by=mina, reason=CANARY)
    assert seen() == before
    for person in onlookers:
        client.force_login(person)
        withdraw = reverse("programs:withdraw_conflict", args=[conflict.pk])
        assert client.get(withdraw).status_code == 404
        assert client.post(withdraw).status_code == 404
    client.force_login(cora)
    assert "CANARY" not in client.get(DESK).content.decode()
    conflict.refresh_from_db()
    assert conflict.withdrawn_at is None


def _plain(page: str) -> str:
    """Without what differs from one answer to the next: tokens against forged requests, and nonces."""
    return "\n".join(line for line in page.splitlines() if "csrf" not in line.lower() and "nonce" not in line)


def test_a_coordinator_declares_for_two_others_and_sees_only_their_own(client):
    cora, mina, otto = CoraFactory(), MinaFactory(), OttoFactory()
    client.force_login(cora)
    assert client.post(DESK, typed(otto, one=mina.employee_number)).status_code == 302
    page = client.get(DESK).content.decode()
    assert all(words in page for words in (mina.name, otto.name, CANARY))
    assert mina.name not in client.get(MINE).content.decode()
    client.force_login(CoraFactory(email="other@example.org", employee_number="other"))
    page = client.get(DESK).content.decode()
    assert mina.name not in page
    assert "CANARY" not in page


@pytest.mark.parametrize("factory", [MinaFactory, AdaFactory, BoFactory])
def test_nobody_else_declares_for_others(client, factory):
    client.force_login(factory())
    assert client.get(DESK).status_code == 404
    assert client.post(DESK, {}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_questions_however_many_there_are(client, count, django_assert_max_num_queries):
    mina = MinaFactory()
    for other in PersonFactory.create_batch(count, rank=6):
        declared(mina, other, by=mina, reason=CANARY)
    client.force_login(mina)
    with django_assert_max_num_queries(4):
        assert client.get(MINE).status_code == 200
