"""Constraints on surveys that PostgreSQL keeps with a trigger, because they look at two tables."""

from __future__ import annotations

from privacy.triggers import KeptByTrigger

REFUSAL = "This survey has been opened. Its questions no longer change, so that every answer means the same."


class FrozenOnceOpened(KeptByTrigger):
    """No question is added, changed or deleted once its survey has been opened."""

    on = "insert or update or delete"
    sentence = REFUSAL
    refused_when = """exists (
        select 1 from surveys_survey
        where opened_at is not null
        and id in (
            case when tg_op <> 'INSERT' then old.survey_id end,
            case when tg_op <> 'DELETE' then new.survey_id end
        )
    )"""
