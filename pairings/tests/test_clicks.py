"""Every form of a pair, sent many times at the same instant: one thing happens, and everybody gets the same answer.

The forms are found in the URLs and their buttons in the templates, so that a new one cannot be forgotten. ``make
proofs`` sends each fifty times.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from disclosure.tests.proofs import LONG
from pairings import actions, urls
from pairings.choices import Kind, Moment
from pairings.models import (
    Agreement,
    CheckIn,
    Circle,
    CircleAttendance,
    CircleDay,
    CircleMember,
    Extension,
    Goal,
    HelpMessage,
    HelpRequest,
    Meeting,
    Pairing,
    PlannedMeeting,
    PrivateMessage,
    PrivateNote,
    Reflection,
    SkillRating,
    Task,
    Waiver,
)
from pairings.skills import asked
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import noon
from pairings.tests.instant import crowd
from participants.choices import Way
from participants.tests.factories import MentorFactory, with_skills
from people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 50 if LONG else 3
AT = noon(DAY)
MODELS: tuple[type[models.Model], ...] = tuple(apps.get_app_config("pairings").get_models())


@dataclass
class Step:
    """A form as somebody sends it. ``makes`` says how many rows more (or fewer) there are of what, afterwards; where
    it makes none, it changes one."""

    name: str
    data: dict[str, Any]
    makes: dict[type[models.Model], int] = field(default_factory=dict)
    about: tuple[Any, ...] = ()
    by: str = "mina"
    on: Any = DAY


OF_A_PAIR = {"pairing_id", "circle_id", "request_id"}
ABOUT_A_PAIR = {str(entry.name) for entry in urls.urlpatterns if OF_A_PAIR & {*entry.pattern.converters}}
FORM = re.compile(r"<form\b(?P<opening>.*?)>(?P<inside>.*?)</form>", re.DOTALL)
ACTION = re.compile(r'action="{% url "pairings:(\w+)"')
BUTTON = re.compile(r'<button[^>]*?name="(\w+)" value="((?:{%.*?%}|[^"])*)"')
DRAWN_IN = {"_attended": "circle"}
"""Fragments, and the page whose forms they are part of."""


def buttons() -> set[tuple[str, str, str]]:
    """Of all forms of the templates that are about a pair: to which view they go, with which name and value."""
    found = set()
    for template in (settings.BASE_DIR / "templates" / "pairings").glob("*.html"):
        for form in FORM.finditer(template.read_text()):
            action = ACTION.search(form["opening"])
            view = action[1] if action else DRAWN_IN.get(template.stem, template.stem)
            for name, value in BUTTON.findall(form["inside"]):
                either = filter(None, re.split(r"{%.*?%}", value))  # where it depends, all that it can be
                found |= {(view, name, each) for each in either if view in ABOUT_A_PAIR}
    return found


def life(pairing: Pairing) -> Iterator[Step]:
    """All forms of a pair in an order in which each is welcome; what they are about is looked up in its turn."""
    pk, own = pairing.pk, (pairing.pk,)
    message, note, asks = (str(uuid.uuid4()) for _ in range(3))
    last = pairing.runs_until - timedelta(days=1)
    agreement = {"based_on": 0, "meet_every_days": 14, "meeting_minutes": 60, "arranged_by": "either", "where": "Leeds"}
    yield Step("agreement", agreement, {Agreement: 1}, own)
    yield Step("sign_agreement", {"version": 1}, {}, own, by="otto")
    yield Step("set_goal", {"title": "A night shift", "due_on": "2027-03-01"}, {Goal: 1}, own)
    goal = Goal.objects.get().pk
    changed = {"based_on": 1, "title": "Two nights", "due_on": "2027-03-01", "progress": 10, "state": "open"}
    yield Step("goal", changed, {}, (pk, goal))
    yield Step("add_task", {"task-title": "Find a day"}, {Task: 1}, (pk, goal))
    task = (pk, goal, Task.objects.get().pk)
    yield Step("change_task", {"do": "done"}, {}, task)
    yield Step("change_task", {"do": "open"}, {}, task)
    yield Step("change_task", {"do": "remove"}, {Task: -1}, task)
    met = {"held_on": "2027-01-12", "minutes": 50, "way": "video", "kind": "mentor_led"}
    yield Step("log_meeting", met, {Meeting: 1}, own)
    yield Step("take_back_meeting", {}, {Meeting: -1}, (pk, Meeting.objects.get().pk))
    plan = {"day": "2027-02-01", "time": "14:00", "minutes": 45, "way": "walk", "kind": "reciprocal"}
    yield Step("plan_meeting", plan, {PlannedMeeting: 1}, own)
    ahead = (pk, PlannedMeeting.objects.get(starts_at__gt=AT).pk)
    yield Step("planned_meeting", {**plan, "time": "15:00", "based_on": 1}, {}, ahead, by="otto")
    yield Step("cancel_meeting", {"based_on": 2}, {}, ahead)
    missed, begun = ((pk, each.pk) for each in PlannedMeeting.objects.filter(starts_at__lt=AT))
    yield Step("say_what_became", {"do": "not_held"}, {}, missed)
    yield Step("say_what_became", {"minutes": 45}, {Meeting: 1}, begun)
    good = {"meeting": 4, "getting": 4, "speaking": 4, "worth": 4, "fit": 1}
    yield Step("check_in", good, {CheckIn: 1}, own)
    [skill] = asked(pairing, pairing.mentor.person, Moment.START)
    yield Step("skills", {f"start-{skill.pk}": 2}, {SkillRating: 1}, own)
    yield Step("fine", {"until": "2027-02-20"}, {}, own)
    yield Step("fine", {"do": "take_back"}, {}, own, by="otto")
    days = {"paused_from": "2027-02-10", "back_on": "2027-02-20"}
    yield Step("pause", days, {}, own)
    yield Step("pause", {"do": "bring_back"}, {}, own, by="otto")
    yield Step("pause_at_desk", days, {}, own, by="cora")
    yield Step("pause_at_desk", {"do": "bring_back"}, {}, own, by="cora")
    Person.objects.filter(pk=pairing.mentor.person_id).update(manager=pairing.mentee.person)
    yield Step("waive_rule", {}, {Waiver: 1}, (pk, "reporting_line"), by="cora")
    yield Step("write_message", {"message-form": message, "message-words": "Thursday?"}, {PrivateMessage: 1}, own)
    yield Step("take_back_message", {}, {PrivateMessage: -1}, (pk, message))
    yield Step("write_note", {"note-form": note, "note-words": "Ask about hooks"}, {PrivateNote: 1}, own)
    yield Step("note", {"based_on": 1, "words": "Ask about shifts"}, {}, (pk, note))
    yield Step("delete_note", {}, {PrivateNote: -1}, (pk, note))
    supervisor = pairing.program.duties.get(duty="supervisor").person_id
    help_me = {"form": asks, "supervisor": supervisor, "words": "What if he asks my boss?"}
    yield Step("ask_for_help", help_me, {HelpRequest: 1, HelpMessage: 1}, (pairing.program_id,))
    thread = (HelpRequest.objects.get().pk,)
    yield Step("help_thread", {"form": str(uuid.uuid4()), "words": "And then?"}, {HelpMessage: 1}, thread)
    yield Step("close_thread", {}, {}, thread)
    yield from life_of_a_circle(pairing)
    question = {"until": "2027-08-01"}
    yield Step("extend", question, {Extension: 1}, own)
    yield Step("answer_extension", {"agreed": "no"}, {}, (pk, Extension.objects.get().pk), by="otto")
    yield Step("extend", question, {Extension: 1}, own, by="otto")
    yield Step("answer_extension", {"agreed": "yes"}, {}, (pk, Extension.objects.get(answered_at=None).pk))
    yield Step("reflect", {"words": "Thank you", "shared": "on"}, {Reflection: 1}, own, on=last)
    yield Step("certificate", {"named": "yes"}, {}, own, on=last)
    yield Step("certificate", {"named": "no"}, {}, own, on=last)
    yield Step("end", {}, {}, own, on=last)


def life_of_a_circle(pairing: Pairing) -> Iterator[Step]:
    mina = str(pairing.mentor_id)
    others = [str(each.pk) for each in pairing.program.participations.filter(side="mentor").exclude(pk=mina)]
    four = {"based_on": 0, "members": [mina, *others[:3]]}
    yield Step("circles_at_desk", four, {Circle: 1, CircleMember: 4}, (pairing.program_id,), by="cora")
    circle = (Circle.objects.get().pk,)
    five = {"do": "members", "based_on": 1, "members": [mina, *others[:4]]}
    yield Step("circle_at_desk", five, {CircleMember: 1}, circle, by="cora")
    yield Step("circle_at_desk", {"do": "set_day", "next-day": DAY.isoformat()}, {CircleDay: 1}, circle, by="cora")
    day = CircleDay.objects.get().pk
    yield Step("circle", {"do": "attended", "day": day}, {CircleAttendance: 1}, circle)
    yield Step("circle", {"do": "not_attended", "day": day}, {CircleAttendance: -1}, circle)
    yield Step("circle_at_desk", {"do": "cancel_day", "which": day}, {CircleDay: -1}, circle, by="cora")
    yield Step("circle", {"do": "leave"}, {}, circle)
    yield Step("circle_at_desk", {"do": "dissolve"}, {}, circle, by="cora")


def rows() -> dict[type[models.Model], set[str]]:
    """All that is stored of pairs, but sealed words: the same words sealed again are other bytes."""
    selects, sealed = [], []
    for place, model in enumerate(MODELS):
        selects.append(f"SELECT {place}, (to_jsonb(each) - %s::text[])::text FROM {model._meta.db_table} AS each")  # noqa: S608
        sealed.append([each.column for each in model._meta.concrete_fields if isinstance(each, models.BinaryField)])
    found: dict[type[models.Model], set[str]] = {model: set() for model in MODELS}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), sealed)
        for place, row in cursor.fetchall():
            found[MODELS[place]].add(row)
    return found


def changed_rows(one: dict[type[models.Model], set[str]], other: dict[type[models.Model], set[str]]) -> list[str]:
    return [model.__name__ for model in MODELS if one[model] != other[model]]


@pytest.fixture
def lived(pairing: Pairing) -> Pairing:
    """With something to learn, two meetings whose time has come, and enough mentors for a circle."""
    with_skills(pairing.mentor, wanted=["Budgets"])
    before = AT - timedelta(days=9)
    for days in (5, 3):
        actions.plan_meeting(
            pairing, by=pairing.mentor.person, at=before, minutes=45, kind=Kind.MENTOR_LED, way=Way.VIDEO,
            starts_at=datetime.combine(DAY - timedelta(days=days), time(10), tzinfo=UTC), zone=ZoneInfo("UTC"),
        )  # fmt: skip
    for _ in range(4):
        MentorFactory(program=pairing.program)
    return pairing


def test_each_form_of_a_pair_sent_many_times_at_once_is_one_and_answers_all_alike(lived, mina, otto, cora, today):
    clients = {"mina": mina, "otto": otto, "cora": as_seen_by(cora)}
    seen, pressed, wrong = set(), set(), []
    with crowd(TIMES) as act:
        for step in life(lived):
            what = f"{step.name} {step.data.get('do', '')}".strip()
            today(step.on)
            before, address = rows(), reverse(f"pairings:{step.name}", args=step.about)
            answers = act(*[_click(clients[step.by], address, step.data)] * TIMES)
            after = rows()
            again = _click(clients[step.by], address, step.data)()
            made = {model: more for model in MODELS if (more := len(after[model]) - len(before[model]))}
            if made != step.makes:
                wrong.append(f"{what} made {made}")
            if before == after:
                wrong.append(f"{what} changed nothing")
            if late := changed_rows(after, rows()):
                wrong.append(f"{what} sent once more changed {late}")
            if len({*answers, again}) != 1 or again[0] != 302:
                wrong.append(f"{what} answered {sorted({str(each) for each in (*answers, again)})}")
            seen.add(step.name)
            pressed |= {(step.name, key, value) for key, value in step.data.items() if key in ("do", "agreed", "named")}
    assert wrong == []
    silent = ABOUT_A_PAIR - seen
    for name in sorted(silent):
        assert name in NO_FORM, f"{name} is sent by nobody here"
    assert buttons() == pressed, "every button was pressed"


NO_FORM = {"detail", "room", "certificate_file", "thanks_file", "supervised_pair"}


@pytest.mark.parametrize("name", sorted(NO_FORM))
def test_what_is_left_out_takes_no_form(name, pairing, mina):
    assert mina.post(reverse(f"pairings:{name}", args=[pairing.pk])).status_code == 405


def _click(client: Client, address: str, data: dict[str, Any]) -> Callable[[], tuple[int, str]]:
    """From a browser of its own that is signed in as well."""

    def click() -> tuple[int, str]:
        own = Client()
        own.cookies = client.cookies.copy()  # type: ignore[assignment]
        answer = own.post(address, data)
        return answer.status_code, answer.headers.get("Location", "")

    return click
