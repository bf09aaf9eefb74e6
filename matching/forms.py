"""What somebody answers to a proposal, and what a coordinator asks of a board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Final

from crispy_forms.layout import Layout
from django import forms

from matching import rules
from matching.choices import BoardOrder, FitInWords, Reply, Word
from matching.queries import BoardLook
from matching.scoring.partner_wishes import MOST_WISHED
from matching.wish_lists import WishList
from participants.models import Participation
from privacy.audiences import COORDINATORS, FOR_THE_SEARCH
from ui.forms import BoundField, UpwellForm
from ui.widgets import Described, Rows

NOTHING: Final = Described("No word", "You two are not proposed to one another again in this program.")
EFFECTS: Final = {
    Word.SAME_TEAM: "You two are never proposed to one another again, in any program.",
    Word.TOO_WELL: "You two are never proposed to one another again, in any program.",
    Word.TOPIC: "What this proposal was about counts less for you in the searches of this program.",
    Word.NOT_NOW: "Nobody is proposed to you in this program before the day below.",
}


WISHES: Final = tuple(f"wish_{rank}" for rank in range(1, MOST_WISHED + 1))


class AsideForm(UpwellForm):
    """What somebody may tell the search alone with "not this one"."""

    word = forms.TypedChoiceField(
        label="A word to the search",
        required=False,
        choices=[("", NOTHING), *((word.value, Described(word.label, hint)) for word, hint in EFFECTS.items())],
        coerce=Word,
        empty_value=None,
        widget=Rows,
        help_text="It changes the next search and nothing else. Coordinators do not read it, and no reason shows it.",
    )
    out_until = forms.DateField(
        label="Propose nobody to me before",
        required=False,
        help_text="For “Not now”: you are in the search again from this day on. You can change it here.",
    )
    audiences: ClassVar = {"word": FOR_THE_SEARCH, "out_until": FOR_THE_SEARCH}
    layout = Layout("word", "out_until")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """The day is asked at its field; what is not about a day is kept without one."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("word") and "out_until" in cleaned:
            rules.insist_day_fits(cleaned["word"], cleaned["out_until"], self.today)
        return cleaned


class ReplyForm(AsideForm):
    """Its two buttons are drawn by the page."""

    reply = forms.ChoiceField(
        label="Your answer",
        choices=Reply,
        error_messages={
            "required": "Choose one of the two answers.",
            "invalid_choice": "Choose one of the two answers.",
        },
    )
    audiences: ClassVar = {**AsideForm.audiences, "reply": COORDINATORS}

    def clean_reply(self) -> Reply:
        return Reply(self.cleaned_data["reply"])

    def clean(self) -> dict[str, Any]:
        """A yes needs no word, and is not held up by one that was begun."""
        if self.cleaned_data.get("reply") == Reply.ACCEPTED:
            for name in ("word", "out_until"):
                self.errors.pop(name, None)
                self.cleaned_data[name] = None
        return super().clean()


class WishesForm(UpwellForm):
    """Up to five of a list, the dearest first; an empty place between two is left out."""

    layout = Layout(*WISHES)

    def __init__(self, *args: Any, shown: WishList, **kwargs: Any) -> None:
        chosen = dict(zip(WISHES, shown.chosen, strict=False))
        super().__init__(*args, initial=chosen, **kwargs)
        on_the_list = {each.key: each for each in shown.possible}
        for name, rank in zip(WISHES, ("First", "Second", "Third", "Fourth", "Fifth"), strict=True):
            field = forms.TypedChoiceField(
                label=f"{rank} wish",
                required=False,
                choices=[("", "Nobody"), *((key, each.called) for key, each in on_the_list.items())],
                coerce=on_the_list.__getitem__,
                empty_value=None,
                error_messages={"invalid_choice": "Your list has changed. Choose again."},
            )
            self.add_field(name, field, audience=FOR_THE_SEARCH)

    def clean(self) -> dict[str, Any]:
        seen: set[str] = set()
        for name in WISHES:
            if (wished := self.cleaned_data.get(name)) is not None:
                if wished.key in seen:
                    self.add_error(name, f"You chose {wished.called} twice. Choose another, or leave one empty.")
                seen.add(wished.key)
        return self.cleaned_data

    def chosen(self) -> list[Participation]:
        said = [self.cleaned_data[name] for name in WISHES]
        return [wished.participation for wished in said if wished is not None]


class FilterField(BoundField):
    """What narrows a list is left out more often than not; saying so at each would be noise."""

    is_optional = False


class BoardForm(UpwellForm):
    """Which pairs a board shows, from its address. Whatever it does not understand, it leaves out."""

    bound_field_class = FilterField

    named = forms.CharField(label="Name", required=False, max_length=100)
    fit = forms.ChoiceField(label="Fit", required=False, choices=[("", "Any fit"), *reversed(FitInWords.choices)])
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
