"""Deliver what is due.

A worker claims one message at a time: exactly one wins it. Inside the claim it asks of each notice in it once more
whether it is still wanted, hands the message to the mail server, and notes the answer at once. A worker that dies
leaves a lease that runs out, and another takes the message up. What leaves twice for that reason has the same
Message-ID.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from datetime import datetime
from threading import Event
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, connections, transaction

from notifications import channels, chat, claims, kinds, mail, rules, wanted, webhooks
from notifications.choices import NoticeState
from notifications.circuit import Circuit
from notifications.claims import DATABASE_AWAY, Aside, Claim, held
from notifications.kinds import Message
from notifications.models import Channel, Notice
from notifications.rules import Reached, Verdict
from notifications.smtp import Backend
from people.models import Person

Clock = Callable[[], datetime]
log = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between two looks for a claim that runs out, and between two attempts to reach the database."""

NO_WORDS = "It could not be composed."

NOTED_WITHIN = 60
"""How many of those pauses a worker waits for a database that went away between the server's answer and our note."""


@dataclass(slots=True)
class Delivery:
    """What one round of delivery did."""

    sent: int = 0
    cancelled: int = 0
    missed: int = 0
    put_off: int = 0
    unknown: int = 0
    failed: int = 0

    @property
    def handled(self) -> int:
        return sum(astuple(self))

    def __add__(self, other: Delivery) -> Delivery:
        return Delivery(*(ours + theirs for ours, theirs in zip(astuple(self), astuple(other), strict=True)))


def deliver_due(
    *, clock: Clock, lines: int = 1, until: datetime | None = None, asked_to_end: Event | None = None
) -> Delivery:
    """Send what is due, over at most ``lines`` connections at once. Safe to run many times at once, and to be killed.

    Ends when nothing is due that could leave: while the mail server does not answer, chats are still written to. With
    ``until`` it also ends then, and before, it waits for claims of others that run out by that time. ``clock`` is asked
    for each notice: a round may outlast a lease. Once ``asked_to_end`` it sends what it has in hand, and ends.
    """
    lines = min(lines, Notice.objects.due(clock())[:lines].count())
    if not lines and until is None:
        return Delivery()
    if lines <= 1:
        return _Round(clock, until, asked_to_end).run()
    with ThreadPoolExecutor(lines) as threads:
        rounds = [threads.submit(_Round(clock, until, asked_to_end).run_in_thread) for _ in range(lines)]
    return sum((each.result() for each in rounds), Delivery())


class _Round:
    """One connection to the mail server, and what leaves over it."""

    def __init__(self, clock: Clock, until: datetime | None, asked_to_end: Event | None = None) -> None:
        self.clock = clock
        self.until = until
        self.asked_to_end = asked_to_end or Event()
        self.delivery = Delivery()
        self.server: Any = get_connection()
        self.circuit = Circuit(f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}")
        self.chats: dict[str, Circuit] = {}
        self.aside = Aside()

    def run_in_thread(self) -> Delivery:
        try:
            return self.run()
        finally:
            connections.close_all()

    def run(self) -> Delivery:
        try:
            while not self.asked_to_end.is_set() and (self.until is None or self.clock() < self.until):
                if (claim := claims.claim(at=self.clock(), aside=self.aside)) is not None:
                    self._settle(claim)
                elif self.aside.chats_alone or not self._waits_for_a_claim():
                    break
        finally:
            self.server.close()
        return self.delivery

    def _waits_for_a_claim(self) -> bool:
        """Whether somebody holds a notice whose lease ends within this round; then a moment has passed."""
        if self.until is None or not Notice.objects.filter(state=NoticeState.CLAIMED).due(self.until).exists():
            return False
        self.server.close()
        time.sleep(PAUSE)
        return True

    def _settle(self, claim: Claim) -> None:
        """Deal with what was claimed."""
        if not (said := self._said(claim)):
            return
        messages = [message for _, message in said]
        channel = self._channel_for(claim, messages)
        if channel is not None and (not self._begun(claim) or self._post(claim, channel, messages)):
            return
        if not self.circuit.lets_try(at=self.clock()):
            self.aside.chats_alone = True
            self.aside.notices |= {notice.pk for notice in claim.notices}
            self._give_back(claim)
        elif self._begun(claim) and (email := self._written(claim, said)) is not None:
            self._send(claim, email)

    def _begun(self, claim: Claim) -> bool:
        """Whether it may leave: by itself, or as the message of this day, which is noted before."""
        if not claim.gathers or claim.bundle is not None or claims.begin_bundle(claim, at=self.clock()):
            return True
        # Given back, it is due at once and longest, and must not be all that this round looks at from now on.
        self.aside.people.add(claim.person.pk)
        self._give_back(claim)
        return False

    def _said(self, claim: Claim) -> list[tuple[Notice, Message]]:
        """What is left of it to say, and in which words. The others of it are noted as what they are by now."""
        said, broken = [], []
        for notice in claim.notices:
            try:
                message = self._words_of(notice)
            except DATABASE_AWAY:
                raise
            except Exception:
                # One notice nobody can compose must not keep all the others from leaving.
                log.exception("Notice %s (%s) could not be composed.", notice.pk, notice.kind)
                broken.append(notice)
            else:
                said += [(notice, message)] if message is not None else []
        claim.notices = [notice for notice, _ in said]
        stay = [notice for notice in broken if notice.attempts < rules.MOST_ATTEMPTS]
        if stay and claim.bundle is not None:
            # It may have arrived whole, under one Message-ID; what is said later under the same one would not be seen.
            self._put_off(Claim([*broken, *claim.notices], bundle=claim.bundle), NO_WORDS, tired=broken)
            return []
        for notice in broken:
            self._put_off(Claim([notice]), NO_WORDS, tired=[notice])
        return said

    def _written(self, claim: Claim, said: Sequence[tuple[Notice, Message]]) -> EmailMultiAlternatives | None:
        message_id = claim.bundle.message_id if claim.bundle is not None else claim.notices[0].message_id
        try:
            return mail.as_email(said, message_id=message_id, at=self.clock())
        except DATABASE_AWAY:
            raise
        except Exception:
            # Whoever is due longest comes first again and again; it must not be the end of every round.
            log.exception("Notice %s (%s) could not be written.", claim.notices[0].pk, claim.notices[0].kind)
            self._put_off(claim, NO_WORDS, tired=claim.notices)
            return None

    def _channel_for(self, claim: Claim, messages: Sequence[Message]) -> Channel | None:
        """What may have left by mail goes by mail again."""
        if any(notice.in_doubt for notice in claim.notices) or not channels.may_carry(messages):
            return None
        channel = channels.channel_of(claim.person)
        return None if channel is None or channels.rests(channel, at=self.clock()) else channel

    def _post(self, claim: Claim, channel: Channel, messages: Sequence[Message]) -> bool:
        """Whether the chat took it. Where it did not, or did not say so, the message goes by mail, which has as much
        time for it as if no chat had been asked."""
        host: Circuit | None = None
        try:
            target = channels.target(channel)
            host = self._chat_host(webhooks.known_as(target, channel.kind_of))
            if not host.lets_try(at=self.clock()):
                return False
            left = claim.leased_until - rules.MARGIN - self.clock()
            within = min(webhooks.SECONDS, left.total_seconds())
            webhooks.post(target, chat.as_post(channel.kind_of, messages), within=within)
        except DATABASE_AWAY:
            raise
        except Exception as error:
            log.warning("A webhook failed: %s.", type(error).__name__)
            channels.note_failure(channel, at=self.clock())
            if isinstance(error, webhooks.NotTaken) and host is not None:
                host.answered()
            elif isinstance(error, OSError) and host is not None:
                host.failed(at=self.clock(), reason=f"It did not answer ({type(error).__name__}).")
            return not claims.prolong(claim, at=self.clock())
        self._note_sent(claim)
        channels.note_success(channel)
        host.answered()
        return True

    def _chat_host(self, name: str) -> Circuit:
        if name not in self.chats:
            self.chats[name] = Circuit(name)
        return self.chats[name]

    def _words_of(self, notice: Notice) -> Message | None:
        """What a claimed notice says; None if it says nothing now, which is then noted."""
        at = self.clock()
        if notice.not_after < at:
            self._finish([notice], NoticeState.MISSED, "It was too late when its turn came.")
            return None
        message = _compose(notice, at)
        if message is None:
            self._finish([notice], NoticeState.CANCELLED)
        return message

    def _send(self, claim: Claim, email: EmailMultiAlternatives) -> None:
        left = claim.leased_until - rules.MARGIN - self.clock()
        try:
            if isinstance(self.server, Backend):
                self.server.allow(left.total_seconds())
            self.server.open()  # kept open for the whole round; left to itself it would be made anew for each message
            self.server.send_messages([email])
        except OSError as error:  # an answer of the server's is one, too
            self._after_failure(claim, error)
        except Exception as error:
            # A message the mail library refuses to write, say for an address it cannot encode.
            notice, reason = claim.notices[0], type(error).__name__
            log.error("Notice %s (%s) could not be written as mail: %s.", notice.pk, notice.kind, reason)
            self.server.close()  # it may be in the middle of a conversation
            self._put_off(claim, reason, tired=claim.notices)
        else:
            self._note_sent(claim)
            self.circuit.answered()

    def _note_sent(self, claim: Claim) -> None:
        """The one thing that must not be lost: without it, the message leaves again. So a database that restarts just
        now is waited for."""
        for _ in range(NOTED_WITHIN):
            try:
                self._finish(claim.notices, NoticeState.SENT)
            except DATABASE_AWAY:
                if connection.in_atomic_block:
                    raise
                connection.close()
                time.sleep(PAUSE)
            else:
                return
        self._finish(claim.notices, NoticeState.SENT)

    def _after_failure(self, claim: Claim, error: OSError) -> None:
        reached = getattr(self.server, "reached", Reached.NOTHING)
        verdict = rules.verdict(error, reached=reached)
        # The class name and code alone: a server's sentence may repeat an address or a subject.
        reason = _in_short(error)
        if verdict in rules.NOT_OF_THE_SERVER:
            self.circuit.answered()
        else:
            self.server.close()
            log.warning("The mail server failed (%s): %s.", verdict.name.lower(), reason)
            self.circuit.failed(at=self.clock(), reason=reason)
        match verdict:
            case Verdict.NEVER:
                with transaction.atomic():
                    if self._finish(claim.notices, NoticeState.FAILED, reason):
                        self._end_bundle_unless_in_doubt(claim)
            case Verdict.LATER | Verdict.BROKEN:
                self._put_off(claim, reason)
            case Verdict.SERVER:
                self._give_back(claim)
            case Verdict.UNKNOWN:
                self._doubt(claim, reason)

    def _give_back(self, claim: Claim) -> None:
        """As if it had not been claimed: it was not even offered to the server.

        All at once: were its notices back before its bundle is gone, somebody else could take them up with it, and send
        what this then takes the bundle from.
        """
        at = self.clock()
        with transaction.atomic():
            still_ours = 0
            for notice in claim.notices:
                state = NoticeState.OWED
                if notice.attempts > 1:
                    state = NoticeState.UNKNOWN if notice.in_doubt else NoticeState.RETRY
                again_at = None if state == NoticeState.OWED else at
                given_back = {"state": state, "leased_until": None, "again_at": again_at}
                still_ours += held([notice]).update(**given_back, attempts=notice.attempts - 1)
            if still_ours:
                self._end_bundle_unless_in_doubt(claim)

    def _put_off(self, claim: Claim, reason: str, *, tired: Sequence[Notice] = ()) -> None:
        """Try it again later; those of it that may grow ``tired`` no oftener than what we fail to write."""
        failed = [notice for notice in tired if notice.attempts >= rules.MOST_ATTEMPTS]
        rest = [notice for notice in claim.notices if notice not in failed]
        with transaction.atomic():  # at once, as what is given back
            still_ours = self._finish(failed, NoticeState.FAILED, reason) if failed else 0
            if rest:
                at, ends = self.clock(), min(notice.not_after for notice in rest)
                again_at = rules.next_attempt(at, attempts=rest[0].attempts, spread=_spread(rest[0]))
                again_at = rules.within_its_time(again_at, at=at, not_after=ends)
                put_off = {"state": NoticeState.RETRY, "again_at": again_at, "reason": reason}
                still_ours += held(rest).update(leased_until=None, **put_off)
                self.delivery.put_off += len(rest)
            if still_ours:
                self._end_bundle_unless_in_doubt(claim)

    def _end_bundle_unless_in_doubt(self, claim: Claim) -> None:
        """What was taken over from somebody who died is in doubt, so this ends only what we began ourselves."""
        if not any(notice.in_doubt for notice in claim.notices):
            claims.end_bundle(claim)

    def _doubt(self, claim: Claim, reason: str) -> None:
        """Hand it over again after a while: a message that is lost is worse than one that mail programs show once.

        A server that takes messages and never answers would get another copy each time, so this ends after a few.
        """
        doubts = max(notice.in_doubt for notice in claim.notices) + 1
        doubted = {"state": NoticeState.UNKNOWN, "leased_until": None, "in_doubt": doubts, "reason": reason}
        if doubts >= rules.MOST_DOUBTS:
            claim.held().update(**doubted, finished_at=self.clock())
        else:
            at, ends = self.clock(), min(notice.not_after for notice in claim.notices)
            again_at = rules.next_after_doubt(at, in_doubt=doubts)
            again_at = rules.within_its_time(again_at, at=at, not_after=ends)
            claim.held().update(**doubted, again_at=again_at)
        self.delivery.unknown += len(claim.notices)

    def _finish(self, notices: Sequence[Notice], state: NoticeState, reason: str = "") -> int:
        """All in one statement: of what left together, nothing is noted without the rest. How many were still ours."""
        if state == NoticeState.MISSED and any(notice.in_doubt for notice in notices):
            state = NoticeState.UNKNOWN
        ours = held(notices).update(state=state, leased_until=None, finished_at=self.clock(), reason=reason)
        setattr(self.delivery, state.value, getattr(self.delivery, state.value) + len(notices))
        return ours


def _compose(notice: Notice, at: datetime) -> Message | None:
    kind = kinds.named(notice.kind)
    if not _still_here(notice.person, at):
        return None
    if kind.topic is not None and wanted.has_declined(notice.person, kind.topic):
        return None
    return kind.compose(notice, at)


def _still_here(person: Person, at: datetime) -> bool:
    today = at.astimezone(person.zone).date()
    return person.is_active and (person.left_on is None or person.left_on > today)


def _in_short(error: OSError) -> str:
    code = getattr(error, "smtp_code", None)
    if code is None and isinstance(refused := getattr(error, "recipients", None), dict) and refused:
        code, _ = next(iter(refused.values()))
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _spread(notice: Notice) -> float:
    """From 0 to 1, another for each notice and attempt."""
    return zlib.crc32(f"{notice.key}:{notice.attempts}".encode()) / 2**32
