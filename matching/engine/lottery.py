"""Seeds and tickets: what a draw looks at. Keys go in, and nothing else about anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Seeds = NDArray[np.uint64]


def seeds_of(keys: Sequence[str], side: str) -> Seeds:
    """One 64-bit number for each key, the same on every machine and in every run, and telling nothing about the key."""
    drawn = [hashlib.sha256(f"upwell-lottery-1\n{side}\n{key}".encode()).digest()[:8] for key in keys]
    return np.frombuffer(b"".join(drawn), dtype="<u8").astype(np.uint64)


def tickets_of(mentor_seeds: Seeds, mentee_seeds: Seeds, bits: int) -> IntArray:
    """A ticket in [0, 2**bits) for each pair of a mentor and the mentee in the same place.

    The last mixing steps of splitmix64 (Steele, Lea and Flood 2014).
    """
    with np.errstate(over="ignore"):
        mixed = mentor_seeds + mentee_seeds
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def ticket_bits(n: int, m: int) -> int:
    """As many bits as the exact arithmetic of the lottery has room for; 40 up to about 250 people on the shorter
    side."""
    return max(1, min(40, 56 - 2 * (min(n, m) + 2).bit_length()))
