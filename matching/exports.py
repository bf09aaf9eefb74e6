"""What the search for pairs tells somebody about themselves; registered with ``people.exports``."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q

from matching import explanations, rules
from matching.choices import ShownState
from matching.models import Aside, MatchingRun, PartnerWish, Proposal, Ruling, Scenario, Suggestion, Unmatched
from matching.scoring import Names
from people.exports import LeftOut, Part, Record, columns, register, told
from people.models import Person
from programs.choices import Side, WishLists

OPEN: Final = frozenset({ShownState.TO_ANSWER, ShownState.ACCEPTED, ShownState.AGREED})
"""While a proposal looks so, its page names the other and says why."""


def _proposals(person: Person, at: datetime) -> list[Record]:
    """As the page of each proposal shows it: the other's answer, and when something closed it, stay theirs."""
    rows = Proposal.objects.to(person).with_people().order_by("proposed_at", "pk")
    return [_proposal(each, person, at) for each in rows]


def _proposal(proposal: Proposal, person: Person, at: datetime) -> Record:
    side = proposal.side_of(person) or Side.MENTOR
    mine, other = (proposal.mentor, proposal.mentee) if side is Side.MENTOR else (proposal.mentee, proposal.mentor)
    state = rules.shown_state(proposal, person, at)
    has_page = mine.withdrawn_at is None
    named = has_page and (state in OPEN or state is ShownState.DECLINED)
    return {
        "program": str(proposal.program),
        "your_side": proposal.program.word(side, capital=True),
        "with": str(other.person) if named else None,
        "proposed_at": proposal.proposed_at,
        "to_answer_by": proposal.expires_at,
        "you_answered": told(proposal, f"{side}_reply")[f"{side}_reply"],
        "state": str(state.label),
        "why_you_two": _why(proposal, side) if has_page and state in OPEN else [],
    }


def _why(proposal: Proposal, side: Side) -> list[str]:
    names = Names(proposal.mentor.person.given_name, proposal.mentee.person.given_name)
    said = explanations.reasons(proposal.parts, names, "mentor" if side is Side.MENTOR else "mentee")
    return [f"{each.claim}: {each.evidence}" for each in said]


def _asides(person: Person, at: datetime) -> list[Record]:
    said = Aside.objects.filter(participation__person=person).select_related(
        "participation__program", "proposal__mentor__person", "proposal__mentee__person"
    )
    return [
        {
            "program": str(each.participation.program),
            "with": _other(each),
            **told(each, "word", "out_until", "topics", "said_at"),
        }
        for each in said
    ]


def _other(aside: Aside) -> str | None:
    """Named as on the page of the proposal: as long as the person takes part."""
    both = aside.proposal.mentor, aside.proposal.mentee
    other = next(each for each in both if each.pk != aside.participation_id)
    return str(other.person) if aside.participation.withdrawn_at is None else None


def _wishes(person: Person, at: datetime) -> list[Record]:
    """On a list without names the reader never learned a name, and the file tells none."""
    chosen = PartnerWish.objects.filter(participation__person=person).select_related(
        "participation__program", "wished__person"
    )
    return [
        {
            "program": str(each.participation.program),
            "rank": each.rank,
            "wished": str(each.wished.person)
            if each.participation.program.wish_lists == WishLists.NAMED
            else "Somebody on your list",
        }
        for each in chosen.order_by("participation__program__name", "participation", "rank")
    ]


def _searches(person: Person, at: datetime) -> list[Record]:
    theirs = Q(requested_by=person) | Q(published_by=person) | Q(scenario__chosen_by=person)
    runs = MatchingRun.objects.filter(theirs).select_related("program", "scenario")
    return [
        {
            "program": str(run.program),
            "requested_at": run.requested_at if run.requested_by_id == person.pk else None,
            "sent_at": run.published_at if run.published_by_id == person.pk else None,
            "scenario": run.tried_as.name if run.tried_as and run.requested_by_id == person.pk else None,
            "used_at": run.tried_as.chosen_at if run.tried_as and run.tried_as.chosen_by_id == person.pk else None,
        }
        for run in runs.defer("certificate").order_by("requested_at")
    ]


PARTS: Final = (
    Part(
        "proposals",
        "Whom you were proposed to",
        "With what you answered and, while a proposal is open, why you two.",
        _proposals,
        columns(
            Proposal, "program", "mentor", "mentee", "proposed_at", "expires_at", "mentor_reply", "mentee_reply",
            "pairing", "parts",
        ),
    ),
    Part(
        "asides",
        "What you told the search alone with “not this one”",
        "Nobody else reads it. Whom you do not want to be proposed to again is kept also once you have withdrawn.",
        _asides,
        columns(Aside, "proposal", "participation", "word", "out_until", "topics", "said_at"),
    ),
    Part(
        "partner_wishes",
        "Whom you wished to meet",
        "Nobody else reads it. It goes when you withdraw.",
        _wishes,
        columns(PartnerWish, "participation", "wished", "rank"),
    ),
    Part(
        "searches",
        "Searches you started, used or sent as a coordinator",
        "In which program, and when; of a scenario, its name.",
        _searches,
        columns(MatchingRun, "program", "requested_by", "requested_at", "published_by", "published_at")
        | columns(Scenario, "run", "name", "chosen_at", "chosen_by"),
    ),
)  # fmt: skip
LEFT_OUT: Final = (
    LeftOut(
        "Who wished to meet you",
        "Each was promised that only the search reads it.",
        columns(PartnerWish, "participation", "wished", "rank"),
    ),
    LeftOut(
        "What the other answered to a proposal, and when it closed",
        "Both were promised that nobody learns who said “not this one”.",
        columns(Proposal, "closed_at", "mentor_reply", "mentee_reply", "run", "fit"),
    ),
    LeftOut(
        "Pairs that a search or a coordinator weighed and nobody was told of",
        "Each is about somebody else as well, who does not know of it either. A coordinator decides what is proposed.",
        columns(Suggestion, "run", "mentor", "mentee", "fit", "ahead", "parts")
        | columns(Unmatched, "run", "participation", "reason", "details")
        | columns(Ruling, "program", "mentor", "mentee", "hand", "ruled_by", "ruled_at")
        | columns(
            MatchingRun,
            "state",
            "first_started_at",
            "started_at",
            "leased_until",
            "finished_at",
            "certificate",
            "failure",
        )
        | columns(MatchingRun, "terms", "curve")
        | columns(Scenario, "base"),
    ),
)


def register_own() -> None:
    register(*PARTS, leave_out=LEFT_OUT)
