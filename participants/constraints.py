"""Constraints on what people tell that PostgreSQL keeps with a trigger, because they look at two tables."""

from __future__ import annotations

from django.db import models

from privacy.triggers import KeptByTrigger


class MeaningStaysOnceAnswered(KeptByTrigger):
    """A question of a program no longer means something else once somebody has answered it.

    Named by the answers, whose app knows of both; what it looks at are the questions. Deleting one that is answered is
    refused by the answer's foreign key.
    """

    on = "update"
    sentence = "Somebody has answered this question, so its meaning stays."
    refused_when = """(new.program_id, new.words, new.kind, new.options, new.lowest, new.highest, new.asked_of)
        is distinct from (old.program_id, old.words, old.kind, old.options, old.lowest, old.highest, old.asked_of)
        and exists (select 1 from participants_programanswer where question_id = old.id)"""

    def table(self, model: type[models.Model] | None) -> str:
        return "programs_programquestion"
