"""What matching writes to people. Never whose answer it was, and never a topic."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse

from matching import rules, sayings
from matching.choices import RunState, ShownState
from matching.models import MatchingRun, Proposal
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from notifications.queries import is_overtaken
from people.choices import Language
from people.languages import moment_in
from programs.ahead import Source
from programs.sayings import Saying, say

PROPOSAL: Final = "matching.proposal"
PROPOSAL_REMINDER: Final = "matching.proposal_reminder"
PROPOSAL_EXPIRED: Final = "matching.proposal_expired"
NOT_GOING_AHEAD: Final = "matching.not_going_ahead"
AGREED: Final = "matching.agreed"
REINSTATED: Final = "matching.reinstated"
FOUND: Final = "matching.found"


def _proposed(notice: Notice, at: datetime) -> Message | None:
    proposal, other = _look_up(notice, at, ShownState.TO_ANSWER)
    if proposal is None:
        return None
    return _asks(sayings.PROPOSAL, proposal, other, notice)


def _reminder(notice: Notice, at: datetime) -> Message | None:
    proposal, other = _look_up(notice, at, ShownState.TO_ANSWER)
    if proposal is None or not proposal.program.proposal_reminder_days or is_overtaken(notice, at):
        return None
    return _asks(sayings.PROPOSAL_REMINDER, proposal, other, notice)


def _asks(saying: Saying, proposal: Proposal, other: str, notice: Notice) -> Message:
    return say(
        saying,
        proposal.program,
        notice.person,
        values={"partner": other, "until": _until(proposal, notice)},
        link=reverse("matching:proposal", args=[proposal.pk]),
    )


def _expired(notice: Notice, at: datetime) -> Message | None:
    proposal, _ = _look_up(notice, at, ShownState.NOT_GOING_AHEAD, ShownState.TOO_LATE)
    if proposal is None or proposal.closed_at is not None:
        return None
    return _neutral(proposal)


def _not_going_ahead(notice: Notice, at: datetime) -> Message | None:
    proposal, _ = _look_up(notice, at, ShownState.NOT_GOING_AHEAD, ShownState.TOO_LATE)
    return _neutral(proposal) if proposal is not None else None


def _agreed(notice: Notice, at: datetime) -> Message | None:
    proposal, other = _look_up(notice, at, ShownState.AGREED)
    if proposal is None:
        return None
    return say(
        sayings.AGREED,
        proposal.program,
        notice.person,
        values={"partner": other},
        link=reverse("pairings:detail", args=[proposal.pairing_id]),
    )


def _found(notice: Notice, at: datetime) -> Message | None:
    """Wanted as long as it is what the reader would send: the newest search, and nobody has sent it or set it aside."""
    run = MatchingRun.objects.filter(pk=notice.subject, state=RunState.SOLVED).select_related("program").first()
    if run is None or not rules.may_match(notice.person, run.program):
        return None
    if run.program.matching_runs.filter(requested_at__gt=run.requested_at).exists():
        return None
    pairs = run.suggestions.count()
    return Message(
        subject=f"{run.program}: {pairs} pair{'s' if pairs > 1 else ''} for people who came free",
        heading="A search has found pairs for people who came free",
        paragraphs=(
            f"{pairs} proposal{'s' if pairs > 1 else ''} in {run.program} can be sent. Nobody has been told yet.",
            "Look at the board, then send or set it aside.",
        ),
        link=reverse("matching:board", args=[run.program_id, run.pk]),
        action="Open the board",
    )


def _reinstated(notice: Notice, at: datetime) -> Message | None:
    proposal, other = _look_up(notice, at, ShownState.TO_ANSWER, ShownState.ACCEPTED)
    if proposal is None:
        return None
    until = moment_in(Language.ENGLISH, _until(proposal, notice))
    said_yes = rules.shown_state(proposal, notice.person, at) is ShownState.ACCEPTED
    return Message(
        subject=f"Your proposal in {proposal.program} is open again",
        heading=f"You and {other} are proposed to one another again",
        paragraphs=(
            f"Not both of you answered in time. A coordinator has opened it again, until {until}.",
            "You said yes, and that stands. You do not need to do anything."
            if said_yes
            else "Either answer helps. “Not this one” needs no reason, and nobody learns who said it, or when.",
        ),
        link=reverse("matching:proposal", args=[proposal.pk]),
        action="Look at it" if said_yes else "Read why, and answer",
    )


def _neutral(proposal: Proposal) -> Message:
    """The same words whatever the reason: a "not this one", no answer, no place left, somebody who withdrew."""
    return Message(
        subject=f"About your proposal in {proposal.program}",
        heading="This pairing did not come together",
        paragraphs=("This pairing did not come together. We are looking again.", "You do not need to do anything."),
        link=reverse("participants:program", args=[proposal.program_id]),
        action="Open the program",
    )


def _look_up(notice: Notice, at: datetime, *wanted: ShownState) -> tuple[Proposal, str] | tuple[None, str]:
    """The proposal and the other's given name, if the reader still takes part and sees it in one of these states."""
    proposal = Proposal.objects.with_people().filter(pk=notice.subject).first()
    if proposal is None:
        return None, ""
    mine, other = proposal.mentor, proposal.mentee
    if mine.person_id != notice.person_id:
        mine, other = other, mine
    if mine.withdrawn_at is not None or rules.shown_state(proposal, notice.person, at) not in wanted:
        return None, ""
    return proposal, other.person.given_name


def _until(proposal: Proposal, notice: Notice) -> datetime:
    return proposal.expires_at.astimezone(notice.person.zone)


KINDS: Final = (
    Kind(PROPOSAL, "Two people are proposed to one another.", _proposed, Urgency.IN_TIME),
    Kind(PROPOSAL_REMINDER, "A proposal still waits for this person's answer.", _reminder, Urgency.IN_TIME),
    Kind(PROPOSAL_EXPIRED, "A proposal was not answered by both in time.", _expired),
    Kind(NOT_GOING_AHEAD, "A proposal did not become a pair, for whatever reason.", _not_going_ahead),
    Kind(AGREED, "Both said yes: the pair has its page.", _agreed),
    Kind(
        REINSTATED,
        "A coordinator gives two who have not both answered in time more time.",
        _reinstated,
        Urgency.IN_TIME,
    ),
    Kind(FOUND, "A search that began by itself has found pairs that a coordinator can send.", _found),
)

AHEAD: Final = (
    Source(
        PROPOSAL_REMINDER,
        "A proposal waits for an answer",
        lambda program: Proposal.objects.filter(program=program).values_list("pk", flat=True),
        may_read=rules.may_match,
    ),
)
