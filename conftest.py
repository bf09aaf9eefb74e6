"""Fixtures for every app: a real Chromium, axe, and the checks no page may fail."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.http import HttpRequest
from django.test import Client, TransactionTestCase, override_settings
from django.utils.crypto import get_random_string
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from disclosure.tests.proofs import LONG

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop running beside the tests

WIDTHS = (1280, 320, 375) if LONG else (1280, 320)
"""No rule of ours begins or ends between the narrowest and a phone of today."""
QUIETLY = (
    "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--js-flags=--no-opt --no-maglev",
)  # fmt: skip
"""A browser that draws in memory, asks nobody on the network for anything of its own, and does not spend more on making
scripts fast than a page that is left after a second gives back."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_ABOUT_COLOUR = ["color-contrast", "link-in-text-block"]
"""All that can differ between light and dark: both are the same page with other tokens."""
EACH_LOOK_ONCE = """(() => {
    // To find out what lies behind some words is the most of axe's work, and a page says most of its words in a few
    // looks. Words that look like others of this page whose contrast is enough, on the same surfaces, have it too.
    const rule = axe._audit.rules.find(each => each.id === "color-contrast"), matches = rule.matches;
    const check = axe._audit.checks["color-contrast"], evaluate = check.evaluate;
    const numbers = new Map();
    let behind, enough;
    axe.lookAfresh = () => { behind = new Map(); enough = new Set(); };
    axe.lookAfresh();

    const numberOf = words => numbers.get(words) ?? numbers.set(words, numbers.size + 1).get(words);
    const lookBehind = element => {
        if (!element) return 0;
        if (behind.has(element)) return behind.get(element);
        const its = getComputedStyle(element);
        const surface = [its.backgroundColor, its.backgroundImage, its.opacity, its.filter, its.mixBlendMode].join();
        let found = lookBehind(element.parentElement);
        if (/absolute|fixed|sticky/.test(its.position)) found = numberOf(`${found} alone ${behind.size}`);
        else if (surface !== "rgba(0, 0, 0, 0),none,1,none,normal") found = numberOf(`${found} ${surface}`);
        behind.set(element, found);
        return found;
    };
    const lookOf = element => {
        const its = getComputedStyle(element);
        const letters = [its.color, its.fontSize, its.fontWeight, its.textShadow, its.webkitTextStroke];
        return [lookBehind(element), ...letters].join();
    };

    const hasWords = element => /^(input|select|textarea)$/i.test(element.nodeName)
        || [...element.childNodes].some(each => each.nodeType === Node.TEXT_NODE && each.data.trim());
    rule.matches = (element, ...rest) => hasWords(element) && matches(element, ...rest);
    check.evaluate = function (element, ...rest) {
        const look = lookOf(element);
        if (enough.has(look)) return true;
        const found = evaluate.call(this, element, ...rest);
        if (found === true) enough.add(look);
        return found;
    };
})()"""
"""Said to axe after it has come into a page. The long proofs measure every word of every page."""


def chromium() -> str | None:
    """The browser's program: CHROMIUM, or Chromium's build without windows (twice as fast), or the ordinary one."""
    named = os.environ.get("CHROMIUM")
    if named and Path(named).exists():
        return named
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.fixture(scope="session", autouse=True)
def light_settings() -> Iterator[None]:
    """What costs time and proves nothing here: a manifest of static files (they are served as they lie), and a
    password hash that is slow on purpose."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain}, WHITENOISE_AUTOREFRESH=True, WHITENOISE_USE_FINDERS=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):  # fmt: skip
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_signing_in() -> Iterator[None]:
    """``force_login`` in a new browser writes the session and nothing else. Django's looks twice whether there is such
    a session, writes it twice, and notes the hour: eleven statements, for every client of every test."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    as_django_does = Client._login  # type: ignore[attr-defined]

    def sign_in(client: Any, user: Any, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            as_django_does(client, user, backend)
            return
        request, key, new = HttpRequest(), get_random_string(32, ascii_lowercase + digits), SessionStore()
        said = {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: user.get_session_auth_hash()}
        Session.objects.bulk_create([Session(key, new.encode(said), new.get_expiry_date())])
        request.session = SessionStore(key)
        client._set_login_cookies(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_login", sign_in)
        yield


@pytest.fixture
def any_time(settings: Any) -> None:
    """Everybody is written to whenever there is something, one by one: for tests of what is owed and when."""
    settings.MESSAGE_WEEKDAYS, settings.MESSAGE_HOURS = tuple(range(7)), (time.min, time(23, 59))
    settings.MESSAGES_GATHERED = False


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    """After a test that commits, Django truncates every table and writes down all models and permissions again. To
    delete the few rows there are takes PostgreSQL a fraction of that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test_case: empty_the_tables())
        yield


def empty_the_tables() -> None:
    """As Django's flush, but the rows that name our models and their permissions stay.

    Truncating asks no trigger and no foreign key, and neither does this: some rows of ours may not be deleted.
    """
    kept = {"django_content_type", "auth_permission"}
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    tables = [connection.ops.quote_name(table) for table in sorted(models - kept)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")  # whoever still writes ends first
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables))  # noqa: S608
        filled = [table for (table,) in cursor.fetchall()]
        if filled:
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in filled))  # noqa: S608


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    from people.tests.shared_rows import ROWS

    ROWS.stand_for(item)


@pytest.fixture(autouse=True)
def nobody_has_tried_before() -> None:
    """How often passwords and the like were tried is counted in the memory of the process, over all tests."""
    cache.clear()


@pytest.fixture(autouse=True)
def rows_of_lists_end_with_the_test() -> Iterator[None]:
    from people.tests.factories import MADE

    yield
    MADE.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On a server of our own, one process carries out the migrations and all copy what it made: to carry them out takes
    ten seconds, and to copy a database a tenth of one."""
    if not (os.environ.get("UPWELL_OWN_SERVER") and os.environ.get("PYTEST_XDIST_WORKER")):
        return
    of_all_processes = tmp_path_factory.getbasetemp().parent
    with open(of_all_processes / "tables.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (of_all_processes / "tables").exists():
            with django_db_blocker.unblock():
                make_tables()
            (of_all_processes / "tables").touch()
    connection.settings_dict["TEST"]["TEMPLATE"] = WITH_TABLES


WITH_TABLES = "upwell_with_tables"
"""The database that the processes copy. It ends with its server."""


def make_tables() -> None:
    name, ours = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = WITH_TABLES
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["TEST"]["NAME"] = ours


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """While Playwright's loop runs, Django's connections are others than before and after it, since asgiref keeps them
    apart; and a thread of a live server keeps its own as long as a browser keeps the line. Whatever is left of them
    must not keep the test database from being dropped."""
    from people.tests.shared_rows import ROWS

    with ROWS.of_the_database(django_db_blocker):
        yield
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        reason = "There is no Chromium on this machine; set CHROMIUM or install it."
        if os.environ.get("UPWELL_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=program, args=[*QUIETLY, *(["--no-sandbox"] if root else [])]
        )
        yield launched
        launched.close()


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        locale="en-GB", timezone_id="Europe/London", viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",  # axe would otherwise measure a button halfway through its transition
    )  # fmt: skip
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page on which an error of the console, or a breach of the content security policy, fails the test."""
    opened = browser_context.new_page()
    complaints = complaints_of(opened)
    yield opened
    opened.close()
    assert complaints == [], complaints


def complaints_of(page: Page) -> list[str]:
    """What the browser complains about on this page from now on; the list grows."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def is_complaint(message: Any) -> bool:
    """Errors and warnings, but not the browser's remark that a page answered 422 or 404: tests ask for those."""
    asked_for = message.text.startswith("Failed to load resource") and any(
        f"status of {code}" in message.text for code in (404, 422)
    )
    return message.type in {"error", "warning"} and not asked_for


def insist_accessible(page: Page, *, colours_only: bool = False) -> None:
    """No violation of WCAG 2.2 A and AA or of axe's best practice, on the page as it stands.

    A click returns when the next page has begun to arrive, so its end is waited for.
    """
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE if LONG else f"{AXE};{EACH_LOOK_ONCE}")
    asked = {"type": "rule", "values": RULES_ABOUT_COLOUR} if colours_only else {"type": "tag", "values": RULES}
    # Only what is wrong leaves the browser: what is well fills a hundred times as much.
    breaches = page.evaluate(
        """async options => {
               axe.lookAfresh?.();
               const found = await axe.run(options);
               return found.violations.map(breach =>
                   `${breach.id}: ${breach.help} at ` + breach.nodes.slice(0, 5).map(node => node.target).join("; "));
           }""",
        {"runOnly": asked, "resultTypes": ["violations"], "preload": False},
    )
    assert breaches == [], f"{page.url}: {breaches}"


TABLES_THAT_STICK_OUT = """() => [...document.querySelectorAll(".uw-card table")]
    .filter(each => !each.closest(".uw-scroll") && each.checkVisibility())
    .filter(each => each.getBoundingClientRect().right > each.closest(".uw-card").getBoundingClientRect().right)
    .map(each => each.caption?.textContent ?? each.textContent.slice(0, 40))"""


def insist_no_sideways_scroll(page: Page, widths: tuple[int, ...] = WIDTHS) -> None:
    """Nothing sticks out of the window at any of these widths, in CSS pixels, and no table out of its card."""
    before = now = page.viewport_size or {"width": 0, "height": 800}
    for width in widths:
        if now["width"] != width:
            now = {"width": width, "height": before["height"]}
            page.set_viewport_size(now)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{page.url} is {wide} pixels wide in a window of {width}"
        out = page.evaluate(TABLES_THAT_STICK_OUT)
        assert out == [], f"{page.url} in a window of {width}: {out} stick out of their cards"
    if now != before and before["width"]:
        page.set_viewport_size(before)


@pytest.fixture
def complaints_about() -> Any:
    """complaints_about(page): a growing list of what the browser complains about; for tests that ask for trouble."""
    return complaints_of


@pytest.fixture
def axe() -> Any:
    """axe(page): the page has no violation."""
    return insist_accessible


@pytest.fixture
def fits() -> Any:
    """fits(page): nothing scrolls sideways, on a desk or at 320 pixels."""
    return insist_no_sideways_scroll


@pytest.fixture
def good_page(page: Page) -> Any:
    """good_page(): the open page passes axe in light and dark, and fits every width."""

    def check() -> None:
        page.emulate_media(color_scheme="dark")
        insist_accessible(page, colours_only=True)
        page.emulate_media(color_scheme="light")
        insist_accessible(page)
        insist_no_sideways_scroll(page)

    return check
