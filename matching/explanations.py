"""Why this pair, and why nobody for somebody, in words.

A search stores facts (``parts`` of a suggestion, ``details`` of somebody unmatched); the words are made when a page is
shown, from the point of view of whoever reads. Nothing here rests on a "not this one" of anybody, on vetoes, or on
topics somebody will not discuss: those are not among the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from matching.choices import Fit, UnmatchedReason
from matching.engine import Crowded, Forcing, Matching, NoEligiblePartner, OutCompeted, why_unmatched
from matching.engine import Side as Row
from matching.inputs import MET_BEFORE, Inputs
from matching.models import Proposal
from participants.choices import HalfDay, Way
from participants.models import Participation
from people.choices import Language
from programs.choices import Side
from programs.models import Program
from programs.rules import DECLARED_CONFLICT

Facts = Mapping[str, Any]
Fact = dict[str, Any]

# -- how well -----------------------------------------------------------------------------------------------------

# Without a single wish met on either side a pair reaches 42,000 at most, and 60,000 where only the mentor's wishes are
# met. So "good" is never practical alone, and "strong" always means that the mentor offers what the mentee asked for:
# a common language, time and way to meet (32,000) and the first two of three wishes (33,300) are enough.
GOOD_FROM: Final = 45_000
STRONG_FROM: Final = 65_000


def fit_in_words(fit: int) -> Fit:
    if fit >= STRONG_FROM:
        return Fit.STRONG
    return Fit.GOOD if fit >= GOOD_FROM else Fit.FAIR


# -- why this pair ------------------------------------------------------------------------------------------------

Reader = Literal["mentor", "mentee", "desk"]


@dataclass(frozen=True, slots=True)
class Reason:
    """The two read ``claim`` and ``evidence``, the desk the claim alone. ``speaks_for`` is false for a cost."""

    claim: str
    evidence: str
    icon: str
    speaks_for: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """Given names as the reader knows them. We never guess a pronoun."""

    mentor: str
    mentee: str


Words = Callable[[Facts, Names, Reader], Reason | None]


def reasons(parts: Sequence[Facts], names: Names, reader: Reader) -> list[Reason]:
    """What speaks for the pair, what counts most first, then what it costs."""
    ordered = sorted(parts, key=lambda part: -part["points"])
    said = [reason for part in ordered if (reason := WORDS[part["part"]](part, names, reader))]
    return [each for each in said if each.speaks_for] + [each for each in said if not each.speaks_for]


def _wishes_met(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["skills"]:
        return _wishes_missed(part, names, reader)
    wished = _ranked(part["skills"], part["wished"])
    match reader:
        case "mentor":
            return Reason(
                f"You offer what {names.mentee} asked for",
                f"{names.mentee} wants to learn {wished}. You offer {_it(part['skills'])}.",
                "up",
            )
        case "mentee":
            return Reason(
                f"{names.mentor} offers what you asked for",
                f"You want to learn {wished}. {names.mentor} offers {_it(part['skills'])}.",
                "up",
            )
        case "desk":
            return Reason(f"Offers {_ranked(part['skills'], part['wished'])}", "", "check")


def _wishes_missed(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if reader == "desk" and part["wished"]:
        return Reason("Offers none of what the other wishes", "", "info", speaks_for=False)
    return None


def _wishes_returned(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["skills"]:
        return None
    wished = _ranked(part["skills"], part["wished"])
    match reader:
        case "mentor":
            return Reason(
                f"{names.mentee} can give what you asked for",
                f"You want to learn {wished}. {names.mentee} offers {_it(part['skills'])}.",
                "chat",
            )
        case "mentee":
            return Reason(
                f"You can give what {names.mentor} asked for",
                f"{names.mentor} wants to learn {wished}. You offer {_it(part['skills'])}.",
                "chat",
            )
        case "desk":
            skills = _listed(skill for skill, _ in part["skills"])
            return Reason(f"Wants {skills}, which the other offers", "", "check")


def _language(part: Facts, names: Names, reader: Reader) -> Reason | None:
    spoken = _listed((Language(code).label for code in part["languages"]), quoted=False)
    if reader == "desk":
        if not spoken:
            return Reason("No language in common", "", "info", speaks_for=False)
        return Reason(f"Both speak {spoken}", "", "check")
    if not spoken:
        return Reason("You named no common language", "Think about how you would talk.", "info", speaks_for=False)
    return Reason("You share a language", f"You both speak {spoken}.", "chat")


def _time(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["minutes"]:
        if reader == "desk":
            return Reason("No free half-day in common", "", "info", speaks_for=False)
        return Reason(
            "Your free half-days do not meet", "The two of you would have to find another time.", "info", False
        )
    if part["half_days"]:
        free = _listed((f"{HalfDay(day).label}s" for day in part["half_days"][:3]), quoted=False)
        more = len(part["half_days"]) - 3
        when = f"{free}, and {_number(more)} more half-day{'s' if more > 1 else ''}" if more > 0 else free
        if reader == "desk":
            return Reason(f"Both free on {when}", "", "check")
        return Reason("Your weeks fit", f"You are both free on {when}.", "calendar")
    shared = _duration(part["minutes"])
    where = "" if part["same_clock"] else " across time zones"
    if reader == "desk":
        return Reason(f"Free half-days share {shared} a week{where}", "", "check")
    return Reason("Your weeks fit", f"Your free half-days share {shared} a week{where}.", "calendar")


def _way(part: Facts, names: Names, reader: Reader) -> Reason | None:
    liked = _listed((Way(way).label.lower() for way in part["ways"]), quoted=False, word="or")
    if not liked:
        if reader == "desk":
            return Reason("No way of meeting in common", "", "info", speaks_for=False)
        return Reason("You like to meet in different ways", "Agree on one before you begin.", "info", False)
    if part["travel"]:
        if reader == "desk":
            return Reason(f"Both prefer to meet {liked}, at different sites", "", "info", speaks_for=False)
        return Reason(
            "You work at different sites", f"You both like to meet {liked}, so one of you would travel.", "info", False
        )
    if reader == "desk":
        return Reason(f"Both like to meet {liked}", "", "check")
    return Reason("You like to meet the same way", f"You would both meet {liked}.", "people")


def _site(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["site"]:
        return None
    if reader == "desk":
        return Reason(f"Same place: {part['site']}", "", "check")
    return Reason("You work at the same place", f"You are both at {part['site']}.", "people")


def _hobbies(part: Facts, names: Names, reader: Reader) -> Reason | None:
    if not part["hobbies"]:
        return None
    shared = _listed(part["hobbies"], quoted=False)
    if reader == "desk":
        return Reason(f"Both enjoy {shared}", "", "check")
    return Reason("Something besides work", f"You both named {shared}.", "people")


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
    places = f"You work in different {_listed(different, quoted=False)}"
    return Reason("Far enough apart", f"{places}, and n{line}", "people")


WORDS: Final[dict[str, Words]] = {
    "wishes_met": _wishes_met,
    "wishes_returned": _wishes_returned,
    "language": _language,
    "time": _time,
    "way": _way,
    "site": _site,
    "hobbies": _hobbies,
}

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
            if index not in placed:
                found = why_unmatched(instance, matching, side, index, inputs.forbidden_by)
                yield participation, *_as_facts(found, inputs)


def _as_facts(found: NoEligiblePartner | Crowded | OutCompeted, inputs: Inputs) -> tuple[UnmatchedReason, Fact]:
    own, others = (inputs.mentors, inputs.mentees) if found.side == "mentor" else (inputs.mentees, inputs.mentors)
    match found:
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
    program: Program, reason: str, side: Side, details: Facts, names: Mapping[UUID, str], total: int
) -> WhyNobody:
    """``names`` holds those of :func:`participations_named`; ``total`` is the fit of all pairs of the run together."""
    match reason:
        case UnmatchedReason.NO_PARTNER:
            return _no_partner(program, side, details)
        case UnmatchedReason.CROWDED:
            return _crowded(program, side, details, names, total)
        case _:
            return _outcompeted(program, side, details, names, total)


RULES_THAT_ARE_SETTINGS: Final[dict[str, str]] = {
    "level_gap": "Ask for fewer levels between the two",
    "function": "Allow pairs within one function",
    "line_of_business": "Allow pairs within one line of business",
}
_KEPT_APART: Final = "were a pair or proposed to one another before, or are kept apart by another rule"
"""Without a number, and the same words whatever it is: where only one person waits they are said of one pair, and a
conflict that somebody declared in confidence must read like any other reason."""

_RULES_IN_WORDS: Final[dict[str, str]] = {
    "same_person": "they would meet themselves",
    "reporting_line": "in one reporting line",
    "level_gap": "too few levels apart",
    "function": "in the same function",
    "line_of_business": "in the same line of business",
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
    in_the_way = f"The rules exclude {those}: {_listed(counts, quoted=False)}."
    freeing = [step for step in details["rules"] if step["only_this"] and step["rule"] in RULES_THAT_ARE_SETTINGS]
    if not freeing:
        return WhyNobody(in_the_way, f"Invite other {others}", "Nobody else changes.")
    best = max(freeing, key=lambda step: step["only_this"])
    gained = best["only_this"]
    return WhyNobody(
        in_the_way,
        RULES_THAT_ARE_SETTINGS[best["rule"]],
        f"{_number(gained).capitalize()} {program.word(side.other) if gained == 1 else others} would become possible. "
        "The rule changes for everybody.",
    )


def _crowded(program: Program, side: Side, details: Facts, names: Mapping[UUID, str], total: int) -> WhyNobody:
    contested = [_name(pk, names) for pk in details["contested"]]
    if len(contested) > NAMED_AT_MOST:
        return _outcompeted(program, side, details, names, total)
    crowd, places = len(details["crowd"]), details["places"]
    who = f"{_number(crowd).capitalize()} {program.word(side, plural=True)}"
    return WhyNobody(
        f"{who} share {_number(places)} place{'' if places == 1 else 's'}: "
        f"the rules let them meet only {_listed(contested, quoted=False)}.",
        *_one_more_place(details, names, total),
    )


def _outcompeted(program: Program, side: Side, details: Facts, names: Mapping[UUID, str], total: int) -> WhyNobody:
    missing = details["claims"] - details["places"]
    return WhyNobody(
        f"There are more places with {program.word(side, plural=True)} than with "
        f"{program.word(side.other, plural=True)} for them: {_number(missing)} {'stays' if missing == 1 else 'stay'} "
        "empty, and the other pairs fit better in total.",
        *_one_more_place(details, names, total),
    )


def _one_more_place(details: Facts, names: Mapping[UUID, str], total: int) -> tuple[str, str]:
    """The change that helps the program most, and what it does; or, without it, what letting this person in costs."""
    return (
        f"One more place with {_name(details['best_place'], names)}",
        " ".join(("One pair more.", _price(details["cheapest"], names, total))).strip(),
    )


def _name(participation: str, names: Mapping[UUID, str]) -> str:
    return names.get(UUID(participation), "somebody")


def _price(cheapest: Facts | None, names: Mapping[UUID, str], total: int) -> str:
    """What forcing the cheapest pair would cost, by name: exact, from the prices of the solution."""
    if cheapest is None:
        return ""
    mentor, mentee = _name(cheapest["mentor"], names), _name(cheapest["mentee"], names)
    losing = [_name(pk, names) for pk in cheapest["losing"]]
    leaves = (
        f"leaves {_listed(losing, quoted=False)} without a match" if losing else "leaves nobody else without a match"
    )
    return f"Without it, pairing {mentor} with {mentee} {leaves} and {_lowers(cheapest['fit_lost'], total)}."


def _lowers(lost: int, total: int) -> str:
    if lost <= 0:
        return "keeps the total fit" if lost == 0 else "raises the total fit"
    share = 100 * lost / total if total else 100.0
    by = "less than 0.1 percent" if share < 0.1 else f"{share:.1f} percent"
    return f"lowers the total fit by {by}"


# -- small words --------------------------------------------------------------------------------------------------

_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_RANKS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def _number(count: int) -> str:
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def _rank(rank: int) -> str:
    return _RANKS[rank - 1] if 0 < rank <= len(_RANKS) else f"number {rank}"


def _listed(names: Iterable[str], *, quoted: bool = True, word: str = "and") -> str:
    shown = [f"“{name}”" if quoted else str(name) for name in names]
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _ranked(skills: Sequence[Sequence[Any]], wished: int) -> str:
    """“Data and dashboards” (first wish) and “AI tools” (second wish). A single wish needs no rank."""
    if wished == 1:
        return f"“{skills[0][0]}”"
    return _listed((f"“{skill}” ({_rank(rank)} wish)" for skill, rank in skills), quoted=False)


def _it(skills: Sequence[Sequence[Any]]) -> str:
    return {1: "it", 2: "both"}.get(len(skills), "all of these")


def _duration(minutes: int) -> str:
    hours, quarters = divmod(minutes, 60)
    half = {0: "", 15: "¼", 30: "½", 45: "¾"}[quarters]
    if not hours:
        return f"{minutes} minutes"
    return f"{hours}{half} hour{'' if (hours, half) == (1, '') else 's'}"
