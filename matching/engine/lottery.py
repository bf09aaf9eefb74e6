"""Seeds and tickets: what a draw looks at. Keys go in, and nothing else about anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiled import compiled

Seeds = NDArray[np.uint64]


def seeds_of(keys: Sequence[str], side: str) -> Seeds:
    """One 64-bit number for each key, the same on every machine and in every run, and telling nothing about the key."""
    drawn = [hashlib.sha256(f"upwell-lottery-1\n{side}\n{key}".encode()).digest()[:8] for key in keys]
    return np.frombuffer(b"".join(drawn), dtype="<u8").astype(np.uint64)


@compiled
def ticket_of(mentor_seed: np.uint64, mentee_seed: np.uint64, bits: int) -> np.int64:
    """A ticket of 1 to 2**bits for a pair.

    The last mixing steps of splitmix64 (Steele, Lea and Flood 2014).
    """
    mixed = mentor_seed + mentee_seed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return np.int64(mixed >> np.uint64(64 - bits)) + 1


def ticket_bits(n: int, m: int) -> int:
    """As many bits as the exact arithmetic of the lottery has room for; 40 up to about 250 people on the shorter
    side."""
    return max(1, min(40, 56 - 2 * (min(n, m) + 2).bit_length()))
