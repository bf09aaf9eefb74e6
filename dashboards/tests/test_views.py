from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import clock
from dashboards import charts, queries
from pairings import queries as pairings
from pairings.models import Agreement, Meeting
from pairings.tests.factories import PairingFactory, noon
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import (
    AdaFactory,
    BoFactory,
    CoraFactory,
    EvaFactory,
    MinaFactory,
    OttoFactory,
    PersonFactory,
    SiaFactory,
    StenFactory,
)
from programs.choices import Duty, Measure, Stage
from programs.models import Program
from programs.tests.factories import DutyFactory, ObjectiveFactory, program_with
from ui.components import spoken


def on():
    return clock.last_today()


@pytest.fixture
def program(db) -> Program:
    """Running since seven weeks, coordinated by Cora, with Mina and Otto as its first pair."""
    start = on() - timedelta(weeks=7)
    program = program_with(
        CoraFactory(), SiaFactory(), stage=Stage.RUNNING, starts_on=start, ends_on=start + timedelta(weeks=40)
    )
    ObjectiveFactory(program=program, measure=Measure.MEETINGS_PER_PAIR, target=4)
    mentee = MenteeFactory(program=program, person=OttoFactory(manager=BoFactory()))
    lived(program, mentor=MentorFactory(program=program, person=MinaFactory()), mentee=mentee)
    return program


def lived(program: Program, **sides) -> None:
    started_on = program.starts_on
    pairing = PairingFactory(program=program, started_on=started_on, **sides)
    mentor = pairing.mentor.person
    for side in (pairing.mentor, pairing.mentee):
        side.volunteered_at = noon(started_on - timedelta(days=9))
        side.save()
        side.signatures.update(joined_at=side.volunteered_at, signed_at=side.volunteered_at)
    Agreement.objects.create(
        pairing=pairing, version=1, words=b"", meet_every_days=14, meeting_minutes=60, arranged_by="mentee",
        drafted_by=mentor, drafted_at=noon(started_on), mentor_signed_at=noon(started_on),
        mentee_signed_at=noon(started_on),
    )  # fmt: skip
    for week in (1, 3, 4):
        held_on = started_on + timedelta(weeks=week)
        Meeting.objects.create(pairing=pairing, held_on=held_on, minutes=60, logged_by=mentor, logged_at=noon(held_on))


def opened_by(person: Person, program: Program):
    client = Client()
    client.force_login(person)
    return client.get(f"/progress/{program.pk}/")


def test_executives_the_sponsor_and_the_coordinator_open_it_and_nobody_else(program):
    sponsor = PersonFactory()
    DutyFactory(program=program, person=sponsor, duty=Duty.SPONSOR)
    named = {person.email: person for person in Person.objects.all()}
    others = {
        "Eva": (EvaFactory(), 200),
        "sponsor": (sponsor, 200),
        "Cora": (Person.objects.get(duties__program=program, duties__duty=Duty.COORDINATOR), 200),
        "Cora of another program": (CoraFactory(email="another.cora@example.org"), 404),
        "Bo": (Person.objects.get(reports__isnull=False), 404),
        "Mina": (program.pairings.get().mentor.person, 404),
        "Otto": (program.pairings.get().mentee.person, 404),
        "Sia": (Person.objects.get(duties__program=program, duties__duty=Duty.SUPERVISOR), 404),
        "Sten": (StenFactory(), 404),
        "Ada": (AdaFactory(), 404),
    }
    assert {name: opened_by(person, program).status_code for name, (person, _) in others.items()} == {
        name: status for name, (_, status) in others.items()
    }
    assert named


def test_a_draft_and_a_program_that_is_not_there_are_404(program):
    eva = EvaFactory()
    program.stage = Stage.DRAFT
    program.save()
    assert opened_by(eva, program).status_code == 404
    program.pk += 1000
    assert opened_by(eva, program).status_code == 404


def test_no_participant_is_named(program):
    for _ in range(7):
        lived(program)
    people = Person.objects.filter(participations__program=program)
    for number, person in enumerate(people):
        person.family_name = f"Zwicky{number}"
        person.save()
    page = opened_by(EvaFactory(), program).content.decode()
    assert people.count() == 16
    assert "Zwicky" not in page
    assert not any(str(person.pk) in re.findall(r"/people/(\d+)", page) for person in people)


def test_it_costs_as_many_queries_with_one_pair_as_with_thirty(program):
    client = Client()
    client.force_login(EvaFactory())

    def cost() -> int:
        with CaptureQueriesContext(connection) as needed:
            assert client.get(f"/progress/{program.pk}/").status_code == 200
        return len(needed)

    one = cost()
    for _ in range(29):
        lived(program)
    assert cost() == one
    assert one <= 18


def test_every_chart_has_a_table_with_the_same_words(program):
    for _ in range(7):
        lived(program)
    shown = queries.progress(program, on=on())
    drawn = charts.of(shown)
    page = opened_by(EvaFactory(), program).content.decode()
    for chart in (drawn.objectives, drawn.funnel, drawn.rhythm, drawn.worth):
        assert chart is not None
        assert chart.title.replace("’", "’") in page
        assert chart.table.rows
    assert [row.cells[0] for row in drawn.funnel.table.rows] == [step.figure for step in shown.funnel]


def test_figures_are_those_that_the_pairs_released_and_agree_with_one_another(program):
    for _ in range(7):
        lived(program)
    shown = queries.progress(program, on=on())
    assert shown.activity == pairings.program_activity(program, on())
    by_name = {stat.noun: spoken(stat.number) for stat in (*shown.stats, *shown.figures)}
    steps = {step.label: step.figure.words for step in shown.funnel}
    assert (by_name["Pairs formed"], by_name["pairs under way"]) == ("8", "8")
    assert by_name["Agreements signed by both"] == "100%"
    assert (steps["In a pair"], steps["Agreement signed"], steps["Met at least once"]) == ("16", "16", "16")
    assert by_name["meetings held"] == "24"
    assert by_name["Meetings per pair"] == "3.0"
    assert sum(int(week.held.words) for week in shown.activity.weeks) == 24


def test_a_lower_bound_reaches_a_target_or_leaves_it_open(program):
    start = on() - timedelta(weeks=60)
    Program.objects.filter(pk=program.pk).update(starts_on=start)
    program.refresh_from_db()
    for _ in range(10):
        PairingFactory(program=program, started_on=start)
    program.objectives.all().delete()
    for measure, target in ((Measure.STILL_HERE, 70), (Measure.WOULD_DO_AGAIN, 75)):
        ObjectiveFactory(program=program, measure=measure, target=target)
    found = {each.name: each for each in queries.progress(program, on=on()).objectives}
    here, again = found["People still here a year after their pair began"], found["People who would do it again"]
    assert (here.now.words, here.reached) == ("73% or more", True)
    assert (again.now.words, again.reached) == ("not asked yet", None)
    Program.objects.get().objectives.filter(measure=Measure.STILL_HERE).update(target=75)
    here = next(each for each in queries.progress(program, on=on()).objectives if each.name == here.name)
    assert (here.now.words, here.reached) == ("73% or more", None)
    assert "no comparison" in opened_by(EvaFactory(), program).content.decode()


def test_the_page_says_as_of_which_day(program):
    page = opened_by(EvaFactory(), program).content.decode()
    sunday = queries.progress(program, on=on()).activity.as_of
    assert f"As of Sunday, {sunday:%-d %B %Y}" in page
    assert sunday.isoweekday() == 7
    assert sunday < on()


def test_no_week_is_told_while_it_goes_on_anywhere_whoever_reads(program, monkeypatch):
    """It is Monday at one in Auckland, and Sunday at noon in London: somebody may still log a meeting of this week."""
    eva = EvaFactory(time_zone="Pacific/Auckland")
    noon_on_sunday = datetime(2027, 1, 31, 12, tzinfo=UTC)
    for at, sunday in (
        (noon_on_sunday, "24 January 2027"),
        (noon_on_sunday + timedelta(hours=23, minutes=59), "24 January 2027"),
        (noon_on_sunday + timedelta(hours=24), "31 January 2027"),
    ):
        monkeypatch.setattr("clock.now", lambda at=at: at)
        assert f"As of Sunday, {sunday}" in opened_by(eva, program).content.decode()


def test_the_page_says_how_far_a_program_is_and_how_long_one_ran_that_is_over(program):
    assert queries.progress(program, on=on()).time_so_far == "Seven weeks in."
    assert queries.progress(program, on=program.starts_on).time_so_far == ""
    assert queries.progress(program, on=program.ends_on + timedelta(days=90)).time_so_far == "It ran for 40 weeks."


def test_one_more_meeting_today_changes_no_number_on_the_page(program):
    for _ in range(7):
        lived(program)
    eva = EvaFactory()

    def numbers() -> list[str]:
        text = re.sub(
            r"<(script|style).*?</\1>|<[^>]+>", " ", opened_by(eva, program).content.decode(), flags=re.DOTALL
        )
        return re.findall(r"\d+(?:\.\d+)?%?", text)

    before = numbers()
    pairing = program.pairings.first()
    Meeting.objects.create(
        pairing=pairing, held_on=on(), minutes=180, logged_by=pairing.mentor.person, logged_at=clock.now()
    )
    pairing.ended_on = on()
    pairing.save()
    assert numbers() == before


def test_a_step_near_the_people_in_pairs_is_hidden(program):
    """Sixteen in pairs and two more who are ready: the two would be told by subtraction."""
    for _ in range(7):
        lived(program)
    long_ago = noon(program.starts_on - timedelta(days=9))
    MentorFactory.create_batch(2, program=program, volunteered_at=long_ago, charter_signed_at=long_ago)
    steps = {step.label: step.figure.words for step in queries.progress(program, on=on()).funnel}
    assert steps["In a pair"] == "16"
    assert steps["Agreed to the charter"] == steps["Volunteered"] == "hidden to protect others"
