"""One partner says how well they master what they wanted to learn, for oneself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from pairings import rules, skills
from pairings.actions.locking import held
from pairings.choices import Mastery, Moment
from pairings.models import Pairing, SkillRating
from people.models import Person


@transaction.atomic
def rate_skills(
    pairing: Pairing, *, by: Person, at: datetime, on: date, moment: Moment, ratings: Mapping[int, Mastery]
) -> None:
    """Rate one's skills, by their primary keys, for the start or the end. Given again, it replaces one's own.

    All skills of that moment are rated at once, so that the start and the end are about the same.
    """
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_rated_now(pairing, moment, on=on)
    asked = [skill.pk for skill in skills.asked(pairing, by, moment)]
    if not asked or set(asked) != set(ratings):
        raise rules.OtherSkills
    SkillRating.objects.bulk_create(
        [
            SkillRating(pairing=pairing, person=by, skill_id=skill, moment=moment, mastery=ratings[skill], rated_at=at)
            for skill in asked
        ],
        update_conflicts=True,
        unique_fields=["pairing", "person", "skill", "moment"],
        update_fields=["mastery", "rated_at"],
    )
