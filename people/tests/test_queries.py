from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def chain_above(pk: int, managers: dict[int, int | None]) -> set[int]:
    above: set[int] = set()
    upper = managers[pk]
    while upper is not None and upper not in above:
        above.add(upper)
        upper = managers[upper]
    return above


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(managers=st.lists(st.integers(min_value=-1, max_value=30), min_size=1, max_size=14))
def test_intervals_say_the_same_as_walking_up_the_line(managers):
    Person.objects.update(manager=None)
    Person.objects.all().delete()
    people = [PersonFactory(password="!") for _ in managers]
    for place, manager in enumerate(managers):
        if 0 <= manager < place:
            people[place].manager = people[manager]
            people[place].save()
    lines = dict(Person.objects.values_list("pk", "manager_id"))
    some = [person.pk for person in people[::2]]

    for intervals in (queries.reporting_intervals(), queries.reporting_intervals(among=some)):
        for upper in some:
            for lower in some:
                (enter_a, leave_a), (enter_b, leave_b) = intervals[upper], intervals[lower]
                nested = enter_a < enter_b and leave_b <= leave_a
                assert nested == (upper in chain_above(lower, lines))


def test_intervals_survive_a_cycle_that_came_in_from_elsewhere():
    one, two = PersonFactory(), PersonFactory()
    below = PersonFactory(manager=two)
    Person.objects.filter(pk=one.pk).update(manager=two)
    Person.objects.filter(pk=two.pk).update(manager=one)

    for intervals in (queries.reporting_intervals(), queries.reporting_intervals(among=[below.pk])):
        assert intervals[one.pk][0] < intervals[two.pk][0] < intervals[below.pk][0]
        assert intervals[below.pk][1] <= intervals[two.pk][1] <= intervals[one.pk][1]


def test_intervals_of_few_people_do_not_read_the_whole_directory(django_assert_num_queries):
    mina, otto = PersonFactory(), PersonFactory()
    PersonFactory.create_batch(3)
    with django_assert_num_queries(1):
        assert set(queries.reporting_intervals(among=[mina.pk, otto.pk])) == {mina.pk, otto.pk}


def test_coworkers_are_those_who_have_not_left_and_may_sign_in():
    from datetime import date

    here = PersonFactory(left_on=date(2027, 1, 2))
    PersonFactory(left_on=date(2027, 1, 1))
    PersonFactory(is_active=False)
    assert list(queries.coworkers(date(2027, 1, 1))) == [here]
