"""What the pair wants to reach."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from pairings import notices, rules
from pairings.actions.locking import held
from pairings.choices import GoalState
from pairings.models import Goal, Pairing
from pairings.private_words import opened, sealed
from people.models import Person


@sensitive_variables("title")
@transaction.atomic
def set_goal(pairing: Pairing, *, by: Person, at: datetime, on: date, title: str, due_on: date) -> Goal:
    """Set a goal for the two. The same goal for the same day posted twice is one goal."""
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    rules.insist_due_in_term(pairing, due_on)
    open_goals = list(pairing.goals.filter(state=GoalState.OPEN))
    for goal in open_goals:
        if goal.due_on == due_on and opened(goal.title, pairing, goal, "title") == title:
            return goal
    if len(open_goals) >= rules.MOST_OPEN_GOALS:
        raise rules.EnoughGoals
    goal = Goal(pairing=pairing, due_on=due_on, set_by=by, set_at=at)
    goal.title = sealed(title, pairing, goal, "title")
    goal.save(force_insert=True)
    notices.owe_goal(goal, at=at)
    return goal


@sensitive_variables("title", "wanted", "current")
@transaction.atomic
def update_goal(
    goal: Goal,
    *,
    by: Person,
    at: datetime,
    on: date,
    based_on: int,
    title: str,
    due_on: date,
    progress: int,
    state: GoalState,
) -> Goal:
    """Change a goal, say how far it came, or close it as met or dropped. A goal that is met is met to the full.

    ``based_on`` is the version the person had before their eyes; ``GoalChanged`` refuses if the partner saved
    another one meanwhile. The same change posted twice is one change.
    """
    pairing = held(goal.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    goal = pairing.goals.get(pk=goal.pk)
    if state == GoalState.MET:
        progress = 100
    wanted = (title, due_on, progress, state)
    current = (opened(goal.title, pairing, goal, "title"), goal.due_on, goal.progress, GoalState(goal.state))
    if wanted == current:
        return goal
    if goal.version != based_on:
        raise rules.GoalChanged
    rules.insist_may_move(goal, state)
    if due_on != goal.due_on:
        rules.insist_due_in_term(pairing, due_on)
    goal.title = sealed(title, pairing, goal, "title")
    goal.due_on, goal.progress, goal.state = due_on, progress, state
    goal.version += 1
    goal.save(update_fields=["title", "due_on", "progress", "state", "version"])
    goal.pairing = pairing
    notices.owe_goal(goal, at=at)
    return goal
