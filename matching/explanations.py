"""Why this pair, and why nobody for somebody, in words.

A search stores facts (``parts`` of a suggestion, ``details`` of somebody unmatched); the words are made when a page is
shown, from the point of view of whoever reads. Nothing here rests on a "not this one" of anybody, on vetoes, or on
topics somebody will not discuss: those are not among the facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from matching.candidates import MET_BEFORE, must
from matching.choices import FitInWords, UnmatchedReason
from matching.engine import Crowded, Forcing, Matching, NoEligiblePartner, OtherSide, OutCompeted, why_unmatched
from matching.engine import Reason as WhyUnmatched
from matching.engine import Side as Row
from matching.inputs import Inputs
from matching.models import Proposal
from matching.rounds import WAITED
from matching.scoring import CRITERIA, Facts, Names, Reader, Reason, thresholds
from matching.scoring.words import Words, for_it, listed, number
from participants.models import Participation
from programs.choices import Criterion, Side
from programs.models import Program
from programs.rules import DECLARED_CONFLICT

Fact = dict[str, Any]

# -- how well -----------------------------------------------------------------------------------------------------


def fit_in_words(fit: int, weights: Mapping[Criterion, int] | Mapping[str, int]) -> FitInWords:
    """``weights`` are those of the search that found the pair."""
    limits = thresholds(weights)
    if fit >= limits.strong:
        return FitInWords.STRONG
    return FitInWords.GOOD if fit >= limits.good else FitInWords.FAIR


# -- why this pair ------------------------------------------------------------------------------------------------


def reasons(parts: Sequence[Facts], names: Names, reader: Reader) -> list[Reason]:
    """What speaks for the pair, what counts most first, then what it costs."""
    ordered = sorted(parts, key=lambda part: -part["points"])
    said = [reason for part in ordered if (reason := _words_of(part)(part, names, reader))]
    return [each for each in said if each.speaks_for] + [each for each in said if not each.speaks_for]


def _words_of(part: Facts) -> Words:
    return _waited if part["part"] == WAITED else CRITERIA[part["part"]].words


def _waited(part: Facts, names: Names, reader: Reader) -> Reason | None:
    """For the desk alone: to the two it would say that the other was left without a pair before."""
    if reader != "desk":
        return None
    mentor, mentee = part["rounds"]
    who = listed((name for name, rounds in ((names.mentor, mentor), (names.mentee, mentee)) if rounds), quoted=False)
    have = "have" if mentor and mentee else "has"
    return for_it(f"{who} {have} waited since an earlier round")


def far_enough_apart(proposal: Proposal) -> Reason:
    """What the rules ask of every pair, so it is true of this one and counts for nothing in the fit."""
    mentor, mentee = proposal.mentor.person, proposal.mentee.person
    different = [
        word
        for word, one, other in (
            ("functions", mentor.function_id, mentee.function_id),
            ("lines of business", mentor.line_of_business_id, mentee.line_of_business_id),
        )
        if one is not None and other is not None and one != other
    ]
    line = "either of you reports to the other, directly or through others."
    if not different:
        return Reason("Far enough apart", f"N{line}", "people")
    places = f"You work in different {listed(different, quoted=False)}"
    return Reason("Far enough apart", f"{places}, and n{line}", "people")


# -- why nobody ---------------------------------------------------------------------------------------------------


def reasons_nobody_was_found(
    inputs: Inputs, matching: Matching
) -> Iterator[tuple[Participation, UnmatchedReason, Fact]]:
    """Everybody the search could not place, with the engine's reason as facts that name participations."""
    instance = inputs.instance()
    placed_mentors = {mentor for mentor, _ in matching.pairs}
    placed_mentees = {mentee for _, mentee in matching.pairs}
    sides: tuple[tuple[Row, Sequence[Participation], set[int]], ...] = (
        ("mentor", inputs.mentors, placed_mentors),
        ("mentee", inputs.mentees, placed_mentees),
    )
    for side, people, placed in sides:
        for index, participation in enumerate(people):
            if index not in placed and matching.gap:
                yield participation, UnmatchedReason.NOT_LOOKED_AT, {}
            elif index not in placed:
                found = why_unmatched(instance, matching, side, index, inputs.candidates.apart_from(side, index))
                yield participation, *_as_facts(found, inputs)


def _as_facts(found: WhyUnmatched, inputs: Inputs) -> tuple[UnmatchedReason, Fact]:
    own, others = (inputs.mentors, inputs.mentees) if found.side == "mentor" else (inputs.mentees, inputs.mentors)
    match found:
        case OtherSide():
            return UnmatchedReason.OTHER_SIDE, {}
        case NoEligiblePartner():
            steps = [
                {"rule": step.rule, "forbids": step.forbids, "only_this": step.only_this} for step in found.waterfall
            ]
            return UnmatchedReason.NO_PARTNER, {"partners": found.partners, "rules": steps}
        case Crowded():
            return UnmatchedReason.CROWDED, {
                "claims": found.claims,
                "places": found.places,
                "crowd": [str(own[index].pk) for index in found.crowd],
                "contested": [str(others[index].pk) for index in found.contested],
                "best_place": str(others[found.best_place].pk),
                "cheapest": _forcing(found.cheapest, inputs),
            }
        case OutCompeted():
            return UnmatchedReason.OUTCOMPETED, {
                "claims": found.claims,
                "places": found.places,
                "best_place": str(others[found.best_place].pk),
                "cheapest": _forcing(found.cheapest, inputs),
            }


def _forcing(forcing: Forcing | None, inputs: Inputs) -> Fact | None:
    if forcing is None:
        return None
    mentor, mentee = forcing.pair
    losing = [inputs.mentors[index] for index in forcing.losing_mentors]
    losing += [inputs.mentees[index] for index in forcing.losing_mentees]
    return {
        "mentor": str(inputs.mentors[mentor].pk),
        "mentee": str(inputs.mentees[mentee].pk),
        "pairs_lost": forcing.pairs_lost,
        "fit_lost": forcing.score_lost,
        "losing": [str(one.pk) for one in losing],
    }


NAMED_AT_MOST: Final = 6
"""A crowd that wants more people than these is, in words, simply too large for the places there are."""


@dataclass(frozen=True, slots=True)
class WhyNobody:
    """For the coordinator: what stands in the way, the cheapest change, and what the change does."""

    in_the_way: str
    change: str
    effect: str


def participations_named(details: Facts) -> set[UUID]:
    """Whose names the words need."""
    cheapest = details.get("cheapest") or {}
    named = [*details.get("crowd", ()), *details.get("contested", ()), *cheapest.get("losing", ())]
    named += [cheapest[side] for side in ("mentor", "mentee") if side in cheapest]
    named += [details["best_place"]] if "best_place" in details else []
    return {UUID(pk) for pk in named}


def why_nobody(
    program: Program, reason: str, side: Side, details: Facts, names: Mapping[UUID, str], whole: Whole
) -> WhyNobody:
    """``names`` holds those of :func:`participations_named`; ``whole`` is what the answer of the run comes to."""
    match reason:
        case UnmatchedReason.NO_PARTNER:
            return _no_partner(program, side, details)
        case UnmatchedReason.CROWDED:
            return _crowded(program, side, details, names, whole)
        case UnmatchedReason.NOT_LOOKED_AT:
            return WhyNobody("The search ended before it had tried everything.", "Search with more time", "Not known.")
        case UnmatchedReason.OTHER_SIDE:
            return WhyNobody(
                f"They also take part as a {program.word(side.other)}, and their hours go into that.",
                "More hours, which they can give",
                "Nobody else changes.",
            )
        case _:
            return _outcompeted(program, side, details, names, whole)


RULES_THAT_ARE_SETTINGS: Final[dict[str, str]] = {
    "level_gap": "Ask for fewer levels between the two",
    "function": "Allow pairs within one function",
    "line_of_business": "Allow pairs within one line of business",
    **{must(criterion): f"Let pairs without {scored.asks_for} through" for criterion, scored in CRITERIA.items()},
}
_KEPT_APART: Final = "were a pair or proposed to one another before, or are kept apart by another rule"
"""Without a number, and the same words whatever it is: where only one person waits they are said of one pair, and a
conflict that somebody declared in confidence must read like any other reason."""

_RULES_IN_WORDS: Final[dict[str, str]] = {
    "barred": "ruled out by hand",
    "same_person": "they would meet themselves",
    "reporting_line": "in one reporting line",
    "level_gap": "too few levels apart",
    "function": "in the same function",
    "line_of_business": "in the same line of business",
    **{must(criterion): f"without {scored.asks_for}" for criterion, scored in CRITERIA.items()},
}
_RULES_KEPT_QUIET: Final = frozenset({DECLARED_CONFLICT, MET_BEFORE})


def _no_partner(program: Program, side: Side, details: Facts) -> WhyNobody:
    others = program.word(side.other, plural=True)
    if not details["partners"]:
        return WhyNobody(f"No {others} wait.", f"Invite {others}", "Nobody else changes.")
    steps = sorted((step for step in details["rules"] if step["forbids"]), key=lambda step: -step["forbids"])
    counts = [
        f"{step['forbids']} {_RULES_IN_WORDS.get(step['rule'], 'not allowed')}"
        for step in steps
        if step["rule"] not in _RULES_KEPT_QUIET
    ]
    if any(step["rule"] in _RULES_KEPT_QUIET for step in steps):
        counts.append(f"others who {_KEPT_APART}" if counts else f"they {_KEPT_APART}")
    those = f"the only {program.word(side.other)} who waits" if details["partners"] == 1 else (
        f"all {details['partners']} {others} who wait"
    )  # fmt: skip
    in_the_way = f"The rules exclude {those}: {listed(counts, quoted=False)}."
    freeing = [step for step in details["rules"] if step["only_this"] and step["rule"] in RULES_THAT_ARE_SETTINGS]
    if not freeing:
        return WhyNobody(in_the_way, f"Invite other {others}", "Nobody else changes.")
    best = max(freeing, key=lambda step: step["only_this"])
    gained = best["only_this"]
    return WhyNobody(
        in_the_way,
        RULES_THAT_ARE_SETTINGS[best["rule"]],
        f"{number(gained).capitalize()} {program.word(side.other) if gained == 1 else others} would become possible. "
        "The rule changes for everybody.",
    )


def _crowded(program: Program, side: Side, details: Facts, names: Mapping[UUID, str], whole: Whole) -> WhyNobody:
    contested = [_name(pk, names) for pk in details["contested"]]
    if len(contested) > NAMED_AT_MOST:
        return _outcompeted(program, side, details, names, whole)
    crowd, places = len(details["crowd"]), details["places"]
    who = f"{number(crowd).capitalize()} {program.word(side, plural=True)}"
    return WhyNobody(
        f"{who} share {number(places)} place{'' if places == 1 else 's'}: "
        f"the rules let them meet only {listed(contested, quoted=False)}.",
        *_one_more_place(details, names, whole),
    )


def _outcompeted(program: Program, side: Side, details: Facts, names: Mapping[UUID, str], whole: Whole) -> WhyNobody:
    missing = details["claims"] - details["places"]
    return WhyNobody(
        f"There are more places with {program.word(side, plural=True)} than with "
        f"{program.word(side.other, plural=True)} for them: {number(missing)} {'stays' if missing == 1 else 'stay'} "
        "empty, and the other pairs fit better in total.",
        *_one_more_place(details, names, whole),
    )


def _one_more_place(details: Facts, names: Mapping[UUID, str], whole: Whole) -> tuple[str, str]:
    """The change that helps the program most, and what it does; or, without it, what letting this person in costs."""
    return (
        f"One more place with {_name(details['best_place'], names)}",
        " ".join(("One pair more.", _price(details["cheapest"], names, whole))).strip(),
    )


def _name(participation: str, names: Mapping[UUID, str]) -> str:
    return names.get(UUID(participation), "somebody")


def _price(cheapest: Facts | None, names: Mapping[UUID, str], whole: Whole) -> str:
    """What forcing the cheapest pair would cost, by name: exact, from the prices of the solution."""
    if cheapest is None:
        return ""
    mentor, mentee = _name(cheapest["mentor"], names), _name(cheapest["mentee"], names)
    losing = [_name(pk, names) for pk in cheapest["losing"]]
    leaves = (
        f"leaves {listed(losing, quoted=False)} without a match" if losing else "leaves nobody else without a match"
    )
    return f"Without it, pairing {mentor} with {mentee} {leaves} and {lowers(cheapest['fit_lost'], whole)}."


@dataclass(frozen=True, slots=True)
class Whole:
    """What an answer comes to: the fit of all its pairs, and how many points of a score stand for a round waited."""

    fit: int
    round: int = 0
    exact: bool = False
    """Whether shares of it may be told exactly; see ``certificates.may_be_handed_out``."""


def lowers(lost: int, whole: Whole) -> str:
    """What a change that loses so many points of score does, as the end of a sentence."""
    rounds = (2 * lost + whole.round) // (2 * whole.round) if whole.round else 0
    fit = _lowers_fit(lost - rounds * whole.round, whole)
    if not rounds:
        return fit
    return f"{'puts others before' if rounds > 0 else 'gives way to'} people who have waited, and {fit}"


def _lowers_fit(lost: int, whole: Whole) -> str:
    """A share told exactly would tell what a wish, or a word to the search alone, has counted in a pair."""
    if lost <= 0:
        return "keeps the total fit" if lost == 0 else "raises the total fit"
    share = 100 * lost / whole.fit if whole.fit else 100.0
    if not whole.exact:
        return f"lowers the total fit by {next(words for below, words in _SHARES if share < below)}"
    by = "less than 0.1 percent" if share < 0.1 else f"{share:.1f} percent"
    return f"lowers the total fit by {by}"


_SHARES: Final = (
    (5, "less than 5 percent"),
    (20, "less than 20 percent"),
    (float("inf"), "20 percent or more"),
)
