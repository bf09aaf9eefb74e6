"""What is told by mail when the directory changes: that somebody leaves, has left, stays or is back; and that
a pair is against a rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.urls import reverse

from notifications.actions import owe
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from pairings import rules
from pairings.conflicts import looks_after, standing_conflicts
from pairings.models import Pairing
from pairings.notices import both_of, occurrence_of, open_pairing_of, page_of, pairing_of, today_of
from pairings.rules import in_words
from people.models import Person

PARTNER_LEFT: Final = "pairings.partner_left"
LEAVING: Final = "pairings.leaving"
GOES_ON: Final = "pairings.goes_on"
STAYS: Final = "pairings.stays"
AGAINST_RULE: Final = "pairings.against_rule"


def owe_rest(pairing: Pairing, *, leaver: Person, at: datetime) -> None:
    """A kind word to both: to the leaver while they are here, to the partner on the day it happens."""
    day = leaver.left_on
    today = at.astimezone(leaver.zone).date()
    occurrence = _leaves_on(leaver, day or today)
    partner = pairing.partner_of(leaver)
    if day is not None and day > today:  # a day may be said, changed, and said again
        owe(
            kind=LEAVING, subject=pairing.pk, person=leaver, at=at, occurrence=f"{occurrence}/{at:%Y%m%dT%H%M%S%f}",
            good_for=day - today,
        )  # fmt: skip
    later = day if day is not None and day > at.astimezone(partner.zone).date() else None
    owe(
        kind=PARTNER_LEFT, subject=pairing.pk, person=partner, at=at, due_on=later, occurrence=occurrence,
        good_for=timedelta(days=10),
    )  # fmt: skip


def _leaves_on(leaver: Person, day: date) -> str:
    return f"{leaver.pk}-{day.isoformat()}"


def owe_return(pairing: Pairing, *, at: datetime) -> None:
    for person in both_of(pairing):
        owe(kind=GOES_ON, subject=pairing.pk, person=person, at=at, occurrence=f"{at:%Y%m%dT%H%M%S}")


def owe_stay(pairing: Pairing, *, leaver: int, at: datetime) -> None:
    """Somebody who was told that they leave is told that they do not. The partner never heard of it."""
    person = next(each for each in both_of(pairing) if each.pk == leaver)
    owe(kind=STAYS, subject=pairing.pk, person=person, at=at, occurrence=f"{at:%Y%m%dT%H%M%S}")


def owe_conflict(pairing: Pairing, *, rule: str, coordinator: Person, at: datetime) -> None:
    owe(
        kind=AGAINST_RULE, subject=pairing.pk, person=coordinator, at=at, occurrence=f"{rule}-{at:%Y%m%d}",
        good_for=timedelta(days=10),
    )  # fmt: skip


def _partner_left(notice: Notice, at: datetime) -> Message | None:
    pairing = pairing_of(notice)
    on = today_of(notice, at)
    if pairing is None or not rules.misses_one(pairing, on=on):
        return None
    partner = pairing.partner_of(notice.person)
    if rules.works_here(partner, on=on) or _knows_that_it_rests(notice):
        return None
    return Message(
        subject=f"Your pair with {partner.given_name} rests",
        heading="Your pair rests",
        paragraphs=(
            f"{partner.given_name} no longer works here. What you built in your meetings is yours to keep.",
            "Nothing is asked of you: no check-in, no reminder. You can close the pair whenever you like.",
            "If you would like a new match, a coordinator will look with you.",
        ),
        link=page_of(pairing),
        action="Open your pair page",
    )


def _knows_that_it_rests(notice: Notice) -> bool:
    """Told before, of another day or of a closed account perhaps, and since then not that it goes on."""
    same = Notice.objects.filter(kind=PARTNER_LEFT, subject=notice.subject, person=notice.person).exclude(pk=notice.pk)
    told = same.perhaps_arrived().order_by("-due_at").first()
    if told is None:
        return False
    back = Notice.objects.filter(kind=GOES_ON, subject=notice.subject, person=notice.person)
    return not back.filter(owed_at__gte=told.due_at).exists()


def _leaving(notice: Notice, at: datetime) -> Message | None:
    """Of the day on which the directory says so now, unless that is the last that was heard: one is owed for each."""
    pairing = open_pairing_of(notice, at)
    day = notice.person.left_on
    if pairing is None or day is None or _day_left(notice) != _leaves_on(notice.person, day) or _needs_no_word(notice):
        return None
    partner = pairing.partner_of(notice.person).given_name
    return Message(
        subject=f"Before you go: your pair with {partner}",
        heading="Before you go",
        paragraphs=(
            f"The directory says that you leave on {in_words(day)}. Thank you for the time you gave.",
            f"There is time for a last meeting with {partner}, and for a few closing words.",
            "Your pair rests from that day on. You need not do anything.",
        ),
        link=page_of(pairing),
        action="Open your pair page",
    )


def _day_left(notice: Notice) -> str:
    return occurrence_of(notice).partition("/")[0]


def _needs_no_word(notice: Notice) -> bool:
    """Whether a later notice says it, or the last that may have arrived was of this day and no word since that they
    stay."""
    same = Notice.objects.filter(subject=notice.subject, person=notice.person).exclude(pk=notice.pk)
    if same.filter(kind=LEAVING, pk__gt=notice.pk).exists():
        return True
    heard = same.filter(kind__in=(LEAVING, STAYS)).perhaps_arrived().order_by("-owed_at", "-pk").first()
    return heard is not None and _day_left(heard) == _day_left(notice)


def _goes_on(notice: Notice, at: datetime) -> Message | None:
    pairing = open_pairing_of(notice, at)
    if pairing is None:
        return None
    partner = pairing.partner_of(notice.person).given_name
    return Message(
        subject=f"Your pair with {partner} goes on",
        heading="Your pair goes on",
        paragraphs=(
            f"Your pair rested for a while. It goes on, and its last day is still {in_words(pairing.runs_until)}.",
            "A short message with two days to choose from is enough to begin again.",
        ),
        link=page_of(pairing),
        action="Open your pair page",
    )


def _stays(notice: Notice, at: datetime) -> Message | None:
    pairing = open_pairing_of(notice, at)
    if pairing is None or notice.person.left_on is not None:
        return None
    told = Notice.objects.filter(kind=LEAVING, subject=notice.subject, person=notice.person)
    if not told.perhaps_arrived().exists():
        return None
    partner = pairing.partner_of(notice.person).given_name
    return Message(
        subject=f"You stay: your pair with {partner}",
        heading="Your pair goes on as before",
        paragraphs=(
            "We wrote to you that you leave. The directory no longer says so.",
            f"Your pair with {partner} goes on as before, and its last day is still {in_words(pairing.runs_until)}.",
        ),
        link=page_of(pairing),
        action="Open your pair page",
    )


def _against_rule(notice: Notice, at: datetime) -> Message | None:
    pairing = pairing_of(notice)
    on = today_of(notice, at)
    if pairing is None or not looks_after(notice.person, pairing):
        return None
    rule = occurrence_of(notice).rpartition("-")[0]
    if rule not in standing_conflicts([pairing], on=on).get(pairing.pk, ()):
        return None
    program = pairing.program
    return Message(
        subject=f"{program}: a pair is now against a rule",
        heading="A pair is now against a rule",
        paragraphs=(
            f"Somebody’s place in the company has changed, and a pair of {program} is now against one of its rules.",
            "Nothing was changed for the two, and they were not written to. Talk with them, or note that it may go on.",
        ),
        link=reverse("pairings:to_look_at", args=[program.pk]),
        action="Look at it",
    )


KINDS: Final = (
    Kind(PARTNER_LEFT, "The partner does not work here any more: the pair rests", _partner_left),
    Kind(LEAVING, "Somebody with a pair is about to leave", _leaving, Urgency.IN_TIME),
    Kind(STAYS, "Somebody who was about to leave stays", _stays),
    Kind(GOES_ON, "Somebody came back: the pair goes on", _goes_on),
    Kind(AGAINST_RULE, "A change of the directory put a pair against a rule; coordinators hear", _against_rule),
)
