"""Instances and results as JSON files, for people without Python. The formats are described in docs/matching.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from matching.engine.instance import FORBIDDEN, BadInstance

INSTANCE_FORMAT = "upwell-instance-1"

_KNOWN = {
    "format",
    "scores",
    "pairs",
    "mentors",
    "mentees",
    "mentor_capacity",
    "mentee_capacity",
    "locked",
    "barred",
    "floor",
    "mentor_keys",
    "mentee_keys",
    "shared",
}


def read_json(path: str) -> Mapping[str, Any]:
    """The JSON object in a file; `BadInstance` with a sentence when there is none."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInstance(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInstance(f"{path} is not a text file in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadInstance(f"{path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from error
    if not isinstance(document, dict):
        raise BadInstance(f"{path} must hold a JSON object.")
    return document


def arguments_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `solve` that an instance document stands for."""
    if document.get("format") != INSTANCE_FORMAT:
        raise BadInstance(f'An instance says "format": "{INSTANCE_FORMAT}".')
    unknown = sorted(set(document) - _KNOWN)
    if unknown:
        raise BadInstance(f"An instance has no {', '.join(unknown)}.")
    if ("scores" in document) == ("pairs" in document):
        raise BadInstance('An instance has either "scores" (a matrix) or "pairs" (a list), not both.')
    scores = _matrix(document["scores"]) if "scores" in document else _from_pairs(document)
    arguments: dict[str, Any] = {"scores": scores, "floor": document.get("floor")}
    for name in ("mentor_capacity", "mentee_capacity"):
        arguments[name] = _whole_numbers(document.get(name, 1), name)
    for name in ("locked", "barred"):
        arguments[name] = [
            tuple(_list(pair, f"Each {name} pair")) for pair in _list(document.get(name, []), f'"{name}"')
        ]
    arguments["shared"] = [_list(one, "Each entry of shared") for one in _list(document.get("shared", []), '"shared"')]
    for name in ("mentor_keys", "mentee_keys"):
        keys = document.get(name)
        arguments[name] = None if keys is None else _list(keys, f'"{name}"')
    return arguments


def _matrix(rows: Any) -> np.ndarray:
    lines = [_list(row, "Each row of the scores") for row in _list(rows, '"scores"')]
    if len({len(line) for line in lines}) > 1:
        raise BadInstance("Every row of the scores must have the same length: one number for each mentee.")
    matrix = np.full((len(lines), len(lines[0]) if lines else 0), FORBIDDEN, dtype=np.int64)
    for i, line in enumerate(lines):
        for j, score in enumerate(line):
            if score is not None:
                matrix[i, j] = _whole(score, f"The score in row {i}, column {j}")
    return matrix


def _from_pairs(document: Mapping[str, Any]) -> np.ndarray:
    for name in ("mentors", "mentees"):
        if name not in document:
            raise BadInstance(f'With "pairs", the instance must say how many "{name}" there are.')
    n, m = (_whole(document[name], f'"{name}"') for name in ("mentors", "mentees"))
    if n < 0 or m < 0:
        raise BadInstance("There cannot be fewer than 0 people.")
    matrix = np.full((n, m), FORBIDDEN, dtype=np.int64)
    for place, entry in enumerate(_list(document["pairs"], '"pairs"')):
        where = f"Pair number {place}"
        if not isinstance(entry, list) or len(entry) != 3:
            raise BadInstance(f"{where} must be [mentor, mentee, score].")
        i, j, score = (_whole(value, where) for value in entry)
        if not (0 <= i < n and 0 <= j < m):
            raise BadInstance(f"{where} names somebody outside {n} mentors and {m} mentees.")
        if score < 0:
            raise BadInstance(f"{where} has a negative score; leave forbidden pairs out.")
        if matrix[i, j] != FORBIDDEN:
            raise BadInstance(f"{where} repeats mentor {i} and mentee {j}.")
        matrix[i, j] = score
    return matrix


def _whole_numbers(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return np.array(
            [_whole(entry, f'"{name}", entry {place},') for place, entry in enumerate(value)], dtype=np.int64
        )
    return _whole(value, f'"{name}"')


def _whole(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInstance(f"{what} must be a whole number, not {json.dumps(value)}.")
    if abs(value) > np.iinfo(np.int64).max:
        raise BadInstance(f"{what} must fit in 64 bits.")
    return value


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadInstance(f"{what} must be a list.")
    return value
