"""The trade-off between the weakest pair and the total, held against trying every set of pairs."""

from hypothesis import given

from matching.engine import Instance, branching, fairness_curve, solve
from matching.engine.tests.oracles import all_answers, company, examples, instances, scores_of


@examples(60)
@given(instances(most=4, best=12))
def test_the_last_point_is_the_fairest_and_every_point_the_best_above_its_floor(instance):
    curve = fairness_curve(instance)
    scores = scores_of(instance)
    answers = [[int(scores[pair]) for pair in pairs] for pairs in all_answers(instance)]
    most = max(len(answer) for answer in answers)
    if not most:
        assert curve == ()
        return
    full = [answer for answer in answers if len(answer) == most]
    assert curve[0].total == max(sum(answer) for answer in full)
    assert curve[-1].weakest == max(min(answer) for answer in full)
    for point in curve:
        assert point.size == most
        assert point.total == max(sum(answer) for answer in full if min(answer) >= point.weakest)


def test_a_point_is_chosen_by_its_floor():
    scores = company(6, 40, 40, best=1000)
    curve = fairness_curve(Instance.of(scores), points=4)
    assert 2 <= len(curve) <= 4
    assert [point.weakest for point in curve] == sorted({point.weakest for point in curve})
    for point in curve:
        best = solve(scores, floor=point.floor)
        assert (best.weakest, best.size, best.total) == (point.weakest, point.size, point.total)


def test_there_is_no_curve_of_answers_that_are_not_proven(monkeypatch):
    instance = Instance.of(company(6, 40, 40, best=1000))
    assert fairness_curve(instance, points=4, time_limit=600) == fairness_curve(instance, points=4)
    assert fairness_curve(instance, points=4, time_limit=0) == ()
    shared = Instance.of(company(6, 12, 12, best=1000), 2, 2, shared=[(0, 0, 1, 1, 2), (1, 1, 1, 1, 3)])
    assert fairness_curve(shared)
    monkeypatch.setattr(branching, "MOST_PARTS", 1)
    assert fairness_curve(shared) == ()
