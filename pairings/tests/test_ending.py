"""What follows from the end of a pair: calendars, words that are erased, the next match."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.core import mail
from django.urls import reverse

from notifications.actions import deliver_due
from pairings import actions, feeds, rules
from pairings.choices import Kind, PlanState
from pairings.models import Pairing
from pairings.tests.conftest import DAY
from pairings.tests.factories import noon
from participants.actions import withdraw
from participants.choices import Way
from privacy.models import DataKey
from programs.choices import Stage
from programs.models import Program


def test_an_early_end_clears_calendars_and_feeds_starts_the_clock_and_offers_somebody_else(pairing, mina, otto, today):
    by, partner = pairing.mentor.person, pairing.mentee.person
    actions.plan_meeting(
        pairing, by=by, at=noon(DAY), starts_at=noon(DAY + timedelta(days=5)), zone=by.zone, minutes=60,
        kind=Kind.MENTOR_LED, way=Way.VIDEO,
    )  # fmt: skip
    deliver_due(clock=partial(noon, DAY))
    assert b"BEGIN:VEVENT" in feeds.feed_for(partner, at=noon(DAY))
    end = reverse("pairings:end", args=[pairing.pk])
    assert "a search looks for somebody else" in mina.get(end).text
    mail.outbox.clear()
    mina.post(end)
    deliver_due(clock=partial(noon, DAY))
    ended = Pairing.objects.with_people().get()
    assert ended.planned_meetings.get().state == PlanState.CANCELLED
    assert b"BEGIN:VEVENT" not in feeds.feed_for(partner, at=noon(DAY))
    told = {(each.to[0].partition("@")[0], each.subject) for each in mail.outbox}
    assert {(name, "Cancelled" in subject) for name, subject in told} == {
        ("mina", True), ("otto", True), ("otto", False),
    }  # fmt: skip
    [closed] = [each for each in mail.outbox if each.subject == "Your pair with Mina has closed"]
    words = closed.body.replace("\n", " ")
    assert "its next search looks for somebody else for you" in words
    page = reverse("pairings:detail", args=[pairing.pk])
    assert "its next search looks for somebody else for you" in otto.get(page).text
    erased_on = DAY + timedelta(days=60)
    assert rules.erased_on(ended) == erased_on
    assert (actions.forget_private_words(at=noon(erased_on)), DataKey.objects.count()) == (0, 1)
    assert (actions.forget_private_words(at=noon(erased_on + timedelta(days=1))), DataKey.objects.count()) == (1, 0)


def test_nobody_else_is_offered_to_whoever_withdrew_or_once_pairs_no_longer_start(pairing, mina, otto):
    actions.end_pairing(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY)
    page, offer = reverse("pairings:detail", args=[pairing.pk]), "looks for somebody else"
    withdraw(pairing.mentee, by=pairing.mentee.person, at=noon(DAY))
    assert (offer in mina.get(page).text, offer in otto.get(page).text) == (True, False)
    Program.objects.update(stage=Stage.REVIEW)
    assert offer not in mina.get(page).text
