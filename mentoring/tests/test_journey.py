"""The ten steps without a browser, on a worker that is killed in the middle."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client

from disclosure.tests.proofs import LONG
from mentoring.tests import journey
from mentoring.tests.journey import Scene, Visitor

ONLY_LONG = pytest.mark.skipif(not LONG, reason="make proofs walks it without a broker too")


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_broker", [True, pytest.param(False, marks=ONLY_LONG)], ids=["", "no broker"])
def test_a_program_lives_from_the_directory_to_the_last_day_of_its_pairs(settings, tmp_path, with_broker):
    """Without Redis every page works as with it, and everything that is owed leaves by the loop."""
    kind = journey.Worker if with_broker else journey.Loop
    with journey.a_scene(settings, tmp_path, worker_kind=kind) as scene:
        journey.an_administrator_imports_the_directory(scene, tmp_path)
        journey.an_administrator_names_a_coordinator(scene, enter(scene), sign_in)
        the_site_is_ready(scene)
        journey.cora_creates_a_program_and_opens_enrolment(scene, enter(scene))
        journey.mina_and_otto_volunteer(scene, enter(scene))
        journey.cora_searches_and_sends(scene, enter(scene), a_worker_dies=True)
        journey.two_accept_and_somebody_declines(scene, enter(scene))
        journey.the_pair_agrees_and_meets(scene, enter(scene))
        journey.check_ins_are_asked_for_at_nine(scene, enter(scene))
        journey.the_others_meet(scene)
        journey.a_survey_is_answered_in_secret(scene, enter(scene))
        journey.an_executive_reads_the_progress(scene, enter(scene))
        journey.one_pair_goes_on_and_another_ends(scene, enter(scene))
        if with_broker:  # the loop that was killed is only missed after its next round
            assert Client().get("/healthz/ready").json() == {"database": True, "migrations": True, "worker": False}


def the_site_is_ready(scene: Scene) -> None:
    scene.until(lambda: Client().get("/healthz/ready").status_code == 200, "the site says that it is ready")


def enter(scene: Scene) -> journey.Enter:
    def as_somebody(given_name: str) -> Visitor:
        client = Client()
        client.force_login(scene.person(given_name))
        return Reader(client)

    return as_somebody


def sign_in(email: str, password: str) -> Visitor:
    somebody = Reader(Client())
    somebody.open("/sign-in/")
    somebody.press("Sign in", username=email, password=password)
    return somebody


@dataclass
class Control:
    """What of a form is sent under one name. ``choices`` maps values to labels where one may only choose."""

    kind: str
    values: list[str] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)


@dataclass
class Form:
    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Words, name and value of each."""

    def sent(self, answers: dict[str, Any]) -> dict[str, list[str]]:
        """What a browser would send after these answers; insists that every one of them can be given here."""
        for name, answer in answers.items():
            assert name in self.controls, f"There is no field “{name}” here, only {sorted(self.controls)}."
            control = self.controls[name]
            if answer is True or answer is False:
                assert control.kind == "checkbox"
                control.values = list(control.choices)[:1] if answer else []
                continue
            control.values = [self.value_of(name, each) for each in (answer if isinstance(answer, list) else [answer])]
        return {name: control.values for name, control in self.controls.items() if control.values}

    def value_of(self, name: str, answer: str) -> str:
        choices = self.controls[name].choices
        if not choices or answer in choices:
            return answer
        matching = [value for value, label in choices.items() if label == answer]
        assert matching, f"“{name}” does not offer “{answer}”, only {choices}."
        return matching[0]


class Page(HTMLParser):
    """The words, links and forms of a page, read as a browser without scripts reads them."""

    UNSEEN = frozenset({"script", "style", "template", "title"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: Control | None = None
        self._option: str | None = None
        self._texts: list[tuple[str, int, dict[str, str | None]]] = []  # open links, buttons, options, text areas
        self._unseen = 0
        self.feed(html)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.said).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        its = dict(attrs)
        if tag in self.UNSEEN:
            self._unseen += 1
        elif tag == "form":
            self._form = Form(its.get("action") or "", (its.get("method") or "get").lower())
            self.forms.append(self._form)
        elif tag == "input":
            self._input(its)
        elif tag == "select" and self._form is not None and its.get("name"):
            self._select = self._form.controls[str(its["name"])] = Control("select")
        elif tag in {"a", "button", "option", "textarea"}:
            self._texts.append((tag, len(self.said), its))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.UNSEEN:
            self._unseen -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif self._texts and self._texts[-1][0] == tag:
            _, start, its = self._texts.pop()
            self._text_ends(tag, "".join(self.said[start:]), its)

    def _text_ends(self, tag: str, text: str, its: dict[str, str | None]) -> None:
        words = " ".join(text.split())
        if tag == "a" and its.get("href"):
            self.links.append((words, str(its["href"])))
        elif tag == "button" and self._form is not None and its.get("type") != "reset":
            self._form.buttons.append((words, its.get("name") or "", its.get("value") or ""))
        elif tag == "option" and self._select is not None:
            value = its.get("value")
            self._select.choices[words if value is None else value] = words
            if "selected" in its or not self._select.values:
                self._select.values = [words if value is None else value]
        elif tag == "textarea" and self._form is not None and its.get("name"):
            self._form.controls[str(its["name"])] = Control("textarea", [text.removeprefix("\n")])

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data)

    def _input(self, its: dict[str, str | None]) -> None:
        name, kind, value = its.get("name"), its.get("type") or "text", its.get("value")
        if self._form is None or not name or "disabled" in its:
            return
        control = self._form.controls.setdefault(name, Control(kind))
        if kind in {"checkbox", "radio"}:
            sent = "on" if value is None else value
            control.choices[sent] = ""
            if "checked" in its:
                control.values.append(sent)
        else:
            control.values = [value or ""]


class Reader:
    """A visitor without a browser: every form is read from the page, and sent as it stands with the answers given."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.path = "/"
        self.page = Page("")

    @property
    def words(self) -> str:
        return self.page.words

    def open(self, path: str) -> None:
        self._arrive(self.client.get(urljoin(self.path, path), follow=True), {200})

    def status_of(self, path: str) -> int:
        return self.client.get(path).status_code

    def follow(self, words: str) -> None:
        hrefs = [href for text, href in self.page.links if text == words or text.startswith(f"{words}:")]
        assert hrefs, f"No link says “{words}” on {self.path}, only {[text for text, _ in self.page.links]}."
        self.open(hrefs[0])

    def press(self, words: str, **answers: Any) -> None:
        pressed = [(form, button) for form in self.page.forms for button in form.buttons if button[0] == words]
        assert pressed, f"No button says “{words}” on {self.path}: {self.words}"
        form, (_, name, value) = pressed[0]
        assert form.method == "post"
        sent: dict[str, Any] = form.sent(answers)
        if name:
            sent[name] = value
        self._arrive(self.client.post(urljoin(self.path, form.action), sent, follow=True), {200, 422})

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + journey.PATIENCE
        while words not in self.words:
            assert time.monotonic() < deadline, f"“{words}” never came on {self.path}: {self.words}"
            time.sleep(0.1)
            self.open(self.path)

    def typed(self, name: str) -> Any:
        control = next(form.controls[name] for form in self.page.forms if name in form.controls)
        return control.values if control.kind == "checkbox" else control.values[0]

    def _arrive(self, answer: Any, welcome: set[int]) -> None:
        self.path = answer.request["PATH_INFO"]
        self.page = Page(answer.content.decode())
        assert answer.status_code in welcome, f"{self.path} answered {answer.status_code}: {self.words}"
