"""The demo company: the same on every machine, whole, and with something of everything in its history."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

import clock
from matching.models import MatchingRun, Proposal
from matching.queries import waiting_in
from mentoring.demo.comments import COMMENTS
from mentoring.demo.company import SITES, invent
from notifications.choices import NoticeState
from notifications.models import Notice
from pairings.choices import Moment
from pairings.models import Agreement, CheckIn, Extension, Goal, Meeting, Pairing, SkillRating, Task
from people.models import Person
from programs.choices import Stage
from programs.models import Program
from surveys.models import Answer, Insight, Survey, Theme

TODAY = clock.today(ZoneInfo("Europe/London"))


@pytest.mark.parametrize("size", [60, 400, 3000])
def test_a_company_has_the_size_asked_for_and_one_whole_tree(size):
    employees = {each.number: each for each in invent(size, seed=7, on=TODAY).employees}
    assert len(employees) == size
    assert [number for number, each in employees.items() if not each.manager] == ["N-0001"]
    for each in employees.values():
        above = each
        for _ in range(12):
            if not above.manager:
                break
            assert employees[above.manager].rank > above.rank
            above = employees[above.manager]
        assert above.number == "N-0001"
    assert len({each.email for each in employees.values()}) == size
    assert {each.site for each in employees.values()} <= set(SITES)


def test_the_same_seed_gives_the_same_company_and_another_gives_another():
    assert invent(200, seed=7, on=TODAY) == invent(200, seed=7, on=TODAY)
    assert invent(200, seed=7, on=TODAY) != invent(200, seed=8, on=TODAY)


def test_bo_is_the_line_manager_of_otto_and_nothing_more():
    employees = {each.number: each for each in invent(60, seed=7, on=TODAY).employees}
    assert (employees["N-0001"].given_name, employees["N-0001"].roles) == ("Bo", {})
    assert (employees["N-0002"].given_name, employees["N-0002"].manager) == ("Otto", "N-0001")
    assert [each.given_name for each in employees.values() if each.roles.get("is_executive")] == ["Eva"]


def test_nobody_manages_a_crowd():
    reports = Counter(each.manager for each in invent(3000, seed=7, on=TODAY).employees)
    assert max(reports.values()) <= 20


ALL_COMMENTS = [comment for kind in COMMENTS.values() for comment in kind]


def test_nothing_is_said_twice_in_the_surveys():
    assert len(ALL_COMMENTS) == len(set(ALL_COMMENTS)) > 120


@pytest.mark.django_db
def test_the_history_has_something_of_everything():
    call_command("seed_company", "--employees", "120", verbosity=0)
    assert Counter(Program.objects.values_list("stage", flat=True)) == {
        Stage.CLOSED: 1,
        Stage.RUNNING: 1,
        Stage.ENROLMENT: 1,
        Stage.DRAFT: 1,
    }
    running = Program.objects.get(stage=Stage.RUNNING)
    pairs = Pairing.objects.filter(program=running)
    ours = pairs.get(mentor__person__employee_number="N-0101")
    assert ours.mentee.person.employee_number == "N-0002"
    assert ours.meetings.count() >= 2
    assert pairs.filter(ended_on__isnull=False).exists(), "one ended early"
    assert Agreement.objects.filter(pairing__in=pairs, mentee_signed_at=None).exists(), "one waits for a signature"
    assert Extension.objects.filter(pairing__in=pairs, answered_at=None).exists(), "one asks to go on"
    assert pairs.filter(meetings__isnull=True).exists(), "one has not met yet"
    assert Proposal.objects.filter(program=running, pairing=None, closed_at=None).exists(), "proposals wait"
    assert MatchingRun.objects.filter(program__stage=Stage.CLOSED).exists()
    waiting = waiting_in(Program.objects.get(stage=Stage.ENROLMENT), clock.now())
    assert min(waiting.mentors, waiting.mentees) > 3, "a search has something to look for"
    assert Survey.objects.filter(closes_on__lt=TODAY).exists()
    assert Survey.objects.filter(closes_on__gt=TODAY).exists()
    assert Answer.objects.count() > 10
    said = [value for row in Answer.objects.all() for value in row.values.values() if value in ALL_COMMENTS]
    assert len(said) == len(set(said)) > 20, "nobody repeats what a colleague wrote, word for word"
    heard = Theme.objects.filter(program__stage=Stage.CLOSED)
    assert sorted(theme.replies.count() for theme in heard) == [0, 1], "a sponsor answered one theme, and one waits"
    released = Theme.objects.filter(program=running, written_by=None)
    assert sorted(theme.replies.count() for theme in released) == [0, 0, 1], "pairs released three, and one is answered"
    assert Insight.objects.get().pairing == ours, "and Otto has not answered what Mina suggests"
    assert Meeting.objects.count() > 50
    assert CheckIn.objects.count() > 20
    assert Goal.objects.count() > 20
    assert {task.done_at is None for task in Task.objects.all()} == {True, False}
    rated = Counter(SkillRating.objects.filter(pairing__program__stage=Stage.CLOSED).values_list("moment", flat=True))
    assert rated[Moment.END] > 0.6 * rated[Moment.START] > 14, "most who rated themselves do so once more"
    assert not Meeting.objects.filter(held_on__gt=TODAY).exists()
    now = clock.now()
    late = Notice.objects.filter(state=NoticeState.OWED, take_up_at__lt=now - timedelta(days=1))
    assert not late.exists(), "nobody finds a year's mail in the catcher"
    assert Notice.objects.filter(state=NoticeState.OWED, due_at__gt=now).exists()
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_company")
    assert not any(person.has_usable_password() for person in Person.objects.all()[:20])
