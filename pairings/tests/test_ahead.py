"""Reminders ahead: what a coordinator reads of the days to come, and what stays between two people."""

from __future__ import annotations

from datetime import time, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import actions as actions_of_the_outbox
from notifications.models import DayOff, Notice
from pairings import actions
from pairings.choices import Kind
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import noon, pair
from participants.choices import Way
from people.tests.factories import PersonFactory


def page(pairing, reader):
    return as_seen_by(reader).get(f"/desk/programs/program/{pairing.program.pk}/reminders/")


def test_the_coordinator_reads_what_is_planned_day_by_day_with_names(pairing, cora):
    text = page(pairing, cora).text
    assert "Reminders ahead" in text
    assert [f"{name} Mentor" in text or name in text for name in ("Mina", "Otto")] == [True, True]
    days = page(pairing, cora).context["days"]
    last = noon(DAY) + timedelta(days=30)
    assert days
    assert all(DAY <= day.on <= last.date() for day in days)
    labels = {line.label for day in days for line in day.lines}
    assert labels <= {"Check-in", "The agreement is not signed", "No first meeting is planned"}


def test_nothing_stands_there_of_a_pair_that_has_ended_or_of_a_meeting_that_was_cancelled(pairing, cora):
    by, after = pairing.mentor.person, DAY + timedelta(days=5)
    planned = actions.plan_meeting(
        pairing,
        by=by,
        at=noon(DAY),
        starts_at=noon(after),
        zone=by.zone,
        minutes=45,
        kind=Kind.MENTOR_LED,
        way=Way.VIDEO,
    )

    def labels():
        return {line.label for day in page(pairing, cora).context["days"] for line in day.lines}

    assert {"Did you meet?", "Check-in"} <= labels()
    actions.cancel_meeting(planned, by=by, at=noon(DAY), based_on=planned.version)
    assert "Did you meet?" not in labels()
    actions.end_pairing(pairing, by=by, at=noon(DAY), on=DAY)
    assert labels() == set()


def test_goals_questions_and_private_news_are_not_listed(pairing, cora):
    actions.set_goal(
        pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, title="Ride along", due_on=DAY + timedelta(days=3)
    )  # fmt: skip
    assert Notice.objects.filter(kind="pairings.goal_due").exists()
    days = page(pairing, cora).context["days"]
    assert DAY + timedelta(days=3) not in [day.on for day in days]
    assert "Ride along" not in page(pairing, cora).text


def test_a_day_on_which_nobody_is_written_to_is_not_announced_and_days_off_are_not_told(pairing, cora, settings):
    settings.MESSAGE_WEEKDAYS, settings.MESSAGE_HOURS = (0, 1, 2, 3, 4), (time(9), time(18))
    notices = Notice.objects.filter(kind="pairings.check_in", due_at__lte=noon(DAY) + timedelta(days=25))
    saturday = next(day for day in (DAY + timedelta(days=ahead) for ahead in range(1, 9)) if day.weekday() == 5)
    notices.update(due_at=noon(saturday), due_on=saturday, not_after=noon(saturday) + timedelta(days=3))

    def days():
        return [day.on for day in page(pairing, cora).context["days"] for line in day.lines if line.label == "Check-in"]

    assert notices.exists()
    assert (saturday in days(), saturday + timedelta(days=2) in days()) == (False, True)
    before = days()
    for person in (pairing.mentor.person, pairing.mentee.person):
        DayOff.objects.create(person=person, first_on=DAY, last_on=DAY + timedelta(days=20))
    actions_of_the_outbox.deliver_due(clock=lambda: noon(saturday) + timedelta(days=2))
    assert notices.filter(waits_until__gt=noon(DAY) + timedelta(days=20)).exists(), "they wait for their readers"
    assert days() == before


def test_bo_and_all_others_find_no_such_page(pairing, others, cora):
    for who, person in others.items():
        if person != cora:
            assert page(pairing, person).status_code == 404, who


def test_three_pairs_cost_as_many_queries_as_one(pairing, cora):
    client, counts = as_seen_by(cora), []
    address = f"/desk/programs/program/{pairing.program.pk}/reminders/"
    client.get(address)
    for more in (0, 2):
        for _ in range(more):
            pair(PersonFactory(rank=2), PersonFactory(rank=6), program=pairing.program)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]
