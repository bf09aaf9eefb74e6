"""The base of the desk: nothing unless a desk says so, and what may not be seen does not exist."""

from __future__ import annotations

import pytest

from people.models import Level, Person, Site, Skill

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ui.tests.urls")]


@pytest.fixture
def ada(client):
    ada = Person.objects.create(
        employee_number="9", email="ada@example.org", given_name="Ada", family_name="Nwosu", is_administrator=True
    )
    client.force_login(ada)
    return client


@pytest.fixture
def york():
    return Site.objects.create(name="York", time_zone="Europe/London")


@pytest.mark.parametrize("where", ["", "add/", "{}/change/", "{}/delete/", "{}/history/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_desk_that_says_nothing_does_not_exist(ada, where, method):
    level = Level.objects.create(name="Associate", rank=1)
    assert getattr(ada, method)(f"/desk/people/level/{where.format(level.pk)}").status_code == 404


def test_a_desk_that_says_nothing_is_not_listed(ada):
    assert "/desk/people/level/" not in ada.get("/desk/").content.decode()
    assert "/desk/people/site/" in ada.get("/desk/").content.decode()


@pytest.mark.parametrize("where", ["{}/delete/", "{}/history/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_is_deleted_or_retold_at_the_desk(ada, york, where, method):
    response = getattr(ada, method)(f"/desk/people/site/{where.format(york.pk)}", {"post": "yes"})
    assert response.status_code == 404
    assert Site.objects.filter(pk=york.pk).exists()


def test_a_row_outside_the_list_is_404_and_no_redirect(ada):
    assert ada.get("/desk/people/site/4711/change/").status_code == 404
    assert ada.get("/desk/people/site/not-a-number/change/").status_code == 404


def test_a_window_shows_rows_and_changes_none(ada):
    skill = Skill.objects.create(name="Data")
    assert "Data" in ada.get("/desk/people/skill/").content.decode()
    page = ada.get(f"/desk/people/skill/{skill.pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    ada.post(f"/desk/people/skill/{skill.pk}/change/", {"name": "Something else"})
    ada.post("/desk/people/skill/add/", {"name": "Another"})
    assert [skill.name for skill in Skill.objects.all()] == ["Data"]


def test_no_page_of_the_desk_loads_a_script_or_sheet_of_the_admin(ada, york):
    for where in ("", "people/site/", "people/site/add/", f"people/site/{york.pk}/change/", "people/skill/"):
        html = ada.get(f"/desk/{where}").content.decode()
        assert "admin/js" not in html
        assert "admin/css" not in html


def with_rows(**site):
    empty = {"person_set-TOTAL_FORMS": "0", "person_set-INITIAL_FORMS": "0"}
    return {**empty, **site}


def test_a_refused_form_answers_422_and_a_good_one_is_saved(ada):
    refused = ada.post("/desk/people/site/add/", with_rows(name="", time_zone="Europe/London"))
    assert refused.status_code == 422
    assert "One answer needs another look" in refused.content.decode()
    saved = ada.post("/desk/people/site/add/", with_rows(name="Hull", time_zone="Europe/London"), follow=True)
    hull = Site.objects.get()
    assert "“Hull” is added." in saved.text
    assert hull.name == "Hull"
    page = f"/desk/people/site/{hull.pk}/change/"
    assert "“Hull” is saved." in ada.post(page, with_rows(name="Hull", time_zone="Europe/Paris"), follow=True).text


def test_what_an_action_refuses_while_saving_is_told_and_nothing_is_written(ada, monkeypatch):
    from django.core.exceptions import ValidationError

    from ui.tests.urls import SiteDesk

    def save_model(self, request, obj, form, change):
        obj.save()
        raise ValidationError("The program has begun; its sites are settled.")

    monkeypatch.setattr(SiteDesk, "save_model", save_model)
    response = ada.post("/desk/people/site/add/", with_rows(name="Hull", time_zone="UTC"), follow=True)
    assert "The program has begun; its sites are settled." in response.content.decode()
    assert not Site.objects.exists()


def test_moves_post_wait_with_their_reason_and_name_what_follows(ada, york):
    html = ada.get(f"/desk/people/site/{york.pk}/change/").content.decode()
    assert "Everyone who is eligible is written to." in html
    assert "Nobody has volunteered yet." in html
    assert html.count("<button") == html.count("</button>")
    assert '<span class="btn btn-quiet is-waiting">Start matching</span>' in html


def test_a_list_costs_the_same_queries_for_one_row_and_for_three(ada, york, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        ada.get("/desk/people/site/")
    Site.objects.create(name="Leeds")
    Site.objects.create(name="Hull")
    with django_assert_num_queries(len(one)):
        ada.get("/desk/people/site/")
