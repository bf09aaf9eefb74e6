"""The coordinators' desk as a whole."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from people.tests.factories import PersonFactory

OURS = {"people", "programs", "participants", "pairings", "matching", "surveys", "notifications"}


def test_the_desk_holds_our_own_models_and_nothing_else():
    assert {model._meta.app_label for model in admin.site._registry} <= OURS


@pytest.mark.django_db
def test_nobody_else_learns_that_there_is_a_desk(client):
    client.force_login(PersonFactory())
    assert client.get(reverse("admin:index")).status_code == 404
    assert client.get("/desk/nothing/of/the/sort/").status_code == 404


@pytest.mark.django_db
def test_somebody_signed_out_is_sent_to_the_one_sign_in_page(client):
    answer = client.get(reverse("admin:login"))
    assert answer.url == f"{reverse('people:sign_in')}?next={reverse('admin:index')}"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["is_coordinator", "is_administrator"])
def test_whoever_has_the_desk_is_greeted_by_name(client, role):
    client.force_login(PersonFactory(given_name="Cora", **{role: True}))
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
    assert ", Cora</h1>" in page.content.decode()
