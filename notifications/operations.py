"""How delivery stands, for those who look after it, and what they may do: let a message be tried again.

Nothing here says what a message is about, or whom it is for. Sent and no longer needed are one number: apart, each step
of the second would say that somebody has answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Case, Count, F, Min, Q, Value, When
from django.db.models.functions import Greatest

from notifications import heartbeats, rules
from notifications.choices import Hand, NoticeState
from notifications.heartbeats import Pulse
from notifications.models import DeletedNotices, Host, Notice, NoticeQuerySet, TriedAgain
from people.models import Person

LATE_AFTER: Final = timedelta(seconds=90)
"""Whatever dies, what it held is taken up within this time (docs/adr/0003)."""

A_PAGE: Final = 25

HELD_SINCE: Final = F("leased_until") - rules.LEASE
WAITS_SINCE: Final = Case(
    When(state=NoticeState.OWED, then=F("take_up_at")),
    When(state=NoticeState.CLAIMED, attempts=1, then=Greatest("due_at", "waits_until")),
    When(state=NoticeState.CLAIMED, then=HELD_SINCE),
    default=F("again_at"),
)
"""From when on it could have left: when it was due, when its reader could be written to, or when a pause ended that
the mail server had asked for."""


@dataclass(frozen=True, slots=True)
class Counts:
    later: int
    due: int
    claimed: int
    put_off: int
    perhaps: int
    """Handed over without an answer, and handed over again later."""
    given_up: int
    """Handed over without an answer so often that it is left at that."""
    failed: int
    missed: int
    settled: int
    """With those that have been deleted since."""


@dataclass(frozen=True, slots=True)
class Standing:
    counts: Counts
    oldest: timedelta | None
    """How long the oldest has waited of all that could have left; None where nothing waits."""
    pulses: list[Pulse]
    hosts: list[Host]

    @property
    def is_late(self) -> bool:
        return self.oldest is not None and self.oldest > LATE_AFTER

    @property
    def somebody_delivers(self) -> bool:
        return self._at_work(Hand.WORKER, Hand.LOOP)

    @property
    def somebody_searches(self) -> bool:
        return self._at_work(Hand.SEARCHES, Hand.LOOP)

    def _at_work(self, *hands: Hand) -> bool:
        return any(not each.is_silent for each in self.pulses if each.hand in hands)


def standing(*, at: datetime) -> Standing:
    return Standing(counts(at=at), oldest_wait(at=at), heartbeats.pulses(), list(Host.objects.all()))


def counts(*, at: datetime) -> Counts:
    """Over the indexes of what has not ended and of what did not arrive; of all the rest, only how many there are."""
    state = NoticeState
    waiting: Mapping[str, Q] = {
        "later": Q(state=state.OWED, take_up_at__gt=at),
        "due": Q(state__in=[state.OWED, state.RETRY, state.UNKNOWN], take_up_at__lte=at),
        "claimed": Q(state=state.CLAIMED),
        "put_off": Q(state=state.RETRY, again_at__gt=at),
        "perhaps": Q(state=state.UNKNOWN, again_at__gt=at),
    }
    ended: Mapping[str, Q] = {
        "given_up": Q(state=state.UNKNOWN, finished_at__isnull=False),
        "failed": Q(state=state.FAILED),
        "missed": Q(state=state.MISSED),
    }
    found = Notice.objects.filter(take_up_at__isnull=False).aggregate(**_counted(waiting))
    found |= Notice.objects.did_not_arrive().aggregate(**_counted(ended))
    deleted = sum(DeletedNotices.objects.values_list("number", flat=True))
    return Counts(**found, settled=max(0, Notice.objects.count() - sum(found.values())) + deleted)


def _counted(which: Mapping[str, Q]) -> dict[str, Count]:
    return {name: Count("pk", filter=each) for name, each in which.items()}


def oldest_wait(*, at: datetime) -> timedelta | None:
    """Of what could have left by now and has not. What a mail server put off waits for nobody until that has passed."""
    waiting = Notice.objects.due(at + rules.LEASE).annotate(since=WAITS_SINCE).filter(since__lte=at)
    since: datetime | None = waiting.aggregate(oldest=Min("since"))["oldest"]
    return None if since is None else at - since


# What did not arrive


@dataclass(frozen=True, slots=True)
class Trouble:
    number: int
    what: str
    why: str
    at: datetime
    """When it ended, or when it is tried again."""
    waits: bool
    attempts: int
    may_be_tried: bool
    too_late_since: datetime | None


def troubles(*, at: datetime, page: str = "") -> Page[Trouble]:
    rows = Notice.objects.in_trouble().order_by("-due_at", "-pk")
    told = rows.only(
        "state", "reason", "due_at", "not_after", "again_at", "leased_until", "finished_at", "attempts", "take_up_at"
    )
    found: Page[Any] = Paginator(told, A_PAGE).get_page(page)
    found.object_list = [_trouble(each, at) for each in found.object_list]
    return found


def _trouble(notice: Notice, at: datetime) -> Trouble:
    waits = notice.finished_at is None
    what = NoticeState.RETRY if waits and notice.state != NoticeState.UNKNOWN else NoticeState(notice.state)
    given_up = not waits and notice.state in (NoticeState.FAILED, NoticeState.UNKNOWN)
    return Trouble(
        number=notice.pk,
        what=str(what.label),
        why=reason_in_words(notice.reason),
        at=notice.finished_at or notice.take_up_at or notice.due_at,
        waits=waits,
        attempts=notice.attempts,
        may_be_tried=given_up and notice.not_after >= at,
        too_late_since=notice.not_after if not waits and notice.not_after < at else None,
    )


WHY: Final[Mapping[str, str]] = {
    "SMTPRecipientsRefused 4": "The mail server does not take mail for this address at present",
    "SMTPRecipientsRefused 5": "The mail server refuses this address",
    "SMTPDataError 4": "The mail server does not take this message at present",
    "SMTPDataError 5": "The mail server refused the message",
    "SMTPSenderRefused 552": "The message is too large for the mail server",
    "SMTPSenderRefused": "The mail server refuses our own address",
    "SMTPAuthenticationError": "The mail server does not accept our name and password",
    "SMTPNotSupportedError": "The mail server cannot do what is asked of it",
    "SMTPConnectError": "The mail server turned us away",
    "SMTPHeloError": "The mail server turned us away",
    "SMTPServerDisconnected": "The mail server ended the conversation",
    "SMTPResponseException": "The mail server said something that means nothing",
    "TimeoutError": "The mail server did not answer in time",
    "ConnectionRefusedError": "Nobody answers where the mail server should be",
    "ConnectionResetError": "The line to the mail server broke",
    "ConnectionAbortedError": "The line to the mail server broke",
    "BrokenPipeError": "The line to the mail server broke",
    "gaierror": "The mail server’s name is not known",
    "SSL": "The mail server cannot be spoken to in secret",
    "OSError": "The mail server cannot be reached",
    "Unicode": "An address cannot be written as mail",
}
"""By how the note of a failure begins, the longest first."""


def reason_in_words(reason: str) -> str:
    """A sentence for the class of error and the server's code, which are all that is kept of what it said."""
    found = re.fullmatch(r"(\w+)(?: (\d{3}))?", reason)
    if not reason or found is None:
        return reason
    beginning = max((each for each in WHY if reason.startswith(each)), key=len, default="")
    words = WHY.get(beginning, f"Something went wrong: {found[1]}")
    return f"{words} ({found[2]})." if found[2] else f"{words}."


# Trying again


class TooLate(ValidationError):
    def __init__(self) -> None:
        super().__init__("It is too late for this message to be worth sending.")


class NotGivenUp(ValidationError):
    def __init__(self) -> None:
        super().__init__("This message was not given up. It leaves by itself, if it is still wanted.")


@transaction.atomic
def try_again(notices: NoticeQuerySet, *, by: Person, at: datetime) -> int:
    """Let what was given up among these leave once more, if it is still worth sending and wanted; answers how many.

    Of two who ask at once the second finds nothing to do. Each that is tried again is noted with who asked.
    """
    found = list(
        notices.given_up().filter(not_after__gte=at).select_for_update().order_by("pk").values_list("pk", flat=True)
    )
    Notice.objects.filter(pk__in=found).update(
        # What may have arrived keeps its name, so that a cancellation still follows an invitation.
        state=Case(When(state=NoticeState.FAILED, then=Value(NoticeState.RETRY)), default=F("state")),
        again_at=at,
        finished_at=None,
    )
    TriedAgain.objects.bulk_create([TriedAgain(notice_id=pk, by=by, at=at) for pk in found])
    return len(found)


@transaction.atomic
def try_one_again(notice: Notice, *, by: Person, at: datetime) -> None:
    """As :func:`try_again` for one message; refuses with a sentence where nothing can be done.

    What may have arrived together leaves together again.
    """
    together = Q(pk=notice.pk) | Q(bundle__isnull=False, bundle=notice.bundle_id)
    if try_again(Notice.objects.filter(together), by=by, at=at):
        return
    raise TooLate if Notice.objects.given_up().filter(pk=notice.pk).exists() else NotGivenUp
