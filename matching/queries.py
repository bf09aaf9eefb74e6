"""Questions about searches and proposals, shaped for a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from matching import certificates, explanations, rules, wish_lists
from matching.choices import (
    BoardOrder,
    FitInWords,
    Hand,
    ProposalState,
    Reply,
    RunState,
    Setback,
    ShownState,
    UnmatchedReason,
)
from matching.explanations import WhyNobody
from matching.inputs import pool
from matching.models import (
    Aside,
    AsideQuerySet,
    MatchingRun,
    Proposal,
    ProposalQuerySet,
    Ruling,
    Suggestion,
    Unmatched,
)
from matching.places import free_places
from matching.scoring import Names, Reason
from matching.scoring.weights import thresholds
from matching.terms import terms_of
from participants import queries as participants
from participants.choices import Relation
from participants.models import Participation, ParticipationQuerySet
from participants.profiles import ShownProfile, profile_shown_to
from participants.queries import ToDo
from people.models import Person, plain_letters
from privacy.audiences import Audience
from programs.choices import Side, WishLists
from programs.models import Program, ProgramQuerySet

# -- whose rows ---------------------------------------------------------------------------------------------------


def programs_matched_by(person: Person) -> ProgramQuerySet:
    """Programs whose searches this person may see and start: coordinated, and never taken part in by themselves."""
    candidate = Participation.objects.filter(program=OuterRef("pk"), person=person)
    matched: ProgramQuerySet = Program.objects.coordinated_by(person).filter(~Exists(candidate))
    return matched


def runs_visible_to(person: Person) -> QuerySet[MatchingRun]:
    return MatchingRun.objects.filter(program__in=programs_matched_by(person)).defer("certificate")


def proposals_visible_to(person: Person) -> ProposalQuerySet:
    """The two who were proposed to one another, as long as they take part themselves; nobody else."""
    as_mentor = Q(mentor__person=person, mentor__withdrawn_at=None)
    as_mentee = Q(mentee__person=person, mentee__withdrawn_at=None)
    seen: ProposalQuerySet = (
        Proposal.objects.filter(as_mentor | as_mentee)
        .with_people()
        .select_related(
            "run__published_by",
            "mentor__person__function",
            "mentee__person__function",
        )
        .defer("run__certificate")
    )
    return seen


def proposals_waiting_for(person: Person, at: datetime) -> ProposalQuerySet:
    """Proposals this person is asked to answer, as far as they can tell: see ``rules.hidden_since``."""
    shown_before = rules.hidden_since(person, at)
    looks_open = Q(closed_at=None) | Q(closed_at__gte=shown_before)
    unanswered = Q(mentor__person=person, mentor__withdrawn_at=None, mentor_reply=None) | Q(
        mentee__person=person, mentee__withdrawn_at=None, mentee_reply=None
    )
    looks_there = Q()
    for side in ("mentor", "mentee"):
        looks_there &= Q(**{f"{side}__withdrawn_at": None}) | Q(**{f"{side}__withdrawn_at__gte": shown_before})
    waiting: ProposalQuerySet = (
        Proposal.objects.filter(looks_open, looks_there, unanswered, pairing=None, expires_at__gt=at)
        .with_people()
        .order_by("expires_at", "pk")
    )
    return waiting


def declined_by(person: Person) -> ProposalQuerySet:
    """Proposals to which this person said "not this one", as long as they take part."""
    as_mentor = Q(mentor__person=person, mentor_reply=Reply.DECLINED)
    as_mentee = Q(mentee__person=person, mentee_reply=Reply.DECLINED)
    found: ProposalQuerySet = proposals_visible_to(person).filter(as_mentor | as_mentee)
    return found


def aside_of(proposal: Proposal, person: Person) -> Aside | None:
    """What this person told the search with it; only ever for themselves."""
    said: Aside | None = proposal.asides.filter(participation__person=person).first()
    return said


def staying_out(person: Person, on: date) -> AsideQuerySet:
    """Where this person asked to be left out for a while that is not over; only ever for themselves."""
    found: AsideQuerySet = (
        Aside.objects.staying_out(on)
        .filter(participation__person=person, participation__withdrawn_at=None)
        .select_related("participation__program")
    )
    return found


def who_may_wish(person: Person) -> ParticipationQuerySet:
    """Where this person takes part in a program that gives lists of possible partners."""
    found: ParticipationQuerySet = (
        Participation.objects.taking_part()
        .filter(person=person, program__stage__in=wish_lists.BEFORE_THE_SEARCH | rules.SEARCHING_STAGES)
        .exclude(program__wish_lists=WishLists.NONE)
        .select_related("program", "person")
        .order_by("program__name", "side")
    )
    return found


def lists_open_to(person: Person) -> list[tuple[Participation, int]]:
    """Where this person may choose whom they wish to meet now, and how many they have chosen."""
    there = Q(partner_wishes__wished__withdrawn_at=None)
    mine = who_may_wish(person).annotate(wishes=Count("partner_wishes", filter=there))
    return [(one, one.wishes) for one in mine if wish_lists.is_open(one.program)]


SHOWN_AT_ONCE: Final = 40
"""So many pairs stand on the board until its reader asks for all."""

ORDERS: Final = {
    BoardOrder.WEAKEST: ("fit", "pk"),
    BoardOrder.STRONGEST: ("-fit", "pk"),
    BoardOrder.MENTOR: ("mentor__person__sort_name", "pk"),
    BoardOrder.MENTEE: ("mentee__person__sort_name", "pk"),
}

STRONGEST: Final = 3
"""So many reasons stand on a page at once; the others unfold."""

# -- the coordinator's pages --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many a search would look at now: people with a free place on each side."""

    mentors: int
    mentees: int


@dataclass(frozen=True, slots=True)
class Searches:
    """The runs of a program, newest first, and whether another may start."""

    program: Program
    waiting: Waiting
    runs: tuple[RunLine, ...]
    under_way: MatchingRun | None
    refusal: str


@dataclass(frozen=True, slots=True)
class RunLine:
    run: MatchingRun
    pairs: int
    unmatched: int


def waiting_in(program: Program, at: datetime) -> Waiting:
    free = free_places(program, at)
    sides = [
        side for pk, side in pool(program, at.astimezone(UTC).date()).values_list("pk", "side") if free.get(pk, 0) > 0
    ]
    return Waiting(mentors=sides.count(Side.MENTOR), mentees=sides.count(Side.MENTEE))


def _counted_of(rows: type[Suggestion] | type[Unmatched]) -> Coalesce:
    """How many rows a run has, each kind counted by itself: joined, every pair would meet every unmatched person."""
    per_run = rows._default_manager.filter(run=OuterRef("pk")).order_by().values("run").annotate(number=Count("pk"))
    return Coalesce(Subquery(per_run.values("number")), 0)


def _lines_of(wanted: QuerySet[MatchingRun], most: int | None = None) -> tuple[RunLine, ...]:
    """The newest first."""
    runs = (
        wanted.defer("certificate", "curve")
        .select_related("requested_by", "scenario")
        .annotate(pairs=_counted_of(Suggestion), alone=_counted_of(Unmatched))
        .order_by("-requested_at")
    )
    return tuple(RunLine(run, run.pairs, run.alone) for run in runs[:most])


def newest_run(program: Program) -> RunLine | None:
    return next(iter(_lines_of(MatchingRun.objects.filter(program=program).but_tried(), most=1)), None)


def searches(program: Program, at: datetime) -> Searches:
    lines = _lines_of(MatchingRun.objects.filter(program=program))
    return Searches(
        program=program,
        waiting=waiting_in(program, at),
        runs=lines,
        under_way=next((line.run for line in lines if line.run.is_under_way), None),
        refusal="" if program.stage in rules.SEARCHING_STAGES else rules.NotSearching(program).messages[0],
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """What the certificate says. ``verified`` is the independent checker's word, not the solver's."""

    verified: bool
    pairs: int
    possible: int
    """So many pairs at most, as far as the prices show."""
    gap: int
    """By how many pairs, or, with as many, by how much fit another set could be better at most."""
    total: int
    most_total: int
    """What as many pairs can add up to at most."""
    fit: int
    """What of the total is fit; the rest counts for people who have waited through earlier rounds."""
    exact: bool
    """Whether the totals, and the files of the proof, may be shown; see ``certificates.may_be_handed_out``."""
    unique: bool | None
    """None: not looked at."""
    has_floor: bool
    """Whether it is the best of those whose weakest pair is as strong as a coordinator asked for."""


@dataclass(frozen=True, slots=True)
class BoardPair:
    suggestion: Suggestion
    mentor: Person
    mentee: Person
    is_kept: bool
    """By hand: it stands whatever the search would have found."""
    fit: FitInWords
    reasons: tuple[Reason, ...]
    """The strongest, and then what the pair costs."""
    further: tuple[Reason, ...]
    state: str
    """What has become of the proposal, for the coordinator; empty before sending. Never who did not say yes."""
    tone: str
    late: UUID | None
    """The proposal that was not answered in time and can be opened again."""


@dataclass(frozen=True, slots=True)
class BoardGap:
    """Somebody without a match."""

    person: Person
    why: WhyNobody


@dataclass(frozen=True, slots=True)
class RuledPair:
    """A pair decided about by hand that is not among those found, and why it could not be kept, if it was to be."""

    ruling: Ruling
    why: str


@dataclass(frozen=True, slots=True)
class BoardLook:
    """What its reader asked the board to show, and in which order; see ``forms.BoardForm``."""

    named: str = ""
    fit: str = ""
    order: BoardOrder = BoardOrder.WEAKEST
    all: bool = False

    @property
    def narrows(self) -> bool:
        return bool(self.named or self.fit)

    @property
    def order_in_words(self) -> str:
        return str(self.order.label).lower()

    @property
    def as_query(self) -> str:
        """For a link that asks the same and something more."""
        asked = {"named": self.named, "fit": self.fit, "order": self.order}
        return f"{urlencode(asked)}&"


@dataclass(frozen=True, slots=True)
class Board:
    run: MatchingRun
    proof: Proof | None
    found: int
    looked_for: int
    """How many of those found are what the reader asked for."""
    pairs: tuple[BoardPair, ...]
    """Those shown, which may be fewer than were found."""
    kept: int
    """Pairs this search was told to hold on to."""
    not_kept: tuple[RuledPair, ...]
    never: tuple[RuledPair, ...]
    mentees_without: tuple[BoardGap, ...]
    mentors_without: tuple[BoardGap, ...]
    tried_beside: int
    """Scenarios that were tried against this search and can still be looked at."""

    @property
    def is_sendable(self) -> bool:
        return self.run.state == RunState.SOLVED and self.found > 0


def board(run: MatchingRun, at: datetime, look: BoardLook = BoardLook()) -> Board:
    """Everything on the board, in a constant number of queries; the weakest fit first unless asked otherwise."""
    found = run.suggestions.count()
    narrowed = _looked_for(run, look)
    looked_for = narrowed.count() if look.narrows else found
    suggestions = list(
        narrowed.select_related("mentor__person__site", "mentee__person__site").order_by(*ORDERS[look.order])[
            : None if look.all else SHOWN_AT_ONCE
        ]
    )
    proposals = {
        (proposal.mentor_id, proposal.mentee_id): proposal
        for proposal in Proposal.objects.filter(run=run).with_people()
    }
    gaps = list(
        run.unmatched.select_related("participation__person__site").order_by("participation__person__sort_name", "pk")
    )
    gaps.sort(key=lambda gap: gap.reason != UnmatchedReason.NO_PARTNER)  # those whom only a change of rules can help
    names = _names(gaps)
    whole = certificates.whole_of(run) if run.certificate else explanations.Whole(0)
    rulings = _rulings_of(run)
    kept = {(each.mentor_id, each.mentee_id) for each in rulings if each.hand == Hand.KEEP}
    return Board(
        run=run,
        proof=_proof(run, whole),
        found=found,
        looked_for=looked_for,
        pairs=tuple(
            _board_pair(each, proposals.get((each.mentor_id, each.mentee_id)), run, at, kept) for each in suggestions
        ),
        kept=len((run.certificate or {}).get("locked", ())),
        not_kept=_not_kept(run, rulings),
        never=tuple(RuledPair(each, "") for each in rulings if each.hand == Hand.NEVER),
        mentees_without=_gaps(run.program, gaps, Side.MENTEE, names, whole),
        mentors_without=_gaps(run.program, gaps, Side.MENTOR, names, whole),
        tried_beside=run.scenarios.filter(run__state__in=rules.COMPARABLE - {RunState.DISCARDED}).count(),
    )


def _looked_for(run: MatchingRun, look: BoardLook) -> QuerySet[Suggestion]:
    narrowed = run.suggestions.all()
    for word in plain_letters(look.named).split():
        narrowed = narrowed.filter(
            Q(mentor__person__sort_name__contains=word) | Q(mentee__person__sort_name__contains=word)
        )
    limits = thresholds(run.settings.get("weights", {}))
    match look.fit:
        case FitInWords.STRONG:
            narrowed = narrowed.filter(fit__gte=limits.strong)
        case FitInWords.GOOD:
            narrowed = narrowed.filter(fit__gte=limits.good, fit__lt=limits.strong)
        case FitInWords.FAIR:
            narrowed = narrowed.filter(fit__lt=limits.good)
    return narrowed


def _rulings_of(run: MatchingRun) -> list[Ruling]:
    """What is decided by hand in the program, or what a scenario tries instead until somebody uses it."""
    if run.tried_as is None or run.tried_as.chosen_at is not None:
        rulings = Ruling.objects.filter(program=run.program_id)
        return list(rulings.select_related("mentor__person", "mentee__person", "ruled_by"))
    tried = terms_of(run).decisions
    named = Participation.objects.select_related("person").in_bulk({one for each in tried for one in each[:2]})
    return [
        Ruling(
            program=run.program,
            mentor=named[each.mentor],
            mentee=named[each.mentee],
            hand=each.hand,
            ruled_by=run.requested_by,
            ruled_at=run.requested_at,
        )
        for each in tried
        if each.mentor in named and each.mentee in named
    ]


def _not_kept(run: MatchingRun, rulings: Sequence[Ruling]) -> tuple[RuledPair, ...]:
    set_back = {
        (UUID(mentor), UUID(mentee)): Setback(why)
        for mentor, mentee, why in (run.certificate or {}).get("set_back", [])
    }
    return tuple(
        RuledPair(ruling, str(set_back[pair].label))
        for ruling in rulings
        if ruling.hand == Hand.KEEP and (pair := (ruling.mentor_id, ruling.mentee_id)) in set_back
    )


def _board_pair(
    suggestion: Suggestion,
    proposal: Proposal | None,
    run: MatchingRun,
    at: datetime,
    kept: Collection[tuple[UUID, UUID]],
) -> BoardPair:
    mentor, mentee = suggestion.mentor.person, suggestion.mentee.person
    names = Names(mentor.given_name, mentee.given_name)
    state, tone = _state_on_board(proposal, run, at)
    said = explanations.reasons(suggestion.parts, names, "desk")
    speaking = [reason for reason in said if reason.speaks_for]
    return BoardPair(
        suggestion=suggestion,
        mentor=mentor,
        mentee=mentee,
        is_kept=(suggestion.mentor_id, suggestion.mentee_id) in kept,
        fit=explanations.fit_in_words(suggestion.fit, run.settings.get("weights", {})),
        reasons=(*speaking[:STRONGEST], *(reason for reason in said if not reason.speaks_for)),
        further=tuple(speaking[STRONGEST:]),
        state=state,
        tone=tone,
        late=proposal.pk if proposal is not None and proposal.state(at) is ProposalState.EXPIRED else None,
    )


def _state_on_board(proposal: Proposal | None, run: MatchingRun, at: datetime) -> tuple[str, str]:
    """A coordinator sees that somebody has yet to answer, never why a pair did not come together."""
    if proposal is None:
        return ("Not sent", "") if run.state == RunState.PUBLISHED else ("", "")
    match proposal.state(at):
        case ProposalState.AGREED:
            return "Both said yes", "good"
        case ProposalState.WAITING:
            asked = [
                participation.person.given_name
                for participation, reply in (
                    (proposal.mentor, proposal.mentor_reply),
                    (proposal.mentee, proposal.mentee_reply),
                )
                if reply is None
            ]
            return f"Waiting for {' and '.join(asked)}", "lake"
        case ProposalState.EXPIRED:
            return "Not answered in time", ""
        case _:
            return "Not going ahead", ""


def _proof(run: MatchingRun, whole: explanations.Whole) -> Proof | None:
    if not run.certificate:
        return None
    proof = run.certificate["proof"]
    verified = bool(run.certificate["verified"])
    most_pairs = proof["size"] + (proof["total"] + proof["gap"]) // proof["big"]
    return Proof(
        verified=verified,
        pairs=proof["size"],
        possible=most_pairs,
        gap=most_pairs - proof["size"] or proof["gap"],
        total=proof["total"],
        most_total=proof["total"] + proof["gap"],
        fit=whole.fit,
        exact=whole.exact,
        unique=proof["unique"],
        has_floor=run.certificate.get("floor") is not None,
    )


def _names(gaps: Sequence[Unmatched]) -> dict[UUID, str]:
    wanted = {pk for gap in gaps for pk in explanations.participations_named(gap.details)}
    named = Participation.objects.filter(pk__in=wanted).select_related("person").only("person")
    return {participation.pk: participation.person.name for participation in named}


def _gaps(
    program: Program, gaps: Sequence[Unmatched], side: Side, names: dict[UUID, str], whole: explanations.Whole
) -> tuple[BoardGap, ...]:
    return tuple(
        BoardGap(
            gap.participation.person, explanations.why_nobody(program, gap.reason, side, gap.details, names, whole)
        )
        for gap in gaps
        if gap.participation.side == side
    )


# -- the page of the two ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal as one of the two sees it. Once it is over, nothing about the other is shown any more."""

    proposal: Proposal
    program: Program
    me: Person
    other: Person
    side: Side
    state: ShownState
    answer_by: datetime
    reasons: tuple[Reason, ...]
    """The strongest, what the rules saw to, and what the pair would have to work out."""
    further: tuple[Reason, ...]
    profile: ShownProfile | None
    sent_by: str
    to_do: tuple[ToDo, ...]
    """What the reader has yet to do before they can be matched."""

    @property
    def readers_of_profile(self) -> Audience:
        return Audience("0", f"Coordinators and people proposed to {self.other.given_name} see this")

    @property
    def is_open(self) -> bool:
        return self.state in (ShownState.TO_ANSWER, ShownState.ACCEPTED, ShownState.AGREED)


def proposal_page(proposal: Proposal, reader: Person, at: datetime) -> ProposalPage:
    side = proposal.side_of(reader)
    if side is None:
        raise rules.NotYourProposal
    mine, partner = proposal.mentor, proposal.mentee
    if side is Side.MENTEE:
        mine, partner = partner, mine
    state = rules.shown_state(proposal, reader, at)
    shows = state in (ShownState.TO_ANSWER, ShownState.ACCEPTED, ShownState.AGREED)
    names = Names(proposal.mentor.person.given_name, proposal.mentee.person.given_name)
    said = explanations.reasons(proposal.parts, names, "mentor" if side is Side.MENTOR else "mentee") if shows else []
    speaking = [reason for reason in said if reason.speaks_for]
    costs = [reason for reason in said if not reason.speaks_for]
    apart = [explanations.far_enough_apart(proposal)] if shows else []
    return ProposalPage(
        proposal=proposal,
        program=proposal.program,
        me=reader,
        other=partner.person,
        side=side,
        state=state,
        answer_by=proposal.expires_at,
        reasons=(*speaking[:STRONGEST], *apart, *costs),
        further=tuple(speaking[STRONGEST:]),
        profile=_profile_of(partner) if shows else None,
        sent_by=_sent_by(proposal),
        to_do=participants.to_do(mine) if state in (ShownState.TO_ANSWER, ShownState.ACCEPTED) else (),
    )


def _profile_of(partner: Participation) -> ShownProfile:
    filled = participants.with_profile(Participation.objects.filter(pk=partner.pk)).get()
    return profile_shown_to(filled, Relation.PROPOSED)


def _sent_by(proposal: Proposal) -> str:
    return str(proposal.run.published_by) if proposal.run is not None and proposal.run.published_by else ""
