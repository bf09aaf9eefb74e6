"""What somebody answers to a proposal, and what a coordinator asks of a board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms.layout import Layout
from django import forms

from matching.choices import BoardOrder, Fit, Reply
from matching.queries import BoardLook
from participants.models import Participation
from privacy.audiences import COORDINATORS
from ui.forms import BoundField, UpwellForm


class ReplyForm(UpwellForm):
    """Its two buttons are drawn by the page."""

    reply = forms.ChoiceField(
        label="Your answer",
        choices=Reply,
        error_messages={
            "required": "Choose one of the two answers.",
            "invalid_choice": "Choose one of the two answers.",
        },
    )
    audiences: ClassVar = {"reply": COORDINATORS}

    def clean_reply(self) -> Reply:
        return Reply(self.cleaned_data["reply"])


class FilterField(BoundField):
    """What narrows a list is left out more often than not; saying so at each would be noise."""

    is_optional = False


class BoardForm(UpwellForm):
    """Which pairs a board shows, from its address. Whatever it does not understand, it leaves out."""

    bound_field_class = FilterField

    named = forms.CharField(label="Name", required=False, max_length=100)
    fit = forms.ChoiceField(label="Fit", required=False, choices=[("", "Any fit"), *reversed(Fit.choices)])
    order = forms.ChoiceField(label="Order", required=False, choices=BoardOrder)
    all = forms.ChoiceField(required=False, choices=[("yes", "All")], widget=forms.HiddenInput)
    layout = Layout("named", "fit", "order")

    def look(self) -> BoardLook:
        self.is_valid()
        said = self.cleaned_data
        return BoardLook(
            named=said.get("named", ""),
            fit=said.get("fit", ""),
            order=BoardOrder(said.get("order") or BoardOrder.WEAKEST),
            all=said.get("all") == "yes",
        )


class PairForm(UpwellForm):
    """Two people who waited when a search was made."""

    mentor = forms.TypedChoiceField(empty_value=None)
    mentee = forms.TypedChoiceField(empty_value=None)
    layout = Layout("mentor", "mentee")

    def __init__(self, *args: Any, mentors: Sequence[Participation], mentees: Sequence[Participation], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, people in (("mentor", mentors), ("mentee", mentees)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  declared above
            found = {str(one.pk): one for one in people}
            word = people[0].program.word(name) if people else name
            field.label = word.capitalize()
            field.coerce = found.__getitem__
            field.choices = [("", f"Choose a {word}"), *((key, _line(one)) for key, one in found.items())]
            asks = f"Choose a {word} who waited when this search was made."
            field.error_messages = {**field.error_messages, "required": asks, "invalid_choice": asks}


def _line(participation: Participation) -> str:
    person = participation.person
    return f"{person.name}, {person.line}" if person.line else person.name
