"""The proof of a search, kept with everything needed to check it again, without the people's answers."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from typing import Any, Final

import numpy as np

from matching.engine import VERSION, Instance, Matching, Pair, Verdict, verify
from matching.engine.documents import INSTANCE_FORMAT
from matching.explanations import Whole
from matching.inputs import Inputs
from matching.models import MatchingRun, Proposal
from matching.rounds import Ahead
from matching.scoring import Points
from programs.choices import Criterion


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
        "waited": [inputs.candidates.ahead.mentors.tolist(), inputs.candidates.ahead.mentees.tolist()],
        "round": inputs.candidates.ahead.unit,
        "locked": [list(pair) for pair in inputs.by_hand.kept],
        "barred": [list(pair) for pair in inputs.by_hand.barred],
        "shared_hours": [list(one) for one in inputs.shared_hours],
        "floor": inputs.floor,
        "set_back": [[mentor.hex, mentee.hex, setback] for mentor, mentee, setback in inputs.by_hand.set_back],
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
    scores, mentor_places, mentee_places = _asked(certificate)
    return verify(scores, mentor_places, mentee_places, certificate["proof"], **_terms(certificate))


def question_of(certificate: dict[str, Any], *, without: Pair | None = None) -> Instance:
    """The instance a stored certificate speaks about, or the same with one pair ruled out."""
    terms = _terms(certificate)
    if without is not None:
        terms["locked"] = [pair for pair in terms["locked"] if pair != without]
        terms["barred"] = [*terms["barred"], without]
    return Instance.of(*_asked(certificate), **terms)


def _asked(certificate: dict[str, Any]) -> tuple[Points, list[int], list[int]]:
    scores = unpack(certificate["scores"], tuple(certificate["shape"]))
    return scores, certificate["mentor_places"], certificate["mentee_places"]


def _terms(certificate: dict[str, Any]) -> dict[str, Any]:
    return {
        "locked": [tuple(pair) for pair in certificate.get("locked", ())],
        "barred": [tuple(pair) for pair in certificate.get("barred", ())],
        "mentor_keys": certificate["mentor_keys"],
        "mentee_keys": certificate["mentee_keys"],
        "shared": certificate.get("shared_hours", ()),
        "floor": certificate.get("floor"),
    }


def ahead_in(certificate: dict[str, Any]) -> Ahead:
    """What counted on top of the fit."""
    if not certificate.get("round"):
        return Ahead.nobody(*certificate["shape"])
    mentors, mentees = (np.array(side, dtype=np.int64) for side in certificate["waited"])
    return Ahead(mentors, mentees, certificate["round"])


def whole_of(run: MatchingRun) -> Whole:
    """What all pairs found come to together, and whether its reader may be told so exactly."""
    certificate: dict[str, Any] = run.certificate or {}
    ahead, proof = ahead_in(certificate), certificate["proof"]
    waited = sum(ahead.points(row, column) for row, column, _ in proof["pairs"])
    return Whole(int(proof["total"]) - waited, ahead.unit, exact=may_be_handed_out(run))


def can_be_weighed(run: MatchingRun) -> bool:
    """Whether questions may be put to a stored answer: it was proven best, by the engine as it is now. What a pair
    would cost is read off the prices, and from prices that do not hold, or leave a gap, it would be nonsense."""
    return bool(
        run.certificate
        and run.certificate["verified"]
        and not run.certificate["proof"]["gap"]
        and run.engine_version == VERSION
    )


def may_be_handed_out(run: MatchingRun) -> bool:
    """Whether the scores of a run rest on nothing that people told the search alone: from scores and from all that
    coordinators may read, the rest could be worked out.

    Nobody can have told it how much a skill or a person counts before proposals were sent, or without lists of possible
    partners. So that is asked, and not whether somebody did. Who is kept apart, by a veto, a conflict or a word said in
    another program, is a pair that is missing, as for two who met before: whoever may match reads that much, and not
    why, of any two ("Why not these two?").
    """
    if run.settings.get("weights", {}).get(Criterion.PARTNER_WISHES):
        return False
    return not Proposal.objects.filter(program=run.program_id, proposed_at__lte=run.finished_at).exists()


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
        gap=verdict.gap,
        most_pairs=verdict.most_pairs,
        most_total=verdict.most_total,
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
    stored = {(row.mentor_id.hex, row.mentee_id.hex, row.fit + row.ahead) for row in run.suggestions.all()}
    if proven != stored:
        problems.append("The pairs on the board are not those of the certificate.")
    return problems


_HOW_TO: Final = """The pairs of one search, and a proof that no better set of pairs exists.

instance.json  who could be paired with whom, how well each pair would fit, and how many places each has
result.json    the pairs found, and prices in whole numbers that prove them

People are random keys; nothing they wrote is in here. To check the proof, in the folder of the application:

    python -m matching.engine verify instance.json result.json

What is checked, and how to check it with a program of your own: docs/matching.md.
"""


def as_files(run: MatchingRun) -> bytes:
    """The question and the proven answer of a run as a ZIP file, in the engine's formats; always the same bytes."""
    if not run.certificate:
        raise NothingToCheck
    certificate = run.certificate
    scores = unpack(certificate["scores"], tuple(certificate["shape"]))
    instance = {
        "format": INSTANCE_FORMAT,
        "scores": [[None if score < 0 else score for score in row] for row in scores.tolist()],
        "mentor_capacity": certificate["mentor_places"],
        "mentee_capacity": certificate["mentee_places"],
        "locked": certificate.get("locked", []),
        "barred": certificate.get("barred", []),
        "mentor_keys": certificate["mentor_keys"],
        "mentee_keys": certificate["mentee_keys"],
        "shared": certificate.get("shared_hours", []),
        "floor": certificate.get("floor"),
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("README.txt", _HOW_TO),
            ("instance.json", json.dumps(instance)),
            ("result.json", json.dumps(certificate["proof"])),
        ):
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def pack(scores: Points) -> str:
    """The matrix as text: little-endian 32-bit integers, row by row, deflated, base 64.

    In a fifth of the time of the usual level; the text is seven hundredths longer.
    """
    return base64.b64encode(zlib.compress(np.ascontiguousarray(scores, dtype="<i4").tobytes(), 1)).decode("ascii")


def unpack(packed: str, shape: tuple[int, ...]) -> Points:
    rows = np.frombuffer(zlib.decompress(base64.b64decode(packed)), dtype="<i4")
    return rows.reshape(shape).astype(np.int32)
