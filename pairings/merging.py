"""Own ratings when two skills of the company's list become one."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from pairings.models import SkillRating
from people.models import Skill
from people.references import Reference, follow


def _move(kept: Skill, dropped: Skill) -> None:
    """Who rated both keeps what they said of the one that stays."""
    same = SkillRating.objects.filter(
        skill=kept, pairing=OuterRef("pairing"), person=OuterRef("person"), moment=OuterRef("moment")
    )
    SkillRating.objects.filter(Exists(same), skill=dropped).delete()
    SkillRating.objects.filter(skill=dropped).update(skill=kept)


def register() -> None:
    follow(
        Skill,
        Reference(
            "own rating", "own ratings", lambda skill: SkillRating.objects.filter(skill=skill).count(), _move,
            is_told=False,
        ),
    )  # fmt: skip
