"""Every page a person meets, with JavaScript off in a narrow window; and the way into a pair by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import clock
from mentoring.access import PAGES, Who
from mentoring.tests.test_access import ADDRESSES, url_of
from mentoring.tests.world import World, build
from participants.actions import withdraw
from participants.models import Participation
from participants.tests.factories import MentorFactory
from people.models import Person
from people.tests.factories import SkillFactory
from programs.choices import AnswerKind, Side, Stage
from programs.models import Program
from programs.tests.factories import ProgramFactory, QuestionFactory, TopicFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOT_PAGES = (
    "live", "ready", "people:suggest", "matching:progress", "matching:proof", "pairings:feed", "pairings:recusals_file",
    "pairings:certificate_file", "pairings:thanks_file",
    *(f"{page}_{ending}" for page in ("surveys:results", "dashboards:progress") for ending in ("csv", "xlsx", "pdf")),
)  # fmt: skip
"""What machines and scripts read."""
LOOKED_AT = (Who.MENTOR, Who.MENTEE, Who.VOLUNTEER, Who.STRANGER, Who.LINE_MANAGER, Who.COORDINATOR, Who.SUPERVISOR)
"""Each page is opened by the first of these who may."""

WRONG = """() => {
    const shown = each => each.checkVisibility({visibilityProperty: true});
    const reached = each => shown(each) || each.closest("details:not([open])");
    const wrong = [];
    if (document.documentElement.scrollWidth > innerWidth) wrong.push(`${document.documentElement.scrollWidth} wide`);
    for (const form of document.forms)
        if (![...form.elements].some(each => each.type === "submit" && reached(each)))
            wrong.push(`no button: ${form.action}`);
    for (const each of document.querySelectorAll("main :is(input:not([type=hidden]), select, textarea, button, a)"))
        if (!reached(each)) wrong.push(`hidden: ${each.outerHTML.slice(0, 80)}`);
    return wrong;
}"""


def enter(context: BrowserContext, person: Person, url: str) -> None:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


@pytest.fixture
def narrow(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    yield context.new_page()
    context.close()


def urls_by_reader(world: World) -> dict[Who, list[str]]:
    found: dict[Who, list[str]] = {}
    for name, page in PAGES.items():
        if name.startswith(("admin:", "demo:", "route ")) or name in NOT_PAGES:
            continue
        reader = next((who for who in LOOKED_AT if who in (page.reads or ())), None)
        if reader is not None:
            found.setdefault(reader, []).append(url_of(ADDRESSES[name], world))
    return found


def test_every_page_is_whole_without_javascript_in_a_narrow_window(live_server, narrow):
    world = build()
    QuestionFactory(program=world.program, words="Why now?")
    wrong = []
    for who, urls in urls_by_reader(world).items():
        enter(narrow.context, world.people[who], live_server.url)
        for url in urls:
            answer = narrow.goto(live_server.url + url)
            assert answer is not None
            said = [str(answer.status)] if answer.status != 200 else narrow.evaluate(WRONG)
            wrong += [f"{url}: {each}" for each in said]
    assert wrong == []


class Keys:
    """Somebody without a mouse. What has the focus is always to be seen, and Tab always moves on."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, target: Locator, key: str = "Tab") -> None:
        wanted = target.first.element_handle()
        if wanted.evaluate("each => each === document.activeElement"):
            return
        before = None
        for _ in range(200):
            self.page.keyboard.press(key)
            here, seen, there = self.page.evaluate(FOCUS, wanted)
            assert seen, f"{self.page.url}: nobody sees that the focus is on {here}"
            assert here != before, f"{self.page.url}: {key} stays on {here}"
            if there:
                return
            before = here
        pytest.fail(f"{self.page.url}: {key} never comes to {target}")

    def press(self, target: Locator, key: str) -> None:
        self.to(target)
        self.page.keyboard.press(key)


FOCUS = """wanted => {
    const all = [...document.querySelectorAll("*")], each = document.activeElement;
    const box = each.getBoundingClientRect();
    const ringed = [each, each.closest("label")].filter(Boolean).map(each => getComputedStyle(each)).some(
        of => of.outlineStyle !== "none" && parseFloat(of.outlineWidth) > 0);
    const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
    const seen = each === document.body || (ringed && inside);
    return [`${all.indexOf(each)} ${each.outerHTML.slice(0, 80)}`, seen, each === wanted];
}"""


def test_from_the_invitation_to_a_yes_with_the_keyboard_alone(live_server, page, good_page):
    world = build()
    sten, program = world.people[Who.STRANGER], world.program
    Program.objects.filter(pk=program.pk).update(stage=Stage.ENROLMENT, references_asked=0)
    TopicFactory(program=program, skill=SkillFactory(name="Data and dashboards"))
    QuestionFactory(program=program, words="How often?", kind=AnswerKind.SCALE, lowest="Never", highest="Daily")
    enter(page.context, sten, live_server.url)
    keys = Keys(page)
    page.goto(live_server.url + reverse("participants:program", args=[program.pk]))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    keys.press(page.get_by_role("link", name="Volunteer as a mentor"), "Enter")
    keys.press(page.get_by_label("Data and dashboards"), "Space")
    keys.press(page.get_by_role("button", name="Next: about you"), "Enter")
    keys.press(page.get_by_label("Data and dashboards"), "ArrowDown")
    keys.to(page.get_by_label("The number one thing you want out of it"))
    page.keyboard.type("To be heard.")
    keys.to(page.get_by_label("Data and dashboards"), "Shift+Tab")
    keys.press(page.get_by_role("button", name="Next: ways of working"), "Enter")
    keys.press(page.get_by_label("By video"), "Space")
    keys.press(page.get_by_role("button", name="Next: boundaries"), "Enter")
    keys.press(page.get_by_label("I agree to the charter"), "Space")
    keys.press(page.get_by_role("button", name="Send my offer"), "Enter")
    page.get_by_text("You are in the pool as a mentor.").wait_for()
    assert Participation.objects.filter(program=program, person=sten, side=Side.MENTOR).exists()

    Program.objects.filter(pk=program.pk).update(stage=Stage.RUNNING)
    page.context.clear_cookies()
    enter(page.context, world.people[Who.VOLUNTEER], live_server.url)
    page.goto(live_server.url + reverse("matching:proposal", args=[world.proposal.pk]))
    keys.press(page.get_by_role("button", name="Yes, let us meet"), "Enter")
    page.get_by_text("You said yes.").wait_for()

    # The pages about oneself, and a place to wait for.
    for name in ("dashboards:seen_of_me", "people:my_data", "pairings:leave"):
        page.goto(live_server.url + reverse(name))
        good_page()
    full = ProgramFactory(is_pilot=True, stage=Stage.ENROLMENT, most_mentors=1, mentor_word="guide")
    inside = MentorFactory(program=full)
    page.context.clear_cookies()
    enter(page.context, sten, live_server.url)
    page.goto(live_server.url + reverse("participants:program", args=[full.pk]))
    expect(page.get_by_text("no place for another guide")).to_be_visible()
    keys.press(page.get_by_role("button", name="Put me on the wait list"), "Enter")
    page.get_by_text("first in line").first.wait_for()
    good_page()
    withdraw(inside, by=inside.person, at=clock.now())
    page.reload()
    page.get_by_text("A place is yours").first.wait_for()
    good_page()
