from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from people.fields import ColleagueField
from people.models import Person
from people.tests.factories import PASSWORD, MinaFactory, PersonFactory, SiteFactory
from people.views import NOT_KNOWN

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


@pytest.fixture
def mina() -> Person:
    return MinaFactory(signs_in=True)


def signed_in(client: Client) -> bool:
    return get_user(client).is_authenticated


def enter(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"username": email, "password": password, **more})


def test_somebody_who_works_here_signs_in_whatever_the_case_of_the_address(client, mina, settings):
    settings.LOGIN_REDIRECT_URL = "/home-page/"
    response = enter(client, "MINA@Example.org")
    assert (response.status_code, response["Location"]) == (302, "/home-page/")
    assert signed_in(client)


def test_every_refusal_reads_the_same(client, mina):
    MinaFactory(signs_in=True, email="stopped@example.org", is_active=False)
    MinaFactory(signs_in=True, email="left@example.org", left_on=date(2024, 1, 1))
    MinaFactory(email="nopassword@example.org")
    for email, password in (
        ("mina@example.org", "a wrong pass phrase"),
        ("nobody@example.org", PASSWORD),
        ("stopped@example.org", PASSWORD),
        ("left@example.org", PASSWORD),
        ("nopassword@example.org", "!"),
    ):
        response = enter(client, email, password)
        assert response.status_code == 422
        assert response.context["form"].non_field_errors() == [NOT_KNOWN]
        assert response.context["form"].errors.keys() == {"__all__"}
        assert not signed_in(client)


@pytest.mark.parametrize("email", ["", "no address", "mina@example.org\x00"])
def test_what_is_no_address_is_said_at_the_field(client, email):
    response = enter(client, email)
    assert response.status_code == 422
    assert "username" in response.context["form"].errors


@pytest.mark.parametrize("change", [{"is_active": False}, {"left_on": date(2024, 1, 1)}])
def test_access_ends_with_the_next_page_after_somebody_leaves(client, mina, change):
    client.force_login(mina)
    assert signed_in(client)
    Person.objects.filter(pk=mina.pk).update(**change)
    assert not signed_in(client)


def test_after_signing_in_people_come_to_the_page_they_asked_for(client, mina):
    assert enter(client, mina.email, next="/desk/")["Location"] == "/desk/"


ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
NO_PATH = ["abc", "a\x00b", "people:sign_in", "1e400", "-1", "../desk/", "/" + "a" * 9_000]


@pytest.mark.parametrize("elsewhere", [*ELSEWHERE, *NO_PATH])
def test_nobody_is_sent_to_another_site(client, mina, settings, elsewhere):
    settings.LOGIN_REDIRECT_URL = "/home-page/"
    assert enter(client, mina.email, next=elsewhere)["Location"] == "/home-page/"
    assert client.get(SIGN_IN, {"next": elsewhere})["Location"] == "/home-page/"


def test_an_address_is_found_by_the_same_letters_as_keep_it_unique(client):
    dotless, dotted = MinaFactory(email="a@b\u0131.org"), MinaFactory(email="a@bi.org", signs_in=True)
    assert Person.objects.get_by_natural_key("A@bi.ORG") == dotted
    assert Person.objects.get_by_natural_key("a@b\u0131.org") == dotless
    assert enter(client, "A@bi.org").status_code == 302


def test_the_page_is_open_to_everybody_and_keeps_where_they_wanted_to_go(client):
    response = client.get(SIGN_IN, {"next": "/desk/"})
    assert response.status_code == 200
    assert '<input type="hidden" name="next" value="/desk/">' in response.text


def test_the_password_is_never_shown_again(client, mina):
    assert PASSWORD not in enter(client, "nobody@example.org").text


@pytest.mark.parametrize("page", ["/", "/programs/", "/guidance/", "/colleagues/?q=mi", "/who-sees-what/", "/nowhere/"])
def test_nothing_that_somebody_read_while_signed_in_stays_in_the_browser(client, mina, page):
    """Or whoever uses it next goes back to it."""
    client.force_login(mina)
    assert "no-store" in client.get(page)["Cache-Control"]


def test_a_sentence_that_nobody_has_read_ends_with_the_session(client, mina):
    client.force_login(mina)
    client.post(reverse("notifications:your_messages"), {"do": "topics"})
    client.post(reverse("people:sign_out"))
    assert "messages" not in client.cookies
    assert "Saved." not in client.get(SIGN_IN).text
    client.force_login(PersonFactory())
    assert "Saved." not in client.get("/").text


def test_signing_out_needs_a_press_of_the_button(client, mina):
    client.force_login(mina)
    assert client.get(reverse("people:sign_out")).status_code == 405
    assert signed_in(client)
    assert client.post(reverse("people:sign_out"))["Location"] == SIGN_IN
    assert not signed_in(client)


# Finding a colleague


def brought_up(client: Client, typed: str) -> list[str]:
    return [each["words"] for each in client.get("/colleagues/", {"q": typed}).json()["found"]]


@pytest.fixture
def inside(client: Client, mina: Person) -> Client:
    site = SiteFactory(name="Bristol")
    PersonFactory(given_name="Otto", family_name="Brandt", email="ob@example.org", job_title="Trains", site=site)
    PersonFactory(given_name="Ottilie", family_name="Müller", email="q.zett@example.org", job_title="", site=None)
    client.force_login(mina)
    return client


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ott", ["Otto Brandt, Trains, Bristol", "Ottilie Müller"]),
        ("OTTO", ["Otto Brandt, Trains, Bristol"]),
        ("otto br", ["Otto Brandt, Trains, Bristol"]),
        ("Brandt  Ot", ["Otto Brandt, Trains, Bristol"]),
        ("mul", ["Ottilie Müller"]),
        ("ottilie mü", ["Ottilie Müller"]),
        ("q.ze", ["Ottilie Müller"]),
        ("o", []),
        ("randt", []),
        ("%%", []),
        ("x" * 81, []),
        ("ot\x00to", ["Otto Brandt, Trains, Bristol"]),
    ],
)
def test_the_beginning_of_a_name_or_address_brings_up_colleagues(inside, typed, found):
    assert brought_up(inside, typed) == found


def test_who_has_left_is_not_brought_up_and_the_address_is_what_the_field_takes(inside):
    Person.objects.filter(given_name="Otto").update(left_on=date(2024, 1, 1))
    [left] = inside.get("/colleagues/", {"q": "ott"}).json()["found"]
    assert left["value"] == "q.zett@example.org"
    assert ColleagueField(label="Whom").clean(left["value"]).family_name == "Müller"


def test_more_than_a_name_is_not_looked_for_and_only_what_every_colleague_reads_is_told(inside):
    PersonFactory(given_name="z" * 60, family_name="y" * 60, email="zy@example.org", job_title="", site=None)
    for letters, found in ((39, True), (40, False)):
        answer = inside.get("/colleagues/", {"q": f"{'z' * 41} {'y' * (letters - 1)}"})
        assert answer.json()["found"] == ([{"value": "zy@example.org", "words": f"{'z' * 60} {'y' * 60}"}] * found)


def test_no_more_are_brought_up_than_fit_a_list(inside):
    for number in range(12):
        PersonFactory(given_name="Ottoline", family_name=f"Twin {number:02}")
    assert len(brought_up(inside, "ottoline")) == 8
