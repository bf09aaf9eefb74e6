"""Posting to an address somebody typed: never inside, never elsewhere than asked, and mail where it fails."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import connection

from notifications import actions, channels, chat, delivery, kinds, operations, rules, webhooks
from notifications.choices import ChannelKind, NoticeState
from notifications.kinds import CalendarPart, Message
from notifications.models import Channel, Host, Notice
from notifications.tests.test_claims import MONDAY, deliver
from people.tests.factories import BoFactory, PersonFactory
from privacy.models import DataKey

SLACK = "https://hooks.slack.com/services/T0/B0/xyz"
TEAMS = "https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=x"


@dataclass
class Chat:
    """A server that keeps what is posted, and answers as told."""

    address: str = ""
    status: int = 200
    location: str = ""
    posts: list[dict] = field(default_factory=list)


@pytest.fixture
def slack() -> Iterator[Chat]:
    told = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(told.status)
            if told.location:
                self.send_header("Location", told.location)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with webhooks.open_to("127.0.0.1", server.server_port):
        yield told
    server.shutdown()
    thread.join()
    server.server_close()


# The guard


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.com/services/x", "https://hooks.slack.com:8443/x", "https://user@hooks.slack.com/x",
        "https://hooks.slack.com@127.0.0.1/x", "https://hooks.slack.com.example.org/x", "https://127.0.0.1/x",
        "https://[::1]/x", "https://169.254.169.254/latest", "https://localhost/x", "https://2130706433/x",
        "https://evilhooks.slack.com/x", "https://hooks.slack.com/x#y", "https://hooks.slack.com/a b",
        "hooks.slack.com",
        "https://hooks.slack.com/\r\nHost: x", "https://hooks.slack.com:99999/x", "file:///etc/passwd", "https://[x/",
        "https://hooks.slack.com/ä", "https://hooks.slack.com/" + "x" * 1000, TEAMS,
    ],
)  # fmt: skip
def test_what_is_no_webhook_of_slack_is_refused_with_a_sentence(address):
    with pytest.raises(webhooks.AddressRefused) as refusal:
        webhooks.target_of(address, ChannelKind.SLACK)
    assert refusal.value.messages[0].endswith(".")


def test_a_webhook_of_each_kind_is_taken():
    assert webhooks.target_of(SLACK, ChannelKind.SLACK) == webhooks.Target(
        "hooks.slack.com", 443, "/services/T0/B0/xyz"
    )
    target = webhooks.target_of(TEAMS, ChannelKind.TEAMS)
    assert (target.port, target.path.endswith("?sig=x")) == (443, True)
    with pytest.raises(webhooks.AddressRefused):
        webhooks.target_of("https://logic.azure.com.example.org/x", ChannelKind.TEAMS)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "168.63.129.16", "192.0.0.192", "198.18.0.1", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "",
        "localhost",
    ],
)  # fmt: skip
def test_no_address_inside_is_public(address):
    assert not webhooks.is_public(address)


@pytest.mark.parametrize("address", ["34.232.110.12", "2600:1f18::1", "::ffff:34.232.110.12"])
def test_an_ordinary_address_is_public(address):
    assert webhooks.is_public(address)


@pytest.mark.parametrize("inside", [["10.0.0.1"], ["34.232.110.12", "127.0.0.1"], ["::ffff:10.0.0.1"]])
def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch, inside):
    """One answer of several is enough, and the addresses that were checked are the ones that are used."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in inside]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answer)
    connected = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: connected.append(args))
    with pytest.raises(webhooks.NotPublic):
        webhooks.post(webhooks.target_of(SLACK, ChannelKind.SLACK), {})
    assert connected == []


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    names = iter([["34.232.110.12"], ["127.0.0.1"]])
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda *args, **kwargs: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in next(names)],
    )  # fmt: skip
    connected = []

    def connect(address, timeout=None):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        webhooks.post(webhooks.target_of(SLACK, ChannelKind.SLACK), {})
    assert connected == [("34.232.110.12", 443)], "looked up once"


def test_nothing_outside_of_tests_opens_a_door(settings):
    settings.DEMO = settings.DEBUG = True
    with pytest.raises(webhooks.AddressRefused):
        webhooks.target_of("http://127.0.0.1:8000/hook", ChannelKind.SLACK)


def test_a_redirect_is_not_followed(slack):
    other = slack.address.replace("/hook", "/elsewhere")
    slack.status, slack.location = 307, other
    with pytest.raises(webhooks.NotTaken):
        webhooks.post(webhooks.target_of(slack.address, ChannelKind.SLACK), {"a": 1})
    assert slack.posts == [{"a": 1}]


# What is posted


def test_a_name_is_never_read_as_markup():
    nasty = "<!channel> *Mina* [x](https://evil.example.org) <https://evil.example.org|y>"
    message = Message(nasty, nasty, (nasty,), "/do/", "Do it")
    slack_post, teams_post = (chat.as_post(kind, [message]) for kind in ChannelKind)
    assert "<!channel>" not in slack_post["text"]
    assert {block["text"]["type"] for block in slack_post["blocks"] if "text" in block} == {"plain_text"}
    (card,) = (attachment["content"] for attachment in teams_post["attachments"])
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {part["type"] for part in card["body"]} == {"RichTextBlock", "ActionSet"}


# Delivery


@pytest.fixture
def mina(errand, slack):
    errand.own_words = True
    person = PersonFactory(time_zone="UTC")
    channels.choose_channel(by=person, kind=ChannelKind.SLACK, address=slack.address, at=MONDAY)
    return person


def owe(person, *subjects, kind="waits"):
    for subject in subjects:
        actions.owe(kind=f"tests.{kind}", subject=subject, person=person, at=MONDAY)


@pytest.mark.django_db
def test_the_message_of_the_day_is_one_post_in_the_chat_and_no_mail(mina, slack, mailbox):
    owe(mina, "1", "2")
    assert deliver().sent == 2
    (post,) = slack.posts
    headings = [block["text"]["text"] for block in post["blocks"] if block["type"] == "header"]
    assert (headings, mailbox.messages) == (["Thing 1", "Thing 2"], [])


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", [302, 404, 500, "gone"])
def test_what_the_chat_does_not_take_comes_by_mail_at_once(mina, slack, mailbox, trouble):
    if trouble == "gone":
        Channel.objects.all().delete()
        with webhooks.open_to("127.0.0.1", 1):
            channels.choose_channel(by=mina, kind=ChannelKind.SLACK, address="http://127.0.0.1:1/hook", at=MONDAY)
            owe(mina, "1")
            assert deliver().sent == 1
    else:
        slack.status = trouble
        owe(mina, "1")
        assert deliver().sent == 1
    assert [mail["To"] for mail in mailbox.messages] == [mina.email]
    assert Channel.objects.get().failures == 1
    assert Notice.objects.get().state == NoticeState.SENT


@pytest.mark.django_db
def test_a_chat_that_fails_again_and_again_is_left_alone_for_a_while(mina, slack, mailbox):
    slack.status = 500
    owe(mina, *"12345", kind="errand")
    assert deliver().sent == 5
    assert (len(slack.posts), len(mailbox.messages)) == (channels.FAILS_BEFORE_REST, 5)


@dataclass
class Silent:
    """A host that takes every connection and never says a word."""

    address: str
    lines: list[socket.socket] = field(default_factory=list)


@pytest.fixture
def silent() -> Iterator[Silent]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        port = listening.getsockname()[1]
        told = Silent(f"http://127.0.0.1:{port}/hook")

        def listen():
            with contextlib.suppress(OSError):
                while True:
                    told.lines.append(listening.accept()[0])

        thread = threading.Thread(target=listen)
        thread.start()
        with webhooks.open_to("127.0.0.1", port):
            yield told
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
        for line in told.lines:
            line.close()


@pytest.mark.django_db
def test_a_host_that_hangs_is_left_alone_for_everybody_and_their_messages_come_by_mail(
    errand, silent, mailbox, monkeypatch
):
    monkeypatch.setattr(webhooks, "SECONDS", 0.3)
    people = [PersonFactory(time_zone="UTC") for _ in range(9)]
    for person in people:
        channels.choose_channel(by=person, kind=ChannelKind.SLACK, address=silent.address, at=MONDAY)
        owe(person, "1", kind="errand")
    assert deliver().sent == 9
    assert (len(silent.lines), len(mailbox.messages)) == (rules.OPENS_AFTER, 9)
    (host,) = Host.objects.all()
    assert host.failures == rules.OPENS_AFTER
    assert (host.name.startswith("Slack, "), "127.0.0.1" in host.name) == (True, False), "nobody typed it to be read"
    assert operations.reason_in_words(host.reason) == "It did not answer (TimeoutError)."


@pytest.mark.django_db
def test_mail_has_its_whole_time_after_a_chat_that_hung_and_is_not_blamed(errand, silent, mailbox, monkeypatch):
    lease = timedelta(seconds=2)
    monkeypatch.setattr(rules, "LEASE", lease)
    monkeypatch.setattr(rules, "MARGIN", lease / 4)
    person = PersonFactory(time_zone="UTC")
    channels.choose_channel(by=person, kind=ChannelKind.SLACK, address=silent.address, at=MONDAY)
    owe(person, "1", kind="errand")
    begun = time.monotonic()
    ends = []
    send = delivery._Round._send

    def look(self, claim, email):
        ends.append((claim.leased_until - MONDAY).total_seconds() - (time.monotonic() - begun))
        send(self, claim, email)

    monkeypatch.setattr(delivery._Round, "_send", look)
    passing = lambda: MONDAY + timedelta(seconds=time.monotonic() - begun)  # noqa: E731
    assert delivery.deliver_due(clock=passing).sent == 1
    assert ends[0] > lease.total_seconds() - 0.3
    assert [host.name.partition(",")[0] for host in Host.objects.all()] == ["Slack"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["errand", "waits"])
def test_while_the_mail_server_rests_chats_are_written_to(mina, slack, mailbox, kind):
    """Also where somebody who gets mail has waited for longer, and where the chat of another fails."""
    by_mail, no_chat = PersonFactory(time_zone="UTC"), PersonFactory(time_zone="UTC")
    with webhooks.open_to("127.0.0.1", 1):
        channels.choose_channel(by=no_chat, kind=ChannelKind.TEAMS, address="http://127.0.0.1:1/hook", at=MONDAY)
        for person in (by_mail, no_chat, mina):
            owe(person, str(person.pk), kind=kind)
        rest = MONDAY + timedelta(seconds=15)
        server = f"127.0.0.1:{mailbox.port}"
        Host.objects.create(name=server, failures=5, failed_at=MONDAY, rests_until=rest)
        assert deliver().sent == 1
        assert len(slack.posts) == 1
        assert deliver(rest).sent == 2
    assert sorted(mail["To"] for mail in mailbox.messages) == sorted([by_mail.email, no_chat.email])


def test_a_resolver_that_does_not_answer_holds_nobody_past_the_time(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: over.wait(20))
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        webhooks.post(webhooks.target_of(SLACK, ChannelKind.SLACK), {}, within=0.2)
    over.set()
    assert time.monotonic() - begun < 2


def test_a_handshake_that_drips_is_cut(monkeypatch):
    """Each of its letters comes in time, and all of them never do."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        there = listening.getsockname()
        answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("34.232.110.12", 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answer)

        def connect(address, timeout):
            line = socket.socket()
            line.settimeout(timeout)
            line.connect(there)
            return line

        monkeypatch.setattr(socket, "create_connection", connect)

        def drip():
            line, _ = listening.accept()
            with line, contextlib.suppress(OSError):
                line.sendall(b"\x16\x03\x03\x3f\xff")  # the head of a long record
                while not over.wait(0.05):
                    line.sendall(b"\x02")

        dripping = threading.Thread(target=drip)
        dripping.start()
        begun = time.monotonic()
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on the release of OpenSSL
            webhooks.post(webhooks.target_of(SLACK, ChannelKind.SLACK), {}, within=0.5)
        took = time.monotonic() - begun
        over.set()
        dripping.join()
    assert took < 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "message",
    [
        Message("A", "A", ("a",), "/a/", "A", calendar=CalendarPart("BEGIN:VCALENDAR", "REQUEST")),
        Message("A", "A", ("a",), "/a/", "A", mail_only=True),
    ],
    ids=["an invitation", "a link that works for whoever has it"],
)
def test_calendars_and_links_that_work_without_signing_in_come_by_mail(mina, slack, mailbox, message):
    kinds.register(kinds.Kind("tests.special", "Special", lambda notice, at: message))
    owe(mina, "1", kind="special")
    assert deliver().sent == 1
    assert (slack.posts, len(mailbox.messages)) == ([], 1)


@pytest.mark.django_db
def test_what_is_known_to_work_for_its_holder_is_marked():
    """By the words that say so at its foot."""
    from pairings import notices as pairs
    from participants import notices as volunteers

    for module, link, marked in (
        (pairs, "link=met.link_about", "return _say_with_link("),
        (volunteers, "link=references.link_of(reference)", "mail_only=True"),
    ):
        assert module.__file__ is not None
        text = Path(module.__file__).read_text()
        assert text.count(link) == text.count(marked) > 0


# One's own


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_choose_one_chat():
    mina = PersonFactory(time_zone="UTC")
    keys, barrier, failed = DataKey.objects.count(), threading.Barrier(4), []

    def click():
        barrier.wait()
        try:
            channels.choose_channel(by=mina, kind=ChannelKind.SLACK, address=SLACK, at=MONDAY)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert (Channel.objects.count(), DataKey.objects.count() - keys) == (1, 1)


@pytest.mark.django_db
def test_the_address_is_sealed_shown_to_nobody_and_gone_when_mail_is_chosen_again(client, slack):
    mina = PersonFactory(time_zone="UTC")
    client.force_login(mina)
    said = {"do": "channel", "where": "slack", "address": slack.address}
    assert client.post("/your-messages/", said).status_code == 302
    channel, key = Channel.objects.get(), DataKey.objects.latest("created_at").pk
    assert slack.address.encode() not in bytes(channel.address)
    text = client.get("/your-messages/").text
    assert "We write to you in Slack" in text
    assert slack.address not in text
    client.force_login(BoFactory())
    assert "We write to you by mail" in client.get("/your-messages/").text
    client.post("/your-messages/", {"do": "channel", "where": "mail"})
    assert Channel.objects.count() == 1, "Bo chose for himself"
    client.force_login(mina)
    client.post("/your-messages/", {"do": "channel", "where": "mail"})
    assert not Channel.objects.exists()
    assert not DataKey.objects.filter(pk=key).exists(), "so what a backup holds does not open"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"where": "slack", "address": ""}, "Give the address, so that we know where to."),
        ({"where": "slack", "address": "https://127.0.0.1/"}, "This is not an address that Slack gives for a webhook."),
        ({"where": "teams", "address": SLACK}, "This is not an address that Microsoft Teams gives for a webhook."),
    ],
)
def test_a_refusal_stands_at_the_address(client, said, words):
    client.force_login(PersonFactory(time_zone="UTC"))
    answer = client.post("/your-messages/", {"do": "channel", **said})
    assert answer.status_code == 422
    assert answer.context["channel_form"].errors["address"] == [words]
    assert not Channel.objects.exists()
