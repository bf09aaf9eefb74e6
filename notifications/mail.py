"""From what a notice says to an e-mail with a text and an HTML part."""

from __future__ import annotations

import textwrap
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from notifications.kinds import CalendarPart, Message
from notifications.models import Notice


def message_id(key_digest: str) -> str:
    """A stable identifier: should a message ever leave twice, mail programs show it once."""
    return f"<{key_digest}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


def as_email(notice: Notice, message: Message, *, at: datetime) -> EmailMultiAlternatives:
    context = {
        "message": message,
        "greeting": f"Hello {notice.person.given_name},",
        "address": settings.BASE_URL + message.link,
        "home": settings.BASE_URL + "/",
        "company": settings.COMPANY_NAME,
    }
    wrapped = {
        **context,
        "paragraphs": [textwrap.fill(text, 72) for text in message.paragraphs],
        "footnote": textwrap.fill(message.footnote, 72),
    }
    email = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=render_to_string("mail/notice.txt", wrapped),
        to=[notice.person.email],
        headers={
            "Message-ID": notice.message_id,
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    email.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    if message.calendar is not None:
        _invite(email, message.calendar)
    return email


def _invite(email: EmailMultiAlternatives, calendar: CalendarPart) -> None:
    """The last alternative, on which most programs offer to accept; and a file, which the others open."""
    email.attach_alternative(calendar.content, f"text/calendar; method={calendar.method}")
    email.attach("meeting.ics", calendar.content.encode(), "application/ics")
