"""What a change of the directory means for those who take part."""

from __future__ import annotations

import pytest

from notifications import kinds
from notifications.models import Notice
from participants import actions
from participants.tests.conftest import NOON
from participants.tests.factories import MenteeFactory
from people.actions import keep_person
from people.models import Person
from people.tests.factories import AdaFactory, PersonFactory


@pytest.fixture
def ada(db) -> Person:
    return AdaFactory()


def asked(person: Person) -> list[Notice]:
    return list(Notice.objects.filter(kind=actions.MANAGER_ASKED, person=person))


def test_a_new_line_manager_is_asked_for_the_time_and_the_former_one_no_more(program, otto, bo, ada):
    MenteeFactory(program=program, person=otto)
    actions.ask_manager(person_id=otto.pk, at=NOON)
    [former] = asked(bo)
    nia = PersonFactory(rank=7)
    otto.manager = nia
    keep_person(person=otto, by=ada, at=NOON)
    [now] = asked(nia)
    message = kinds.named(now.kind).compose(now, NOON)
    assert message is not None
    assert message.subject == f"{otto} takes part in {program}"
    assert kinds.named(former.kind).compose(former, NOON) is None


def test_a_change_of_anything_else_asks_nobody(program, otto, bo, ada):
    MenteeFactory(program=program, person=otto)
    otto.job_title = "Something else"
    keep_person(person=otto, by=ada, at=NOON)
    assert asked(bo) == []


def test_somebody_who_takes_part_in_nothing_concerns_no_manager(program, otto, ada):
    nia = PersonFactory(rank=7)
    otto.manager = nia
    keep_person(person=otto, by=ada, at=NOON)
    assert asked(nia) == []
