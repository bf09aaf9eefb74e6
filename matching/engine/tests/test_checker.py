"""The checker believes nothing it is told."""

import ast
import copy
import inspect
import re

import numpy as np
import pytest

from matching.engine import Instance, checker, solve, solve_instance, verify
from matching.engine.tests.oracles import company

SCORES = company(4, 12, 10, share=0.6, best=50)
PLACES = [2, 1] * 6
LOCKED = [(int(np.argwhere(SCORES >= 0)[3][0]), int(np.argwhere(SCORES >= 0)[3][1]))]
BEST = solve(SCORES, PLACES, 1, locked=LOCKED)


def check(certificate, scores=SCORES, **changes):
    return verify(scores, PLACES, 1, certificate, **{"locked": LOCKED, **changes})


def test_the_checker_shares_no_code_with_the_solver():
    imported = [
        name
        for node in ast.walk(ast.parse(inspect.getsource(checker)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    ]
    assert not [name for name in imported if "matching" in str(name)]


def test_a_true_certificate_holds_on_every_permitted_pair():
    verdict = check(BEST.certificate)
    assert verdict
    assert (verdict.size, verdict.total) == (BEST.size, BEST.total)
    assert verdict.pairs_checked == int((SCORES >= 0).sum())


def raise_last_price(side):
    def tamper(certificate):
        certificate[side][-1] += 10 * certificate["big"]

    return tamper


def erase_highest_price(side):
    def tamper(certificate):
        prices = certificate[side]
        prices[prices.index(max(prices))] = 0

    return tamper


def put(name, value):
    def tamper(certificate):
        certificate[name] = value(certificate[name]) if callable(value) else value

    return tamper


def drop_a_pair(certificate):
    """Consistent in itself: one pair fewer, sizes and totals adjusted."""
    _, _, score = next(pair for pair in certificate["pairs"] if tuple(pair[:2]) not in LOCKED)
    certificate["pairs"] = [pair for pair in certificate["pairs"] if tuple(pair[:2]) in LOCKED or pair[2] != score]
    scores = [pair[2] for pair in certificate["pairs"]]
    certificate |= {"size": len(scores), "total": sum(scores), "weakest": min(scores)}


def improve_a_score(certificate):
    certificate["pairs"][0][2] += 1
    certificate["total"] += 1


def repeat_a_pair(certificate):
    certificate["pairs"].append(certificate["pairs"][0])
    certificate["size"] += 1
    certificate["total"] += certificate["pairs"][0][2]


def pair_with_a_stranger(certificate):
    certificate["pairs"][0][1] = 99


def pair_the_forbidden(certificate):
    i, j = np.argwhere(SCORES < 0)[0].tolist()
    certificate["pairs"].append([i, j, 0])
    certificate["size"] += 1


def raise_all_mentors_and_lower_all_mentees(certificate):
    certificate["mentor_prices"] = [price + 1 for price in certificate["mentor_prices"]]
    certificate["mentee_prices"] = [price - 1 for price in certificate["mentee_prices"]]


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [
        (put("format", "upwell-result-0"), "format"),
        (put("engine", "0.9"), "not one this checker knows"),
        (put("instance", lambda digest: digest[::-1]), "another instance"),
        (put("size", lambda size: size + 1), "claims"),
        (put("total", lambda total: total + 1), "claims a total"),
        (put("weakest", lambda weakest: weakest + 1), "weakest"),
        (put("weakest", None), "weakest"),
        (put("unique", not BEST.unique), "equally good answer"),
        (put("unique", 1), "neither true nor false"),
        (put("big", 1), "could outweigh"),
        (put("big", 10 * int(SCORES.max())), "could outweigh"),
        (put("big", lambda big: big + 1), "cover|prove"),
        (put("big", lambda big: big + 0.5), "not a whole number"),
        (put("mentor_prices", lambda prices: prices[:-1]), "one price"),
        (put("mentee_prices", lambda prices: [*prices, 0]), "one price"),
        (put("mentor_prices", lambda prices: [float(price) for price in prices]), "not a whole number"),
        (raise_last_price("mentor_prices"), "prove"),
        (raise_last_price("mentee_prices"), "prove"),
        (erase_highest_price("mentor_prices"), "cover|prove"),
        (erase_highest_price("mentee_prices"), "cover|prove"),
        (raise_all_mentors_and_lower_all_mentees, "prove|negative"),
        (drop_a_pair, "prove|cover"),
        (improve_a_score, "The score of mentor"),
        (repeat_a_pair, "paired twice"),
        (pair_with_a_stranger, "not in the instance"),
        (pair_the_forbidden, "may not be paired"),
        (put("pairs", lambda pairs: [pair for pair in pairs if tuple(pair[:2]) not in LOCKED]), "locked together"),
        (put("pairs", "all"), "damaged"),
        (put("pairs", None), "damaged"),
        (lambda certificate: certificate.pop("mentor_prices"), "damaged"),
    ],
)
def test_a_certificate_that_was_tampered_with_does_not_hold(tamper, complaint):
    certificate = copy.deepcopy(BEST.certificate)
    tamper(certificate)
    verdict = check(certificate)
    assert not verdict
    assert any(re.search(complaint, problem) for problem in verdict.problems), verdict.problems


def test_somebody_given_more_pairs_than_places_is_noticed():
    best = solve([[5, 5, 5]], mentor_capacity=3)
    assert any("room for 1" in problem for problem in verify([[5, 5, 5]], 1, 1, best).problems)
    best = solve([[5], [5]], mentee_capacity=2)
    assert any("room for 1" in problem for problem in verify([[5], [5]], 1, 1, best).problems)


@pytest.mark.parametrize(
    "change",
    [
        {"locked": []},
        {"barred": [tuple(int(end) for end in np.argwhere(SCORES < 0)[0])]},
        {"floor": 0},
        {"mentor_keys": [str(i) for i in range(12)]},
        {"scores": np.where(SCORES.max() == SCORES, SCORES + 1, SCORES)},
    ],
)
def test_a_certificate_holds_for_its_own_question_only(change):
    verdict = check(BEST.certificate, **change)
    assert any("another instance" in problem for problem in verdict.problems)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"locked": [(0, 99)]}, "A locked or barred pair names somebody"),
        ({"barred": [(-1, 0)]}, "A locked or barred pair names somebody"),
        ({"scores": SCORES[:, :-1]}, "one price for each"),
        ({"scores": SCORES[:-1]}, "capacities do not fit"),
    ],
)
def test_a_question_that_does_not_fit_together_is_no_proof(change, complaint):
    assert any(complaint in problem for problem in check(BEST, **change).problems)


def test_numpy_s_integers_are_as_good_as_python_s():
    locked = [tuple(np.argwhere(SCORES >= 0)[3])]
    best = solve(SCORES, np.array(PLACES), np.int64(1), locked=locked)
    assert check(best, locked=locked)


def test_a_worse_answer_is_refused_whatever_its_prices_claim():
    """Swap two partners: permitted, consistent, not best."""
    best = solve([[9, 1], [1, 9]])
    swapped = best.certificate | {"pairs": [[0, 1, 1], [1, 0, 1]], "total": 2, "weakest": 1}
    assert any(
        "only prove" in problem or "cover" in problem for problem in verify([[9, 1], [1, 9]], 1, 1, swapped).problems
    )


def test_an_equally_good_but_less_fair_answer_is_refused():
    scores = [[10, 6], [6, 2]]
    fair = solve(scores)
    assert verify(scores, 1, 1, fair)
    unfair = fair.certificate | {"pairs": [[0, 0, 10], [1, 1, 2]], "weakest": 2}
    assert verify(scores, 1, 1, unfair).problems == (
        "Among the equally good answers there is one whose weakest changeable pair is stronger than 2.",
    )


def test_the_hash_is_the_same_on_both_sides():
    instance = Instance.of(
        SCORES,
        PLACES,
        1,
        locked=LOCKED,
        floor=0,
        mentor_keys=[f"m{i}" for i in range(12)],
        mentee_keys=[f"é{j}" for j in range(10)],
    )
    best = solve_instance(instance)
    keys = {"mentor_keys": instance.mentor_keys, "mentee_keys": instance.mentee_keys}
    assert check(best, floor=0, **keys)
