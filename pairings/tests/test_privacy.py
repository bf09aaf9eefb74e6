"""Nobody but the two reads a pair's page, and their words are in clear nowhere but there."""

from __future__ import annotations

import logging
import re
import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from disclosure.tests.proofs import LONG
from notifications.actions import deliver_due
from notifications.models import Notice
from pairings import actions, queries, urls
from pairings.choices import Kind
from pairings.models import Extension, Goal, Pairing
from pairings.private_words import AgreementWords
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import met, noon, signed
from participants.choices import Way
from people.tests.factories import CoraFactory
from programs.choices import Duty

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
MARK = "Kingfisher-7f3a"


@pytest.fixture
def pages(pairing):
    """Every address of the pair, with a goal and a question to go on standing behind them."""
    mina = pairing.mentor.person
    goal = actions.set_goal(pairing, by=mina, at=noon(DAY), on=DAY, title="Depots", due_on=DAY)
    task = actions.add_task(goal, by=mina, at=noon(DAY), on=DAY, title="Find a night")
    until = pairing.runs_until + timedelta(days=7)
    question = actions.propose_extension(pairing, by=mina, at=noon(DAY), on=DAY, until=until)
    starts_at = noon(DAY + timedelta(days=3))
    planned = actions.plan_meeting(
        pairing, by=mina, at=noon(DAY), starts_at=starts_at, zone=mina.zone, minutes=60, kind=Kind.MENTOR_LED,
        way=Way.VIDEO,
    )  # fmt: skip
    message = actions.write_message(pairing, by=mina, at=noon(DAY), on=DAY, words="Depots")
    note = actions.write_note(pairing, by=pairing.mentee.person, at=noon(DAY), on=DAY, words="Depots")
    of_planned: dict[str, list[object]] = {
        name: [planned.pk] for name in ("planned_meeting", "cancel_meeting", "say_what_became")
    }
    more: dict[str, list[object]] = {
        **of_planned,
        "goal": [goal.pk], "add_task": [goal.pk], "change_task": [goal.pk, task.pk],
        "take_back_message": [message.pk], "note": [note.pk], "delete_note": [note.pk],
        "answer_extension": [question.pk], "take_back_meeting": [met(pairing, DAY).pk],
    }  # fmt: skip
    of_help = {"asked_for_help", "ask_for_help", "help_thread", "close_thread"}
    of_desk = {"to_look_at", "waive_rule", "doing", "pause_at_desk", "recusals_at_desk", "recusals_file"}
    of_circles = {"circle", "circles_at_desk", "circle_at_desk"}
    of_supervisors = {"supervised", "supervised_pair"}
    of_no_pair = of_help | of_desk | of_circles | of_supervisors | {"leave", "calendar", "feed", "met", "recusals"}
    names = [name for pattern in urls.urlpatterns if (name := str(pattern.name)) not in of_no_pair]
    return {name: reverse(f"pairings:{name}", args=[pairing.pk, *more.get(name, [])]) for name in names}


def test_every_page_of_a_pair_exists_for_the_two_alone(pages, others, pairing):
    """All of them are asked for each page; the other methods go round among them, and in ``make check`` all use all.

    Bo sends a form to each page besides.
    """
    assert len(pages) == 30
    partner = as_seen_by(pairing.mentee.person)
    for name, address in pages.items():
        assert partner.get(address).status_code in (200, 302), name
    for place, (who, person) in enumerate(others.items()):
        client = as_seen_by(person)
        for page, (name, address) in enumerate(pages.items()):
            goes_round = METHODS[1 + page % (len(METHODS) - 1)]
            turn = {goes_round} if page % len(others) == place else set()
            for method in METHODS if LONG else {"get", *turn, *(["post"] if person.given_name == "Bo" else [])}:
                status = getattr(client, method)(address).status_code
                only_read = name in ("detail", "room", "certificate_file", "thanks_file") and method == "post"
                nobody_may = method not in ("get", "head", "post") or only_read
                assert status == (405 if nobody_may else 404), (who, name, method, status)
    pairing.refresh_from_db()
    assert (pairing.ended_on, Extension.objects.get().answered_at) == (None, None)
    assert pairing.meetings.count() == 1


def test_a_page_that_is_not_yours_looks_like_one_that_does_not_exist(pages, others, pairing):
    nowhere = pages["detail"].replace(str(pairing.pk), str(uuid.uuid4()))
    for person in others.values():
        client = as_seen_by(person)
        theirs, nothing = client.get(pages["detail"]), client.get(nowhere)
        assert theirs.status_code == nothing.status_code == 404
        assert without_what_changes(theirs) == without_what_changes(nothing)


def without_what_changes(response):
    """The page without its address and the token that is new on every page."""
    return re.sub(r"[0-9a-f-]{36}|[A-Za-z0-9]{64}", "", response.content.decode())


def test_without_signing_in_there_is_only_the_way_in(pages):
    for address in pages.values():
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("people:sign_in"))


def test_a_coordinator_who_is_a_partner_reads_only_their_own_page(pairing, others):
    cora_too = pairing.mentor.person
    cora_too.is_coordinator = True
    cora_too.save()
    pairing.program.duties.create(person=cora_too, duty=Duty.COORDINATOR)
    other = next(each for each in [pair_of(others)] if each.pk != pairing.pk)
    client = as_seen_by(cora_too)
    assert client.get(reverse("pairings:detail", args=[pairing.pk])).status_code == 200
    assert client.get(reverse("pairings:detail", args=[other.pk])).status_code == 404


def pair_of(others):
    return Pairing.objects.of(others["a mentor of another pair in the same program"]).get()


def test_a_partner_whose_account_is_closed_reads_nothing_any_more(pages, pairing):
    client = as_seen_by(pairing.mentor.person)
    assert client.get(pages["detail"]).status_code == 200
    pairing.mentor.person.is_active = False
    pairing.mentor.person.save()
    assert client.get(pages["detail"]).status_code == 302


def test_only_the_two_find_the_pair(pairing, others):
    for person in (pairing.mentor.person, pairing.mentee.person):
        assert list(queries.visible_to(person, DAY)) == [pairing]
    for person in others.values():
        assert pairing not in queries.visible_to(person, DAY)
        if person != others["a mentor of another pair in the same program"]:
            assert queries.at_home(person, DAY).waiting == []
            assert queries.at_home(person, DAY).cards == []


# The canary


@pytest.fixture
def canary(pairing, caplog):
    """A mark in every private text of the pair, with all it owes delivered."""
    caplog.set_level(logging.DEBUG)
    mina, otto = as_seen_by(pairing.mentor.person), as_seen_by(pairing.mentee.person)
    words = {name: f"{MARK} {name}" for name in AgreementWords.names()}

    def page(view, *more):
        return reverse(f"pairings:{view}", args=[pairing.pk, *more])

    facts = {"based_on": "0", "meet_every_days": "14", "meeting_minutes": "60", "arranged_by": "mentee"}
    assert mina.post(page("agreement"), {**facts, **words}).status_code == 302
    assert otto.post(page("agreement"), {**facts, **words, "where": f"{MARK} conflict"}).status_code == 422
    assert otto.post(page("sign_agreement"), {"version": "1"}).status_code == 302
    meeting = {"held_on": "2027-01-12", "minutes": "50", "way": "video", "kind": "mentor_led", "topics": MARK}
    assert mina.post(page("log_meeting"), meeting).status_code == 302
    assert otto.post(page("log_meeting"), {**meeting, "topics": f"{MARK} too"}).status_code == 422
    assert mina.post(page("set_goal"), {"title": MARK, "due_on": "2027-02-01"}).status_code == 302
    goal = Goal.objects.get()
    sent = {"title": f"{MARK}!", "due_on": "2027-02-01", "based_on": "1", "progress": "9", "state": "open"}
    assert mina.post(page("goal", goal.pk), sent).status_code == 302
    assert mina.post(page("add_task", goal.pk), {"task-title": MARK}).status_code == 302
    for number in (0, 8, 16, 24):
        deliver_due(clock=partial(noon, DAY + timedelta(days=number)))
    assert otto.post(page("end")).status_code == 302
    assert otto.post(page("reflect"), {"words": MARK, "shared": "on"}).status_code == 302
    deliver_due(clock=lambda: noon(DAY + timedelta(days=41)))
    assert MARK in mina.get(page("detail")).content.decode()
    return pairing


def clear_text_of_the_database():
    """Every row of every table, as the words a dump would hold; bytes are looked into as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the catalogue
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                    yield table, raw


def test_no_word_of_theirs_is_in_clear_anywhere(canary, cora, caplog):
    no_column_holds_one()
    no_mail_names_one()
    no_log_record_names_one(caplog.get_records("setup"))
    no_page_of_the_desk_shows_one(canary, as_seen_by(cora))


def no_column_holds_one():
    found = list(clear_text_of_the_database())
    sealed = {
        "pairings_agreement", "pairings_meeting", "pairings_goal", "pairings_task", "pairings_reflection"
    }  # fmt: skip
    assert sealed <= {table for table, _ in found}
    assert b"mina@example.org" in {raw for _, raw in found}
    assert [table for table, raw in found if MARK.encode() in raw] == []


def no_mail_names_one():
    assert len(mail.outbox) > 2
    for message in mail.outbox:
        assert MARK not in message.message().as_string()
    assert Notice.objects.filter(state="failed").count() == 0


def no_log_record_names_one(records):
    assert records
    # A traceback is text only once it is formatted; Python's own formatter leaves nothing out, unlike ours.
    assert all(MARK not in f"{logging.Formatter().format(record)} {record.__dict__}" for record in records)


def no_page_of_the_desk_shows_one(pairing, desk):
    pages = [reverse("admin:pairings_pairing_changelist"), reverse("admin:pairings_meeting_changelist")]
    pages.append(reverse("admin:pairings_pairing_change", args=[pairing.pk]))
    pages.append(reverse("admin:pairings_meeting_change", args=[pairing.meetings.get().pk]))
    for page in pages:
        response = desk.get(page)
        assert response.status_code == 200
        assert "Mina Mentor" in response.content.decode()
        assert MARK not in response.content.decode()


def test_what_is_not_for_print_does_not_print_itself(pairing):
    signed(pairing, words=AgreementWords(where=MARK))
    met(pairing, DAY, topics=MARK)
    actions.set_goal(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, title=MARK, due_on=DAY)
    page = queries.pair_page(
        queries.visible_to(pairing.mentor.person, DAY).get(), pairing.mentor.person, DAY, at=noon(DAY)
    )
    assert page.agreement is not None
    assert page.agreement.words == AgreementWords(where=MARK)
    assert page.goals[0].title == page.meetings[0].topics == MARK
    assert MARK not in repr(page)


def test_a_coordinator_of_another_program_has_no_window_on_this_one(pairing):
    other = CoraFactory(email="other@example.org")
    desk = as_seen_by(other)
    listed = desk.get(reverse("admin:pairings_pairing_changelist"))
    assert listed.status_code == 200
    assert "Mina Mentor" not in listed.content.decode()
    assert desk.get(reverse("admin:pairings_pairing_change", args=[pairing.pk])).status_code == 404
