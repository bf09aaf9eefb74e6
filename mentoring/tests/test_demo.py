"""The demo's doors are there in the demo and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from threading import Thread
from time import sleep

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

import clock
from matching.choices import RunState
from matching.models import MatchingRun
from matching.tests.factories import MatchingRunFactory
from mentoring.demo.personas import PARTS
from mentoring.local import mail_sink
from people.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.DEMO_FOLDER = tmp_path
    return settings


@pytest.fixture
def mina():
    return PersonFactory(employee_number=PARTS[0].number, given_name="Mina", family_name="Okafor")


@pytest.fixture
def letter(demo, tmp_path):
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["From"] = "Thursday at ten", "mina@northwind.example", "upwell@northwind.example"
    mail.set_content("Hello Mina,\n\nuntil <b>Thursday</b>.")
    mail.add_alternative("<html><body><p>Hello Mina</p></body></html>", subtype="html")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "20261122-1.eml").write_bytes(bytes(mail))
    return "20261122-1"


def test_a_persona_is_entered_with_one_click(client, demo, mina):
    page = client.get(reverse("people:sign_in"))
    assert "Mina Okafor" in page.content.decode()
    response = client.post(reverse("demo:enter"), {"as": mina.employee_number})
    assert response.url == reverse("dashboards:home")
    assert client.session["_auth_user_id"] == str(mina.pk)


def test_nobody_but_the_personas_can_be_entered(client, demo, mina):
    other = PersonFactory()
    assert client.post(reverse("demo:enter"), {"as": other.employee_number}).status_code == 404
    assert client.post(reverse("demo:enter"), {}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("method", "name", "kwargs"),
    [
        ("post", "enter", {}),
        ("get", "mail", {}),
        ("get", "letter", {"name": "20261122-1"}),
        ("get", "letter_as_html", {"name": "20261122-1"}),
        ("post", "move_clock", {}),
    ],
)
def test_outside_the_demo_its_doors_do_not_exist(client, demo, mina, letter, method, name, kwargs):
    demo.DEMO = False
    url = reverse(f"demo:{name}", kwargs=kwargs)
    answers = [getattr(client, method)(url, {"as": mina.employee_number, "days": "1"})]
    client.force_login(mina)
    answers.append(getattr(client, method)(url, {"as": mina.employee_number, "days": "1"}))
    assert [answer.status_code for answer in answers] == [404, 404]


def test_outside_the_demo_the_sign_in_page_offers_nobody(client, demo, mina):
    demo.DEMO = False
    page = client.get(reverse("people:sign_in")).content.decode()
    assert "Okafor" not in page
    assert "look around" not in page


def test_the_mail_that_left_can_be_read(client, demo, letter):
    assert "Thursday at ten" in client.get(reverse("demo:mail")).content.decode()
    assert "&lt;b&gt;Thursday&lt;/b&gt;" in client.get(reverse("demo:letter", args=[letter])).content.decode()
    shown = client.get(reverse("demo:letter_as_html", args=[letter]))
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "allow-scripts" not in shown.headers["Content-Security-Policy"]


def test_alike_letters_say_whose_each_is_and_when_it_left_by_the_clock_of_the_demo(client, demo, tmp_path, mina):
    other = PersonFactory(given_name="Elif", family_name="Ryan")
    for at, reader in enumerate((mina, other)):
        mail = EmailMessage()
        mail["Subject"], mail["Date"] = "A proposal waits", "Mon, 04 Jan 2027 09:00:00 +0000"
        mail_sink.store(tmp_path / "mail", recipients=[reader.email], content=bytes(mail), at_ns=at)
    page = client.get(reverse("demo:mail")).content.decode()
    assert page.count("A proposal waits") == 2
    assert page.count("4 January 2027, 09:00") == 2
    assert page.index("Elif Ryan") < page.index("Mina Okafor")
    hers = client.get(reverse("demo:mail"), {"to": other.email}).content.decode()
    assert hers.count("A proposal waits") == 1
    assert "Okafor" not in hers


@pytest.mark.parametrize("name", ["nothing", "..", "20261122-1.eml", "-"])
def test_a_letter_that_is_not_there_is_not_found(client, demo, letter, name):
    assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_the_button_moves_the_clock(client, demo, mina):
    client.force_login(mina)
    client.post(reverse("demo:move_clock"), {"days": "3", "next": "/"})
    assert clock.shift() == timedelta(days=3)
    answer = client.post(reverse("demo:move_clock"), {"days": "1", "next": "/"}, follow=True)
    assert "1 day has passed; " in answer.content.decode()


@pytest.mark.parametrize("days", ["", "-1", "0", "401", "a", "9" * 400, "1.5"])
def test_the_clock_refuses_what_is_no_number_of_days(client, demo, mina, days):
    client.force_login(mina)
    answer = client.post(reverse("demo:move_clock"), {"days": days}, follow=True)
    assert "Choose how many days to move" in answer.content.decode()
    assert clock.shift() == timedelta(0)


def test_the_button_never_leads_away_from_the_site(client, demo, mina):
    client.force_login(mina)
    answer = client.post(reverse("demo:move_clock"), {"days": "1", "next": "https://elsewhere.example/"})
    assert answer.url == reverse("dashboards:home")


@pytest.mark.django_db(transaction=True)
def test_a_search_that_a_worker_has_in_hand_comes_to_its_end_before_the_clock_moves(demo):
    now = clock.now()
    run = MatchingRunFactory(
        state=RunState.RUNNING, started_at=now, first_started_at=now, leased_until=now + timedelta(minutes=2)
    )

    def work() -> None:
        sleep(0.5)
        ended = MatchingRun.objects.filter(pk=run.pk, state=RunState.RUNNING)
        ended.update(state=RunState.STOPPED, leased_until=None, finished_at=now)
        connection.close()

    worker = Thread(target=work)
    worker.start()
    call_command("demo_clock", "+1d")
    worker.join()
    run.refresh_from_db()
    assert run.state == RunState.STOPPED


def test_the_command_moves_the_clock_and_refuses_nonsense(demo, capsys):
    call_command("demo_clock", "+2d")
    assert clock.shift() == timedelta(days=2)
    for words in ("14d", "+0d", "+9999d", "+1w", "tomorrow"):
        with pytest.raises(CommandError):
            call_command("demo_clock", words)
    demo.DEMO = False
    with pytest.raises(CommandError, match="Only the demo"):
        call_command("demo_clock", "+1d")
