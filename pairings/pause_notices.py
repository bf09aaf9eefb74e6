"""What is told by mail of a pause: that it begins, kindly and without a reason, and that it is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse

from notifications.actions import owe
from notifications.choices import NoticeState
from notifications.kinds import Kind, Message
from notifications.models import Notice
from pairings import notices, rules
from pairings.models import Pairing
from pairings.rules import in_words
from people.models import Person

PAUSED: Final = "pairings.paused"
PAUSE_OVER: Final = "pairings.pause_over"


def owe_pause(pairing: Pairing, *, by: Person, at: datetime) -> None:
    """A word at once to whoever did not do it, and to both on the day of the return; what counts from then on."""
    assert pairing.paused_from is not None and pairing.back_on is not None  # noqa: S101, PT018 - just noted
    first, back = pairing.paused_from.isoformat(), pairing.back_on.isoformat()
    for person in notices.both_of(pairing):
        if person != by:
            owe(
                kind=PAUSED,
                subject=pairing.pk,
                person=person,
                at=at,
                occurrence=f"{first}_{back}_{_stamp(at)}",
                good_for=timedelta(days=10),
            )
        owe(kind=PAUSE_OVER, subject=pairing.pk, person=person, at=at, due_on=pairing.back_on, occurrence=back)
    _owe_what_counts_from_the_return(pairing, at=at)


def owe_back(pairing: Pairing, *, by: Person, at: datetime) -> None:
    """The pair goes on before its day: a word to whoever did not do it."""
    for person in notices.both_of(pairing):
        if person != by:
            back = pairing.back_on.isoformat() if pairing.back_on else ""
            owe(kind=PAUSE_OVER, subject=pairing.pk, person=person, at=at, occurrence=f"{back}_{_stamp(at)}")
    _owe_what_counts_from_the_return(pairing, at=at)


def _owe_what_counts_from_the_return(pairing: Pairing, *, at: datetime) -> None:
    since = rules.last_met(pairing.meetings.all()) or pairing.started_on
    notices.owe_quiet(pairing, since=since, rhythm=rules.rhythm_days(pairing, pairing.agreements.all()), at=at)
    notices.owe_term(pairing, at=at)


def _stamp(at: datetime) -> str:
    """The same days may be noted, taken back and noted again."""
    return f"{at:%Y%m%dT%H%M%S}"


def _found(notice: Notice) -> tuple[Pairing | None, str]:
    """The pairing as it is now, and what tells this notice from others about it."""
    pairing: Pairing | None = Pairing.objects.with_people().filter(pk=notice.subject).first()
    return pairing, notice.key.split(":")[2]


def _paused(notice: Notice, at: datetime) -> Message | None:
    """While these are still the days, and the return lies ahead."""
    pairing, said = _found(notice)
    on = at.astimezone(notice.person.zone).date()
    if pairing is None or pairing.paused_from is None or pairing.back_on is None or pairing.back_on <= on:
        return None
    days = f"{pairing.paused_from.isoformat()}_{pairing.back_on.isoformat()}"
    if not rules.is_attended(pairing, on=on) or said.rpartition("_")[0] != days:
        return None
    partner = pairing.partner_of(notice.person)
    who = partner.given_name if pairing.paused_by_id == partner.pk else "A coordinator"
    since = f"from {in_words(pairing.paused_from)} " if pairing.paused_from > on else ""
    return Message(
        subject=f"Your pair with {partner.given_name} pauses",
        heading=f"Your pair pauses until {in_words(pairing.back_on)}",
        paragraphs=(
            f"{who} has paused your pair {since}until {in_words(pairing.back_on)}. No reason is asked.",
            "Until then nothing is asked of you: no check-in, no reminder. Meetings of these days are cancelled.",
            f"It goes on by itself. Your last day is still {in_words(pairing.runs_until)}, unless both want more.",
        ),
        link=reverse("pairings:detail", args=[pairing.pk]),
        action="Open your pair page",
    )


def _pause_over(notice: Notice, at: datetime) -> Message | None:
    pairing, said = _found(notice)
    on = at.astimezone(notice.person.zone).date()
    if pairing is None or not rules.is_under_way(pairing, on=on):
        return None
    back = said.partition("_")[0]
    if back != (pairing.back_on.isoformat() if pairing.back_on else ""):
        return None
    partner = pairing.partner_of(notice.person).given_name
    if back:
        heading, what = "Your pair goes on", "The pause is over, and your pair goes on."
    else:
        told = Notice.objects.filter(kind=PAUSED, subject=notice.subject, person=notice.person)
        if not told.filter(state=NoticeState.SENT).exists():
            return None
        heading, what = "Your pair does not pause", "Your pair does not pause after all."
    return Message(
        subject=f"Your pair with {partner} goes on",
        heading=heading,
        paragraphs=(
            f"{what} Its last day is {in_words(pairing.runs_until)}.",
            "A short message with two days to choose from is enough to begin again.",
        ),
        link=reverse("pairings:detail", args=[pairing.pk]),
        action="Open your pair page",
    )


KINDS: Final = (
    Kind(name=PAUSED, description="The partner or a coordinator paused the pair", compose=_paused),
    Kind(name=PAUSE_OVER, description="A pause is over: the pair goes on", compose=_pause_over),
)
