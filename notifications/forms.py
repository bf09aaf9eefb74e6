"""How somebody wants to be written to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django import forms

from notifications.choices import WEEKDAYS, ChannelKind, Topic
from privacy.audiences import ONESELF
from ui import layout, widgets
from ui.forms import UpwellForm
from ui.widgets import Described

GATHERED: Final = (
    (
        "yes",
        Described(
            "Gather what may wait",
            "In one message a day, in the morning or with the first news after it. What cannot wait leaves by itself.",
        ),
    ),
    ("no", Described("One by one", "Each when there is something to say, within the hours above.")),
)


class WayInForm(UpwellForm):
    email = forms.EmailField(
        label="Work e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )

    layout = ("email",)


class HoursForm(UpwellForm):
    weekdays = forms.TypedMultipleChoiceField(
        label="My working days", coerce=int, choices=list(enumerate(WEEKDAYS)), widget=widgets.ChipsMany
    )
    first = forms.TimeField(label="Not before")
    last = forms.TimeField(label="Not after")
    gathered = forms.TypedChoiceField(
        label="How many", coerce=lambda value: value == "yes", choices=GATHERED, widget=widgets.Rows
    )

    audiences: ClassVar = dict.fromkeys(("weekdays", "first", "last", "gathered"), ONESELF)
    layout = ("weekdays", layout.Inline("first", "last"), "gathered")


class TopicsForm(UpwellForm):
    topics = forms.TypedMultipleChoiceField(
        label="Also write to me about", coerce=Topic, choices=Topic.choices, widget=widgets.RowsMany, required=False,
        help_text="Messages that your part in a program needs, such as a proposal to answer, always come.",
    )  # fmt: skip

    audiences: ClassVar = {"topics": ONESELF}

    def __init__(self, *args: Any, topics: Sequence[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [(topic.value, topic.label) for topic in topics]  # type: ignore[attr-defined]


class ChannelForm(UpwellForm):
    where = forms.ChoiceField(
        label="Where", choices=(("mail", "By mail"), *ChannelKind.choices), widget=widgets.Rows, initial="mail"
    )
    address = forms.CharField(
        label="Address of your webhook", max_length=1000, required=False,
        help_text="In Slack “Incoming webhook”, in Teams the workflow “Post to a chat when a webhook request is "
        "received”. Choose a chat that only you read. We show the address to nobody again.",
    )  # fmt: skip

    audiences: ClassVar = {"where": ONESELF, "address": ONESELF}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("where") not in (None, "mail") and not said.get("address") and "address" not in self.errors:
            self.add_error("address", "Give the address, so that we know where to.")
        return said


class DaysOffForm(UpwellForm):
    first_on = forms.DateField(label="First day off")
    last_on = forms.DateField(label="Last day off", required=False, help_text="Leave it empty for a single day.")

    audiences: ClassVar = {"first_on": ONESELF, "last_on": ONESELF}
    layout = (layout.Inline("first_on", "last_on"),)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("last_on") is None and "last_on" not in self.errors:
            said["last_on"] = said.get("first_on")
        return said
