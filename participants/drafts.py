"""What somebody has begun to tell and not sent: kept for them alone, sealed as a whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from participants import rules
from participants.choices import Step
from participants.models import Draft
from people.models import Person
from privacy.sealing import CannotUnseal, unseal
from programs.choices import Side
from programs.models import Program
from ui.components import QueueItem


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """The values of each field as a browser sends them, and the steps that were gone through."""

    answers: Mapping[str, list[str]] = field(default_factory=dict)
    done: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not self.answers

    @property
    def left_at(self) -> Step:
        """The first step that is not done; the last one where all are."""
        return next((step for step in Step if step.value not in self.done), Step.BOUNDARIES)

    def and_then(self, step: Step, answers: Mapping[str, list[str]], *, is_done: bool) -> Told:
        """The same with one step told anew."""
        done = self.done | {step.value} if is_done else self.done - {step.value}
        return Told({**self.answers, **answers}, done)

    def as_sent(self, more: Iterable[tuple[str, list[str]]] = ()) -> QueryDict:
        """As if all of it stood in one form, with the fields in ``more``."""
        sent = QueryDict(mutable=True)
        for name, values in (*self.answers.items(), *more):
            sent.setlist(name, values)
        return sent

    def as_text(self) -> str:
        return json.dumps({"answers": dict(self.answers), "done": sorted(self.done)})


@sensitive_variables()
def told_in(draft: Draft | None) -> Told:
    """Nothing where there is none, or where its key is gone: then the person begins anew."""
    if draft is None or draft.answers is None:
        return Told()
    try:
        kept = json.loads(unseal(draft.answers, key=draft.data_key, row=draft.row("answers")))
    except CannotUnseal:
        return Told()
    return Told(kept["answers"], frozenset(kept["done"]))


def told_so_far(person: Person, program: Program, side: Side) -> Told:
    own = Draft.objects.select_related("data_key").filter(program=program, person=person, side=side)
    return told_in(own.first())


def drafted_sides(person: Person, program: Program) -> frozenset[str]:
    """Sides on which this person has begun to tell something."""
    return frozenset(Draft.objects.filter(program=program, person=person).values_list("side", flat=True))


def waiting_for(person: Person, *, taking_part: Collection[tuple[int, str]]) -> list[QueueItem]:
    """Drafts that can still be sent; where somebody takes part already, by program and side, there is none."""
    drafts = Draft.objects.filter(person=person).select_related("program")
    return [
        QueueItem(
            what=f"You have begun an offer to {draft.program}",
            detail=f"As {draft.program.word(draft.side, article=True)}. Nobody sees it until you send it.",
            action="Go on with it",
            url=reverse("participants:volunteer", args=[draft.program_id, draft.side]),
        )
        for draft in drafts
        if rules.is_taking_volunteers(draft.program) and (draft.program_id, draft.side) not in taking_part
    ]
