"""Small steps of a goal."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from pairings import rules
from pairings.actions.locking import held
from pairings.models import Goal, Task
from pairings.private_words import opened, sealed
from people.models import Person


@sensitive_variables("title")
@transaction.atomic
def add_task(
    goal: Goal, *, by: Person, at: datetime, on: date, title: str, due_on: date | None = None
) -> Task:  # fmt: skip
    """Add a step to a goal, by a day of the pair or by none. The same step posted twice is one step; with another day,
    it is due on that one while it is open. Without one it keeps the day it has, which may be the other’s."""
    goal = _goal(goal, by=by, on=on)
    if due_on is not None:
        rules.insist_due_in_term(goal.pairing, due_on)
    there = list(goal.tasks.all())
    for task in there:
        if opened(task.title, goal.pairing, task, "title") == title:
            if due_on is not None and task.done_at is None and task.due_on != due_on:
                task.due_on = due_on
                task.save(update_fields=["due_on"])
            return task
    if len(there) >= rules.MOST_TASKS:
        raise rules.EnoughTasks
    task = Task(goal=goal, due_on=due_on, set_by=by, set_at=at)
    task.title = sealed(title, goal.pairing, task, "title")
    task.save(force_insert=True)
    return task


@transaction.atomic
def mark_task(task: Task, *, by: Person, at: datetime, on: date, done: bool) -> None:
    """Say that a step is done, or that it is not after all. Either of the two may."""
    goal = _goal(task.goal, by=by, on=on)
    goal.tasks.filter(pk=task.pk, done_at__isnull=done).update(done_at=at if done else None)


@transaction.atomic
def remove_task(task: Task, *, by: Person, on: date) -> None:
    """Take a step away. One that is gone already stays gone."""
    goal = _goal(task.goal, by=by, on=on)
    goal.tasks.filter(pk=task.pk).delete()


def _goal(goal: Goal, *, by: Person, on: date) -> Goal:
    """The goal, fresh, with its pair held, if this person may change its steps on that day."""
    pairing = held(goal.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    fresh: Goal = pairing.goals.get(pk=goal.pk)
    rules.insist_open_goal(fresh)
    fresh.pairing = pairing
    return fresh
