"""From what a notice says to an e-mail with a text and an HTML part."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import apnumber
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac

from notifications import kinds, wanted
from notifications.choices import Topic
from notifications.furniture import greeting
from notifications.kinds import CalendarPart, Message
from notifications.models import Notice
from people.languages import direction_of
from people.models import Person


def message_id(key_digest: str) -> str:
    """A stable identifier: should a message ever leave twice, mail programs show it once."""
    return f"<{key_digest}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


def message_id_of(key: str) -> str:
    """Of a notice with this key. It stands in the logs of every server on the way: nobody may find out from it, by
    trying keys, what was sent to whom."""
    return message_id(salted_hmac("notifications.message", key, algorithm="sha256").hexdigest()[:32])


def thread_id(thread: str, person: Person) -> str:
    """The message that never was, to which all of one thread answer.

    It tells nothing, not even that two people are written to about the same: each has another, and nobody can work
    one out.
    """
    return message_id(salted_hmac("notifications.thread", f"{thread}:{person.pk}", algorithm="sha256").hexdigest()[:32])


def _in_thread(messages: Sequence[Message], person: Person) -> dict[str, str]:
    """Where all of it belongs to one thread; of several, no mail program could show it in each."""
    threads = {message.thread for message in messages}
    if len(threads) > 1 or not all(threads):
        return {}
    return dict.fromkeys(("In-Reply-To", "References"), thread_id(threads.pop(), person))


def as_email(said: Sequence[tuple[Notice, Message]], *, message_id: str, at: datetime) -> EmailMultiAlternatives:
    """One e-mail that says all of these to their one person; what two of them say in the same words, once."""
    messages = tuple(dict.fromkeys(message for _, message in said))
    person = said[0][0].person
    first, footnotes = messages[0], {message.footnote: message.footnote_language for message in messages}
    language = first.language if len(messages) == 1 else "en"
    context: dict[str, Any] = {
        "message": first,
        "messages": messages,
        "heading": first.heading if len(messages) == 1 else f"{_in_words(len(messages))} things for you",
        "greeting": greeting(person.given_name, language),
        "language": language,
        "direction": direction_of(language),
        "parts": [_part(message) for message in messages],
        "footnotes": [(footnote, spoken, direction_of(spoken)) for footnote, spoken in footnotes.items()],
        "home": settings.BASE_URL + "/",
        "company": settings.COMPANY_NAME,
    }
    topics = [kinds.topic_of(notice.kind) for notice, _ in said]
    declinable = list(dict.fromkeys(topic for topic in topics if topic is not None))
    context["stops"] = [
        (topic.label, settings.BASE_URL + wanted.link_to_decline(person, [topic])) for topic in declinable
    ]
    wrapped = {
        **context,
        "parts": [_part(message, width=72) for message in messages],
        "footnotes": [textwrap.fill(footnote, 72) for footnote in footnotes],
    }
    subject = " ".join(first.subject.split())
    email = EmailMultiAlternatives(
        subject=subject if len(messages) == 1 else f"{subject}, and {len(messages) - 1} more",
        body=render_to_string("mail/notice.txt", wrapped),
        to=[said[0][0].address or person.email],
        headers={
            "Message-ID": message_id,
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **_in_thread(messages, person),
            **({} if None in topics else _one_click(person, declinable)),
        },
    )
    email.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    for message in messages:
        if message.calendar is not None:
            _invite(email, message.calendar)
    return email


def _one_click(person: Person, topics: Sequence[Topic]) -> dict[str, str]:
    """RFC 8058: the button of the mail program that stops what may be declined. Only where all of the mail may be."""
    address = settings.BASE_URL + wanted.link_to_decline(person, topics)
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@dataclass(frozen=True, slots=True)
class _Part:
    """One message as its template shows it."""

    heading: str
    paragraphs: tuple[str, ...]
    address: str
    action: str
    language: str
    direction: str
    in_english: tuple[str, ...]


def _part(message: Message, *, width: int = 0) -> _Part:
    paragraphs = tuple(textwrap.fill(text, width) for text in message.paragraphs) if width else message.paragraphs
    return _Part(
        message.heading, paragraphs, settings.BASE_URL + message.link, message.action, message.language,
        direction_of(message.language), message.in_english,
    )  # fmt: skip


def _in_words(number: int) -> str:
    return str(apnumber(number)).capitalize()


def _invite(email: EmailMultiAlternatives, calendar: CalendarPart) -> None:
    """The last alternative, on which most programs offer to accept; and a file, which the others open."""
    email.attach_alternative(calendar.content, f"text/calendar; method={calendar.method}")
    email.attach("meeting.ics", calendar.content.encode(), "application/ics")
