"""The link to sign in, asked for by anybody and sent to its person alone; and a password that somebody else sets."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.urls import reverse

import clock
from notifications.actions import LINKS_APART, deliver_due, send_way_in
from notifications.choices import Topic
from notifications.models import Notice
from notifications.views import LINKS_ASKED_FOR
from notifications.wanted import decline
from people.actions import keep_person, set_password
from people.models import Person
from people.tests.factories import AdaFactory, MinaFactory

pytestmark = pytest.mark.django_db
ASK = "/way-in/"
CHOSEN = "a boat on the river Aire"
NEW = "another pass phrase, longer"


@pytest.fixture
def mina() -> Person:
    return MinaFactory()


def ask(client: Client, email: str):
    return client.post(ASK, {"email": email})


def deliver() -> list[mail.EmailMessage]:
    deliver_due(clock=clock.now)
    return list(mail.outbox)


def link_in(letter: mail.EmailMessage) -> str:
    found = re.search(r"https?://[^/]+(/way-in/\d+/\S+/)", str(letter.body))
    assert found
    return found[1]


def test_somebody_without_a_password_comes_in_by_a_link_in_the_mail(client, mina):
    assert ASK in client.get("/sign-in/").text
    assert ask(client, "MINA@Example.org").status_code == 200
    (letter,) = deliver()
    assert letter.to == [mina.email]
    page = client.get(link_in(letter), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": CHOSEN, "password2": CHOSEN})
    assert get_user(client) == mina
    assert Client().get(link_in(letter)).status_code == 404


def test_an_address_is_found_by_the_same_letters_as_keep_it_unique(client):
    """In capitals both are one; only by its own letters is each somebody's."""
    dotless, dotted = MinaFactory(email="a@b\u0131.org"), MinaFactory(email="a@bi.org")
    ask(client, "A@bi.ORG")
    ask(client, "a@b\u0131.org")
    assert list(Notice.objects.order_by("pk").values_list("person", flat=True)) == [dotted.pk, dotless.pk]


def test_nobody_learns_who_works_here(client, mina):
    MinaFactory(email="stopped@example.org", is_active=False)
    MinaFactory(email="left@example.org", left_on=date(2024, 1, 1))
    names = (mina.email, "nobody@example.org", "stopped@example.org", "left@example.org")
    differs = re.compile(r'value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": "[^"]*"')
    answers = {differs.sub("", ask(client, name).text) for name in names}
    assert len(answers) == 1
    assert [letter.to for letter in deliver()] == [[mina.email]]


@pytest.mark.parametrize("email", ["", "no address", "mina@example.org\x00", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_said_at_the_field_and_kept(client, email):
    answer = ask(client, email)
    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors


def test_asking_again_and_again_is_one_message(client, mina):
    for _ in range(4):
        ask(client, mina.email)
    assert len(deliver()) == 1
    send_way_in(email=mina.email, at=clock.now() + LINKS_APART)
    assert Notice.objects.filter(person=mina).count() == 2


def test_whoever_asks_for_everybody_waits(client, mina):
    for number in range(LINKS_ASKED_FOR.most):
        ask(client, f"colleague{number}@example.org")
    refused = ask(client, mina.email)
    assert refused.status_code == 422
    assert f'value="{mina.email}"' in refused.text
    assert deliver() == []
    assert client.post(ASK, {"email": mina.email}, REMOTE_ADDR="192.0.2.9").status_code == 200
    assert len(deliver()) == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"left_on": date(2024, 1, 1)}, {"last_login": "soon"}])
def test_it_does_not_leave_for_who_may_not_come_in_or_is_in(client, mina, change):
    ask(client, mina.email)
    if "last_login" in change:
        change = {"last_login": clock.now() + timedelta(seconds=1)}
    Person.objects.filter(pk=mina.pk).update(**change)
    assert deliver() == []


def test_the_link_stands_in_no_table(client, mina):
    ask(client, mina.email)
    (letter,) = deliver()
    token = link_in(letter).split("/")[3]
    for notice in Notice.objects.values():
        assert token not in str(notice)


def test_whoever_is_signed_in_finds_their_own_address(client, mina):
    client.force_login(mina)
    assert f'value="{mina.email}"' in client.get(ASK).text


# A password that somebody else sets


NIGHT = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
"""A Saturday, on which nothing leaves that may wait."""


def test_somebody_hears_at_once_who_set_their_password_each_time():
    """Whoever can sign in as somebody else can read what they read; so a password is set by nobody in silence."""
    mina, ada = MinaFactory(), AdaFactory(given_name="Ada", family_name="Adler")
    decline(by=mina, topics=list(Topic), at=NIGHT)
    for minute in (30, 31):
        set_password(person=mina, password=f"{NEW}{minute}", by=ada, at=NIGHT.replace(minute=minute))
    set_password(person=ada, password=NEW, by=ada, at=NIGHT)
    deliver_due(clock=lambda: NIGHT.replace(minute=40))
    assert [(each.to, each.subject) for each in mail.outbox] == [
        (["mina@example.org"], "An administrator has set your password")
    ] * 2
    body = str(mail.outbox[0].body)
    assert "Ada Adler, an administrator, has set a password for you." in " ".join(body.split())
    assert reverse("notifications:way_in") in body
    assert NEW not in body


def test_what_was_sent_to_whom_does_not_follow_from_the_name_of_a_message():
    """It stands in the log of every mail server on the way, beside the reader’s address; keys can be guessed."""
    set_password(person=MinaFactory(), password=NEW, by=AdaFactory(), at=NIGHT)
    [notice] = Notice.objects.all()
    assert hashlib.sha256(notice.key.encode()).hexdigest()[:32] not in notice.message_id
    deliver_due(clock=lambda: NIGHT)
    assert mail.outbox[0].extra_headers["Message-ID"] == notice.message_id


# Another address


@pytest.mark.parametrize("back", [False, True])
def test_the_former_address_hears_that_there_is_another_even_if_it_is_set_back_at_once(client, mina, back):
    """Or an administrator could have a link sent to themselves, and read what Mina can, and she would not know."""
    ada, was = AdaFactory(), mina.email
    Person.objects.filter(pk=mina.pk).update(last_login=NIGHT)
    mina.refresh_from_db()
    for second, address in enumerate(["ada.too@example.org", *([was] if back else [])]):
        mina.email = address
        keep_person(person=mina, by=ada, at=NIGHT.replace(second=second))
    deliver_due(clock=lambda: NIGHT.replace(minute=40))
    told = [each for each in mail.outbox if each.subject == "Your address in the directory was changed"]
    assert [each.to for each in told] == [[was], *([["ada.too@example.org"]] if back else [])]
    assert "ada.too" not in str(told[0].body), "not even to whoever reads it there"
    assert "On 28 November 2026 at 23:30" in " ".join(str(told[0].body).split())


@pytest.mark.parametrize(
    ("changes", "last_login"), [({"job_title": "Poet"}, NIGHT), ({"email": "x@example.org"}, None)]
)
def test_nobody_is_written_to_for_other_changes_or_before_they_ever_came(mina, changes, last_login):
    Person.objects.filter(pk=mina.pk).update(last_login=last_login)
    mina.refresh_from_db()
    for name, value in changes.items():
        setattr(mina, name, value)
    keep_person(person=mina, by=AdaFactory(), at=NIGHT)
    assert not Notice.objects.exists()
