from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from people.models import Function, Level, Person
from people.tests.factories import (
    AdaFactory,
    BoFactory,
    CoraFactory,
    EvaFactory,
    LevelFactory,
    MinaFactory,
    OttoFactory,
    PersonFactory,
    SiaFactory,
    StenFactory,
)

pytestmark = pytest.mark.django_db

PEOPLE = "/desk/people/person/"
LISTS = ("function", "lineofbusiness", "level", "site", "skill")
NEW = "correct horse battery staple"


def page_of(person: Person) -> str:
    return reverse("admin:people_person_change", args=[person.pk])


def password_of(person: Person) -> str:
    return reverse("admin:people_person_password", args=[person.pk])


@pytest.fixture
def ada(client: Client) -> Person:
    ada: Person = AdaFactory()
    client.force_login(ada)
    return ada


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "employee_number": "N-1",
        "email": "new@example.org",
        "given_name": "Nia",
        "family_name": "Newcomer",
        "job_title": "Analyst",
        "level": LevelFactory(rank=2).pk,
        "time_zone": "Europe/London",
        "languages": ["en", "de"],
        "manager": "",
        "hired_on": "2026-01-05",
        "is_active": "on",
        "_save": "1",
        **changes,
    }


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 422
    return dict(response.context["adminform"].form.errors)


def test_the_administrator_adds_somebody_who_cannot_sign_in_yet(client, ada):
    bo = BoFactory()
    assert client.post(f"{PEOPLE}add/", typed(manager="BO@example.org")).status_code == 302
    nia = Person.objects.get(employee_number="N-1")
    assert (nia.name, nia.manager, nia.languages, nia.sort_name) == ("Nia Newcomer", bo, ["en", "de"], "newcomer nia")
    assert not nia.has_usable_password()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"family_name": ""}, {"family_name": ["Please answer this."]}),
        (
            {"email": "ADA@example.org"},
            {"__all__": ["Somebody else in the directory already has this e-mail address."]},
        ),
        (
            {"time_zone": "Leeds"},
            {"time_zone": ["“Leeds” is not a time zone we know. Write it like Europe/Berlin."]},
        ),
        (
            {"manager": "nobody"},
            {"manager": ["Nobody in the directory has this e-mail address or employee number."]},
        ),
        (
            {"hired_on": "2026-01-05", "left_on": "2026-01-04"},
            {"__all__": ["The leaving date lies before the hiring date."]},
        ),
    ],
)
def test_each_refusal_is_a_sentence(client, ada, changes, errors):
    assert errors_of(client.post(f"{PEOPLE}add/", typed(**changes))) == errors
    assert not Person.objects.filter(employee_number="N-1").exists()


def test_a_manager_from_below_is_refused_at_the_field(client, ada):
    otto = OttoFactory()
    bo = otto.manager
    sent = typed(employee_number=bo.employee_number, email=bo.email, given_name="Bo", manager=otto.email)
    assert errors_of(client.post(page_of(bo), sent)) == {
        "manager": ["Otto Executive reports to Bo Manager, directly or through others. Choose somebody else."]
    }


def test_nobody_takes_their_own_administration_away(client, ada):
    response = client.post(page_of(ada), typed(employee_number=ada.employee_number, email=ada.email))
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "You cannot take this away from yourself. Another administrator can."
    ]
    ada.refresh_from_db()
    assert ada.is_administrator


def test_a_password_is_set_and_never_shown(client, ada):
    mina = MinaFactory()
    assert client.get(password_of(mina)).status_code == 200
    response = client.post(password_of(mina), {"password1": NEW, "password2": NEW}, follow=True)
    assert response.redirect_chain == [(page_of(mina), 302)]
    mina.refresh_from_db()
    assert mina.check_password(NEW)
    assert NEW not in response.text
    assert mina.password not in response.text
    assert mina.password not in client.get(PEOPLE).text


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("short", "short", "password1"),
        (NEW, "another", "password2"),
        ("", "", "password1"),
        ("mina@example.org", "mina@example.org", "password1"),
    ],
)
def test_a_poor_password_is_refused(client, ada, first, second, field):
    mina = MinaFactory()
    response = client.post(password_of(mina), {"password1": first, "password2": second})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    mina.refresh_from_db()
    assert mina.password == "!"


def test_a_new_password_ends_other_sessions(client, ada):
    mina, elsewhere = MinaFactory(signs_in=True), Client()
    elsewhere.force_login(mina)
    client.post(password_of(mina), {"password1": NEW, "password2": NEW})
    assert not get_user(elsewhere).is_authenticated


def test_coordinators_read_the_directory_and_change_nothing(client):
    mina = MinaFactory(languages=["en", "pl"])
    client.force_login(CoraFactory())
    page = client.get(page_of(mina))
    assert page.status_code == 200
    assert "mina@example.org" in page.text
    assert 'name="_save"' not in page.text
    read = strip_tags(page.text.replace("<", " <")).split()
    assert "English, Polish" in " ".join(read)
    assert "May sign in Yes" in " ".join(read)
    assert "<img" not in client.get(PEOPLE).text
    assert client.get(PEOPLE, {"q": "mina"}).status_code == 200
    assert client.post(page_of(mina), typed()).status_code == 404
    assert client.get(f"{PEOPLE}add/").status_code == 404
    assert client.get(password_of(mina)).status_code == 404
    assert client.post(password_of(mina), {"password1": NEW, "password2": NEW}).status_code == 404
    mina.refresh_from_db()
    assert (mina.given_name, mina.password) == ("Mina", "!")


@pytest.mark.parametrize("factory", [MinaFactory, OttoFactory, BoFactory, SiaFactory, EvaFactory, StenFactory])
def test_nobody_else_has_this_desk(client, factory):
    someone = PersonFactory()
    client.force_login(factory())
    urls = [PEOPLE, page_of(someone), password_of(someone), *(f"/desk/people/{name}/" for name in LISTS)]
    assert {client.get(url).status_code for url in urls} == {404}


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_kept_by_the_administrator_and_read_by_coordinators(client, ada, name):
    fields = {"name": "Quality", "rank": "77", "time_zone": "Europe/Berlin", "_save": "1"}
    assert client.post(f"/desk/people/{name}/add/", fields).status_code == 302
    assert "Quality" in client.get(f"/desk/people/{name}/").text
    client.force_login(CoraFactory())
    assert "Quality" in client.get(f"/desk/people/{name}/").text
    assert client.get(f"/desk/people/{name}/add/").status_code == 404


def test_two_functions_of_one_name_are_refused(client, ada):
    Function.objects.create(name="Finance")
    assert client.post("/desk/people/function/add/", {"name": "finance", "_save": "1"}).status_code == 422
    assert Function.objects.filter(name__iexact="finance").count() == 1


def test_nothing_is_deleted_on_the_desk(client, ada):
    level = LevelFactory(rank=9)
    assert client.post(f"/desk/people/level/{level.pk}/delete/", {"post": "yes"}).status_code == 404
    assert Level.objects.filter(pk=level.pk).exists()


def test_languages_stand_in_the_order_of_their_names(client, ada):
    page = client.get(page_of(ada)).content.decode()
    places = [page.index(f">{name}<") for name in ("Arabic", "Chinese", "Dutch", "German", "Ukrainian")]
    assert places == sorted(places)


def test_the_language_somebody_reads_first_stays_first_whatever_else_is_changed(client, ada):
    """Messages come in it, and the form has languages by name."""
    nia = PersonFactory(languages=["nl", "en"], employee_number="N-1", email="new@example.org")
    client.post(page_of(nia), typed(languages=["de", "nl", "en"], employee_number="N-1"))
    nia.refresh_from_db()
    assert nia.languages == ["nl", "en", "de"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_person_and_three(client, ada, count, django_assert_num_queries):
    PersonFactory.create_batch(count)
    client.get(PEOPLE)
    with django_assert_num_queries(7):
        client.get(PEOPLE)


def test_an_entry_that_was_open_meanwhile_keeps_what_was_written_since(client):
    client.force_login(AdaFactory())
    pat = PersonFactory(job_title="Clerk", manager=PersonFactory(), languages=["en", "de"])
    url = reverse("admin:people_person_change", args=[pat.pk])
    page = client.get(url)
    form = page.context["adminform"].form
    typed = {}
    for field in form:
        value = "" if field.value() is None else field.value()
        assert field.name == "languages" or f'name="{field.html_initial_name}"' in page.text
        typed[field.html_initial_name] = value
        if value is not False:
            typed[field.html_name] = "on" if value is True else value
    Person.objects.filter(pk=pat.pk).update(left_on=date(2026, 1, 1), manager=None)
    client.post(url, {**typed, "job_title": "Chief", "languages": ["en"]})
    pat = Person.objects.get(pk=pat.pk)
    assert (pat.job_title, pat.languages) == ("Chief", ["en"])
    assert (pat.left_on, pat.manager, pat.is_active) == (date(2026, 1, 1), None, True)
