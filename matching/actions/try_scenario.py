"""Try a search another way, and use what was tried. Nothing is changed before it is used, and nothing sent by using."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Lower

from matching import rules
from matching.actions.search import begin
from matching.choices import RunState
from matching.departures import Outcome, outcome_of_using
from matching.models import MatchingRun, Ruling, Scenario
from matching.scoring import weights_of
from matching.terms import RULES, Decision, Terms, terms_of, terms_of_program
from participants.models import Participation
from people.models import Person
from programs import rules as program_rules
from programs.actions import change_program
from programs.choices import Criterion
from programs.models import Program


@transaction.atomic
def try_scenario(start: MatchingRun, *, name: str, terms: Terms, by: Person, at: datetime) -> MatchingRun:
    """Search by these terms, beside the search that ``start`` is or was tried against.

    The same name and terms again are the same scenario: a second click is shown what the first one began.
    """
    program = _hold(start.program, by)
    rules.insist_searching(program)
    rules.insist_may_be_copied(start)
    base = start.tried_as.base if start.tried_as is not None else start
    _insist_it_can_be_asked(program, terms)
    same_name = Scenario.objects.alias(small=Lower("name")).filter(base=base, small=Lower(Value(name)))
    namesake = same_name.select_related("run").first()
    if namesake is not None and namesake.run.terms == terms.as_json():
        return namesake.run
    if namesake is not None:
        raise rules.NameTaken(namesake.name)
    run = begin(MatchingRun(program=program, requested_by=by, requested_at=at, terms=terms.as_json()))
    Scenario.objects.create(run=run, base=base, name=name)
    return run


@transaction.atomic
def use_scenario(run: MatchingRun, *, seen: str, by: Person, at: datetime) -> MatchingRun:
    """Have the scenario be what would be sent, and the program ask for what it asked for.

    ``seen`` is the mark of the :class:`~matching.departures.Outcome` its reader saw; where using it would do something
    else by now, nothing is done. The search it was tried against, and whatever else was used of that, is set aside
    unless it was sent. Using it again changes nothing.
    """
    program = _hold(run.program, by)
    _hold_family(run.scenario.base_id)
    run = MatchingRun.objects.select_related("program", "scenario").get(pk=run.pk)
    scenario = run.scenario
    if scenario.chosen_at is not None:
        return run
    rules.insist_searching(program)
    rules.insist_tried(run)
    outcome = outcome_of_using(run)
    if seen != outcome.mark:
        raise rules.NotAsSeen
    terms = terms_of(run)
    if outcome.of_program:
        _change(program, terms, by=by, at=at)
    _decide(program, terms.decisions, by=by, at=at)
    _set_aside(outcome)
    run.state = RunState.SOLVED
    run.save(update_fields=["state"])
    scenario.chosen_at, scenario.chosen_by = at, by
    scenario.save(update_fields=["chosen_at", "chosen_by"])
    return run


def _hold(program: Program, by: Person) -> Program:
    """One decision at a time in a program."""
    rules.insist_may_match(by, program)
    held: Program = (
        Program.objects.select_for_update(of=("self",), no_key=True)
        .select_related("mentor_highest_level", "mentee_lowest_level")
        .get(pk=program.pk)
    )
    return held


def _hold_family(base: UUID) -> None:
    """The search that was tried against and all its scenarios, in one order: none of them is sent meanwhile."""
    family = MatchingRun.objects.filter(Q(pk=base) | Q(scenario__base=base)).order_by("pk")
    list(family.select_for_update(of=("self",)).values_list("pk"))


def _insist_it_can_be_asked(program: Program, terms: Terms) -> None:
    """What a program could not ask for, a scenario cannot try."""
    program_rules.insist_something_counts(terms.applied_to(program), terms.importances)
    _insist_wishes_stay_hidden(program, terms)
    program_rules.insist_levels_leave_gap(
        mentor_highest=program.mentor_highest_level,
        mentee_lowest=program.mentee_lowest_level,
        gap=terms.rules["level_gap"],
    )
    limited = Participation.objects.filter(program=program, pk__in=terms.places).select_related("person")
    for participation in limited:
        if terms.places[participation.pk] > participation.places:
            raise rules.MorePlacesThanTold(participation)


def _insist_wishes_stay_hidden(program: Program, terms: Terms) -> None:
    """What people wish is told to the search alone. A scenario in which it counted for more, for less, or not at all,
    would show it by the pairs that differ; and whatever else counts otherwise changes its share."""
    tried, now = (
        weights_of(program_rules.counting(each, each.importances)) for each in (terms.applied_to(program), program)
    )
    wishes_count = tried[Criterion.PARTNER_WISHES] or now[Criterion.PARTNER_WISHES]
    if wishes_count and (tried != now or terms.importances != program.importances):
        raise rules.WishesWouldShow


def _change(program: Program, terms: Terms, *, by: Person, at: datetime) -> None:
    """Through the program's own action, so that whoever has to act on a changed program does."""
    for name in RULES:
        setattr(program, name, terms.rules[name])
    program_rules.insist_levels_leave_gap(
        mentor_highest=program.mentor_highest_level,
        mentee_lowest=program.mentee_lowest_level,
        gap=program.level_gap,
    )
    change_program(
        program=program,
        topics=[topic.skill for topic in program.topics.select_related("skill")],
        areas=[row.place[1] for row in program.pilot_areas.with_names()],
        importances=terms.importances,
        by=by,
        at=at,
    )


def _decide(program: Program, decisions: Iterable[Decision], *, by: Person, at: datetime) -> None:
    """These pairs are decided by hand from now on, and no others; what stays keeps its row."""
    now = set(terms_of_program(program).decisions)
    for decision in now - set(decisions):
        Ruling.objects.filter(program=program, mentor=decision.mentor, mentee=decision.mentee).delete()
    known = Participation.objects.filter(program=program)
    there = set(known.values_list("pk", flat=True))
    Ruling.objects.bulk_create(
        Ruling(
            program=program,
            mentor_id=decision.mentor,
            mentee_id=decision.mentee,
            hand=decision.hand,
            ruled_by=by,
            ruled_at=at,
        )
        for decision in decisions
        if decision not in now and {decision.mentor, decision.mentee} <= there
    )


def _set_aside(outcome: Outcome) -> None:
    MatchingRun.objects.filter(pk__in=[run.pk for run in outcome.set_aside], state=RunState.SOLVED).update(
        state=RunState.DISCARDED
    )
