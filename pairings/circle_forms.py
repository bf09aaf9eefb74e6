"""What coordinators send of a circle of mentors. Nothing here saves."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django import forms

from pairings import circles
from pairings.forms import VersionedForm
from pairings.models import Circle
from privacy.audiences import CIRCLE
from programs.models import Program
from ui import widgets
from ui.forms import UpwellForm


class CircleForm(VersionedForm):
    """Its members, of the mentors of the program who are in no other circle."""

    members = forms.TypedMultipleChoiceField(label="Members", coerce=uuid.UUID, widget=widgets.RowsMany)

    audiences: ClassVar = {"members": CIRCLE}
    layout: ClassVar = ["based_on", "members"]

    def __init__(
        self, *args: Any, program: Program, on: date, circle: circles.CircleAtDesk | None = None, **kwargs: Any
    ) -> None:
        own = circle.circle if circle is not None else None
        mine = self._members(own)
        super().__init__(*args, initial={"based_on": own.version if own else 0, "members": mine}, **kwargs)
        elsewhere, paired = circles.taken(program, but=own), circles.paired(program, on=on)
        field = self.fields["members"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            (str(each.pk), widgets.Described(each.person.name, hint=_state(each.pk in paired)))
            for each in circles.may_join(program, on=on)
            if each.pk not in elsewhere
        ]
        field.help_text = f"{circles.FEWEST} to {circles.MOST} people."

    @staticmethod
    def _members(circle: Circle | None) -> list[str]:
        if circle is None:
            return []
        return [str(pk) for pk in circle.members.still_in().values_list("participation", flat=True)]

    def clean_members(self) -> list[uuid.UUID]:
        """Judged here too, so that it is said beside the list."""
        members: list[uuid.UUID] = self.cleaned_data["members"]
        circles.insist_size(len(set(members)))
        return members


def _state(is_paired: bool) -> str:
    return "In a pair" if is_paired else "Without a pair at present"


class CircleDayForm(UpwellForm):
    """It stands beside the form of its members, so its field has a name of its own."""

    prefix = "next"
    day = forms.DateField(label="The circle meets on")

    audiences: ClassVar = {"day": CIRCLE}
