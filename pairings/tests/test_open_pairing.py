from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from pairings import actions, queries, rules
from pairings.models import Pairing
from pairings.tests.factories import STARTED_ON, PairingFactory, noon, pair, two_sides
from pairings.tests.instant import at_the_same_instant
from participants.models import Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import FunctionFactory, PersonFactory
from programs.choices import Stage
from programs.rules import MayNotPair
from programs.tests.factories import ProgramFactory


def open_pairing(mentor, mentee, on=STARTED_ON):
    return actions.open_pairing(mentor=mentor, mentee=mentee, by=mentor.person, at=noon(on), on=on)


@pytest.mark.django_db
class TestOpening:
    def test_a_pair_runs_for_the_term_of_its_program(self):
        pairing = pair(term_weeks=10)
        assert (pairing.started_on, pairing.runs_until) == (STARTED_ON, STARTED_ON + timedelta(weeks=10))

    def test_no_pair_runs_longer_than_its_program(self):
        pairing = pair(term_weeks=26, ends_on=date(2027, 3, 1))
        assert pairing.runs_until == date(2027, 3, 1)

    def test_a_pair_agreed_before_the_first_day_starts_on_it(self):
        pairing = pair(on=date(2026, 12, 1), starts_on=date(2026, 12, 7))
        assert pairing.started_on == date(2026, 12, 7)

    def test_no_pair_starts_after_the_program(self):
        mentor, mentee = two_sides(ends_on=date(2027, 1, 1))
        with pytest.raises(rules.ProgramOver):
            open_pairing(mentor, mentee)

    @pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.REVIEW, Stage.CLOSED])
    def test_no_pair_starts_while_its_program_rests(self, stage):
        mentor, mentee = two_sides()
        mentor.program.stage = stage
        mentor.program.save()
        with pytest.raises(rules.NoPairsNow):
            open_pairing(mentor, mentee)

    def test_the_rules_of_the_program_hold_here_too(self):
        function = FunctionFactory()
        mentor, mentee = two_sides(PersonFactory(rank=2, function=function), PersonFactory(rank=6, function=function))
        with pytest.raises(MayNotPair):
            open_pairing(mentor, mentee)

    def test_whoever_takes_fewer_partners_by_now_gets_no_more_than_those(self):
        mentor, mentee = two_sides()
        Participation.objects.filter(pk=mentor.pk).update(places=2)
        first = open_pairing(mentor, mentee)
        open_pairing(mentor, MenteeFactory(program=mentor.program))
        actions.end_pairing(first, by=mentor.person, at=noon(STARTED_ON), on=STARTED_ON)
        Participation.objects.filter(pk=mentor.pk).update(places=1)
        with pytest.raises(rules.NoPlaceLeft):
            open_pairing(mentor, MenteeFactory(program=mentor.program))

    def test_sides_cannot_be_swapped(self):
        mentor, mentee = two_sides()
        with pytest.raises(rules.NotTwoSides):
            actions.open_pairing(mentor=mentee, mentee=mentor, by=mentor.person, at=noon(STARTED_ON), on=STARTED_ON)

    def test_two_programs_do_not_make_a_pair(self):
        mentor, _ = two_sides()
        with pytest.raises(rules.NotTwoSides):
            open_pairing(mentor, MenteeFactory(program=ProgramFactory(stage=Stage.RUNNING)))

    def test_whoever_withdrew_is_not_paired(self):
        mentor, mentee = two_sides()
        mentee.withdrawn_at = noon(STARTED_ON)
        mentee.save()
        with pytest.raises(rules.NotTakingPart):
            open_pairing(mentor, mentee)

    @pytest.mark.parametrize("lacks", ["the charter", "guidance"])
    def test_whoever_is_not_ready_is_not_paired_and_a_pair_under_way_goes_on(self, lacks):
        mentor, mentee = two_sides()
        pairing = open_pairing(mentor, mentee)
        other = MenteeFactory(program=mentor.program)
        if lacks == "guidance":
            mentor.program.required_of_mentees = ["confidentiality"]
            mentor.program.save()
        else:
            other.signatures.all().delete()
        with pytest.raises(rules.NotReady):
            open_pairing(mentor, other)
        assert rules.is_open(pairing, on=STARTED_ON)

    def test_whoever_left_is_not_paired(self):
        mentor, mentee = two_sides()
        mentor.person.left_on = STARTED_ON
        mentor.person.save()
        with pytest.raises((rules.NotTakingPart, MayNotPair)):
            open_pairing(mentor, mentee)

    def test_the_same_two_are_one_pair_at_a_time(self):
        mentor, mentee = two_sides()
        mentor.places = mentee.places = 2
        mentor.save()
        mentee.save()
        open_pairing(mentor, mentee)
        with pytest.raises(rules.AlreadyPaired):
            open_pairing(mentor, mentee)

    def test_a_mentor_with_one_place_has_one_mentee(self):
        mentor, mentee = two_sides()
        open_pairing(mentor, mentee)
        with pytest.raises(rules.NoPlaceLeft):
            open_pairing(mentor, MenteeFactory(program=mentor.program))

    def test_a_mentor_with_two_places_has_two_mentees(self):
        mentor, mentee = two_sides()
        mentor.places = 2
        mentor.save()
        first = open_pairing(mentor, mentee)
        second = open_pairing(mentor, MenteeFactory(program=mentor.program))
        assert (first.mentor_place, second.mentor_place) == (1, 2)

    def test_a_place_is_free_on_the_day_the_pair_before_was_ended(self):
        mentor, mentee = two_sides()
        first = open_pairing(mentor, mentee)
        day = STARTED_ON + timedelta(days=30)
        actions.end_pairing(first, by=mentor.person, at=noon(day), on=day)
        assert open_pairing(mentor, MenteeFactory(program=mentor.program), on=day).mentor_place == 1

    def test_a_place_is_free_on_the_day_after_the_last_one(self):
        mentor, mentee = two_sides(term_weeks=4)
        first = open_pairing(mentor, mentee)
        other = MenteeFactory(program=mentor.program)
        with pytest.raises(rules.NoPlaceLeft):
            open_pairing(mentor, other, on=first.runs_until)
        assert open_pairing(mentor, other, on=first.runs_until + timedelta(days=1)).mentor_place == 1

    def test_the_database_refuses_a_place_taken_twice_whatever_the_code_does(self):
        first = PairingFactory()
        with pytest.raises(IntegrityError, match="pairing_mentor_place_free"), transaction.atomic():
            PairingFactory(program=first.program, mentor=first.mentor, started_on=first.runs_until)
        PairingFactory(program=first.program, mentor=first.mentor, started_on=first.runs_until + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(6))
def test_of_two_acceptances_at_the_same_instant_on_the_last_place_one_opens_a_pair(attempt):
    mentor, mentee = two_sides()
    other = MenteeFactory(program=mentor.program)
    outcomes = at_the_same_instant(lambda: open_pairing(mentor, mentee), lambda: open_pairing(mentor, other))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoPlaceLeft", "Pairing"]
    assert Pairing.objects.filter(mentor=mentor).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_two_pairs_that_share_both_people_do_not_wait_for_each_other_for_ever(attempt):
    mentor, mentee = two_sides()
    outcomes = at_the_same_instant(*[lambda: open_pairing(mentor, mentee)] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyPaired"] * 3 + ["Pairing"]


@pytest.mark.django_db
class TestPlaces:
    def test_places_are_counted_per_participation(self):
        mentor, mentee = two_sides()
        mentor.places = 3
        mentor.save()
        MentorFactory(program=mentor.program)
        open_pairing(mentor, mentee)
        here = Participation.objects.filter(program=mentor.program)
        assert queries.taken_places(here, STARTED_ON) == {mentor.pk: 1, mentee.pk: 1}

    def test_a_pair_that_is_over_takes_no_place(self):
        pairing = pair(term_weeks=4)
        day_after = pairing.runs_until + timedelta(days=1)
        here = Participation.objects.filter(program=pairing.program)
        assert queries.taken_places(here, pairing.runs_until)[pairing.mentor_id] == 1
        assert queries.taken_places(here, day_after)[pairing.mentor_id] == 0

    @pytest.mark.parametrize("pairs", [1, 3])
    def test_places_cost_one_query(self, pairs, django_assert_num_queries):
        program = ProgramFactory(stage=Stage.RUNNING)
        for _ in range(pairs):
            PairingFactory(program=program)
        with django_assert_num_queries(1):
            here = Participation.objects.filter(program=program)
            assert len(queries.taken_places(here, STARTED_ON)) == 2 * pairs


@pytest.mark.django_db
class TestFormerPartners:
    def test_present_and_former_pairs_are_known(self):
        now, over = PairingFactory(), PairingFactory(ended_on=STARTED_ON)
        assert queries.former_partners(now.program) == {(now.mentor_id, now.mentee_id)}
        assert queries.former_partners(over.program) == {(over.mentor_id, over.mentee_id)}

    def test_a_pair_of_an_earlier_program_is_known_in_the_next(self):
        before = PairingFactory()
        mentor, mentee = two_sides(before.mentor.person, before.mentee.person)
        stranger = MentorFactory(program=mentor.program)
        assert queries.former_partners(mentor.program) == {(mentor.pk, mentee.pk)}
        assert stranger.pk not in {one for one, _ in queries.former_partners(mentor.program)}
