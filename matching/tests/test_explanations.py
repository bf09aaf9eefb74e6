"""Reasons in words, from each point of view, and what stands in the way of somebody without a match."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from matching import explanations
from matching.candidates import MET_BEFORE, must
from matching.choices import FitInWords, UnmatchedReason
from matching.explanations import Whole, fit_in_words, lowers, reasons, why_nobody
from matching.scoring import BEST, CRITERIA, FULL, Names, Reader, parts_of
from matching.scoring.wishes import wish_points
from matching.tests.factories import ProposalFactory
from matching.tests.test_scoring import SUMMER, WEIGHTS, WINTER, random_people, somebody
from people.tests.factories import FunctionFactory
from programs import rules as program_rules
from programs.choices import Criterion, Side
from programs.models import Program
from programs.rules import DECLARED_CONFLICT

NAMES = Names(mentor="Mina", mentee="Otto")
MINA = somebody(
    offers=frozenset({"AI tools", "Data"}), wants=("Budgets",), languages=frozenset({"en", "de"}),
    ways=frozenset({"video", "walk"}), half_days=frozenset({"tue_am", "wed_pm"}), site="York",
    hobbies=frozenset({"chess"}),
)  # fmt: skip
OTTO = somebody(
    offers=frozenset({"Budgets"}), wants=("Data", "Film", "AI tools"), languages=frozenset({"en"}),
    ways=frozenset({"video"}), half_days=frozenset({"tue_am"}), site="York", hobbies=frozenset({"chess"}),
)  # fmt: skip


def told(reader: Reader, mentor: Any = MINA, mentee: Any = OTTO) -> list[tuple[str, str]]:
    parts = parts_of(mentor, mentee, weights=WEIGHTS, week=WINTER)
    return [(reason.claim, reason.evidence) for reason in reasons(parts, NAMES, reader)]


def test_the_mentor_reads_why_with_what_counts_most_first() -> None:
    assert told("mentor") == [
        (
            "You offer what Otto asked for",
            "Otto wants to learn “Data” (first wish) and “AI tools” (third wish). You offer both.",
        ),
        ("Otto can give what you asked for", "You want to learn “Budgets”. Otto offers it."),
        ("You share a language", "You both speak English."),
        ("Your weeks fit", "You are both free on Tuesday mornings."),
        ("You like to meet the same way", "You would both meet by video."),
        ("You work at the same place", "You are both at York."),
        ("Something besides work", "You both named chess."),
    ]


def test_the_mentee_reads_the_same_from_the_other_side() -> None:
    assert told("mentee")[:2] == [
        (
            "Mina offers what you asked for",
            "You want to learn “Data” (first wish) and “AI tools” (third wish). Mina offers both.",
        ),
        ("You can give what Mina asked for", "Mina wants to learn “Budgets”. You offer it."),
    ]


def test_the_desk_reads_claims_and_then_costs() -> None:
    assert [claim for claim, _ in told("desk")] == [
        "Offers “Data” (first wish) and “AI tools” (third wish)",
        "Wants “Budgets”, which the other offers",
        "Both speak English",
        "Both free on Tuesday mornings",
        "Both like to meet by video",
        "Same place: York",
        "Both enjoy chess",
    ]
    far = somebody(wants=("Film",), languages=frozenset({"fr"}), ways=frozenset({"walk"}), site="Leeds")
    parts = parts_of(MINA, far, weights=WEIGHTS, week=WINTER)
    assert [(reason.claim, reason.speaks_for) for reason in reasons(parts, NAMES, "desk")] == [
        ("Both prefer to meet on a walk, at different sites", False),
        ("Offers nothing the other asked for", False),
        ("No language in common", False),
        ("No free half-day in common", False),
    ]


def test_the_desk_reads_where_the_mentor_is_not_far_ahead_and_the_two_do_not() -> None:
    close = replace(MINA, offered_levels={"Data": 3}), replace(OTTO, wanted_levels={"Data": 2})
    assert (
        told("desk", *close)[0][0] == "Offers “Data” (first wish) and “AI tools” (third wish); not far ahead in “Data”"
    )
    assert [told(reader, *close)[0] for reader in ("mentor", "mentee")] == [told("mentor")[0], told("mentee")[0]]


def test_people_in_different_zones_read_shared_hours() -> None:
    kolkata = somebody(half_days=frozenset({"tue_pm"}), time_zone="Asia/Kolkata")
    assert ("Your weeks fit", "Your free half-days share 2½ hours a week across time zones.") in told(
        "mentor", MINA, kolkata
    )
    summer = reasons(parts_of(MINA, kolkata, weights=WEIGHTS, week=SUMMER), NAMES, "mentor")
    assert "Your free half-days share 3½ hours a week across time zones." in [reason.evidence for reason in summer]


EVERYTHING = dict.fromkeys(Criterion, 11)


def test_every_part_has_words_for_every_reader() -> None:
    people = random_people(12, 3)
    for mentor in people:
        for mentee in people:
            parts = parts_of(mentor, mentee, weights=EVERYTHING, week=WINTER)
            for reader in ("mentor", "mentee", "desk"):
                for reason in reasons(parts, NAMES, reader):
                    assert reason.claim
                    assert reader == "desk" or reason.evidence.endswith(".")


def test_no_reason_guesses_a_pronoun() -> None:
    for mentor in random_people(8, 4):
        for mentee in random_people(8, 5):
            for reader in ("mentor", "mentee", "desk"):
                said = " ".join(
                    f"{reason.claim} {reason.evidence}"
                    for reason in reasons(parts_of(mentor, mentee, weights=EVERYTHING, week=WINTER), NAMES, reader)
                )
                assert not {"he", "she", "his", "her", "him", "hers"} & set(said.lower().replace(".", " ").split())


def test_a_fit_without_the_mentee_s_wishes_is_never_strong_and_without_any_wish_never_good() -> None:
    points = {str(criterion): weight * FULL for criterion, weight in WEIGHTS.items()}
    assert fit_in_words(BEST - points["wishes_met"] - points["wishes_returned"], WEIGHTS) == FitInWords.FAIR
    assert fit_in_words(BEST - points["wishes_met"], WEIGHTS) == FitInWords.GOOD
    easy_to_meet = points["language"] + points["time"] + points["way"]
    first_two_of_three = points["wishes_met"] * sum(wish_points(3)[:2]) // FULL
    assert fit_in_words(easy_to_meet + first_two_of_three, WEIGHTS) == FitInWords.STRONG
    assert fit_in_words(BEST, WEIGHTS) == FitInWords.STRONG


@pytest.mark.django_db
def test_what_keeps_the_two_far_enough_apart_is_said_only_where_it_is_so() -> None:
    different = ProposalFactory()
    assert explanations.far_enough_apart(different).evidence == (
        "You work in different functions and lines of business, and neither of you reports to the other, directly or "
        "through others."
    )
    function = FunctionFactory()
    line = different.mentor.person.line_of_business
    alike = ProposalFactory(mentor__person__function=function, mentee__person__function=function)
    for participation in (alike.mentor, alike.mentee):
        participation.person.line_of_business = line
    assert explanations.far_enough_apart(alike).evidence == (
        "Neither of you reports to the other, directly or through others."
    )


# -- nobody was found ---------------------------------------------------------------------------------------------

IDS = [UUID(int=n) for n in range(1, 9)]
PEOPLE = dict(zip(IDS, ["Mina", "Ana", "Ben", "Cleo", "Dev", "Eli", "Fay", "Gus"], strict=True))
EXACT = Whole(100_000, exact=True)


def steps(**forbids: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"rule": rule, "forbids": some, "only_this": alone} for rule, (some, alone) in forbids.items()]


def test_the_rules_leave_nobody_and_the_one_that_frees_most_is_named() -> None:
    details = {"partners": 24, "rules": steps(reporting_line=(2, 0), level_gap=(9, 2), function=(22, 13))}
    why = why_nobody(Program(), UnmatchedReason.NO_PARTNER, Side.MENTEE, details, PEOPLE, Whole(1_000))
    assert why.in_the_way == (
        "The rules exclude all 24 mentors who wait: 22 in the same function, 9 too few levels apart and 2 in one "
        "reporting line."
    )
    assert why.change == "Allow pairs within one function"
    assert why.effect == "13 mentors would become possible. The rule changes for everybody."


@pytest.mark.parametrize("quiet", [DECLARED_CONFLICT, MET_BEFORE])
def test_who_is_kept_apart_is_told_without_a_number_and_without_which_reason(quiet: str) -> None:
    alone = why_nobody(
        Program(),
        UnmatchedReason.NO_PARTNER,
        Side.MENTEE,
        {"partners": 1, "rules": steps(**{quiet: (1, 1)})},
        PEOPLE,
        Whole(1_000),
    )
    assert alone.in_the_way == (
        "The rules exclude the only mentor who waits: they were a pair or proposed to one another before, or are kept "
        "apart by another rule."
    )
    for kept_apart in (1, 2):
        details = {"partners": 5, "rules": steps(function=(4, 4), **{quiet: (kept_apart, 1)})}
        assert why_nobody(
            Program(), UnmatchedReason.NO_PARTNER, Side.MENTEE, details, PEOPLE, Whole(1_000)
        ).in_the_way == (
            "The rules exclude all 5 mentors who wait: 4 in the same function and others who were a pair or proposed "
            "to one another before, or are kept apart by another rule."
        )


def test_the_reporting_line_is_never_offered_as_a_change() -> None:
    details = {"partners": 1, "rules": steps(reporting_line=(1, 1), level_gap=(0, 0))}
    why = why_nobody(Program(), UnmatchedReason.NO_PARTNER, Side.MENTEE, details, PEOPLE, Whole(1_000))
    assert why.in_the_way == "The rules exclude the only mentor who waits: 1 in one reporting line."
    assert why.change == "Invite other mentors"


def test_nobody_waits_on_the_other_side() -> None:
    why = why_nobody(Program(), UnmatchedReason.NO_PARTNER, Side.MENTOR, {"partners": 0, "rules": []}, PEOPLE, Whole(0))
    assert (why.in_the_way, why.change) == ("No mentees wait.", "Invite mentees")


def test_a_crowd_is_named_with_the_place_that_helps_most() -> None:
    details = {
        "claims": 3, "places": 2, "crowd": [str(pk) for pk in IDS[2:5]], "contested": [str(pk) for pk in IDS[:2]],
        "best_place": str(IDS[1]),
        "cheapest": {"mentor": str(IDS[0]), "mentee": str(IDS[2]), "losing": [str(IDS[3])], "fit_lost": 700},
    }  # fmt: skip
    why = why_nobody(Program(), UnmatchedReason.CROWDED, Side.MENTEE, details, PEOPLE, EXACT)
    assert why.in_the_way == "Three mentees share two places: the rules let them meet only Mina and Ana."
    assert why.change == "One more place with Ana"
    assert why.effect == (
        "One pair more. Without it, pairing Mina with Ben leaves Cleo without a match and lowers the total fit by 0.7 "
        "percent."
    )
    assert explanations.participations_named(details) == set(IDS[:5])


def test_too_few_places_for_everybody() -> None:
    details = {
        "claims": 48, "places": 43, "best_place": str(IDS[7]),
        "cheapest": {"mentor": str(IDS[5]), "mentee": str(IDS[6]), "losing": [], "fit_lost": 1},
    }  # fmt: skip
    why = why_nobody(Program(), UnmatchedReason.OUTCOMPETED, Side.MENTOR, details, PEOPLE, EXACT)
    assert why.in_the_way == (
        "There are more places with mentors than with mentees for them: five stay empty, and the other pairs fit "
        "better in total."
    )
    assert why.change == "One more place with Gus"
    assert why.effect == (
        "One pair more. Without it, pairing Eli with Fay leaves nobody else without a match and lowers the total fit "
        "by less than 0.1 percent."
    )


def test_a_crowd_that_wants_half_the_company_is_not_listed() -> None:
    details = {
        "claims": 9, "places": 8, "crowd": [str(pk) for pk in IDS], "contested": [str(pk) for pk in IDS],
        "best_place": str(IDS[0]), "cheapest": None,
    }  # fmt: skip
    why = why_nobody(Program(), UnmatchedReason.CROWDED, Side.MENTEE, details, PEOPLE, EXACT)
    assert why.in_the_way.startswith("There are more places with mentees than with mentors for them: one stays empty")
    assert (why.change, why.effect) == ("One more place with Mina", "One pair more.")


def test_every_rule_of_the_program_has_words() -> None:
    spoken_of = set(explanations._RULES_IN_WORDS) | explanations._RULES_KEPT_QUIET
    assert {rule.name for rule in program_rules.PAIR_RULES} <= spoken_of
    assert {rule.name for rule in program_rules.PAIR_RULES if not rule.counted} <= explanations._RULES_KEPT_QUIET
    assert set(explanations.RULES_THAT_ARE_SETTINGS) < set(explanations._RULES_IN_WORDS)


def test_every_must_has_words_and_can_be_let_go() -> None:
    for criterion in CRITERIA:
        details = {"partners": 3, "rules": steps(**{must(criterion): (3, 2)})}
        why = why_nobody(Program(), UnmatchedReason.NO_PARTNER, Side.MENTEE, details, PEOPLE, Whole(1_000))
        assert why.in_the_way == f"The rules exclude all 3 mentors who wait: 3 without {CRITERIA[criterion].asks_for}."
        assert why.change == f"Let pairs without {CRITERIA[criterion].asks_for} through"


def test_what_a_change_costs_tells_rounds_waited_from_fit() -> None:
    whole = Whole(fit=10_000, round=2 * 10_000 + 1, exact=True)
    assert lowers(500, whole) == "lowers the total fit by 5.0 percent"
    assert lowers(whole.round + 500, whole) == (
        "puts others before people who have waited, and lowers the total fit by 5.0 percent"
    )
    assert lowers(whole.round - 500, whole) == "puts others before people who have waited, and raises the total fit"
    assert lowers(-whole.round, whole) == "gives way to people who have waited, and keeps the total fit"


def test_what_a_change_costs_is_told_roughly_where_a_wish_could_be_worked_out() -> None:
    told = {lowers(lost, Whole(fit=10_000)) for lost in range(1, 500)}
    assert told == {"lowers the total fit by less than 5 percent"}
    assert lowers(1_999, Whole(fit=10_000)) == "lowers the total fit by less than 20 percent"
    assert lowers(2_000, Whole(fit=10_000)) == "lowers the total fit by 20 percent or more"
