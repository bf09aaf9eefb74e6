"""Every URL of the site, opened and posted to by every kind of person.

The expectations are ``mentoring.access``; the walk is over the resolver itself, so a page nobody thought of fails.

A guard asks for a relation and lets in whoever has it. So the short version asks, of those who may, whoever has least,
and of those who may not, whoever has most; that goes for the rest, too. ``make check`` asks everybody.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

import clock
from disclosure.tests.proofs import LONG
from mentoring.access import DESK, DESK_MODELS, NOBODY, PAGES, SIGNED_IN, DeskModel, Page, Who
from mentoring.tests.markers import EXPECTED, MARKERS, columns_in, mark, text_of
from mentoring.tests.world import NAMES, World, build
from notifications.choices import Topic
from notifications.wanted import link_to_decline
from pairings.met import link_about
from pairings.models import Circle, HelpRequest
from participants.references import link_of
from people.models import DirectoryImport, Person
from people.way_in import link_of as link_of_person
from surveys.models import Theme

# One world serves the whole module; each test and each request is undone inside of it.
pytestmark = pytest.mark.django_db

COORDINATES = {"staff", "a coordinator", "coordinates the program"}
RELATIONS: Mapping[Who, Set[str]] = {
    Who.ANONYMOUS: set(),
    Who.STRANGER: set(),
    Who.MENTOR: {"takes part", "offers", "of the pair", "its mentor"},
    Who.MENTEE: {"takes part", "of the pair", "its mentee"},
    Who.VOLUNTEER: {"takes part", "offers"},
    Who.LINE_MANAGER: {"manages the mentee"},
    Who.COORDINATOR: COORDINATES,
    Who.CANDIDATE: COORDINATES | {"takes part", "offers"},
    Who.ELSEWHERE: {"staff", "a coordinator"},
    Who.SUPERVISOR: {"supervises"},
    Who.EXECUTIVE: {"an executive"},
    Who.ADMINISTRATOR: {"staff", "an administrator"},
}
"""What a guard may ask for."""

ADMIN_PAGES = ("changelist", "add", "history", "delete", "change")


@dataclass(frozen=True)
class Address:
    """A place of the resolver: its full name, or its route where it has none."""

    name: str
    parameters: tuple[str, ...]


def addresses(resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()) -> Iterator[Address]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from addresses(entry, inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name)) if entry.name else f"route {entry.pattern}"
            yield Address(name, tuple(entry.pattern.converters) or tuple(entry.pattern.regex.groupindex))


ADDRESSES = {address.name: address for address in addresses()}


def desk_model_of(name: str) -> tuple[str, DeskModel, str] | None:
    match = re.fullmatch(rf"admin:(\w+)_(\w+)_({'|'.join(ADMIN_PAGES)})", name)
    if match is None or (label := f"{match[1]}.{match[2]}") not in DESK_MODELS:
        return None
    return label, DESK_MODELS[label], match[3]


def policy_of(name: str) -> Page | None:
    if name in PAGES:
        return PAGES[name]
    if (found := desk_model_of(name)) is None:
        return None
    _, model, page = found
    match page:
        case "changelist":
            return Page(model.lists, model.lists, model.names)
        case "add":
            return Page(model.adds, model.adds, model.names)
        case "delete" | "history":
            return Page(frozenset(), frozenset())
        case _:
            return Page(model.sees, model.changes, model.names)


def test_every_address_is_in_the_policy():
    assert sorted(name for name in ADDRESSES if policy_of(name) is None) == []


def test_the_policy_names_no_address_that_does_not_exist():
    models = {found[0] for name in ADDRESSES if (found := desk_model_of(name))}
    assert sorted(set(PAGES) - set(ADDRESSES)) == []
    assert sorted(set(DESK_MODELS) - models) == []


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = build()
        mark(world)
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def urls(world: World, django_db_blocker: Any) -> dict[str, str]:
    """Where each address of the policy leads in this world."""
    with django_db_blocker.unblock():
        return {name: url_of(address, world) for name, address in ADDRESSES.items() if policy_of(name) is not None}


def arguments(address: Address, world: World) -> dict[str, Any]:
    """What the URL is about: always something of the one program."""
    if found := desk_model_of(address.name):
        return {"object_id": world_object(found[0], world)} if address.parameters else {}
    if not address.parameters:
        return {}
    if not world.extra:
        world.extra = keys_of(world)
    known = dict(world.extra)
    if "results" in address.name:
        known["survey_id"] = known["survey"] = world.closed_survey.pk
    if address.name == "surveys:translate":
        known["survey_id"] = world.written_survey.pk
    if address.name == "matching:use":
        known["run"] = world.tried.pk
    if address.name == "participants:refer":
        known["token"] = link_of(world.reference).rstrip("/").rpartition("/")[2]
    if address.name == "matching:aside":
        known["proposal"] = world.declined.pk
    if address.name == "pairings:met":
        planned, mina = world.pairing.planned_meetings.get(), world.people[Who.MENTOR]
        known["token"] = link_about(planned, mina, on=planned.day).rstrip("/").rpartition("/")[2]
    if address.name == "people:choose_password":
        mina = world.people[Who.MENTOR]
        known["person_id"], known["token"] = link_of_person(mina, at=clock.now()).strip("/").split("/")[1:]
    if address.name == "notifications:decline":
        known["token"] = link_to_decline(world.people[Who.MENTOR], [Topic.SURVEYS]).rstrip("/").rpartition("/")[2]
    if address.name == "pairings:feed":
        known["token"] = world.feed
    if address.name == "participants:decide_references":
        known["participation_id"] = world.reference.participation_id
    if address.name == "participants:piece":
        known["name"] = "confidentiality"
    if "survey" in address.name.partition(":")[2] and address.name.startswith("admin:"):
        known["object_id"] = world.survey.pk
    if address.name.endswith("_merge"):
        known["object_id"] = world_object(".".join(address.name.removeprefix("admin:").split("_")[:2]), world)
    if "programtemplate" in address.name:
        known["object_id"] = world.template.pk
    if "people_person" in address.name:
        known["id"] = known["object_id"] = world.people[Who.STRANGER].pk
    return {parameter: known[parameter] for parameter in address.parameters}


def keys_of(world: World) -> dict[str, Any]:
    """By the names that addresses have for them."""
    return {
        "person_id": world.people[Who.MENTEE].pk,
        "program_id": world.program.pk, "program": world.program.pk, "pairing_id": world.pairing.pk,
        "pairing": world.pairing.pk, "proposal_id": world.proposal.pk, "proposal": world.proposal.pk,
        "run_id": world.run.pk, "run": world.run.pk, "goal_id": world.goal.pk, "goal": world.goal.pk,
        "task_id": world.goal.tasks.get().pk, "notice_id": world.notice.pk,
        "message_id": world.pairing.messages.get().pk, "note_id": world.pairing.notes.get().pk,
        "request_id": HelpRequest.objects.get().pk,
        "circle_id": Circle.objects.get().pk,
        "import_id": DirectoryImport.objects.get().pk,
        "meeting_id": world.pairing.meetings.get().pk, "planned_id": world.pairing.planned_meetings.get().pk,
        "extension_id": world.extension.pk, "extension": world.extension.pk, "side": "mentor", "name": "a-letter",
        "seen_as": "mentor",
        "survey_id": world.survey.pk, "survey": world.survey.pk, "version": 1,
        "conflict_id": world.conflict.pk, "object_id": world.program.pk, "stage": "review", "app_label": "surveys",
        "theme_id": Theme.objects.get().pk, "insight_id": world.pairing.insights.get().pk,
        "saying": "pairings.check_in", "language": "de",
        "url": "nowhere", "number": 1, "rule": "level_gap", "step": "offer",
    }  # fmt: skip


def world_object(label: str, world: World) -> Any:
    from django.apps import apps

    special = {
        "programs.program": world.program, "pairings.pairing": world.pairing, "surveys.survey": world.survey,
        "participants.participation": world.participation, "people.person": world.people[Who.STRANGER],
    }  # fmt: skip
    return (special.get(label) or apps.get_model(label).objects.order_by("pk").first()).pk


def url_of(address: Address, world: World) -> str:
    if address.name.startswith("route "):
        return "/desk/notifications/notice/nowhere/" if "object_id" in address.parameters else "/desk/nowhere/"
    return reverse(address.name, kwargs=arguments(address, world))


class Rolled(Exception):
    """Takes back what a request wrote."""


def session_of(world: World, who: Who) -> Client:
    """A browser in which this person is signed in."""
    client = Client(raise_request_exception=True)
    if who is not Who.ANONYMOUS:
        client.force_login(world.people[who])
    return client


def ask(client: Client, method: str, url: str) -> Any:
    """What comes back. What the request wrote is undone, and the browser keeps the cookies it came with."""
    cookies = deepcopy(client.cookies)
    answer = None
    try:
        with transaction.atomic():
            answer = getattr(client, method)(url)
            if hasattr(answer, "render") and not answer.is_rendered:
                answer.render()
            raise Rolled
    except Rolled:
        client.cookies = cookies
        return answer


def outcome(answer: Any, address: Address, who: Who) -> str:
    """One word for what the reader got."""
    if answer.status_code == 302 and answer.url.startswith((reverse("people:sign_in"), reverse("admin:login"))):
        leads_there = address.name in {"admin:login", "people:sign_out", "admin:logout"}
        return "let in" if leads_there and who is not Who.ANONYMOUS else "sign in"
    if answer.status_code == 404:
        return "not there"
    if answer.status_code == 405:
        return "no such verb"
    return "let in" if answer.status_code in (200, 204, 301, 302, 400, 422, 503) else f"status {answer.status_code}"


def expected(page: Page, who: Who, method: str) -> str:
    allowed = page.reads if method == "get" else page.acts
    if allowed is None:
        return "no such verb"
    if who in allowed:
        return "let in"
    return "sign in" if who is Who.ANONYMOUS and page.asks_to_sign_in else "not there"


def of_least(kinds: Set[Who]) -> Set[Who]:
    return {who for who in kinds if not any(RELATIONS[other] < RELATIONS[who] for other in kinds)}


def of_most(kinds: Set[Who]) -> Set[Who]:
    return {who for who in kinds if not any(RELATIONS[other] > RELATIONS[who] for other in kinds)}


def asked(name: str, page: Page, method: str) -> Set[Who]:
    """Who is sent to a page. Most pages judge a reader before they look at the verb, so where they answer both, one of
    each sort posts."""
    if LONG:
        return frozenset(Who)
    allowed = page.reads if method == "get" else page.acts
    if allowed is None:
        return {Who.ANONYMOUS, *sorted(page.reads or page.acts or NOBODY)[:1]}
    may = of_least(allowed & SIGNED_IN)
    refused = SIGNED_IN - allowed
    if name.startswith(("admin:", "route ")) and refused - DESK:  # one door keeps all of them out
        refused = refused & DESK | {Who.STRANGER}
    if method == "post" and page.reads is not None:
        nearest = sorted(refused, key=lambda who: len(RELATIONS[who]))[-1:]
        return {Who.ANONYMOUS, *sorted(may)[:1], *nearest, *of_most(refused & page.reads)}
    if method == "get" and isinstance(page.names, Mapping):
        may = allowed  # what stands on it differs
    # Whoever coordinates and takes part is let in for the one, and must not see what the other forbids.
    return {Who.ANONYMOUS} | may | of_most(refused) | (allowed & {Who.CANDIDATE})


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", list(Who), ids=[who.name.lower() for who in Who])
def test_everybody_gets_what_the_policy_says(world, urls, who, method, caplog):
    """The status of every address, the people on it, and whose own words stand there; none of these in any log."""
    caplog.set_level(logging.DEBUG if LONG else logging.INFO)
    client = session_of(world, who)
    wrong, leaks = [], []
    found: dict[str, list[str]] = defaultdict(list)
    for address in ADDRESSES.values():
        page = policy_of(address.name)
        if page is None or who not in asked(address.name, page, method):
            continue
        answer = ask(client, method, urls[address.name])
        got, due = outcome(answer, address, who), expected(page, who, method)
        for column in columns_in(answer, who, page):
            found[column].append(address.name)
        # A verb the page does not know is refused before anything is looked up, and so to everybody alike;
        # where it is refused later, whoever may not read the page must not learn that it exists.
        if due == "no such verb" and got in ("sign in", "not there") and who not in (page.reads or page.acts or ()):
            continue
        if got != due:
            wrong.append(f"{address.name}: {got}, and not {due}")
        if got == "let in" and method == "get" and answer.status_code == 200:
            leaks += [f"{address.name} names {name}" for name in names_on(answer, who, page)]
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy or "data:" in policy:
            wrong.append(f"{address.name}: the content security policy is “{policy}”")
    if method == "get" and who is not Who.ANONYMOUS:  # all there is to read, with the file of one's own data
        for column in columns_in(ask(client, "post", reverse("people:my_data")), who):
            found[column].append("my data")
        wrong += [
            f"{column} is not found" for column, readers in EXPECTED.items() if who in readers and column not in found
        ]
    assert wrong == []
    assert leaks == []
    assert {column: where for column, where in found.items() if who not in EXPECTED[column]} == {}
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert [column for column, marker in MARKERS.items() if marker in logged] == []


def test_whoever_an_administrator_takes_off_the_desk_coordinates_nothing_any_more(world, urls):
    """Programs still name them, and what they read and do there ends with the next request."""
    wrong, cora = [], world.people[Who.COORDINATOR]
    try:
        with transaction.atomic():
            client = session_of(world, Who.COORDINATOR)
            Person.objects.filter(pk=cora.pk).update(is_coordinator=False)
            for address in ADDRESSES.values():
                page = policy_of(address.name)
                if page is None:
                    continue
                for method, allowed in (("get", page.reads), ("post", page.acts)):
                    if allowed is None or Who.COORDINATOR not in allowed or Who.STRANGER in allowed:
                        continue
                    got = outcome(ask(client, method, urls[address.name]), address, Who.STRANGER)
                    if got != "not there":
                        wrong.append(f"{method} {address.name}: {got}")
            raise Rolled
    except Rolled:
        assert wrong == []


def names_on(answer: Any, reader: Who, page: Page) -> list[str]:
    if answer.streaming:
        return []
    text = text_of(answer)
    return [
        family
        for who, (_, family) in NAMES.items()
        if who is not reader and who not in page.names_for(reader) and family in text
    ]
