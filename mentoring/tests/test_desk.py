"""The coordinators' desk as a whole."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from disclosure.tests.proofs import LONG
from mentoring.desk import PARTS
from participants.tests.factories import MentorFactory, with_not_discussed
from people.models import Person
from people.tests.factories import AdaFactory, CoraFactory, PersonFactory
from programs.choices import Stage
from programs.models import Program
from programs.tests.factories import program_with
from surveys.choices import SurveyKind

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


@pytest.mark.django_db
def test_a_coordinator_who_takes_part_is_not_led_to_the_search(client):
    cora = CoraFactory()
    program = program_with(coordinator=cora, stage=Stage.MATCHING)
    client.force_login(cora)
    page = reverse("admin:programs_program_change", args=[program.pk])
    search = reverse("matching:runs", args=[program.pk])
    assert search in client.get(page).content.decode()
    MentorFactory(program=program, person=cora)
    assert search not in client.get(page).content.decode()
    assert client.get(search).status_code == 404


COLUMN_QUESTIONS = [
    "people/person/?password__startswith=!",
    "people/person/?password__regex=%5B",
    "people/person/?_to_field=password",
    "people/person/?last_login__isnull=True",
    "people/person/?name__regex=%5B",
    "people/person/?manager__password__startswith=p",
    "participants/participation/?not_discussed__isnull=False",
    "participants/participation/?data_key__isnull=True",
    "participants/participation/?side__range=x",
    "pairings/pairing/?ended_by__exact=1",
    "pairings/meeting/?topics__isnull=False",
    "pairings/meeting/?logged_by__exact=1",
    "notifications/notice/?kind__startswith=matching",
]


@pytest.mark.django_db
@pytest.mark.parametrize("question", COLUMN_QUESTIONS)
def test_a_list_is_filtered_only_by_what_its_page_offers(client, question):
    client.force_login(CoraFactory(is_administrator=True))
    assert client.get(f"/desk/{question}").status_code == 404


@pytest.mark.django_db
def test_no_lookup_beside_the_offered_ones_is_allowed_on_any_list():
    forms = ("exact", "startswith", "regex", "range", "gt", "isnull", "in", "contains", "id__exact")
    desks: dict[Any, Any] = dict(admin.site._registry)
    for model, desk in desks.items():
        offered = {entry if isinstance(entry, str) else entry[0] for entry in desk.list_filter}
        for field in model._meta.concrete_fields:
            allowed = {form for form in forms if desk.lookup_allowed(f"{field.name}__{form}", "x")}
            assert not desk.lookup_allowed(field.name, "x")
            assert allowed <= ({"exact", "id__exact", "isnull"} if field.name in offered else set()), field


@pytest.mark.django_db
def test_the_offered_filters_work(client):
    cora = CoraFactory()
    program = program_with(cora)
    with_not_discussed(MentorFactory(program=program), "CANARY")
    client.force_login(cora)
    page = client.get("/desk/participants/participation/?side__exact=mentor")
    assert (page.status_code, page.context["cl"].result_count) == (200, 1)
    page = client.get("/desk/participants/participation/?side__exact=mentee")
    assert (page.status_code, page.context["cl"].result_count) == (200, 0)
    assert client.get(f"/desk/participants/participation/?program__id__exact={program.pk}").status_code == 200
    assert client.get(f"/desk/people/person/?level__id__exact={cora.level_id}&is_active__exact=1").status_code == 200


@pytest.mark.django_db
def test_no_value_of_a_query_string_breaks_a_list(client):
    """What a list filters by is its own. Searching, ordering and turning pages are Django's, the same for every list:
    one of them gets every odd value. In the short version each place gets every second one."""
    client.force_login(CoraFactory(is_administrator=True))
    desks: dict[Any, Any] = dict(admin.site._registry)
    asked = [
        (model, name, value)
        for model, desk in desks.items()
        for name in sorted(desk.lookups_shown(None))
        for value in ("%00", "x", "9" * 25, "1e400")
    ]
    asked += [(model, "o", "9" * 25) for model in desks]
    asked += [
        (Person, name, value)
        for name in ("q", "o", "p", "all", "e", "_popup", "_to_field", "_facets")
        for value in ("%00", "x", "9" * 25, "-1", "%5B", "%ED%A0%80")
    ]
    for number, (model, name, value) in enumerate(asked):
        if not LONG and number // 4 % 2 != number % 2:
            continue
        url = f"{list_of(model)}?{name}={value}"
        assert client.get(url).status_code < 500, url
    for model in desks:
        assert client.get(f"{list_of(model)}?q=%00").status_code == 404


def list_of(model: type[Model]) -> str:
    return f"/desk/{model._meta.app_label}/{model._meta.model_name}/"


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["autocomplete/", "jsi18n/", "r/1/1/"])
def test_addresses_of_the_admin_that_nobody_needs_are_not_there(client, where):
    client.force_login(AdaFactory())
    asked = "?app_label=people&model_name=person&field_name=manager&term=a"
    assert client.get(f"/desk/{where}{asked}").status_code == 404


def links_of(client: Client, program: Program) -> list[str]:
    page = client.get(reverse("admin:programs_program_change", args=[program.pk])).content.decode()
    (pages,) = re.findall(r'<nav class="uw-pagesof".*?</nav>', page, re.S)
    return [unescape(each) for each in re.findall(r'href="([^"]+)"', pages)]


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.ENROLMENT, Stage.RUNNING, Stage.CLOSED])
def test_the_page_of_a_program_leads_to_all_work_on_it(client, stage):
    cora = CoraFactory()
    program = program_with(coordinator=cora, stage=stage)
    client.force_login(cora)
    found = links_of(client, program)
    here = f"?program__id__exact={program.pk}"
    always = [f"{reverse('admin:surveys_survey_changelist')}{here}", reverse("surveys:board", args=[program.pk])]
    later = [
        reverse("pairings:doing", args=[program.pk]), f"{reverse('admin:pairings_pairing_changelist')}{here}",
        f"{reverse('admin:participants_participation_changelist')}{here}",
        reverse("dashboards:program_progress", args=[program.pk]),
    ]  # fmt: skip
    assert set(always) <= set(found)
    assert set(later) & set(found) == (set() if stage == Stage.DRAFT else set(later))
    assert [each for each in found if client.get(each).status_code != 200] == []


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [Stage.RUNNING, Stage.CLOSED])
def test_an_administrator_is_led_to_nothing_that_is_not_theirs(client, stage):
    program = program_with(coordinator=CoraFactory(), stage=stage)
    client.force_login(AdaFactory())
    found = links_of(client, program)
    assert [each for each in found if client.get(each).status_code != 200] == []


@pytest.mark.django_db
def test_whoever_opens_the_stage_of_interest_is_led_to_the_survey(client):
    cora = CoraFactory()
    program = program_with(coordinator=cora, stage=Stage.INTEREST)
    client.force_login(cora)
    page = client.get(reverse("admin:programs_program_change", args=[program.pk])).content.decode()
    assert "Nobody is asked by opening this stage alone." in page
    (link,) = re.findall(rf'href="({reverse("admin:surveys_survey_add")}[^"]+)"', page)
    form = client.get(unescape(link)).context["adminform"].form
    assert (str(form["program"].value()), form["kind"].value()) == (str(program.pk), SurveyKind.INTEREST)


def test_every_list_of_the_desk_has_a_place_on_its_first_page():
    placed = [name for *_, names in PARTS for name in names]
    assert sorted(placed) == sorted(model.__name__ for model in admin.site._registry)


@pytest.mark.django_db
def test_the_first_page_sorts_lists_by_what_one_looks_for(client):
    client.force_login(CoraFactory())
    shown = client.get(reverse("admin:index")).context["app_list"]
    assert [(part["name"], part["models"][0]["object_name"]) for part in shown] == [
        ("Programs", "Program"), ("Taking part", "Participation"), ("Directory", "Person"),
    ]  # fmt: skip
