"""How much the proofs try. Their short versions are among the tests; ``make proofs`` runs the long ones."""

from __future__ import annotations

import os
from typing import Final

LONG: Final = bool(os.environ.get("UPWELL_LONG_PROOFS"))
"""Set by ``make proofs``: many times as many instances, and larger ones."""
