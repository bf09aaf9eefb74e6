"""Odd input in every form of taking part: a sentence, nothing typed is lost, and only its author comes upon it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.forms import BaseForm
from django.test import Client
from django.urls import reverse

import clock
from disclosure.tests.proofs import LONG
from mentoring.tests.test_bad_input import typed_on, undone
from mentoring.tests.test_canaries import stored
from participants import actions, references
from participants.choices import Step
from participants.models import Champion, Reference
from participants.tests.factories import MenteeFactory, MentorFactory, with_skills
from people.models import Person
from people.tests.factories import BoFactory, CoraFactory, MinaFactory, OttoFactory, PersonFactory, StenFactory
from programs.choices import AnswerKind, Side
from programs.models import Program
from programs.tests.factories import QuestionFactory, TopicFactory, program_with

pytestmark = pytest.mark.django_db

CANARY = "QxRefusedCanary"
VALUES = ("a%00b", "%ED%A0%80%FFx", "9" * 25, "-1")
NO_FORM = {"reply": "", "enough": "", "side": "", "end": ""}
"""What is sent to an address that only a button leads to."""
OTHER_KINDS = (
    ("application/json", b'{"number_one": "x"}'),
    ("text/plain", b"\xff\x00"),
    ("multipart/form-data", b"no boundary"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="number_one"\r\n\r\n\xed\xa0\x80',
    ),
)
TEXT = re.compile(r'<textarea[^>]*name="([^"]+)"|<input[^>]*type="(?:text|email|search)"[^>]*name="([^"]+)"')
SHOWN = {200, 302, 404, 405, 422}


@dataclass(frozen=True)
class Page:
    """Where somebody writes: what a browser would send as it stands, and the fields that take any text."""

    client: Client
    url: str
    form: dict[str, str]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    program: Program
    people: Mapping[str, Any]
    pages: list[Page]


def page_of(person: Person | None, url: str) -> Page:
    client = Client()
    if person is not None:
        client.force_login(person)
    answer = client.get(url, follow=True)
    form = typed_on(answer.text) if answer.status_code == 200 else NO_FORM
    texts = tuple(first or second for first, second in TEXT.findall(answer.text) if (first or second) in form)
    return Page(client, url, form, texts)


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker) -> Iterator[Place]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def build() -> Place:
    """Mina volunteers; Rolf mentors and has named nobody yet, Rita has; Otto, a report of Bo, waits for a place."""
    cora, mina, bo, now = CoraFactory(), MinaFactory(), BoFactory(), clock.now()
    otto, rolf, rita = OttoFactory(manager=bo), PersonFactory(rank=2, manager=bo), PersonFactory(rank=2)
    program = program_with(cora, references_asked=1, is_pilot=True, most_mentees=1)
    TopicFactory(program=program)
    QuestionFactory(program=program)
    QuestionFactory(program=program, kind=AnswerKind.CHOICE, options=["Early", "Late"])
    QuestionFactory(program=program, kind=AnswerKind.SCALE, lowest="Never", highest="Daily")
    with_skills(MentorFactory(program=program, person=rolf), offered=["Chess"])
    doubted = MentorFactory(program=program, person=rita)
    MenteeFactory(program=program)
    actions.ask_to_wait(program, side=Side.MENTEE, by=otto, at=now)
    asked = Reference.objects.create(participation=doubted, referee=StenFactory(), asked_at=now)
    Champion.objects.create(program=program, person=rolf, named_by=cora, named_at=now)

    def here(name: str, *more: object) -> str:
        return reverse(f"participants:{name}", args=[program.pk, *more])

    pages = [
        *((mina, here("volunteer_step", "mentor", step)) for step in Step),
        (rolf, here("profile", "mentor")),
        (rolf, here("charter")),
        (rolf, here("name_referees")),
        (rolf, here("champion")),
        (rolf, here("withdraw", "mentor")),
        (rolf, reverse("pairings:leave")),
        (rolf, reverse("programs:conflicts")),
        (None, references.link_of(asked)),
        (otto, here("ask_to_wait", "mentee")),
        (otto, here("leave_wait_list", "mentee")),
        (mina, here("decline_call", "mentor")),
        (bo, here("answer_as_manager", rolf.pk)),
        (cora, here("calls_at_desk")),
        (cora, here("champions_at_desk")),
        (cora, reverse("participants:decide_references", args=[doubted.pk])),
        (rolf, reverse("people:my_data")),
    ]
    people = {"cora": cora, "mina": mina, "bo": bo, "otto": otto, "rolf": rolf, "rita": rita}
    return Place(program, people, [page_of(*each) for each in pages])


def batched(names: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    return (names[start : start + size] for start in range(0, len(names), size))


def sent(page: Page, body: str | bytes, kind: str = "application/x-www-form-urlencoded"):
    return page.client.post(page.url, body, content_type=kind)


def encoded(fields: dict[str, str], *, repeated: int = 1) -> str:
    return "&".join(f"{quote(name)}={value}" for name, value in [*fields.items(), ("unknown", "x")] * repeated)


def refused_in_words(answer) -> BaseForm:
    """The form that is shown again: it says what is wrong, and each sentence stands on the page."""
    forms = [each for layer in answer.context for each in layer.flatten().values() if isinstance(each, BaseForm)]
    [form] = {id(each): each for each in forms if each.is_bound and each.errors}.values()
    sentences = [str(sentence) for of in form.errors.values() for sentence in of]
    assert sentences
    assert all(len(each) > 10 and each.rstrip().endswith((".", "?", ":")) for each in sentences), sentences
    return form


def test_no_value_in_any_field_once_or_twice_breaks_a_form_or_loses_what_was_typed(place):
    assert sum(len(page.texts) for page in place.pages) > 12
    refused = 0
    for number, page in enumerate(place.pages):
        tried = list(zip(VALUES, (1, 2, 1, 1), strict=True))
        for value, repeated in tried if LONG else tried[number % 2 :: 2]:
            answer = undone(sent, page, encoded(dict.fromkeys(page.form, value), repeated=repeated))
            assert answer.status_code in SHOWN, (page.url, value)
            if answer.status_code == 422:
                form, typed = refused_in_words(answer), unquote(value, errors="replace")
                assert [form[name].value() for name in page.texts] == [typed] * len(page.texts), page.url
                refused += 1
    assert refused > (40 if LONG else 20)


def test_a_million_characters_are_too_many_and_still_there(place):
    much = "x" * 1_000_000
    for page in place.pages:
        for names in batched(page.texts, 1 if LONG else 2):  # more at once are refused before they are read
            answer = undone(sent, page, encoded(page.form | dict.fromkeys(names, much)))
            assert answer.status_code == 422, (page.url, names)
            form = refused_in_words(answer)
            assert all(form[name].value() == much and form[name].errors for name in names), (page.url, names)


@pytest.mark.parametrize(("kind", "body"), OTHER_KINDS)
def test_what_is_no_form_at_all_is_answered_in_words(place, kind, body):
    first = [each for each, _ in OTHER_KINDS].index(kind)
    for page in place.pages if LONG else place.pages[first :: len(OTHER_KINDS)]:
        answer = undone(sent, page, body, kind)
        assert answer.status_code in SHOWN | {400}, page.url
        if answer.status_code == 400:
            assert "We could not read that" in answer.text


def test_no_query_string_breaks_a_page_of_taking_part(place):
    suggest = page_of(place.people["mina"], reverse("people:suggest"))
    values = ("%00", "%ED%A0%80", "x" * 20_000, "9" * 25)
    for number, page in enumerate([*place.pages, suggest]):
        for value in values if LONG or page is suggest else values[number % 2 :: 2]:
            odd = "&".join(f"{name}={value}" for name in ("side", "skill", "look", "q", "as", "next", "side", value))
            assert page.client.get(f"{page.url}?{odd}").status_code in SHOWN, page.url


def test_what_is_refused_is_shown_to_its_author_and_is_nowhere_else(place, caplog):
    with transaction.atomic():
        for page in place.pages:
            if page.texts:
                answer = sent(page, encoded(page.form | dict.fromkeys(page.texts, f"{CANARY}%00")))
                assert (answer.status_code, CANARY in answer.text) == (422, True), page.url
                assert "no-store" in answer.headers["Cache-Control"], page.url
        assert [table for table, row in stored() if CANARY in row or CANARY.encode().hex() in row] == []
        assert not any(CANARY in repr(each.get_decoded()) for each in Session.objects.all())
        assert CANARY not in caplog.text
        writes = reverse("participants:volunteer_step", args=[place.program.pk, "mentor", Step.ABOUT])
        mina = place.people["mina"]
        people = place.people.values() if LONG else [mina, place.people["bo"], place.people["cora"]]
        urls = [page.url for page in place.pages if LONG or page.texts]
        for reader in (*people, StenFactory(email="another@example.org")):
            client = Client()
            client.force_login(reader)
            seen = [url for url in (*urls, "/", "/desk/", "/programs/") if CANARY in client.get(url).text]
            assert (writes in seen) == (reader == mina)
            assert reader == mina or seen == [], reader
        transaction.set_rollback(True)
