"""A marker in every private column is stored where it belongs, sealed where it is private, and in no message.

Who reads it on which page is found by the walk of ``test_access``, in the same world.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import sql
from django.db.models import QuerySet

import clock
from mentoring.access import Who
from mentoring.tests.markers import EXPECTED, MARKERS, OUR_OWN_WORDS, PEOPLE, READERS, columns_in, mark
from mentoring.tests.test_access import ADDRESSES, ask, policy_of, session_of, url_of
from mentoring.tests.test_house import COLUMNS
from mentoring.tests.world import World, build
from notifications import kinds
from notifications.mail import as_email
from notifications.models import Notice
from participants import actions as participants
from participants import references
from privacy import classes
from programs.choices import Side, Stage
from programs.models import Program

pytestmark = pytest.mark.django_db


def can_hold_words(field: Any) -> bool:
    text = models.CharField | models.TextField | models.BinaryField | models.JSONField | ArrayField
    public = {classes.NOT_PERSONAL, classes.DIRECTORY, classes.CREDENTIAL}
    return isinstance(field, text) and not field.choices and field.db_comment not in public


def test_every_private_column_that_can_hold_words_is_marked():
    columns: list[Any] = [param.values[0] for param in COLUMNS]
    private = {f"{each.model._meta.label}.{each.name}": each.db_comment for each in columns if can_hold_words(each)}
    marked = {column: of for of, readers in READERS.items() for column in readers if column not in PEOPLE}
    assert {column: of for column, of in private.items() if column not in OUR_OWN_WORDS} == marked


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = build()
        mark(world)
        yield world
        transaction.set_rollback(True)


def stored() -> Iterator[tuple[str, str]]:
    """Every row of every table as text, histories and logs among them; bytes as their hexadecimal digits."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(sql.SQL("SELECT row_of::text FROM {} AS row_of").format(sql.Identifier(table)))
            for (row,) in cursor.fetchall():
                yield table, row


def messages_of(notices: QuerySet[Notice]) -> Iterator[tuple[Notice, set[str]]]:
    """What would leave now, and the columns of which something is in it."""
    now = clock.now()
    for notice in notices.select_related("person"):
        if (message := kinds.named(notice.kind).compose(notice, now)) is not None:
            text = as_email([(notice, message)], message_id=notice.message_id, at=now).message().as_string()
            yield notice, {column for column, marker in MARKERS.items() if marker in text}


def test_no_message_carries_a_marker(world):
    messages = list(messages_of(Notice.objects.all()))
    assert len(messages) > 5
    assert set().union(*(columns for _, columns in messages)) == set()


def test_the_mails_of_a_call_carry_its_words_to_those_who_are_called_and_nothing_else(world):
    words, cora = "participants.Call.words", world.people[Who.COORDINATOR]
    with transaction.atomic():
        Program.objects.filter(pk=world.program.pk).update(stage=Stage.ENROLMENT)
        call = participants.call_for_volunteers(
            world.program, side=Side.MENTOR, words=MARKERS[words], by=cora, at=clock.now()
        )
        mails = {notice.person_id: columns for notice, columns in messages_of(Notice.objects.all()) if columns}
        called = set(call.people.values_list("person", flat=True))
        transaction.set_rollback(True)
    assert called
    assert mails == {person: {words} for person in called}


def test_the_database_holds_each_marker_in_its_own_table_alone_and_sealed_ones_nowhere(world):
    everything = list(stored())
    there = {
        column: {table for table, row in everything if marker in row or marker.encode().hex() in row}
        for column, marker in MARKERS.items()
    }
    sealed_columns = READERS[classes.SEALED]
    own = {column: set() if column in sealed_columns else {table_of(column)} for column in MARKERS}
    assert there == own


def table_of(column: str) -> str:
    """Where the words stand; a person's name stands in the directory."""
    return "people_person" if column in PEOPLE else apps.get_model(column.rpartition(".")[0])._meta.db_table


def test_a_leak_would_be_found(world, monkeypatch):
    name, column = "participants:references_at_desk", "participants.Reference.remark"
    client, url = session_of(world, Who.CANDIDATE), url_of(ADDRESSES[name], world)
    assert column not in columns_in(ask(client, "get", url), Who.CANDIDATE, policy_of(name))
    monkeypatch.setattr(references, "programs_read_by", Program.objects.coordinated_by)  # candidates among them
    assert column in columns_in(ask(client, "get", url), Who.CANDIDATE, policy_of(name))
    assert Who.CANDIDATE not in EXPECTED[column]
