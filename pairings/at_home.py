"""What pairs ask of somebody, and the cards of their pairs on the home page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse

from pairings import rules
from pairings.checking_in import waits as check_in_waits
from pairings.choices import Moment, PlanState
from pairings.models import (
    CheckIn,
    Pairing,
    PairingQuerySet,
    PlannedMeeting,
    Reflection,
    SkillRating,
)
from pairings.page import lead_of, next_day, rating_waits
from pairings.path import stops_of
from pairings.room import anything_unread
from pairings.visibility import visible_to
from participants.models import WantedSkill
from people.models import Person
from privacy import audiences
from programs.choices import Side
from ui.components import QueueItem, Stop


@dataclass(frozen=True, slots=True)
class PairCard:
    """A pair on the home page of one of the two."""

    pk: uuid.UUID
    url: str
    program: str
    partner: Person
    side: Side
    my_word: str
    lead: str
    rhythm: str
    stops: Sequence[Stop]
    is_open: bool


@dataclass(frozen=True, slots=True)
class PairsAtHome:
    """The pairs this person can open, those still under way first, and what they ask of them, the most pressing
    first."""

    cards: list[PairCard]
    waiting: list[QueueItem]


def at_home(person: Person, on: date) -> PairsAtHome:
    """What a person's pairs say on their home page, each read once."""
    wants = {
        f"{side}_wants": Exists(WantedSkill.objects.filter(participation=OuterRef(side.value))) for side in Side
    }  # fmt: skip
    found = _with_everything(visible_to(person, on), person)
    rows = found.annotate(**wants, has_news=anything_unread(person)).order_by()
    pairings = sorted(rows, key=lambda each: (-each.started_on.toordinal(), each.pk))
    cards = [_card(pairing, person, on) for pairing in pairings]
    waiting = [item for pairing in pairings for item in _waiting_in(pairing, person, on)]
    return PairsAtHome(
        cards=sorted(cards, key=lambda card: not card.is_open),
        waiting=[item for _, item in sorted(waiting, key=lambda each: each[0])],
    )


def _with_everything(pairings: PairingQuerySet, person: Person) -> PairingQuerySet:
    loaded: PairingQuerySet = pairings.prefetch_related(
        "agreements",
        "meetings",
        "extensions",
        Prefetch("planned_meetings", PlannedMeeting.objects.filter(state=PlanState.PLANNED)),
        Prefetch("check_ins", CheckIn.objects.filter(person=person)),
        Prefetch("reflections", Reflection.objects.filter(person=person)),
        Prefetch("skill_ratings", SkillRating.objects.filter(person=person)),
    )
    return loaded


def _card(pairing: Pairing, person: Person, on: date) -> PairCard:
    meetings = list(pairing.meetings.all())
    rhythm = rules.rhythm_days(pairing, pairing.agreements.all())
    side = rules.insist_partner(pairing, person)
    return PairCard(
        pk=pairing.pk,
        url=reverse("pairings:detail", args=[pairing.pk]),
        program=pairing.program.name,
        partner=pairing.partner_of(person),
        side=side,
        my_word=pairing.program.word(side, capital=True),
        lead=lead_of(pairing, meetings, on=on, person=person),
        rhythm=rules.rhythm_in_words(rhythm),
        stops=stops_of(
            pairing,
            [meeting.held_on for meeting in meetings],
            rhythm=rhythm,
            on=on,
            next_on=next_day(pairing.planned_meetings.all(), on),
        ),
        is_open=rules.is_open(pairing, on=on),
    )


def _waiting_in(pairing: Pairing, person: Person, on: date) -> Iterable[tuple[int, QueueItem]]:
    def page(view: str) -> str:
        return reverse(f"pairings:{view}", args=[pairing.pk])

    if rules.misses_one(pairing, on=on):
        return
    extensions = list(pairing.extensions.all())
    asked = next((each for each in extensions if each.answered_at is None), None)
    if asked is not None and asked.proposed_by_id != person.pk and rules.is_open(pairing, on=on):
        partner = pairing.partner_of(person).given_name
        yield 1, QueueItem(
            f"{partner} would like to go on until {rules.in_words(asked.until)}",
            "Yes or no, you need no reason.", "Answer", page("extend"), tone="rise",
        )  # fmt: skip
    if rules.is_paused(pairing, on=on):
        return
    side = rules.insist_partner(pairing, person)
    partner = pairing.partner_of(person).given_name
    if pairing.has_news:  # type: ignore[attr-defined]
        yield 0, QueueItem(
            "There is something new in your private room", f"{partner} has written to you.", "Open the room",
            page("room"), audience=audiences.PARTNERS, tone="rise",
        )  # fmt: skip
    rates = rating_waits(
        pairing, {Moment(each.moment) for each in pairing.skill_ratings.all()},
        wants=getattr(pairing, f"{side}_wants"), on=on,
    )  # fmt: skip
    if rates is not None:
        if rates is Moment.START:
            what, detail = "Say where you stand before you begin", "A tap for each skill you want to learn."
        else:
            what, detail = f"Look back on what you learned with {partner}", "The same taps as at the start."
        yield (
            (2 if rates is Moment.START else 8),
            QueueItem(
                what, f"{detail} Twenty seconds.", "Rate yourself", page("skills"), audience=audiences.OWN_THEN_COUNTED
            ),
        )
    if not rules.is_open(pairing, on=on):
        if not pairing.reflections.all():
            yield 9, QueueItem(
                f"A few closing words on your time with {partner}",
                f"For yourself, or for the two of you. Until {rules.in_words(rules.readable_until(pairing))}.",
                "Write them", page("reflect"), audience=audiences.ONESELF,
            )  # fmt: skip
        return
    agreements = list(pairing.agreements.all())
    newest = agreements[0] if agreements else None
    if newest is None:
        yield 2, QueueItem(
            f"Write your agreement with {partner}", "About three minutes. Either of you can start.",
            "Write it", page("agreement"), audience=audiences.SIGNED_ONLY,
        )  # fmt: skip
    elif not rules.has_signed(newest, side):
        what = "the agreement" if newest.version == 1 else "a change to your agreement"
        yield 2, QueueItem(
            f"{partner} has written {what}", "Read it, then sign or change it.",
            "Read it", page("agreement"), audience=audiences.SIGNED_ONLY,
        )  # fmt: skip
    if check_in_waits(pairing, person, on):
        yield 3, QueueItem(
            f"How is it going with {partner}?", "A few taps, twenty seconds.",
            "Answer", page("check_in"), audience=audiences.OWN_THEN_COUNTED,
        )  # fmt: skip
    planned = list(pairing.planned_meetings.all())
    for each in (each for each in planned if each.day < on):
        yield 4, QueueItem(
            f"Did you meet {partner} on {rules.in_words(each.day)}?", "One tap logs it, with the minutes you planned.",
            "Say so", reverse("pairings:planned_meeting", args=[pairing.pk, each.pk]),
        )  # fmt: skip
    since = rules.counted_from(pairing, rules.last_met(pairing.meetings.all()), on=on)
    expected = since + timedelta(days=rules.rhythm_days(pairing, agreements))
    if expected < on and not planned and not rules.is_in_peace(pairing, on=on):
        yield 4, QueueItem(
            f"Log a meeting with {partner}",
            f"Around {rules.in_words(expected)} you would have met. Date and minutes, about a minute.",
            "Log it", page("log_meeting"),
        )  # fmt: skip
    soon = pairing.runs_until - timedelta(days=max(pairing.program.end_prompt_days, default=0))
    undecided = asked is None and not any(each.until > pairing.runs_until for each in extensions)
    if soon <= on and undecided and rules.may_extend(pairing, on=on):
        yield 5, QueueItem(
            f"Your pair with {partner} ends on {rules.in_words(pairing.runs_until)}",
            "Go on together, or close well. Both are ordinary.", "Decide", page("extend"),
        )  # fmt: skip
