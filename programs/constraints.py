"""Constraints on programs that PostgreSQL keeps with a trigger."""

from __future__ import annotations

from privacy.triggers import KeptByTrigger


class NeverRewritten(KeptByTrigger):
    """No row is ever changed, so that what somebody signed is what is shown to them.

    A row that nothing points at can be deleted.
    """

    on = "update"
    sentence = "The words of a charter do not change once they are kept. Other words are another version."
    refused_when = "true"
