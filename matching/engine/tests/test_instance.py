"""What the engine refuses to be asked, and the sentence it refuses with."""

import numpy as np
import pytest
from scipy import sparse

from matching.engine import BadInstance, Clash, Instance, solve, verify
from matching.engine.tests.oracles import scores_of


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"scores": [1, 2]}, "one row for each mentor"),
        ({"scores": [[0.5]]}, "must be whole numbers"),
        ({"scores": [[True]]}, "must be whole numbers"),
        ({"scores": np.array([[2**63]], dtype=np.uint64)}, "fit in 64 bits"),
        ({"scores": sparse.coo_matrix(([1, 2], ([0, 0], [0, 0])), shape=(1, 1))}, "same pair more than once"),
        ({"scores": [[1, 2]], "mentee_capacity": [1]}, "2 mentees in the scores but 1 mentee capacities"),
        ({"scores": [[1]], "mentor_capacity": -1}, "mentor 0 has a negative capacity"),
        ({"scores": [[1]], "mentor_capacity": 1.5}, "must be whole numbers"),
        ({"scores": [[1]], "locked": [(0, 1)]}, r"locked pair \(0, 1\) names somebody outside"),
        ({"scores": [[1]], "barred": [(-1, 0)]}, r"barred pair \(-1, 0\) names somebody outside"),
        ({"scores": [[1]], "barred": [(0,)]}, "is a mentor and a mentee"),
        ({"scores": [[1]], "barred": [("a", 0)]}, "must be a whole number"),
        ({"scores": [[1]], "floor": 0.5}, "The floor must be a whole number"),
        ({"scores": [[1]], "mentor_keys": ["a", "b"]}, "1 mentors in the scores but 2 mentor keys"),
        ({"scores": [[1], [1]], "mentor_keys": ["a", "a"]}, "share one key"),
        ({"scores": [[1]], "mentee_keys": [7]}, "must be strings"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_a_sentence(question, sentence):
    with pytest.raises(BadInstance, match=sentence):
        Instance.of(**question)


@pytest.mark.parametrize(
    ("question", "cause", "pairs", "sentence"),
    [
        ({"scores": [[-1]], "locked": [(0, 0)]}, "forbidden", ((0, 0),), "the rules forbid this pair"),
        ({"scores": [[1]], "locked": [(0, 0)], "barred": [(0, 0)]}, "barred", ((0, 0),), "this pair is barred"),
        ({"scores": [[1]], "locked": [(0, 0)], "floor": 2}, "floor", ((0, 0),), "below the floor of 2"),
        (
            {"scores": [[1, 1, 1]], "locked": [(0, 0), (0, 2), (0, 1)]},
            "capacity",
            ((0, 0), (0, 1)),
            "The mentor 0 has 1 place but is locked with 2 mentees: 0, 1.",
        ),
        (
            {"scores": [[1], [1], [1], [1]], "mentee_capacity": 2, "locked": [(0, 0), (1, 0), (3, 0)]},
            "capacity",
            ((0, 0), (1, 0), (3, 0)),
            "The mentee 0 has 2 places but is locked with 3 mentors: 0, 1, 3.",
        ),
    ],
)
def test_locks_that_cannot_all_hold_are_named_and_no_more_than_needed(question, cause, pairs, sentence):
    with pytest.raises(Clash, match=sentence) as refusal:
        Instance.of(**question)
    assert (refusal.value.cause, refusal.value.pairs) == (cause, pairs)
    for pair in pairs:
        fewer = [other for other in pairs if other != pair]
        Instance.of(**{**question, "locked": fewer})  # any one of them taken away, and the rest can hold


def test_the_same_lock_twice_is_one_lock():
    assert Instance.of([[1]], locked=[(0, 0), (0, 0)]).locked == ((0, 0),)


def test_the_hash_tells_questions_apart():
    asked = [
        Instance.of([[1, 2]]),
        Instance.of([[1], [2]]),
        Instance.of([[1, 3]]),
        Instance.of([[1, -1]]),
        Instance.of([[1, 2]], 2),
        Instance.of([[1, 2]], mentee_capacity=2),
        Instance.of([[1, 2]], locked=[(0, 0)]),
        Instance.of([[1, 2]], barred=[(0, 0)]),
        Instance.of([[1, 2]], floor=0),
        Instance.of([[1, 2]], mentor_keys=["a"]),
        Instance.of([[1, 2]], mentee_keys=["a", "b"]),
    ]
    assert len({instance.digest for instance in asked}) == len(asked)
    assert Instance.of([[1, -5]]).digest == Instance.of(np.array([[1, -1]], dtype=np.int32)).digest


def test_an_instance_does_not_change_when_the_caller_s_array_does():
    scores = np.array([[1, 2]])
    instance = Instance.of(scores)
    scores[0, 0] = 9
    assert scores_of(instance).tolist() == [[1, 2]]


class Made:
    """A source that holds no matrix."""

    shape, ceiling = (70, 40), 1100

    def block(self, start, stop):
        return self.pairs(np.arange(start, stop)[:, None], np.arange(40)[None, :])

    def pairs(self, rows, columns):
        return ((rows * 31 + columns * 17) % 1200 - 100).astype(np.int32)


def test_scores_made_on_demand_ask_the_same_question_as_a_matrix_of_them():
    matrix = Made().block(0, 70)
    i, j = np.nonzero(matrix >= 0)
    listed = sparse.coo_matrix((matrix[i, j], (i, j)), shape=matrix.shape)
    best = solve(Made(), locked=[(3, 4)])
    assert verify(Made(), 1, 1, best, locked=[(3, 4)])
    for same in (matrix, listed):
        assert Instance.of(same, locked=[(3, 4)]).digest == best.instance
        assert solve(same, locked=[(3, 4)]).pairs == best.pairs


def test_a_source_that_breaks_its_word_is_refused():
    class High(Made):
        ceiling = 5

    with pytest.raises(BadInstance, match="above its ceiling"):
        solve(High())
