"""Tell the search something with "not this one": nobody reads it, and nobody is told that it was said."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from matching import rules
from matching.choices import Word
from matching.models import Aside, Proposal
from people.models import Person
from programs.choices import Criterion, Side


@transaction.atomic
def say_aside(
    proposal: Proposal, *, by: Person, at: datetime, word: Word | None, out_until: date | None = None
) -> Aside | None:
    """Keep it in place of what was said before, or take that back where ``word`` is None.

    ``out_until`` goes with "not now" and is otherwise left aside.
    """
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("mentor__person", "mentee__person")
        .get(pk=proposal.pk)
    )
    rules.insist_may_say_aside(proposal, by)
    mine = proposal.mentor if proposal.side_of(by) is Side.MENTOR else proposal.mentee
    if word is None:
        proposal.asides.filter(participation=mine).delete()
        return None
    rules.insist_day_fits(word, out_until, at.astimezone(by.zone).date())
    said: Aside = proposal.asides.update_or_create(
        participation=mine,
        defaults={
            "word": word,
            "out_until": out_until if word is Word.NOT_NOW else None,
            "topics": _topics_of(proposal) if word is Word.TOPIC else [],
            "said_at": at,
        },
    )[0]
    return said


def _topics_of(proposal: Proposal) -> list[str]:
    """The skills for which the two were put to one another."""
    return [skill for part in proposal.parts if part["part"] == Criterion.WISHES_MET for skill, _rank in part["skills"]]
