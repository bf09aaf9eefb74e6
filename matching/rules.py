"""Judgement about searches and proposals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError

from matching.choices import ProposalState, Reply, RunState, ShownState, Word
from matching.scoring.partner_wishes import MOST_WISHED
from programs.choices import Side, Stage
from programs.rules import coordinates

if TYPE_CHECKING:
    from matching.models import MatchingRun, Proposal
    from participants.models import Participation
    from people.models import Person
    from programs.models import Program

RUN_TRANSITIONS: Final[dict[RunState, frozenset[RunState]]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.STOPPED}),
    # Running again: once a lease ran out. A scenario is tried, and solved only once it is used.
    RunState.RUNNING: frozenset({RunState.RUNNING, RunState.SOLVED, RunState.TRIED, RunState.FAILED, RunState.STOPPED}),
    RunState.TRIED: frozenset({RunState.SOLVED, RunState.DISCARDED}),
    RunState.SOLVED: frozenset({RunState.PUBLISHED, RunState.DISCARDED}),
    RunState.FAILED: frozenset(),
    RunState.PUBLISHED: frozenset(),
    RunState.DISCARDED: frozenset(),
    RunState.STOPPED: frozenset(),
}

SEARCHING_STAGES: Final = frozenset({Stage.MATCHING, Stage.RUNNING})
"""Stages of a program in which pairs are searched for and proposals sent."""

COMPARABLE: Final = frozenset({RunState.SOLVED, RunState.TRIED, RunState.PUBLISHED, RunState.DISCARDED})
"""States of a search that came to an end with an answer."""

OUTCOME_FROM: Final = time(9)
"""When, on the morning after, somebody learns that the other has not said yes."""


class NotTheirSearch(ValidationError):
    def __init__(self) -> None:
        super().__init__("Only a coordinator who does not take part in this program may do this.", code="not_theirs")


class NotSearching(ValidationError):
    def __init__(self, program: Program) -> None:
        advice = {
            Stage.INTEREST: "Open enrolment first, so that people can volunteer.",
            Stage.DRAFT: "Open enrolment first, so that people can volunteer.",
            Stage.ENROLMENT: "Close enrolment first, so that everybody is considered at once.",
        }.get(Stage(program.stage), "No new pairs are made from the review on.")
        super().__init__(f"“{program}” is not looking for pairs now. {advice}", code="stage")


class SearchUnderWay(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            "A search is already under way for this program. Its board opens when it is done.", code="busy"
        )


class SearchNotThere(ValidationError):
    """The run is not in the state the action starts from."""

    def __init__(self, run: MatchingRun, wanted: RunState) -> None:
        words = {
            RunState.PUBLISHED: "These proposals have been sent already. Nobody receives them twice.",
            RunState.DISCARDED: "This search was set aside. Start another one.",
            RunState.FAILED: "This search did not come to an end. Start another one.",
            RunState.STOPPED: "This search was stopped. Start another one.",
            RunState.SOLVED: "This search has come to an end already.",
            RunState.TRIED: "This is a scenario. Use it first; then its proposals can be sent.",
        }
        super().__init__(words.get(RunState(run.state), "This search is not finished yet."), code=f"not_{wanted}")


class NotAPairOfThisSearch(ValidationError):
    def __init__(self) -> None:
        super().__init__("Choose one person from each side who waited when this search was made.", code="pair")


class NotToBeKept(ValidationError):
    """A rule, a missing place, or other pairs that are kept speak against it; the sentence says which."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This pair cannot be kept. {why}", code="not_kept")


class NotToBeCopied(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            "A scenario starts from a search that has come to an end with a proof. Search again first.", code="no_base"
        )


class NameTaken(ValidationError):
    def __init__(self, name: str) -> None:
        super().__init__(
            {"name": f"There is a scenario called “{name}” already, and it asks for something else. Choose another."},
            code="name",
        )


class WishesWouldShow(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            "Where wishes for one another count, a scenario counts everything as the program does: else the pairs that "
            "differ could tell who wished for whom. Try fewer places, or other pairs by hand.",
            code="wishes",
        )


class MorePlacesThanTold(ValidationError):
    def __init__(self, participation: Participation) -> None:
        told = "1 partner" if participation.places == 1 else f"{participation.places} partners"
        super().__init__(
            f"{participation.person.name} has room for {told}. A scenario can take fewer, never more.", code="places"
        )


class NotAsSeen(ValidationError):
    """What using a scenario would change is not what its reader saw."""

    def __init__(self) -> None:
        super().__init__(
            "The program or its searches have changed since you opened this page, and nothing was done. Read below "
            "what using this scenario means now.",
            code="not_as_seen",
        )


class NothingToSend(ValidationError):
    def __init__(self) -> None:
        super().__init__("There is no pair to send. Start another search.", code="nothing")


class NotYourProposal(ValidationError):
    def __init__(self) -> None:
        super().__init__("Only the two people who were proposed to one another can answer.", code="not_yours")


class AlreadyAnswered(ValidationError):
    def __init__(self) -> None:
        super().__init__("You have answered this proposal already. Your first answer stands.", code="answered")


class AnsweredTooLate(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            "The time to answer this proposal is over. Nothing else has happened, and you stay in the round.",
            code="too_late",
        )


class NoLongerWaiting(ValidationError):
    def __init__(self) -> None:
        super().__init__("This pairing did not come together. We are looking again.", code="closed")


class NotToBeReinstated(ValidationError):
    """Something speaks against asking two people once more; the sentence says what."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This proposal cannot be opened again. {why}", code="not_reinstated")


class NothingToAdd(ValidationError):
    def __init__(self) -> None:
        super().__init__("A word to the search goes with “Not this one”, while you take part.", code="nothing_to_add")


class OddDay(ValidationError):
    """A day until which somebody cannot be left out, said at its field."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"out_until": sentence}, code="odd_day")


# -- searches -----------------------------------------------------------------------------------------------------


def may_match(person: Person, program: Program) -> bool:
    """Coordinators of the program, unless they are or were a candidate in it: they would read about themselves."""
    return coordinates(person, program) and not program.participations.filter(person=person).exists()


def insist_may_match(person: Person, program: Program) -> None:
    if not may_match(person, program):
        raise NotTheirSearch


def insist_searching(program: Program) -> None:
    if program.stage not in SEARCHING_STAGES:
        raise NotSearching(program)


def insist_may_become(run: MatchingRun, state: RunState) -> None:
    if state not in RUN_TRANSITIONS[RunState(run.state)]:
        raise SearchNotThere(run, state)


def insist_may_be_repaired(run: MatchingRun) -> None:
    """Only what could have been sent; what was sent, or set aside, is left as it is."""
    insist_may_become(run, RunState.PUBLISHED)


def insist_may_be_copied(run: MatchingRun) -> None:
    if run.state not in COMPARABLE or run.certificate is None:
        raise NotToBeCopied


def insist_tried(run: MatchingRun) -> None:
    """Only a scenario that came to an end, and that nobody has used or set aside, is used."""
    if run.state != RunState.TRIED:
        raise SearchNotThere(run, RunState.TRIED)


# -- proposals ----------------------------------------------------------------------------------------------------


def hidden_since(person: Person, at: datetime) -> datetime:
    """Proposals closed from this instant on still look unanswered to ``person``.

    If a "not this one" showed at once, the other would know who gave it, and how quickly. So whatever closes a
    proposal without a pair becomes visible at nine the next morning, in the reader's own time zone.
    """
    local = at.astimezone(person.zone)
    hidden_day: date = local.date() if local.time() >= OUTCOME_FROM else local.date() - timedelta(days=1)
    return datetime.combine(hidden_day, time(), person.zone).astimezone(UTC)


def shown_from(person: Person, closed_at: datetime) -> date:
    """The day on whose morning ``person`` learns that a proposal was closed at that instant."""
    return closed_at.astimezone(person.zone).date() + timedelta(days=1)


def shown_state(proposal: Proposal, reader: Person, at: datetime) -> ShownState:
    """What the proposal looks like to one of the two. Nothing here depends on whose answer closed it."""
    side = proposal.side_of(reader)
    if side is None:
        raise NotYourProposal
    own = proposal.reply_of(side)
    state = proposal.state(at)
    if state is ProposalState.AGREED:
        return ShownState.AGREED
    if own == Reply.DECLINED:
        return ShownState.DECLINED
    if state is ProposalState.NOT_GOING_AHEAD and _shows(proposal, reader, at):
        return ShownState.NOT_GOING_AHEAD
    if proposal.expires_at <= at:
        return ShownState.NOT_GOING_AHEAD if own else ShownState.TOO_LATE
    return ShownState.ACCEPTED if own else ShownState.TO_ANSWER


def _shows(proposal: Proposal, reader: Person, at: datetime) -> bool:
    """A withdrawal shows when a "not this one" given at the same instant would."""
    ends = (proposal.closed_at, proposal.mentor.withdrawn_at, proposal.mentee.withdrawn_at)
    return min(end for end in ends if end is not None) < hidden_since(reader, at)


def frees_at(proposal: Proposal) -> datetime | None:
    """When both know that nothing comes of it; None once it is a pair. From then on their places are free.

    Were they free at once, a second proposal would tell the other of a "not this one" before the morning does, and a
    count of those who wait would tell a coordinator whose it was.
    """
    if proposal.pairing_id is not None:
        return None
    ends = (proposal.closed_at, proposal.mentor.withdrawn_at, proposal.mentee.withdrawn_at)
    ended = min((end for end in ends if end is not None), default=proposal.expires_at)
    if ended >= proposal.expires_at:
        return proposal.expires_at
    known = max(
        datetime.combine(shown_from(person, ended), OUTCOME_FROM, person.zone)
        for person in (proposal.mentor.person, proposal.mentee.person)
    )
    return min(known.astimezone(UTC), proposal.expires_at)


def has_joined_anew(proposal: Proposal) -> bool:
    """Whether one of the two left the program since it was sent, and joined it once more: with leaving, whatever they
    had answered was taken back."""
    return any(each.volunteered_at > proposal.proposed_at for each in (proposal.mentor, proposal.mentee))


def insist_may_be_reinstated(proposal: Proposal, at: datetime) -> None:
    """Only what both would have had to answer in time: never after a "not this one", and never a pair."""
    if proposal.state(at) is not ProposalState.EXPIRED:
        raise NotToBeReinstated("It has come to an end.")
    if has_joined_anew(proposal):
        raise NotToBeReinstated("One of the two has joined anew since. The next search looks at both.")


def looked_for_from(ended_on: date) -> datetime:
    """When a search begins by itself for two whose pair ended that day before its time."""
    return datetime.combine(ended_on + timedelta(days=1), OUTCOME_FROM, UTC)


def insist_may_answer(proposal: Proposal, person: Person, reply: Reply, at: datetime) -> None:
    """The same answer again is no refusal here: a second click does no harm."""
    shown = shown_state(proposal, person, at)
    if shown is ShownState.TOO_LATE:
        raise AnsweredTooLate
    if shown is ShownState.NOT_GOING_AHEAD:
        raise NoLongerWaiting
    side = proposal.side_of(person)
    given = proposal.reply_of(side) if side else None
    if given is not None and given != reply:
        raise AlreadyAnswered


LONGEST_OUT: Final = timedelta(days=183)
"""So long somebody can be left out at a time, and still be of a program that comes to an end."""


def insist_may_say_aside(proposal: Proposal, person: Person) -> None:
    """Whoever said "not this one", as long as they take part."""
    side = proposal.side_of(person)
    if side is None:
        raise NotYourProposal
    mine = proposal.mentor if side is Side.MENTOR else proposal.mentee
    if proposal.reply_of(side) != Reply.DECLINED or mine.withdrawn_at is not None:
        raise NothingToAdd


def insist_day_fits(word: str, out_until: date | None, on: date) -> None:
    """``on`` is today where the person lives."""
    if word != Word.NOT_NOW:
        return
    if out_until is None:
        raise OddDay("Say from which day on we may propose somebody to you again.")
    if out_until <= on:
        raise OddDay("Choose a day that is still to come.")
    if out_until > on + LONGEST_OUT:
        raise OddDay("Choose a day within the next six months. You can put it off again then.")


# -- whom people wish to meet -------------------------------------------------------------------------------------


class ListsAreClosed(ValidationError):
    def __init__(self) -> None:
        super().__init__("The search has begun, so the lists are closed. What you chose before counts.", code="closed")


class NoLongerOnTheList(ValidationError):
    def __init__(self) -> None:
        super().__init__("Your list has changed a moment ago. Look at it, then choose again.", code="list_changed")


def insist_may_wish(chosen: Sequence[Participation], *, on_the_list: Collection[Participation], is_open: bool) -> None:
    if not is_open:
        raise ListsAreClosed
    if not set(chosen) <= set(on_the_list) or len(chosen) > MOST_WISHED or len(set(chosen)) < len(chosen):
        raise NoLongerOnTheList
