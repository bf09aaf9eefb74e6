"""The engine from a shell."""

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from matching.engine import core, dense, filling, passes, residual
from matching.engine.__main__ import main
from matching.engine.candidates import Market
from matching.engine.fairness import fairness_curve
from matching.engine.instance import Instance
from matching.engine.optimum import solve, solve_instance
from matching.engine.reasons import why_unmatched
from matching.engine.tests.oracles import company

QUESTION = {
    "format": "upwell-instance-1",
    "scores": [[5, None, 3], [4, 2, -1]],
    "mentor_capacity": [2, 1],
    "barred": [[1, 0]],
}


@pytest.fixture
def ask(tmp_path):
    def write(document, name="instance.json"):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return str(path)

    return write


def test_solving_and_verifying_from_files(ask, tmp_path, capsys):
    instance, result = ask(QUESTION), str(tmp_path / "result.json")
    assert main(["solve", instance, "--out", result]) == 0
    assert capsys.readouterr().out == f"3 pairs, total 10. Proof written to {result}.\n"
    assert main(["verify", instance, result]) == 0
    assert capsys.readouterr().out.startswith("Holds: 3 pairs, total 10.")


def test_what_was_prepared_is_what_a_search_and_its_explanations_run():
    main(["prepare"])
    before = compiled_signatures()
    instance = Instance.of(company(12, 9, 7))
    best = solve_instance(instance)
    fairness_curve(instance)
    left_out = (set(range(9)) - {mentor for mentor, _ in best.pairs}).pop()
    why_unmatched(instance, best, "mentor", left_out)
    chance = np.random.default_rng(3)
    solve(np.add.outer(chance.integers(0, 9, 30), chance.integers(0, 9, 30)), 2, 1)
    Market(Instance.of(company(3, 80, 70)), np.arange(80), np.arange(70), all_up_to=0, kept=4).solve(
        lambda stage, done, of: None
    )
    assert compiled_signatures() == before


def compiled_signatures() -> dict[str, int]:
    """How many variants of each compiled function this process has."""
    return {
        f"{module.__name__}.{name}": len(found.signatures)
        for module in (core, dense, filling, passes, residual)
        for name, found in vars(module).items()
        if hasattr(found, "signatures")
    }


def test_a_list_of_pairs_asks_the_same_as_a_matrix(ask, capsys):
    listed: dict[str, Any] = {name: value for name, value in QUESTION.items() if name != "scores"}
    listed |= {"mentors": 2, "mentees": 3, "pairs": [[1, 1, 2], [0, 0, 5], [0, 2, 3], [1, 0, 4]]}
    assert main(["solve", ask(QUESTION)]) == 0
    matrix = json.loads(capsys.readouterr().out)
    assert main(["solve", ask(listed)]) == 0
    assert json.loads(capsys.readouterr().out) == matrix


def test_a_search_that_is_cut_short_does_not_claim_the_best(ask, tmp_path, capsys):
    crowd = {"format": "upwell-instance-1", "scores": company(12, 60, 60).tolist()}
    instance, result = ask(crowd), str(tmp_path / "result.json")
    assert main(["solve", instance, "--out", result, "--seconds", "0"]) == 0
    assert "Cut short: no permitted set has more" in capsys.readouterr().out
    assert main(["verify", instance, result]) == 0
    assert "not proven best: no permitted set has more" in capsys.readouterr().out


def test_a_result_that_was_changed_is_refused_with_the_reason(ask, tmp_path, capsys):
    instance, result = ask(QUESTION), str(tmp_path / "result.json")
    main(["solve", instance, "--out", result])
    certificate = json.loads((tmp_path / "result.json").read_text())
    changed = ask({**certificate, "total": 11}, "changed.json")
    assert main(["verify", instance, changed]) == 1
    assert "claims a total of 11" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("{", "is not JSON: "),
        ("[]", "must hold a JSON object"),
        ({}, '"format": "upwell-instance-1"'),
        ({"format": "upwell-instance-1"}, 'either "scores"'),
        ({**QUESTION, "pairs": []}, 'either "scores"'),
        ({**QUESTION, "weights": []}, "An instance has no weights."),
        ({**QUESTION, "scores": [[1], [1, 2]]}, "same length"),
        ({**QUESTION, "scores": [[1.5]]}, "row 0, column 0 must be a whole number, not 1.5"),
        ({**QUESTION, "scores": 3}, '"scores" must be a list'),
        ({**QUESTION, "scores": [[10**30, 1, 1]]}, "fit in 64 bits"),
        ({**QUESTION, "locked": [[1, 0]]}, "locked together, but this pair is barred"),
        ({**QUESTION, "locked": [3]}, "must be a list"),
        ({**QUESTION, "floor": "high"}, "The floor must be a whole number"),
        ({**QUESTION, "mentor_capacity": ["two", 1]}, "entry 0, must be a whole number"),
        ({"format": "upwell-instance-1", "pairs": []}, 'how many "mentors"'),
        ({"format": "upwell-instance-1", "mentors": 1, "mentees": 1, "pairs": [[0, 1, 2]]}, "outside 1 mentors"),
        (
            {"format": "upwell-instance-1", "mentors": 1, "mentees": 1, "pairs": [[0, 0]]},
            "must be [mentor, mentee, score]",
        ),
        ({"format": "upwell-instance-1", "mentors": 1, "mentees": 1, "pairs": [[0, 0, -1]]}, "negative score"),
        ({"format": "upwell-instance-1", "mentors": 1, "mentees": 1, "pairs": [[0, 0, 1]] * 2}, "repeats"),
        ({"format": "upwell-instance-1", "mentors": -1, "mentees": 1, "pairs": []}, "fewer than 0"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(ask, capsys, document, sentence):
    assert main(["solve", ask(document)]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


def test_a_file_that_is_not_there_is_named(ask, tmp_path, capsys):
    missing = str(tmp_path / "missing.json")
    assert main(["verify", ask(QUESTION), missing]) == 2
    assert capsys.readouterr().err == f"{missing} cannot be read: No such file or directory.\n"
    assert main(["solve", ask(QUESTION), "--out", str(tmp_path / "no" / "where.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_module_runs_without_django(ask):
    """Nothing of the application is loaded: not its settings, not its framework."""
    asked = "import sys; from matching.engine.__main__ import main; code = main(sys.argv[1:]); "
    told = subprocess.run(
        [sys.executable, "-c", asked + "assert 'django' not in sys.modules; sys.exit(code)", "solve", ask(QUESTION)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert json.loads(told.stdout)["size"] == 3
