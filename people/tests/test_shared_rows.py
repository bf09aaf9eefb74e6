"""Rows that stand around several tests are there for those who ask for them, new for each, and for nobody else.

The tests below run in any order: each would fail if it saw what another one did or asked for.
"""

from __future__ import annotations

import pytest

from people.models import Person
from people.tests.factories import MinaFactory, StenFactory
from people.tests.shared_rows import shared


@shared
def first() -> Person:
    return MinaFactory()


@shared
def second(first: Person) -> Person:
    return StenFactory(manager=first)


def names() -> list[str]:
    return sorted(Person.objects.values_list("given_name", flat=True))


@pytest.mark.parametrize("time", [1, 2])
def test_what_one_changes_the_next_finds_as_it_was(first, second, time):
    assert names() == [first.given_name, second.given_name] == ["Mina", "Sten"]
    assert second.manager_id == first.pk
    first.given_name = "Changed"
    first.save()
    second.delete()
    assert names() == ["Changed"]


@pytest.mark.parametrize("time", [1, 2])
def test_what_nobody_asks_for_is_not_there(first, time):
    assert names() == ["Mina"]


def test_who_asks_for_none_finds_none(db):
    assert names() == []


def test_it_may_be_asked_for_in_the_middle(db, request):
    assert names() == []
    assert request.getfixturevalue("second").given_name == "Sten"
    assert names() == ["Mina", "Sten"]


class TestOfAModuleWithItsOwn:
    @pytest.fixture
    def first(self, db):
        return MinaFactory(given_name="Another")

    def test_what_needs_it_is_made_with_that(self, second):
        assert names() == ["Another", "Sten"]


@pytest.mark.django_db(transaction=True)
def test_where_a_test_commits_they_are_its_own(second):
    assert names() == ["Mina", "Sten"]
    assert second.manager_id == Person.objects.get(given_name="Mina").pk
