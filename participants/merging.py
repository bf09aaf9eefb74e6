"""Offers and wishes when two skills of the company's list become one."""

from __future__ import annotations

from django.db.models import F, OuterRef, Subquery

from participants.models import OfferedSkill, WantedSkill
from people.models import Skill
from people.references import Reference, follow


def _count(skill: Skill) -> int:
    """Together, so that an administrator learns less of what anybody wrote."""
    return OfferedSkill.objects.filter(skill=skill).count() + WantedSkill.objects.filter(skill=skill).count()


def _move(kept: Skill, dropped: Skill) -> None:
    """Somebody who named both names one afterwards, at the dearer of the two places."""
    both = OfferedSkill.objects.filter(skill=kept).values("participation")
    OfferedSkill.objects.filter(skill=dropped, participation__in=both).delete()
    OfferedSkill.objects.filter(skill=dropped).update(skill=kept)
    _move_wishes(kept, dropped)


def _move_wishes(kept: Skill, dropped: Skill) -> None:
    for less_dear, dearer in ((kept, dropped), (dropped, kept)):
        wish_of_the_same = WantedSkill.objects.filter(participation=OuterRef("participation"), skill=dearer)
        twice = WantedSkill.objects.filter(
            skill=less_dear, rank__gt=Subquery(wish_of_the_same.values("rank")[:1])
        ).values_list("participation", "rank", "pk")
        for participation, rank, pk in list(twice):
            WantedSkill.objects.filter(pk=pk).delete()
            WantedSkill.objects.filter(participation=participation, rank__gt=rank).update(rank=F("rank") - 1)
    WantedSkill.objects.filter(skill=dropped).update(skill=kept)


def register() -> None:
    follow(Skill, Reference("offer or wish", "offers and wishes", _count, _move))
