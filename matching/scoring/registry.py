"""Everything that may count. Adding a criterion is one module like these, and its word in ``programs.choices``."""

from __future__ import annotations

from typing import Final

from matching.scoring import (
    across,
    background,
    hobbies,
    language,
    partner_wishes,
    shared_time,
    site,
    way,
    wishes_met,
    wishes_returned,
)
from matching.scoring.criterion import Scored
from programs.choices import Criterion

_MODULES: Final = (
    wishes_met, wishes_returned, language, shared_time, way, site, hobbies, background, across,
    partner_wishes,
)  # fmt: skip
CRITERIA: Final[dict[Criterion, Scored]] = {module.SCORED.criterion: module.SCORED for module in _MODULES}
