"""Another way to search is tried beside a search, changes nothing before it is used, and sends nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import clock
from matching import certificates, comparing, fairness, queries, rules
from matching.actions import (
    PairsAffected,
    keep_pair,
    publish,
    request_run,
    solve_next,
    solve_run,
    try_scenario,
    use_scenario,
)
from matching.choices import FitInWords, Hand, RunState, TradeOff
from matching.departures import departures_of, outcome_of_using
from matching.engine import FairnessPoint
from matching.models import MatchingRun, Proposal, Ruling, Scenario
from matching.terms import Decision, Terms, copied_from, terms_of_program
from matching.tests.factories import PROPOSED_AT, REQUESTED_AT, mina_and_otto, pool, program_of_cora
from matching.tests.test_search import at_once
from matching.tests.test_search_again import THE_NEXT_MORNING, decline, proposed, searched
from participants.models import Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import PersonFactory, StenFactory
from programs.choices import Criterion, Importance, Side, WishLists
from programs.models import CriterionImportance, Program
from programs.rules import LevelsLeaveNoGap
from programs.tests.factories import DutyFactory

pytestmark = pytest.mark.django_db

LATER = REQUESTED_AT + timedelta(minutes=5)


def fresh(run: MatchingRun) -> Any:
    """As a page reads it."""
    return MatchingRun.objects.select_related("program", "scenario").get(pk=run.pk)


def solved(program: Program, by: Person) -> Any:
    run = request_run(program, by=by, at=REQUESTED_AT)
    assert solve_run(run.pk, at=REQUESTED_AT)
    run = fresh(run)
    assert run.failure == ""
    return run


def tried(start: MatchingRun, terms: Terms, by: Person, name: str = "Another way") -> Any:
    run = try_scenario(start, name=name, terms=terms, by=by, at=LATER)
    assert solve_run(run.pk, at=LATER)
    run = fresh(run)
    assert (run.failure, run.state) == ("", RunState.TRIED)
    return run


def used(run: MatchingRun, by: Person) -> MatchingRun:
    return use_scenario(run, seen=outcome_of_using(run).mark, by=by, at=LATER)


def pairs_of(run: MatchingRun) -> set[tuple[Participation, Participation]]:
    return {(row.mentor, row.mentee) for row in run.suggestions.select_related("mentor", "mentee")}


def colleagues(program: Program) -> tuple[Participation, Participation]:
    """Two of one function: the program keeps them apart."""
    mentor = MentorFactory(program=program, person=PersonFactory(rank=2))
    mentee = MenteeFactory(program=program, person=PersonFactory(rank=6, function=mentor.person.function))
    return mentor, mentee


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def words_of(page: bytes) -> str:
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&quot;", '"').split())


# -- trying -------------------------------------------------------------------------------------------------------


def test_a_scenario_goes_by_its_own_rules_and_leaves_the_program_and_its_base_alone() -> None:
    program, cora = program_of_cora()
    mentor, mentee = colleagues(program)
    base = solved(program, cora)
    before = terms_of_program(program)
    assert pairs_of(base) == set()

    terms = copied_from(base)
    assert terms == before
    run = tried(base, replace(terms, rules={**terms.rules, "different_function": False}), cora)

    assert pairs_of(run) == {(mentor, mentee)}
    assert certificates.check_run(run).ok
    assert run.inputs_hash != base.inputs_hash
    assert run.settings["rules"]["different_function"] is False
    program.refresh_from_db()
    assert terms_of_program(program) == before
    assert MatchingRun.objects.get(pk=base.pk).state == RunState.SOLVED
    newest = queries.newest_run(program)
    assert newest is not None
    assert newest.run == base  # nothing to send is announced for what is only tried
    assert departures_of([run])[0].all == ("Pairs within one function are allowed; the program rules them out.",)
    assert run.scenario.total_by_base == run.suggestions.get().fit


def test_what_always_holds_holds_in_a_scenario_too() -> None:
    program, cora = program_of_cora(different_function=False)
    boss = PersonFactory(rank=6)
    MenteeFactory(program=program, person=boss)
    mentor = MentorFactory(program=program, person=PersonFactory(rank=2, manager=boss))
    base = solved(program, cora)
    kept = Decision(mentor.pk, program.participations.get(side=Side.MENTEE).pk, Hand.KEEP)
    run = tried(base, replace(copied_from(base), decisions=(kept,)), cora)
    assert pairs_of(run) == set()
    shown = queries.board(run, LATER)
    assert [each.why for each in shown.not_kept] == ["a rule of the program keeps them apart now"]
    assert not Ruling.objects.exists()


def test_importances_places_and_decisions_are_those_of_the_scenario() -> None:
    program, cora = program_of_cora()
    pool(program, 6, 6)
    base = solved(program, cora)
    found = sorted(pairs_of(base), key=lambda pair: pair[0].pk)
    apart = found[0]
    out = next(mentor for mentor, _ in found if mentor != apart[0])
    terms = replace(
        copied_from(base),
        rules={**copied_from(base).rules, "different_function": False},
        importances={
            **dict.fromkeys(Criterion, Importance.OFF),
            Criterion.LANGUAGE: Importance.HIGH,
            Criterion.ACROSS: Importance.LOW,
        },
        places={out.pk: 0, apart[0].pk: 1},
        decisions=(Decision(apart[0].pk, apart[1].pk, Hand.NEVER),),
    )
    run = tried(base, terms, cora)
    assert {name for name, weight in run.settings["weights"].items() if weight} == {"language", "across"}
    kinds = {kind for each in run.suggestions.all() for kind in each.parts[-1]["kinds"]}
    assert "function" in kinds  # counted, now that it is not asked of every pair
    assert apart not in pairs_of(run)
    assert out not in {mentor for mentor, _ in pairs_of(run)}
    assert out.pk.hex not in run.certificate["mentor_keys"]
    row = run.certificate["mentor_keys"].index(apart[0].pk.hex)
    assert run.certificate["mentor_places"][row] == 1
    # Its pairs, counted as the base counts: the parts of a pair with all criteria.
    assert 0 < run.scenario.total_by_base != sum(each.fit for each in run.suggestions.all())
    assert run.scenario.total_by_base <= base.certificate["proof"]["total"]
    assert f"{out.person.name} takes nobody in this search." in departures_of([run])[0].of_search


def test_nothing_is_tried_that_a_program_could_not_ask_for() -> None:
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    base = solved(program, cora)
    terms = copied_from(base)
    refused: Sequence[tuple[type[ValidationError], Terms]] = (
        (rules.MorePlacesThanTold, replace(terms, places={mina.pk: mina.places + 1})),
        (LevelsLeaveNoGap, replace(terms, rules={**terms.rules, "level_gap": 20})),
        (ValidationError, replace(terms, importances=dict.fromkeys(Criterion, Importance.OFF))),
    )
    for kind, asked in refused:
        with pytest.raises(kind):
            try_scenario(base, name="No", terms=asked, by=cora, at=LATER)
    queued = request_run(program, by=cora, at=LATER)
    with pytest.raises(rules.NotToBeCopied):
        try_scenario(queued, name="No", terms=terms, by=cora, at=LATER)
    with pytest.raises(rules.SearchUnderWay):
        try_scenario(base, name="No", terms=terms, by=cora, at=LATER)
    with pytest.raises(rules.NotTheirSearch):
        try_scenario(base, name="No", terms=terms, by=StenFactory(), at=LATER)
    assert not Scenario.objects.exists()


def test_what_people_wish_cannot_be_read_off_a_scenario() -> None:
    program, cora = program_of_cora(wish_lists=WishLists.NAMED)
    CriterionImportance.objects.create(
        program=program, criterion=Criterion.PARTNER_WISHES, importance=Importance.MEDIUM
    )
    mina_and_otto(program)
    base = solved(program, cora)
    terms = copied_from(base)
    fewer = {**terms.importances, Criterion.WISHES_MET: Importance.OFF}
    without = {**terms.importances, Criterion.PARTNER_WISHES: Importance.OFF}
    more = {**terms.importances, Criterion.WISHES_RETURNED: Importance.HIGH}
    for importances in (fewer, without, more):
        with pytest.raises(rules.WishesWouldShow):
            try_scenario(base, name="Wishes", terms=replace(terms, importances=importances), by=cora, at=LATER)
    form = client_of(cora).get(reverse("matching:try_another_way", args=[program.pk, base.pk])).context["form"]
    assert [name for name in form.fields if "partner_wishes" in name] == []
    assert tried(base, terms, cora).settings["weights"] == base.settings["weights"]


def test_a_second_click_is_shown_what_the_first_began_and_a_name_stands_for_one_thing() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    base = solved(program, cora)
    terms = copied_from(base)
    first = try_scenario(base, name="One level", terms=terms, by=cora, at=LATER)
    assert try_scenario(base, name="one level", terms=terms, by=cora, at=LATER) == first
    assert solve_next(at=LATER)
    assert try_scenario(base, name="One level", terms=terms, by=cora, at=LATER) == first
    other = replace(terms, rules={**terms.rules, "level_gap": 1})
    with pytest.raises(rules.NameTaken, match="One level"):
        try_scenario(base, name="One level", terms=other, by=cora, at=LATER)
    kelvin = tried(base, other, cora, name="\u212aelvin")  # a sign of its own that is a k in small letters
    assert kelvin.terms == other.as_json()
    with pytest.raises(rules.NameTaken):
        try_scenario(base, name="kelvin", terms=terms, by=cora, at=LATER)
    copy = try_scenario(fresh(first), name="Further", terms=other, by=cora, at=LATER)
    assert copy.scenario.base == base  # a scenario of a scenario stands beside the same search


# -- fairness -----------------------------------------------------------------------------------------------------


def test_a_stronger_weakest_pair_costs_no_pair_and_no_more_than_allowed() -> None:
    curve = [FairnessPoint(None, 10, 5, 1000), FairnessPoint(20, 21, 5, 995), FairnessPoint(30, 30, 5, 900)]
    floors = [fairness.floor_for(curve, each) for each in TradeOff]
    assert floors == [None, 20, 20, 30, 30]

    program, cora = program_of_cora()
    pool(program, 8, 8)
    base = solved(program, cora)
    assert len(base.curve) > 1  # else the pool shows nothing
    run = tried(base, replace(copied_from(base), trade_off=TradeOff.FAIREST), cora)
    best, fair = ([each.fit for each in of.suggestions.all()] for of in (base, run))
    assert (len(fair), min(fair)) == (len(best), run.curve[-1]["weakest"])
    assert min(fair) > min(best)
    assert sum(fair) < sum(best)
    assert run.curve == base.curve
    assert [queries.board(each, LATER).proof.has_floor for each in (base, run)] == [False, True]  # type: ignore[union-attr]
    assert run.certificate["verified"]
    assert certificates.check_run(run).ok
    assert certificates.question_of(run.certificate).digest == run.inputs_hash


def test_who_has_waited_comes_first_and_a_search_that_is_owed_begins_whatever_was_only_tried() -> None:
    proposal, cora = proposed()
    program = proposal.program
    MenteeFactory(program=program, volunteered_at=PROPOSED_AT + timedelta(hours=1))
    MentorFactory(program=program, volunteered_at=PROPOSED_AT + timedelta(hours=1))
    decline(proposal)
    base, at = MatchingRun.objects.get(), THE_NEXT_MORNING + timedelta(hours=1)
    terms = replace(copied_from(base), trade_off=TradeOff.FAIREST)
    run = try_scenario(base, name="Fair", terms=terms, by=cora, at=at)
    assert solve_run(run.pk, at=at)
    run = fresh(run)
    assert (run.state, run.curve, run.certificate["floor"]) == (RunState.TRIED, [], None)
    shown = comparing.compare(fresh(base), at)
    assert "People who have waited through earlier rounds come first here." in shown.why_not_drawn
    owed = searched(at + timedelta(hours=1))
    assert (owed.repairs, owed.terms) == (None, None)


# -- using --------------------------------------------------------------------------------------------------------


def test_only_what_was_used_is_sent_and_using_it_changes_the_program() -> None:
    program, cora = program_of_cora()
    mentor, mentee = colleagues(program)
    mina, otto = mina_and_otto(program)
    base = solved(program, cora)
    keep_pair(program, mentor=mina, mentee=otto, by=cora, at=REQUESTED_AT)
    solve_next(at=REQUESTED_AT)
    terms = copied_from(base)
    asked = replace(
        terms,
        rules={**terms.rules, "different_function": False},
        importances={**terms.importances, Criterion.SITE: Importance.HIGH},
        decisions=(Decision(mentor.pk, mentee.pk, Hand.KEEP),),
    )
    run = tried(base, asked, cora)
    with pytest.raises(rules.SearchNotThere, match="Use it first"):
        publish(run, by=cora, at=LATER)
    with pytest.raises(rules.SearchNotThere):
        request_run(program, by=cora, at=LATER, repairs=run)
    with pytest.raises(rules.NotTheirSearch):
        use_scenario(run, seen=outcome_of_using(run).mark, by=StenFactory(), at=LATER)

    outcome = outcome_of_using(run)
    assert outcome.of_program == (
        "Pairs within one function are allowed; the program rules them out.",
        "“The same site” counts high; in the program it counts low.",
    )
    assert outcome.of_pairs == (
        f"{mina.person.name} and {otto.person.name} are left to the search.",
        f"{mentor.person.name} and {mentee.person.name} are kept together.",
    )
    assert outcome.set_aside == (base,)
    for _ in range(2):  # a second click changes nothing
        used_run = use_scenario(run, seen=outcome.mark, by=cora, at=LATER)
    assert (used_run.state, used_run.scenario.chosen_by) == (RunState.SOLVED, cora)
    program = Program.objects.get(pk=program.pk)
    assert program.changed_by == cora
    assert terms_of_program(program) == asked
    assert MatchingRun.objects.get(pk=base.pk).state == RunState.DISCARDED
    assert not Proposal.objects.exists()
    assert departures_of([used_run])[0].all == ()

    # The program's rule is the last word, also after it was used.
    Program.objects.filter(pk=program.pk).update(different_function=True)
    with pytest.raises(PairsAffected, match="same function"):
        publish(used_run, by=cora, at=LATER)
    Program.objects.filter(pk=program.pk).update(different_function=False)
    assert {(each.mentor, each.mentee) for each in publish(used_run, by=cora, at=LATER)} == pairs_of(run)


def test_nobody_agrees_to_something_else_than_they_read() -> None:
    program, cora = program_of_cora()
    pool(program, 3, 3)
    other = PersonFactory(is_coordinator=True)
    DutyFactory(program=program, person=other)
    base = solved(program, cora)
    terms = copied_from(base)
    first = tried(base, replace(terms, rules={**terms.rules, "level_gap": 1}), cora, "First")
    second = tried(base, replace(terms, rules={**terms.rules, "level_gap": 3}), other, "Second")
    seen = outcome_of_using(second).mark
    used(first, cora)
    with pytest.raises(rules.NotAsSeen):
        use_scenario(second, seen=seen, by=other, at=LATER)
    assert Program.objects.get(pk=program.pk).level_gap == 1
    assert MatchingRun.objects.get(pk=second.pk).state == RunState.TRIED
    second = fresh(second)
    assert outcome_of_using(second).set_aside == (first,)
    used(second, other)
    assert [MatchingRun.objects.get(pk=each.pk).state for each in (base, first)] == [RunState.DISCARDED] * 2


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_use_one_scenario() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    other = PersonFactory(is_coordinator=True)
    DutyFactory(program=program, person=other)
    base = solved(program, cora)
    both = [(tried(base, copied_from(base), by, name), by) for by, name in ((cora, "One"), (other, "Two"))]
    together, outcomes = Barrier(2), []

    def click(run: MatchingRun, by: Person) -> None:
        seen = outcome_of_using(run).mark
        together.wait()
        try:
            outcomes.append(use_scenario(run, seen=seen, by=by, at=LATER).state)
        except rules.NotAsSeen:
            outcomes.append("read again")
        finally:
            connection.close()

    at_once(*(partial(click, run, by) for run, by in both))
    assert sorted(outcomes) == ["read again", RunState.SOLVED]
    states = MatchingRun.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == [RunState.DISCARDED, RunState.SOLVED, RunState.TRIED]


def test_repairing_what_was_used_asks_for_the_same_places() -> None:
    program, cora = program_of_cora()
    mentors, _ = pool(program, 4, 4)
    base = solved(program, cora)
    limited = next(one for one in mentors if one.places == 2)
    run = used(tried(base, replace(copied_from(base), places={limited.pk: 1}), cora), cora)
    repair = request_run(program, by=cora, at=LATER, repairs=run)
    assert solve_run(repair.pk, at=LATER)
    repair = fresh(repair)
    row = repair.certificate["mentor_keys"].index(limited.pk.hex)
    assert repair.certificate["mentor_places"][row] == 1
    assert repair.terms == {"places": {str(limited.pk): 1}, "trade_off": "free"}
    assert repair.state == RunState.SOLVED


# -- the pages ----------------------------------------------------------------------------------------------------


def test_a_coordinator_tries_compares_and_uses_a_scenario() -> None:
    program, cora = program_of_cora()
    pool(program, 6, 6)
    base, client = solved(program, cora), client_of(cora)
    url = {name: reverse(f"matching:{name}", args=[program.pk, base.pk]) for name in ("try_another_way", "compare")}
    mentor, mentee = sorted(pairs_of(base), key=lambda pair: pair[0].pk)[0]

    form = client.get(url["try_another_way"])
    asked = {name: field.value() for name, field in ((each.name, each) for each in form.context["form"])}
    asked = {name: value for name, value in asked.items() if value not in (None, False)}
    refused = client.post(url["try_another_way"], asked | {"limited_1": mentor.person.email, "most_1": 5, "name": "x"})
    assert refused.status_code == 422
    assert f"has room for {mentor.places} partner" in words_of(refused.content)
    half = client.post(url["try_another_way"], asked | {"mentor_1": mentor.person.email, "name": "x"})
    assert "A decision needs two people" in words_of(half.content)
    assert not Scenario.objects.exists()

    asked |= {
        "name": "Apart",
        "limited_1": mentee.person.email,
        "most_1": 1,
        "mentor_1": mentor.person.email,
        "mentee_1": mentee.person.employee_number,
        "hand_1": "never",
        "level_gap": 1,
    }
    answer = client.post(url["try_another_way"], asked)
    scenario = Scenario.objects.get()
    progress = reverse("matching:progress", args=[program.pk, scenario.run_id])
    assert answer["Location"] == progress
    assert "“Apart” is being searched" in words_of(client.get(url["compare"]).content)
    solve_run(scenario.run_id, at=clock.now())
    assert client.get(progress)["Location"] == url["compare"]

    page = client.get(url["compare"])
    text = words_of(page.content)
    one, other = page.context["compared"].columns
    assert (one.total, other.pairs) == ("100.0%", scenario.run.suggestions.count())
    assert other.only_in_base.count == len(pairs_of(base) - pairs_of(scenario.run)) > 0
    assert other.only_here.count == len(pairs_of(scenario.run) - pairs_of(base))
    assert other.same == len(pairs_of(scenario.run) & pairs_of(base))
    assert f"{mentor.person.name} and {mentee.person.name}" in text
    assert f"{mentee.person.name} takes at most 1 partner in this search." in text
    assert "What fairness costs" in text
    assert other.weakest in FitInWords
    covered = {line.name: [cell.words for cell in line.cells] for line in page.context["compared"].coverage[0].lines}
    placed = {one for one, _ in pairs_of(base)}
    name = str(mentor.person.function)
    expected = sum(str(one.person.function) == name for one in placed)
    waited = program.participations.filter(side=Side.MENTOR, person__function__name=name).count()
    assert covered[name][0] == f"{expected} of {waited}"

    board = words_of(client.get(reverse("matching:board", args=[program.pk, scenario.run_id])).content)
    assert "It changes nothing, and nobody is told anything, before you use it." in board
    assert "Use this one" in board
    assert "Send" not in board
    assert "Compare 1 scenario" in words_of(client.get(reverse("matching:board", args=[program.pk, base.pk])).content)

    use = reverse("matching:use", args=[program.pk, scenario.run_id])
    asking = client.get(use)
    assert "mentees; the program asks for 2" in words_of(asking.content)
    stale = client.post(use, {"seen": "something else"})
    assert stale.status_code == 422
    assert "nothing was done" in words_of(stale.content)
    for _ in range(2):
        done = client.post(use, {"seen": asking.context["outcome"].mark}, follow=True)
    assert "is what would be sent now" in words_of(done.content)
    assert "Send" in words_of(done.content)
    assert not Proposal.objects.exists()
    assert Program.objects.get(pk=program.pk).level_gap == 1


def test_people_who_moved_meanwhile_are_counted_and_a_bigger_program_asks_no_more_questions() -> None:
    program, cora = program_of_cora()
    mentors, _ = pool(program, 3, 3)
    base = solved(program, cora)
    for name in ("One", "Two", "Three", "Four"):
        tried(base, copied_from(base), cora, name)
    assert comparing.compare(base, LATER).columns[1].moved == ()
    shown = comparing.compare(base, LATER)
    assert [column.title for column in shown.columns[1:]] == ["Two", "Three", "Four"]
    first = Scenario.objects.get(name="One")
    assert [each.title for each in comparing.compare(base, LATER, [str(first.run_id)]).columns[1:]] == ["One"]
    Participation.objects.filter(pk=mentors[0].pk).update(withdrawn_at=LATER)
    base = fresh(base)
    with CaptureQueriesContext(connection) as few:
        moved = comparing.compare(base, LATER).columns[1].moved
    assert moved == ("1 person it looked at does not wait any more.",)

    pool(program, 5, 5, seed=9)
    again = solved(program, cora)
    for name in ("One", "Two", "Three"):
        tried(again, copied_from(again), cora, name)
    again = fresh(again)
    with CaptureQueriesContext(connection) as many:
        comparing.compare(again, LATER)
    assert len(many) <= len(few)


def test_figures_are_not_drawn_where_people_may_have_told_the_search_something_alone() -> None:
    program, cora = program_of_cora()
    pool(program, 8, 8)
    first = solved(program, cora)
    column = comparing.compare(first, LATER).columns[0]
    assert column.curve is not None
    publish(first, by=cora, at=REQUESTED_AT)
    Proposal.objects.update(closed_at=LATER, proposed_at=REQUESTED_AT - timedelta(days=1))
    assert comparing.compare(first, LATER).columns[0].curve is None
