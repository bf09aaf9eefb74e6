"""What may be declined can be stopped from any mail (RFC 8058), and nothing else can."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from notifications import actions, kinds, wanted
from notifications.choices import NoticeState, Topic
from notifications.models import Declined, Notice
from notifications.tests.test_claims import DAY, MONDAY, deliver
from people.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def surveyed(errand):
    """A kind that may be declined, beside those that may not."""
    errand.own_words = True
    kinds.register(kinds.Kind("tests.survey", "A survey", errand.compose, topic=Topic.SURVEYS))
    return PersonFactory(time_zone="UTC", given_name="Mina")


def owe(person, kind, subject):
    actions.owe(kind=f"tests.{kind}", subject=subject, person=person, at=MONDAY)


def path_in(mail):
    found = re.fullmatch(r"<https?://[^/]+(/.+/)>", mail["List-Unsubscribe"].strip())
    assert found is not None
    return found[1]


def test_a_mail_that_may_be_declined_says_so_in_its_header_and_at_its_foot(surveyed, mailbox):
    owe(surveyed, "survey", "1")
    deliver()
    (mail,) = mailbox.messages
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = path_in(mail)
    for kind in ("plain", "html"):
        assert path in mail.get_body(preferencelist=(kind,)).get_content().replace("=\n", "")


@pytest.mark.parametrize("beside", [("waits",), ("waits", "survey")])
def test_a_mail_that_holds_anything_else_has_no_such_header(surveyed, mailbox, beside):
    for number, kind in enumerate(beside):
        owe(surveyed, kind, number)
    deliver()
    (mail,) = mailbox.messages
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)
    assert ("/no-more/" in mail.get_body(preferencelist=("plain",)).get_content()) == ("survey" in beside)


def test_opening_the_link_changes_nothing_and_one_post_without_a_cookie_stops_it(surveyed, mailbox):
    owe(surveyed, "survey", "1")
    deliver()
    path, provider = path_in(mailbox.messages[0]), Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert provider.get(path).status_code == provider.head(path).status_code == 200
    assert not Declined.objects.exists()
    for _ in range(2):
        answer = provider.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200, "a redirect would not be followed"
    assert Declined.objects.values_list("person", "topic").get() == (surveyed.pk, Topic.SURVEYS)
    owe(surveyed, "survey", "2")
    owe(surveyed, "errand", "3")
    assert deliver(MONDAY + DAY).sent == 1
    assert Notice.objects.get(subject="2").state == NoticeState.CANCELLED
    assert len(mailbox.messages) == 2


def test_the_page_names_nobody_and_the_link_cannot_be_made_up(surveyed, client):
    path = wanted.link_to_decline(surveyed, [Topic.SURVEYS])
    text = client.get(path).text
    assert "Surveys" in text
    assert surveyed.name not in text
    assert surveyed.email not in text
    for other in (path[:-3] + "xx/", path.replace("/no-more/", "/no-more/x"), "/your-messages/no-more/1/"):
        assert client.post(other).status_code == 404
    assert not Declined.objects.exists()


def test_the_choice_stands_on_your_messages_and_can_be_taken_back_there(surveyed, client):
    client.post(wanted.link_to_decline(surveyed, [Topic.SURVEYS, Topic.CALLS]))
    client.force_login(surveyed)
    shown = client.get("/your-messages/").context["topics_form"]
    assert shown["topics"].value() == [Topic.NUDGES, Topic.CHECK_INS]
    client.post("/your-messages/", {"do": "topics", "topics": ["nudges", "surveys"]})
    assert wanted.topics_wanted_by(surveyed) == [Topic.NUDGES, Topic.SURVEYS]
    assert client.post("/your-messages/", {"do": "topics", "topics": ["everything"]}).status_code == 422
    assert wanted.topics_wanted_by(surveyed) == [Topic.NUDGES, Topic.SURVEYS]


def test_the_week_at_the_desk_is_offered_to_coordinators_alone(surveyed, client):
    assert Topic.DIGEST not in wanted.topics_for(surveyed)
    client.force_login(surveyed)
    client.post("/your-messages/", {"do": "topics", "topics": []})
    assert not wanted.has_declined(surveyed, Topic.DIGEST), "nobody declines what they were not asked about"
    surveyed.is_coordinator = True
    assert wanted.topics_wanted_by(surveyed) == [Topic.DIGEST]


def test_what_asks_for_an_answer_others_wait_for_is_of_no_topic():
    needed = (
        "matching.",
        "pairings.meeting_",
        "pairings.help",
        "pairings.end",
        "participants.place",
        "participants.ref",
    )
    declinable = {kind.name for kind in kinds.all_kinds() if kind.topic is not None}
    assert not {name for name in declinable if name.startswith(needed)}
    assert "pairings.check_in" in declinable
