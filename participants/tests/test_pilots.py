"""A pilot takes so many and no more, whoever asks at the same moment."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from participants import actions, drafts, queries
from participants.models import Participation
from participants.rules import PilotIsFull
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.offer import send_offer, step_url
from people.tests.factories import PersonFactory, SkillFactory
from programs.choices import Side
from programs.models import Program
from programs.tests.factories import ProgramFactory, ladder

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
FULL = PilotIsFull(Program(mentor_word="guide"), Side.MENTOR).messages[0]


def pilot(**limits: int) -> Any:
    ladder()
    return ProgramFactory(is_pilot=True, mentor_word="guide", **limits)


def join(program: Any, person: Any, side: Side = Side.MENTOR) -> Any:
    return actions.volunteer(program=program, side=side, by=person, at=AT)


def test_a_full_side_takes_nobody_and_the_other_side_does():
    program = pilot(most_mentors=1)
    MentorFactory(program=program)
    with pytest.raises(ValidationError) as refused:
        join(program, PersonFactory(rank=2))
    assert refused.value.messages == [FULL]
    assert "another guide at the moment" in FULL
    join(program, PersonFactory(rank=6), Side.MENTEE)


def test_somebody_on_both_sides_is_one_of_the_people_in_all():
    program = pilot(most_people=2, mentor_highest_level__rank=7)
    person = PersonFactory(rank=5)
    MentorFactory(program=program, person=person)
    MenteeFactory(program=program)
    join(program, person, Side.MENTEE)
    with pytest.raises(ValidationError):
        join(program, PersonFactory(rank=2))


def test_a_second_click_of_somebody_who_is_in_is_no_refusal():
    program, person = pilot(most_mentors=1), PersonFactory(rank=2)
    assert join(program, person) == join(program, person)


def test_a_place_is_free_again_after_a_withdrawal_and_after_somebody_left():
    program = pilot(most_mentors=1)
    first = join(program, PersonFactory(rank=2))
    actions.withdraw(first, by=first.person, at=AT)
    second = join(program, PersonFactory(rank=2))
    second.person.left_on = date(2026, 11, 1)
    second.person.save()
    join(program, PersonFactory(rank=2))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_the_last_place_at_once_one_gets_it():
    program, people = pilot(most_mentors=1), [PersonFactory(rank=2), PersonFactory(rank=2)]
    outcomes: list[str] = []

    def ask(person: Any) -> None:
        try:
            join(program, person)
            outcomes.append("in")
        except ValidationError as refusal:
            outcomes.extend(refusal.messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == sorted([FULL, "in"])
    assert Participation.objects.count() == 1


def test_the_page_says_so_before_anything_is_typed_and_tells_no_number(client):
    program, person = pilot(most_mentors=1), PersonFactory(rank=2)
    MentorFactory(program=program)
    client.force_login(person)
    page = client.get(f"/programs/{program.pk}/volunteer/mentor/")
    assert FULL in page.text
    assert page.context.get("form") is None


def test_what_was_typed_is_kept_when_the_pilot_fills_up_meanwhile(client):
    program, person = pilot(most_mentors=1), PersonFactory(rank=2)
    MentorFactory(program=program)
    client.force_login(person)
    sent = {
        "offered_more": [SkillFactory().pk], "languages": ["en"], "ways": ["video"], "hours_a_month": 2, "places": 1,
        "number_one": "To be heard.", "not_discussed": "My last job.", "unsigned": "1",
    }  # fmt: skip
    answer = send_offer(client, program, "mentor", **sent)
    assert answer.status_code == 422
    assert FULL in answer.text
    assert "My last job." in answer.text
    assert drafts.told_so_far(person, program, Side.MENTOR).answers["number_one"] == ["To be heard."]
    assert "What you have written is kept." in client.get(step_url(program, "mentor", "about")).text
    assert not Participation.objects.filter(person=person).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_pilots_as_for_one(count, django_assert_max_num_queries):
    person = PersonFactory(rank=2)
    counts = []
    for _ in range(2):
        for _ in range(count):
            pilot(most_mentors=2)
        with django_assert_max_num_queries(15) as asked:
            assert queries.program_cards(queries.mine(person), on=date(2026, 11, 26))
        counts.append(len(asked))
    assert counts[0] == counts[1]
