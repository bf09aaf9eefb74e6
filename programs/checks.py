"""What this app itself looks at before a program moves on; registered when Django starts."""

from __future__ import annotations

from datetime import date

from people.models import Person
from programs import queries
from programs.choices import Duty, Stage
from programs.models import Program
from programs.rules import has_a_coordinator, require


def has_objective(program: Program, on: date) -> str | None:
    if program.objectives.exists():
        return None
    return "There is no objective yet. Add at least one, with a target and a date."


def has_topic(program: Program, on: date) -> str | None:
    if program.topics.exists():
        return None
    return "There is no topic yet. Add what people may offer and want to learn."


def has_coordinator(program: Program, on: date) -> str | None:
    if has_a_coordinator(program, on=on):
        return None
    return "There is no coordinator who works here. Name one."


def has_supervisor(program: Program, on: date) -> str | None:
    if program.duties.filter(duty=Duty.SUPERVISOR, person__in=Person.objects.employed(on)).exists():
        return None
    return "There is no supervisor to turn to in difficulty. Name one; it may be somebody outside HR."


def has_days_left(program: Program, on: date) -> str | None:
    if program.ends_on > on:
        return None
    return f"The program ended on {program.ends_on:%-d %B %Y}. Choose a later end."


def has_possible_pairs(program: Program, on: date) -> str | None:
    found = queries.eligibility(program, on=on)
    if not found.mentors:
        return "Nobody is eligible as a mentor. Look at the level and the months here."
    if not found.mentees:
        return "Nobody is eligible as a mentee. Look at the level."
    if not found.possible_pairs:
        return "The rules keep every mentor from every mentee. Loosen one of them."
    return None


def register() -> None:
    for check in (has_objective, has_topic, has_coordinator, has_supervisor, has_days_left, has_possible_pairs):
        require(Stage.DRAFT, Stage.ENROLMENT, check)
        require(Stage.INTEREST, Stage.ENROLMENT, check)
    for check in (has_coordinator, has_days_left, has_possible_pairs):
        require(Stage.DRAFT, Stage.INTEREST, check)
    require(Stage.MATCHING, Stage.ENROLMENT, has_days_left)
    require(Stage.REVIEW, Stage.RUNNING, has_days_left)
