"""Odd values in every address, every query string, and every form of the desk: refused, and never an error of ours.

A client hands our own exceptions on to the test, so a request that would have ended as an error page fails it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from disclosure.tests.proofs import LONG
from mentoring.access import PAGES, Who
from mentoring.tests.test_access import ADDRESSES, url_of
from mentoring.tests.world import World, build

pytestmark = pytest.mark.django_db

QUERIES = ("%00", "%ED%A0%80")
NUMBERS = ("2147483648", "9" * 25)
VALUES = ("a\x00b", "9" * 25, "0001-01-01")
KEEPERS = {
    "people": Who.ADMINISTRATOR,
    "programs": Who.COORDINATOR,
    "surveys": Who.COORDINATOR,
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def client_of(world: World, who: Who) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def undone(send: Any, *args: Any) -> Any:
    """The answer to a request whose writing is taken back."""
    with transaction.atomic():
        answer = send(*args)
        transaction.set_rollback(True)
    return answer


READERS = (Who.MENTOR, Who.COORDINATOR, Who.VOLUNTEER, Who.SUPERVISOR, Who.LINE_MANAGER)


def test_no_query_string_breaks_a_page(world):
    """Each page of the site is asked by somebody who may read it."""
    clients = {who: client_of(world, who) for who in READERS}
    for number, (name, page) in enumerate(PAGES.items()):
        if name.startswith(("admin:", "route ")) or not page.reads:
            continue
        client = clients[next(who for who in READERS if who in page.reads)]
        url = url_of(ADDRESSES[name], world)
        orders = [QUERIES, QUERIES[::-1]]
        for one, other in orders if LONG else orders[number % 2 :: 2]:
            answer = undone(client.get, f"{url}?next={one}&page={other}&all={one}&{one}=1&{other}=1")
            assert answer.status_code < 500 or name == "ready", url  # no worker answers here


def test_no_number_in_an_address_breaks_it(world):
    """The short version asks with the larger one, and posts only where nothing is to be read."""
    client = client_of(world, Who.COORDINATOR)
    for address in ADDRESSES.values():
        url = url_of(address, world)
        for place in re.finditer(r"(?<=/)\d+(?=/)", url):
            for number in NUMBERS if LONG else NUMBERS[-1:]:
                odd = f"{url[: place.start()]}{number}{url[place.end() :]}"
                status = undone(client.get, odd).status_code
                assert status in (404, 405), odd
                if LONG or status == 405:
                    assert undone(client.post, odd).status_code in (404, 405), odd


def test_no_nul_in_an_address_breaks_it(world):
    client, tried = client_of(world, Who.COORDINATOR), 0
    for address in ADDRESSES.values():
        odd = re.sub(r"(?<=/)[^/]+/(?=[^/]*$)", "%00/", url_of(address, world))
        if address.parameters and is_known(unquote(odd)):
            assert undone(client.get, odd).status_code in (302, 404, 405), odd
            tried += 1
    assert tried > 10


def is_known(path: str) -> bool:
    """Most addresses take numbers and keys alone; one that is none of ours says nothing about any page."""
    try:
        return resolve(path).url_name is not None
    except Resolver404:
        return False


def typed_on(page: str) -> dict[str, str]:
    """What a browser would send from the form of this page as it stands."""
    form: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = "checked" in tag or not re.search(r'type="(checkbox|radio)"', tag)
        if name and ticked:
            form[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]+)"', options)
        form[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        form[name] = unescape(text).strip()
    return {name: value for name, value in form.items() if name not in {"next", "scheme", "q"}}


def forms_of_the_desk(world: World) -> Iterator[tuple[Client, str]]:
    for model in admin.site._registry:
        where = f"/desk/{model._meta.app_label}/{model._meta.model_name}/"
        who = KEEPERS.get(model._meta.app_label)
        if who is not None:
            yield client_of(world, who), f"{where}add/"
    yield client_of(world, Who.COORDINATOR), f"/desk/programs/program/{world.program.pk}/change/"
    yield client_of(world, Who.COORDINATOR), f"/desk/programs/program/{world.program.pk}/save-as-template/"
    yield client_of(world, Who.COORDINATOR), f"/desk/programs/programtemplate/{world.template.pk}/change/"
    ada = client_of(world, Who.ADMINISTRATOR)
    yield ada, f"/desk/people/person/{world.people[Who.STRANGER].pk}/change/"
    yield ada, f"/desk/people/person/{world.people[Who.STRANGER].pk}/password/"
    yield ada, f"/desk/people/level/{world.people[Who.STRANGER].level_id}/merge/"
    yield client_of(world, Who.COORDINATOR), "/desk/conflicts/"
    yield client_of(world, Who.MENTOR), "/conflicts/"


@pytest.fixture(scope="module")
def forms(world, django_db_blocker) -> list[tuple[Client, str, dict[str, str]]]:
    """Each form of the desk, with what a browser would send from it as it stands."""
    with django_db_blocker.unblock():
        return [(client, url, typed_on(client.get(url).text)) for client, url in forms_of_the_desk(world)]


@pytest.mark.parametrize("value", VALUES)
def test_no_value_breaks_a_form_of_the_desk(forms, value):
    """Every field at once; and, with the value that is no number of a row, each hidden field beside good answers: in
    all formsets of the page at once, since each formset is judged whatever the others say."""
    for client, url, form in forms:
        assert form, url
        rows = {name for name in form if name.endswith("_FORMS")}
        odd = {name: form[name] if name in rows else value for name in form}
        assert undone(client.post, url, odd).status_code in (200, 302, 422), url
        if not value.isdigit():
            continue
        hidden = rows | {name for name in form if name.endswith(("-id", "mark"))}
        for place in sorted({name.rpartition("-")[2] for name in hidden}):
            odd = {name: value for name in hidden if name.rpartition("-")[2] == place}
            assert undone(client.post, url, {**form, **odd}).status_code in (200, 302, 422), (url, place)
