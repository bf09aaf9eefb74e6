"""The engine from a shell: `python -m matching.engine solve INSTANCE.json`, `… verify INSTANCE.json RESULT.json`,
`… prepare`.

Exit status: 0 done (for `verify`: the proof holds, of a search that was cut short that of the gap it states), 1 the
result does not hold, 2 the input is wrong or clashes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matching.engine.checker import verify
from matching.engine.documents import arguments_of, read_json
from matching.engine.instance import BadInstance, Clash, Instance, TooLarge
from matching.engine.optimum import solve, solve_instance

DONE, DOES_NOT_HOLD, WRONG_INPUT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m matching.engine", description="The best set of pairs, with a proof."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    solving = commands.add_parser("solve", help="find the best set of pairs and the prices that prove it")
    solving.add_argument("instance", metavar="INSTANCE.json")
    solving.add_argument(
        "--seconds",
        type=float,
        metavar="SECONDS",
        help="end after so long with the pairs found so far and a stated gap",
    )
    solving.add_argument("--out", metavar="RESULT.json", help="write the result here instead of on standard output")
    verifying = commands.add_parser("verify", help="check a result against its instance, without the solver")
    verifying.add_argument("instance", metavar="INSTANCE.json")
    verifying.add_argument("result", metavar="RESULT.json")
    commands.add_parser("prepare", help="compile the search now, so that the first one does not wait for it")
    chosen = parser.parse_args(arguments)
    if chosen.command == "prepare":
        _prepare()
        return DONE
    try:
        return (
            _solve(chosen.instance, chosen.out, chosen.seconds)
            if chosen.command == "solve"
            else _verify(chosen.instance, chosen.result)
        )
    except (BadInstance, Clash, TooLarge) as refusal:
        print(refusal, file=sys.stderr)
        return WRONG_INPUT


def _prepare() -> None:
    """Compile what a search, its curve and its explanations run, by having them once for a small crowd: a function is
    compiled at its first call, and what is compiled is kept on disk."""
    # Loaded here alone: the other commands have no use for them.
    from matching.engine.candidates import Market
    from matching.engine.fairness import fairness_curve
    from matching.engine.reasons import why_unmatched

    crowd = Instance.of([[3, 1, 4, 1], [2, 7, 1, 8]], mentor_capacity=[1, 2], barred=[(1, 2)])
    best = solve_instance(crowd)
    fairness_curve(crowd)
    left_out = (set(range(4)) - {mentee for _, mentee in best.pairs}).pop()
    why_unmatched(crowd, best, "mentee", left_out)
    people = np.arange(60)
    solve(people[:, None] + people)  # everything is equally good: the fairest is looked for, and drawn
    large = Instance.of(np.random.default_rng(7).integers(0, 99, (60, 60)))
    Market(large, people, people, all_up_to=0, kept=3).solve(lambda stage, done, of: None)


def _solve(instance: str, out: str | None, seconds: float | None) -> int:
    best = solve(**arguments_of(read_json(instance)), time_limit=seconds)
    text = json.dumps(best.certificate, separators=(",", ":")) + "\n"
    if out is None:
        sys.stdout.write(text)
        return DONE
    try:
        Path(out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInstance(f"{out} cannot be written: {error.strerror}.") from error
    pairs = "1 pair" if best.size == 1 else f"{best.size} pairs"
    cut_short = f" Cut short: {_at_most(best.size, best.most_pairs, best.total + best.gap)}." if best.gap else ""
    print(f"{pairs}, total {best.total}. Proof written to {out}.{cut_short}")
    return DONE


def _at_most(size: int, most_pairs: int, most_total: int) -> str:
    if most_pairs > size:
        return f"no permitted set has more than {most_pairs} pairs"
    return f"no permitted set has more pairs, or as many and a total above {most_total}"


def _verify(instance: str, result: str) -> int:
    arguments = arguments_of(read_json(instance))
    verdict = verify(
        arguments.pop("scores"),
        arguments.pop("mentor_capacity"),
        arguments.pop("mentee_capacity"),
        read_json(result),
        **arguments,
    )
    if not verdict:
        for problem in verdict.problems:
            print(problem, file=sys.stderr)
        return DOES_NOT_HOLD
    if verdict.gap and verdict.size is not None and verdict.most_pairs is not None and verdict.most_total is not None:
        bound = _at_most(verdict.size, verdict.most_pairs, verdict.most_total)
        print(
            f"Holds: {verdict.size} pairs, total {verdict.total}, not proven best: {bound}; the prices were checked on "
            f"all {verdict.pairs_checked} permitted pairs."
        )
        return DONE
    print(
        f"Holds: {verdict.size} pairs, total {verdict.total}. No other permitted set has more pairs, or as many and a "
        f"higher total; the prices were checked on all {verdict.pairs_checked} permitted pairs."
    )
    return DONE


if __name__ == "__main__":
    sys.exit(main())
