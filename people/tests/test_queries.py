from __future__ import annotations

import pytest

from people import queries
from people.models import Person
from people.tests.factories import BoFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_somebody_is_above_at_any_depth_and_never_below_or_above_themselves():
    bo = BoFactory()
    otto = PersonFactory(manager=bo)
    mina = PersonFactory(manager=otto)
    sten = PersonFactory()

    assert queries.is_above(bo, otto)
    assert queries.is_above(bo, mina)
    assert not queries.is_above(mina, bo)
    assert not queries.is_above(bo, bo)
    assert not queries.is_above(sten, mina)


def test_is_above_asks_one_question_however_long_the_line(django_assert_num_queries):
    line = [PersonFactory()]
    for _ in range(6):
        line.append(PersonFactory(manager=line[-1]))
    with django_assert_num_queries(1):
        assert queries.is_above(line[0], line[-1])


def circle_of_two() -> tuple[Person, Person, Person]:
    """Two who lead one another, as could only come in past imports and the desk, and somebody below them."""
    one, two = PersonFactory(), PersonFactory()
    Person.objects.filter(pk=one.pk).update(manager=two)
    Person.objects.filter(pk=two.pk).update(manager=one)
    return one, two, PersonFactory(manager=two)


def test_a_circle_of_managers_ends_where_it_closes():
    one, two, below = circle_of_two()
    assert queries.is_above(one, below)
    assert queries.is_above(two, one)
    assert queries.is_above(one, two)
    assert not queries.is_above(below, one)
    assert not queries.is_above(one, one)


def nested(line: queries.ReportingLine, upper: Person, lower: Person) -> bool:
    enter, leave = line.places_of([upper.pk, lower.pk])
    return bool(enter[0] < enter[1] and leave[1] <= leave[0])


def test_the_line_read_upwards_and_the_line_of_everybody_say_the_same():
    bo, sten = BoFactory(), PersonFactory()
    otto = PersonFactory(manager=bo)
    mina = PersonFactory(manager=otto)
    PersonFactory(manager=bo)
    asked = (bo, otto, mina, sten)

    for line in (queries.reporting_line(), queries.reporting_line(among=[person.pk for person in asked])):
        for upper in asked:
            assert [nested(line, upper, lower) for lower in asked] == [
                queries.is_above(upper, lower) for lower in asked
            ]


def test_the_line_survives_a_circle_that_came_in_from_elsewhere():
    one, two, below = circle_of_two()
    for line in (queries.reporting_line(), queries.reporting_line(among=[below.pk])):
        assert nested(line, one, two)
        assert nested(line, two, below)
        assert not nested(line, two, one)


@pytest.mark.parametrize("others", [1, 3])
def test_the_line_of_few_people_does_not_read_the_whole_directory(others, django_assert_num_queries):
    mina, otto = PersonFactory(), PersonFactory()
    PersonFactory.create_batch(others)
    with django_assert_num_queries(1):
        line = queries.reporting_line(among=[mina.pk, otto.pk])
    assert line.person.tolist() == [mina.pk, otto.pk]


def test_coworkers_are_those_who_have_not_left_and_may_sign_in():
    from datetime import date

    here = PersonFactory(left_on=date(2027, 1, 2))
    PersonFactory(left_on=date(2027, 1, 1))
    PersonFactory(is_active=False)
    assert list(queries.coworkers(date(2027, 1, 1))) == [here]
