"""Constraints on surveys that PostgreSQL keeps with a trigger, because they look at two tables."""

from __future__ import annotations

from typing import Final

from privacy.triggers import KeptByTrigger

REFUSAL: Final = "This survey has been opened. Its questions no longer change, so that every answer means the same."


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


class TranslationFrozenOnceOpened(KeptByTrigger):
    """Nor does what a question is in another language."""

    on = "insert or update or delete"
    sentence = REFUSAL
    refused_when = """exists (
        select 1 from surveys_survey survey join surveys_translation translation on translation.survey_id = survey.id
        where survey.opened_at is not null
        and translation.id in (
            case when tg_op <> 'INSERT' then old.translation_id end,
            case when tg_op <> 'DELETE' then new.translation_id end
        )
    )"""


class SurveyFrozenOnceOpened(KeptByTrigger):
    """What a survey is, for whom and since when stays as it was opened. It may close earlier, and never later."""

    on = "update"
    sentence = REFUSAL
    refused_when = """old.opened_at is not null and (
        (new.program_id, new.kind, new.title, new.introduction, new.opens_on, new.opened_at, new.opened_by_id,
         new.language, new.asks, new.asks_side, new.sample, new.seed, new.follows_id, new.wave)
        is distinct from
        (old.program_id, old.kind, old.title, old.introduction, old.opens_on, old.opened_at, old.opened_by_id,
         old.language, old.asks, old.asks_side, old.sample, old.seed, old.follows_id, old.wave)
        or new.closes_on > old.closes_on
    )"""


class OptionsDiffer(KeptByTrigger):
    """No option stands twice or is empty, and the two ends of a scale are not the same."""

    on = "insert or update"
    sentence = "Two options of a question are the same, or one is empty."
    refused_when = """exists (
        select 1 from unnest(new.options) each(option) group by lower(btrim(option))
        having count(*) > 1 or lower(btrim(option)) = ''
    ) or (new.lowest <> '' and lower(btrim(new.lowest)) = lower(btrim(new.highest)))"""


class ConditionsHold(KeptByTrigger):
    """A survey opens only once each condition names an earlier question and answers that can be given to it."""

    on = "insert or update"
    sentence = "A question of this survey depends on an answer that nobody can give."
    refused_when = """new.opened_at is not null and (tg_op = 'INSERT' or old.opened_at is null) and exists (
        select 1 from surveys_question depending
        where depending.survey_id = new.id and depending.only_if is not null and not exists (
            select 1 from surveys_question earlier
            where earlier.survey_id = new.id
            and earlier.position = depending.only_if and earlier.position < depending.position
            and (earlier.asked_of = 'both' or depending.asked_of in ('both', earlier.asked_of))
            and depending.only_if_answers::text[] <@ case earlier.kind
                when 'scale' then array['1', '2', '3', '4', '5']
                when 'ten' then array['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10']
                when 'choice' then earlier.options::text[]
                when 'several' then earlier.options::text[]
                else array[]::text[] end
        )
    )"""


class FollowsItsLike(KeptByTrigger):
    """The next wave is of the same program and kind as the one before it, and put to the same people."""

    on = "insert or update"
    sentence = "A survey that follows another one is of its program and kind, and put to the same people."
    refused_when = """new.follows_id is not null and (
        tg_op = 'INSERT' or (old.follows_id, old.program_id, old.kind, old.asks, old.asks_side)
        is distinct from (new.follows_id, new.program_id, new.kind, new.asks, new.asks_side)
    ) and exists (
        select 1 from surveys_survey earlier
        where earlier.id = new.follows_id
        and (earlier.program_id, earlier.kind, earlier.asks, earlier.asks_side)
        is distinct from (new.program_id, new.kind, new.asks, new.asks_side)
    )"""


class ReleasedForGood(KeptByTrigger):
    """Results that were let out stay as they are: whoever kept a page finds the same figures on it for ever."""

    on = "update or delete"
    sentence = "These results were released and no longer change."
    refused_when = "true"


class ReleasedOnceClosed(KeptByTrigger):
    """Results are let out only once nobody anywhere can answer any more."""

    on = "insert"
    sentence = "This survey can still be answered somewhere. Its results are released once it has closed everywhere."
    refused_when = """exists (
        select 1 from surveys_survey
        where id = new.survey_id
        and (opened_at is null or closes_on + 2 > (new.released_at at time zone 'UTC')::date)
    )"""


class SaidAsReleased(KeptByTrigger):
    """A comment that was let out is deleted with its author's answer, or stays as it was written."""

    on = "update"
    sentence = "This comment was released and no longer changes."
    refused_when = "true"


class ReplyStands(KeptByTrigger):
    """A reply is followed by another one, and neither changed nor taken away."""

    on = "update or delete"
    sentence = "A reply stays as it was given. Give another one; both can be read."
    refused_when = "true"


class ThemeStands(KeptByTrigger):
    """A theme is not rewritten: whoever replied to it replied to these words."""

    on = "update"
    sentence = "A theme stays as it was written. Remove it, if nobody has replied, and write another one."
    refused_when = "true"


class WrittenByOneOfTheTwo(KeptByTrigger):
    """Nobody but the two of a pair writes for it, and what one pair wrote becomes no other’s."""

    on = "insert or update"
    sentence = "Only one of the two of a pair can write this."
    refused_when = """not exists (
        select 1 from pairings_pairing pairing join participants_participation own
        on own.id in (pairing.mentor_id, pairing.mentee_id)
        where pairing.id = new.pairing_id and own.person_id = new.written_by_id
    ) or (tg_op = 'UPDATE' and new.pairing_id is distinct from old.pairing_id)"""


class ForecastStands(KeptByTrigger):
    """A forecast is of the day on which it was made: the directory moves on, and two of them could be compared."""

    on = "update or delete"
    sentence = "This forecast was made once and no longer changes."
    refused_when = "true"
