"""The proof of a search, kept with everything needed to check it again, without the people's answers."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np

from matching.engine import Matching, Verdict, verify
from matching.inputs import Inputs
from matching.models import MatchingRun
from matching.scoring import Points


class NothingToCheck(Exception):
    """The run has no certificate: it has not come to an end."""


def certify(inputs: Inputs, matching: Matching) -> dict[str, Any]:
    """The engine's certificate, the instance it speaks about, and what the independent checker says of the two."""
    certificate: dict[str, Any] = {
        "proof": matching.certificate,
        "scores": pack(inputs.scores),
        "shape": list(inputs.scores.shape),
        "mentor_places": list(inputs.mentor_places),
        "mentee_places": list(inputs.mentee_places),
        "mentor_keys": list(inputs.mentor_keys),
        "mentee_keys": list(inputs.mentee_keys),
    }
    verdict = check(certificate)
    return {
        **certificate,
        "verified": verdict.ok,
        "problems": list(verdict.problems),
        "pairs_checked": verdict.pairs_checked,
    }


def check(certificate: dict[str, Any]) -> Verdict:
    """Ask the checker, which shares no code with the solver, whether the stored proof holds for the stored instance."""
    return verify(
        unpack(certificate["scores"], tuple(certificate["shape"])),
        certificate["mentor_places"],
        certificate["mentee_places"],
        certificate["proof"],
        mentor_keys=certificate["mentor_keys"],
        mentee_keys=certificate["mentee_keys"],
    )


def check_run(run: MatchingRun) -> Verdict:
    """Check a run as it is stored now: its proof, and that its rows are the pairs the proof speaks about."""
    if not run.certificate:
        raise NothingToCheck
    verdict = check(run.certificate)
    problems = [*verdict.problems, *_differences(run)]
    return Verdict(
        ok=not problems,
        problems=tuple(problems),
        size=verdict.size,
        total=verdict.total,
        pairs_checked=verdict.pairs_checked,
    )


def _differences(run: MatchingRun) -> list[str]:
    """What the rows of the run say otherwise than its certificate does."""
    certificate: dict[str, Any] = run.certificate or {}
    problems = []
    if run.inputs_hash != certificate["proof"]["instance"]:
        problems.append("The certificate belongs to other inputs than the run.")
    proven = {
        (certificate["mentor_keys"][row], certificate["mentee_keys"][column], score)
        for row, column, score in certificate["proof"]["pairs"]
    }
    stored = {(row.mentor_id.hex, row.mentee_id.hex, row.fit) for row in run.suggestions.all()}
    if proven != stored:
        problems.append("The pairs on the board are not those of the certificate.")
    return problems


def pack(scores: Points) -> str:
    """The matrix as text: little-endian 32-bit integers, row by row, deflated, base 64."""
    return base64.b64encode(zlib.compress(np.ascontiguousarray(scores, dtype="<i4").tobytes(), 6)).decode("ascii")


def unpack(packed: str, shape: tuple[int, ...]) -> Points:
    rows = np.frombuffer(zlib.decompress(base64.b64decode(packed)), dtype="<i4")
    return rows.reshape(shape).astype(np.int32)
