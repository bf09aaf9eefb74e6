"""The link by which somebody comes in who has no password yet, or lost it."""

from __future__ import annotations

import logging
import re
from copy import copy
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.hashers import get_hasher
from django.test import Client

import clock
from people import way_in
from people.models import Person
from people.tests.factories import PASSWORD, MinaFactory, StenFactory
from people.views import NOT_KNOWN, TOO_OFTEN, WRONG_FOR_ONE

pytestmark = pytest.mark.django_db
CHOSEN = "a boat on the river Aire"


@pytest.fixture
def mina() -> Person:
    return MinaFactory()


def is_in(client: Client, person: Person) -> bool:
    return get_user(client) == person


def choose(client: Client, link: str, password: str = CHOSEN, again: str | None = None):
    """Open the link and press the button of the page it leads to."""
    client.get(link)
    return press(client, link, password, again)


def press(client: Client, link: str, password: str = CHOSEN, again: str | None = None):
    place = "/".join([*link.split("/")[:3], "choose", ""])
    return client.post(place, {"password1": password, "password2": password if again is None else again})


def alike(answer: Any) -> str:
    """What the page says, without what differs from visit to visit."""
    return re.sub(r'value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": "[^"]*"', "", answer.text)


def test_it_lets_its_person_choose_a_password_and_signs_in(client, mina):
    link = way_in.link_of(mina, at=clock.now())
    page = client.get(link, follow=True)
    assert page.status_code == 200
    assert "Welcome, Mina" in page.text
    assert not is_in(client, mina), "programs open links: that alone lets nobody in"
    assert choose(client, link)["Location"] == "/"
    assert is_in(client, mina)
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"username": mina.email, "password": CHOSEN})
    assert is_in(elsewhere, mina)


def test_it_works_once(client, mina):
    link = way_in.link_of(mina, at=clock.now())
    choose(client, link)
    for answer in (Client().get(link), choose(Client(), link, "another boat on the Aire")):
        assert answer.status_code == 404
        assert "This link works no longer" in answer.text
    mina.refresh_from_db()
    assert mina.check_password(CHOSEN)


def test_a_second_click_comes_in_by_the_password_the_first_has_set(mina):
    link, first, second = way_in.link_of(mina, at=clock.now()), Client(), Client()
    first.get(link)
    second.cookies = copy(first.cookies)
    press(first, link)
    assert press(second, link)["Location"] == "/"
    assert is_in(second, mina)


def test_a_used_link_is_no_place_to_guess_passwords(mina):
    link = way_in.link_of(mina, at=clock.now())
    choose(Client(), link)
    for number in range(WRONG_FOR_ONE.most):
        assert choose(Client(), link, f"a wrong guess {number}").status_code == 404
    assert choose(Client(), link).status_code == 404
    assert TOO_OFTEN in Client().post("/sign-in/", {"username": mina.email, "password": CHOSEN}).text


@pytest.mark.parametrize(
    "change",
    [
        {"email": "mina@elsewhere.example"}, {"is_active": False}, {"left_on": date(2024, 1, 1)},
        {"last_login": clock.now()}, {"password": "md5$salt$0"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_it_ends_with_what_it_was_made_for(client, mina, change):
    link = way_in.link_of(mina, at=clock.now())
    Person.objects.filter(pk=mina.pk).update(**change)
    before = Person.objects.get(pk=mina.pk).password
    assert client.get(link).status_code == 404
    assert choose(client, link).status_code == 404
    assert Person.objects.get(pk=mina.pk).password == before
    assert not is_in(client, mina)


def test_it_ends_after_an_hour(client, mina):
    assert client.get(way_in.link_of(mina, at=clock.now() - timedelta(minutes=59)), follow=True).status_code == 200
    assert client.get(way_in.link_of(mina, at=clock.now() - timedelta(minutes=61))).status_code == 404


def test_whoever_has_no_link_waits_as_long_for_nobody_as_for_somebody(client, mina, monkeypatch):
    """It is the scrambling of a password that takes its time; else an outsider could count who works here."""
    scrambled = []
    hasher = type(get_hasher())
    encode = hasher.encode

    def counted(*given: Any) -> str:
        scrambled.append(1)
        return encode(*given)

    monkeypatch.setattr(hasher, "encode", counted)
    times = []
    for person_id in (mina.pk, 10**9):
        scrambled.clear()
        press(client, f"/way-in/{person_id}/a-b/")
        times.append(len(scrambled))
    assert times == [1, 1]


def test_it_opens_for_nobody_else(client, mina):
    sten = StenFactory()
    token = way_in.link_of(mina, at=clock.now()).split("/")[3]
    for link in (
        f"/way-in/{sten.pk}/{token}/", f"/way-in/{mina.pk}/{token}x/", f"/way-in/{mina.pk}/x-y/",
        f"/way-in/{10**25}/{token}/", f"/way-in/0/{token}/", f"/way-in/{mina.pk}/choose/",
    ):  # fmt: skip
        answers = [client.get(link), choose(client, link)]
        assert [each.status_code for each in answers] == [404, 404]
        assert {alike(each) for each in answers} == {alike(client.get("/way-in/0/a-b/"))}, "told apart by nothing"
    assert not is_in(client, sten)


def test_whoever_sits_at_somebody_elses_session_comes_in_as_themselves(client, mina):
    sten = StenFactory()
    client.force_login(sten)
    choose(client, way_in.link_of(mina, at=clock.now()))
    assert is_in(client, mina)


def test_other_sessions_end_with_the_old_password(client):
    mina, other = MinaFactory(signs_in=True), Client()
    other.post("/sign-in/", {"username": mina.email, "password": PASSWORD})
    assert is_in(other, mina)
    mina.refresh_from_db()
    choose(client, way_in.link_of(mina, at=clock.now()))
    assert is_in(client, mina)
    assert not is_in(other, mina)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("", None, "Please answer this."), ("x7%y", None, "12 characters"), ("password1234", None, "too common"),
        ("493817265038", None, "numeric"), (CHOSEN, "a boat on the river Ouse", "match"),
        ("mina@example.org", None, "similar"), ("a\x00" * 8, None, "Null"), ("x" * 5000, None, "characters long"),
    ],
)  # fmt: skip
def test_what_is_no_good_password_is_said_and_uses_nothing_up(client, mina, password, again, said):
    link = way_in.link_of(mina, at=clock.now())
    answer = choose(client, link, password, again)
    assert answer.status_code == 422
    assert said in " ".join(str(each) for each in answer.context["form"].errors.values())
    assert password in ("", "mina@example.org") or password not in answer.text
    assert choose(client, link).status_code == 302


def test_neither_link_nor_password_is_in_any_log(client, mina, caplog):
    link = way_in.link_of(mina, at=clock.now())
    with caplog.at_level(logging.DEBUG):
        choose(client, link, CHOSEN, "something else entirely")
        choose(client, link)
        choose(Client(), link, "wrong wrong wrong")
        client.get(link)
    assert CHOSEN not in caplog.text
    token = link.split("/")[3]
    said = {record.getMessage() for record in caplog.records if token in record.getMessage()}
    assert said == {f"Not Found: {link}"}, "only once it opened nothing any more"


# Guessing passwords


def enter(email: str, password: str = PASSWORD, **more: Any):
    return Client().post("/sign-in/", {"username": email, "password": password}, **more)


@pytest.mark.parametrize("email", ["mina@example.org", "nobody@example.org"])
def test_whoever_guesses_for_one_address_waits_whether_anybody_has_it_or_not(email):
    MinaFactory(signs_in=True)
    for number in range(WRONG_FOR_ONE.most):
        assert NOT_KNOWN in enter(email, f"guess {number}", REMOTE_ADDR=f"192.0.2.{number}").text
    for typed in (email, email.upper()):
        answer = enter(typed, REMOTE_ADDR="192.0.2.200")
        assert answer.status_code == 422
        assert TOO_OFTEN in answer.text


def test_nobody_makes_us_forget_by_trying_thousands_of_other_names():
    for _ in range(WRONG_FOR_ONE.most):
        WRONG_FOR_ONE.note("mina@example.org")
    for number in range(5_000):
        WRONG_FOR_ONE.note(f"nobody{number}@example.org")
    assert WRONG_FOR_ONE.are_too_many("mina@example.org")


def test_others_sign_in_meanwhile_and_one_who_remembers_starts_anew():
    mina, sten = MinaFactory(signs_in=True), StenFactory(signs_in=True)
    for number in range(WRONG_FOR_ONE.most):
        enter("nobody@example.org", f"guess {number}")
    assert enter(sten.email).status_code == 302
    for _ in range(3):
        for number in range(WRONG_FOR_ONE.most - 1):
            assert NOT_KNOWN in enter(mina.email, f"guess {number}").text
        assert enter(mina.email).status_code == 302


def test_whoever_tries_one_password_for_everybody_waits_too():
    MinaFactory(signs_in=True)
    for number in range(100):
        enter(f"colleague{number}@example.org", "the same for all")
    assert TOO_OFTEN in enter("mina@example.org").text
    assert enter("mina@example.org", REMOTE_ADDR="192.0.2.7").status_code == 302
