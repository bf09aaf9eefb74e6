"""The log says what failed and where, and never what somebody wrote; looked at as it is printed."""

from __future__ import annotations

import logging
import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import path, reverse
from gunicorn.config import Config

from mentoring.logs import Plain, without_links, without_rows
from mentoring.tests.test_access import ADDRESSES
from mentoring.web_server import RequestLog
from participants.models import Participation
from participants.tests.factories import MentorFactory

WISH = "CANARY-WISH"


def refused(request=None):
    """A row with somebody's words in it, refused by a constraint."""
    MentorFactory(number_one=f"{WISH}\nDETAIL: and another line {WISH}", places=99)


urlpatterns = [path("refused/", refused)]


@pytest.fixture
def printed():
    """What our own handler would have printed so far."""
    ours = next(handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, Plain))
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    kept = Kept()
    kept.setFormatter(ours.formatter)
    logging.getLogger().addHandler(kept)
    yield lines
    logging.getLogger().removeHandler(kept)


def test_nothing_but_our_own_handler_writes_what_django_logs():
    assert logging.getLogger("django").handlers == []
    assert logging.getLogger("django").propagate


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("mentoring.tests.test_logs")
def test_a_row_the_database_refused_is_not_in_the_log_of_the_failed_page(printed, settings):
    settings.MIDDLEWARE = []
    assert Client(raise_request_exception=False).get("/refused/").status_code == 500
    text = "\n".join(printed)
    assert "IntegrityError" in text
    assert "rule participation_places" in text
    assert "in refused" in text
    assert WISH not in text
    assert "Failing row" not in text


@pytest.mark.django_db
def test_an_error_raised_from_a_refusal_is_told_without_the_row(printed):
    try:
        try:
            with transaction.atomic():
                refused()
        except IntegrityError as refusal:
            raise RuntimeError(f"Not saved: {refusal}") from refusal
    except RuntimeError as error:
        logging.getLogger("upwell").exception("Failed with %s and %r", error, error)
    text = "\n".join(printed)
    assert text.count("Traceback") == 3
    assert "RuntimeError: Not saved: new row for relation" in text
    assert WISH not in text


@pytest.mark.django_db
def test_the_values_and_the_statement_of_a_query_are_left_out(printed):
    for wrong in (
        lambda: Participation.objects.raw("select * from participants_participation where id = %s", [WISH]),
        lambda: Participation.objects.raw(f"select nothing, '{WISH}' from participants_participation"),  # noqa: S608
    ):
        try:
            with transaction.atomic():
                list(wrong())
        except Exception as error:
            logging.getLogger("upwell").exception("Asked: %s", error)
            logging.getLogger("upwell").error("Asked: %r", str(error))
    assert len(printed) == 4
    assert WISH not in "\n".join(printed)


@pytest.mark.django_db
def test_text_another_handler_kept_in_the_record_is_not_printed():
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "Failed", (), None)
    record.exc_text = f"IntegrityError: refused\nDETAIL:  Failing row contains ({WISH})"
    assert Plain().format(record) == "Failed\nIntegrityError: refused [left out]"
    assert WISH in record.exc_text


def test_other_words_stay():
    for text in ("Notice 4 (matching.agreed) could not be composed.", "Two lines\nof something", "LINE 1 is long"):
        assert without_rows(text) == text


# Links that stand for signing in

TOKEN = "CANARY-TOKEN:aZ_9-0"
SIGNED = [name for name, address in ADDRESSES.items() if "token" in address.parameters]


def link_to(name: str) -> str:
    return reverse(name, kwargs={each: TOKEN if each == "token" else 1 for each in ADDRESSES[name].parameters})


def test_there_are_such_links():
    assert {"participants:refer", "pairings:met", "pairings:feed", "people:choose_password"} <= set(SIGNED)


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.django_db
def test_the_log_says_that_such_a_link_was_opened_and_not_which(printed, name):
    url = link_to(name)
    assert Client().get(url).status_code == 404
    logging.getLogger("django.request").error("Internal Server Error: %s", url)
    logging.getLogger("upwell").error("Asked: %r", [f"GET {url}?again HTTP/1.1", f'<a href="{url}">'])
    text = "\n".join(printed)
    kept = url.replace(quote(TOKEN, safe=":"), "[left out]")
    assert f"Not Found: {kept}" in text
    assert text.count(kept) >= 4
    assert "CANARY" not in text


@pytest.mark.parametrize("name", SIGNED)
def test_nor_does_the_web_server_s_line(name):
    url = link_to(name)
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": f"{url}?x", "PATH_INFO": url, "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"http://upwell.test{url}",
    }  # fmt: skip
    answer = SimpleNamespace(status="200 OK", headers=[("Location", url)], sent=5)
    config = Config()
    line = config.access_log_format % RequestLog(config).atoms(
        answer, [("referer", environ["HTTP_REFERER"])], environ, timedelta(0)
    )
    assert f"GET {url.replace(quote(TOKEN, safe=':'), '[left out]')}?x HTTP/1.1" in line
    assert "CANARY" not in line


def test_gunicorn_is_told_to_write_its_lines_so():
    config = Config()
    file = Path(settings.BASE_DIR) / "gunicorn.conf.py"
    for name, value in runpy.run_path(str(file)).items():
        if name in config.settings:
            config.set(name, value)
    assert config.logger_class is RequestLog
    assert config.control_socket_disable


def test_links_of_other_pages_stay():
    for text in ("GET /refer/ HTTP/1.1", "/programs/3/referees/", "Refer to /pairs/1/"):
        assert without_links(text) == text
