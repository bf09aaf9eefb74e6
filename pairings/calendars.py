"""Planned meetings as iCalendar (RFC 5545, invitations by RFC 5546), for calendars that others may look into.

No entry names a topic, a program or the kind of a session. Times are written in UTC: an instant needs no time zone
rules of the reader's, and no calendar can get a clock change wrong. All of an entry follows from its row, so the same
version is always the same entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event, vCalAddress, vText

from notifications.kinds import CalendarPart
from pairings.choices import PlanState
from pairings.models import PlannedMeeting
from people.models import Person

PRODUCT = "-//Upwell//Mentoring meetings//EN"
SUMMARY = "Mentoring meeting"


def invitation(planned: PlannedMeeting, *, person: Person) -> CalendarPart:
    """What the calendar of one of the two has to do: enter or change the meeting, or take it out.

    The system organises it and each is invited alone, so a shared calendar tells no partner. Nobody is asked for a
    reply, because none is read.
    """
    cancelled = planned.state == PlanState.CANCELLED
    method = "CANCEL" if cancelled else "REQUEST"
    entry = _entry(planned, summary=SUMMARY)
    entry["organizer"] = _organiser()
    entry.add("attendee", _attendee(person), encode=False)
    calendar = _calendar(method)
    calendar.add_component(entry)
    return CalendarPart(calendar.to_ical().decode(), method)


def feed(some: Iterable[PlannedMeeting], *, person: Person) -> bytes:
    """For the calendar of one person, who knows with whom they meet. The same meetings are the same bytes."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", "Mentoring meetings")
    calendar.add("x-wr-calname", "Mentoring meetings")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for planned in some:
        calendar.add_component(_entry(planned, summary=f"{SUMMARY} with {planned.pairing.partner_of(person).name}"))
    content: bytes = calendar.to_ical()
    return content


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _entry(planned: PlannedMeeting, *, summary: str) -> Event:
    entry = Event()
    entry.add("uid", f"{planned.pk}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    entry.add("sequence", planned.version - 1)
    entry.add("dtstamp", planned.changed_at)
    entry.add("dtstart", planned.starts_at)
    entry.add("dtend", planned.ends_at)
    entry.add("summary", summary)
    entry.add("url", settings.BASE_URL + reverse("pairings:planned_meeting", args=[planned.pairing_id, planned.pk]))
    entry.add("class", "PRIVATE")
    entry.add("status", "CANCELLED" if planned.state == PlanState.CANCELLED else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if planned.state == PlanState.CANCELLED else "OPAQUE")
    return entry


def _organiser() -> vCalAddress:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organiser = vCalAddress(f"mailto:{address}")
    organiser.params["cn"] = vText(name or "Upwell")
    return organiser


def _attendee(person: Person) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["cn"] = vText(person.name)
    attendee.params["cutype"] = vText("INDIVIDUAL")
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    return attendee
