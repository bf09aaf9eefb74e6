"""The ten steps in Chromium. Axe looks at every page, and no page may complain in the console."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, Page, Response

from mentoring.tests import journey
from mentoring.tests.journey import Scene, Visitor


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_program_lives_from_the_directory_to_the_last_day_of_its_pairs(
    settings, tmp_path, live_server, page, axe, fits
):
    look = Look(page, live_server.url, axe)
    with journey.a_scene(settings, tmp_path, worker_kind=journey.Hands) as scene:

        def enter(given_name: str) -> Visitor:
            return Onlooker(look, session_of(scene, given_name))

        journey.an_administrator_imports_the_directory(scene, tmp_path)
        journey.an_administrator_names_a_coordinator(scene, enter, look.sign_in)
        journey.cora_creates_a_program_and_opens_enrolment(scene, enter)
        journey.mina_and_otto_volunteer(scene, enter)
        journey.cora_searches_and_sends(scene, enter, a_worker_dies=False)
        journey.two_accept_and_somebody_declines(scene, enter)
        journey.the_pair_agrees_and_meets(scene, enter)
        the_pair_page_fits_a_phone(scene, enter, page, axe, fits)
        journey.check_ins_are_asked_for_at_nine(scene, enter)
        journey.the_others_meet(scene)
        journey.a_survey_is_answered_in_secret(scene, enter)
        journey.an_executive_reads_the_progress(scene, enter)
        journey.one_pair_goes_on_and_another_ends(scene, enter)
    assert len(look.examined) > 25


def the_pair_page_fits_a_phone(
    scene: Scene, enter: journey.Enter, page: Page, axe: Callable[[Page], None], fits: Callable[..., None]
) -> None:
    """It was examined when it was new; now an agreement, a goal and a meeting stand on it."""
    enter("Mina").open(reverse("pairings:detail", args=[scene.pairing("Mina").pk]))
    axe(page)
    fits(page, (375, 1280))


def session_of(scene: Scene, given_name: str) -> str:
    client = Client()
    client.force_login(scene.person(given_name))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Look:
    """The one window of this test. What it shows is examined by axe, each kind of page in each of its states once."""

    def __init__(self, page: Page, site: str, axe: Callable[[Page], None]) -> None:
        self.page, self.site, self.axe = page, site, axe
        self.examined: set[tuple[str, str, int]] = set()

    def sign_in(self, email: str, password: str) -> Visitor:
        """By the form, as somebody types it."""
        somebody = Onlooker(self, "")
        somebody.open("/sign-in/")
        somebody.press("Sign in", username=email, password=password)
        somebody.session = next(
            cookie["value"] for cookie in self.page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME
        )
        return somebody

    def become(self, session: str) -> None:
        self.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        if session:
            self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.site}])

    def examine(self, status: int) -> None:
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|\bment(or|ee)\b", "…", urlsplit(self.page.url).path)
        title = re.sub("|".join([*journey.NAMES, "mentor", "mentee"]), "…", self.page.title())
        state = (kind, title, status)
        if state not in self.examined:
            self.examined.add(state)
            self.axe(self.page)


class Onlooker:
    """A visitor at the window, with a session of their own."""

    def __init__(self, look: Look, session: str) -> None:
        self.look, self.session = look, session

    @property
    def page(self) -> Page:
        return self.look.page

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def words(self) -> str:
        """Everything the page says, also in folded details, where a reader finds it with one click."""
        text = self.page.evaluate(
            """() => { const said = [];
                       const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                       while (all.nextNode())
                           if (!all.currentNode.parentElement.closest("script, style, template, noscript"))
                               said.push(all.currentNode.data);
                       return said.join(" "); }"""
        )
        return " ".join(text.split())

    def open(self, path: str) -> None:
        self.look.become(self.session)
        self._arrive(self.page.goto(urljoin(self.page.url if path[:1] != "/" else self.look.site, path)), {200})

    def status_of(self, path: str) -> int:
        self.look.become(self.session)
        answer = self.page.goto(urljoin(self.look.site, path))
        assert answer is not None
        return answer.status

    def follow(self, words: str) -> None:
        said = re.escape(words).replace(":", r"\s*:")  # before words that only a screen reader says stands a blank
        link = self.page.get_by_role("link", name=re.compile(rf"^{said}\s*(:|$)")).first
        with self.page.expect_navigation() as came:
            link.click()
        self._arrive(came.value, {200})

    def press(self, words: str, **answers: Any) -> None:
        button = self.page.get_by_role("button", name=words, exact=True).last
        form = button.locator("xpath=ancestor::form")
        for name, answer in answers.items():
            fill(form, name, answer)
        if button.get_attribute("hx-post"):
            # The page asks by itself while somebody types; only what was asked by this press counts as its answer.
            answered = button.evaluate_handle(
                """button => ({ swapped: new Promise(resolve =>
                       button.addEventListener("htmx:beforeSend", () =>
                           document.addEventListener("htmx:afterSettle", resolve, {once: true}), {once: true})) })"""
            )
            button.click()
            answered.evaluate("answered => answered.swapped.then(() => true)")
            return
        if answers and self.page.locator('[hx-trigger~="input"]').count():
            self._let_the_page_ask()
        with self.page.expect_navigation() as came:
            button.click()
        self._arrive(came.value, {200, 422})

    def _let_the_page_ask(self) -> None:
        """Wait until it has asked what typing makes it ask (after 400 ms), as for somebody who looks before they send:
        a request that the next page cuts off is an error of the console."""
        self.page.evaluate(
            """() => new Promise(done => { let quiet = 0;
                   const look = setInterval(() => {
                       quiet = document.querySelector(".htmx-request") ? 0 : quiet + 1;
                       if (quiet > 10) { clearInterval(look); done(true); }
                   }, 50); })"""
        )

    def wait_for(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for(timeout=journey.PATIENCE * 1000)
        self.page.wait_for_load_state()
        self.look.examine(200)

    def typed(self, name: str) -> Any:
        field = self.page.locator(f'[name="{name}"]')
        if field.first.get_attribute("type") == "checkbox":
            return [each.get_attribute("value") for each in field.all() if each.is_checked()]
        return field.first.input_value()

    def _arrive(self, answer: Response | None, welcome: set[int]) -> None:
        assert answer is not None
        assert answer.status in welcome, f"{self.path} answered {answer.status}: {self.words}"
        self.look.examine(answer.status)


def fill(form: Locator, name: str, answer: Any) -> None:
    """Give one answer as a person would: type it, choose it, tick it."""
    field = form.locator(f'[name="{name}"]')
    assert field.count(), f"There is no field “{name}” here."
    folded = form.locator("details:not([open])").filter(has=form.page.locator(f'[name="{name}"]'))
    if folded.count():
        folded.locator("summary").first.click()
    kind = field.first.evaluate("field => field.type")
    if kind == "select-one":
        labels = field.locator("option").all_text_contents()
        field.select_option(label=answer) if answer in labels else field.select_option(answer)
    elif isinstance(answer, bool):
        field.set_checked(answer)
    elif kind in {"checkbox", "radio"}:
        for value in answer if isinstance(answer, list) else [answer]:
            form.locator(f'[name="{name}"][value="{value}"]').check()
    else:
        field.fill(answer)
