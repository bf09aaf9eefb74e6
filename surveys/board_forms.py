"""What is written on the insight board."""

from __future__ import annotations

from typing import Any

from django import forms

from programs.models import Program
from surveys import board
from surveys.choices import Decision, ThemeKind
from surveys.models import LONGEST_REPLY, LONGEST_THEME, Release
from ui import widgets
from ui.forms import UpwellForm


class ReleaseField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.survey.title}, {obj.survey.closes_on:%B %Y}"


class ThemeForm(UpwellForm):
    kind = forms.TypedChoiceField(
        label="What it is", choices=ThemeKind.choices, coerce=ThemeKind, widget=widgets.Rows, initial=ThemeKind.WISH
    )
    words = forms.CharField(
        label="In one or two sentences",
        widget=widgets.Textarea({"rows": 3}),
        max_length=LONGEST_THEME,
        help_text="What a group says, never what one person said. Everybody who takes part reads it.",
    )
    rests_on = ReleaseField(
        label="It rests on", queryset=Release.objects.none(), empty_label="Choose released results",
        error_messages={"required": "Choose the results it rests on."},
    )  # fmt: skip

    def __init__(self, *args: Any, program: Program) -> None:
        super().__init__(*args)
        self.fields["rests_on"].queryset = board.releases_to_rest_on(program)  # type: ignore[attr-defined]


class ReplyForm(UpwellForm):
    decision = forms.TypedChoiceField(
        label="What becomes of it", choices=Decision.choices, coerce=Decision, widget=widgets.Rows,
        error_messages={"required": "Say whether it is decided, declined, or when it will be."},
    )  # fmt: skip
    words = forms.CharField(
        label="What you decided, or why not",
        widget=widgets.Textarea({"rows": 4}),
        max_length=LONGEST_REPLY,
        help_text="Everybody who takes part reads it, with your name.",
    )
    by_when = forms.DateField(
        label="By when", required=False, widget=widgets.DateInput, help_text="The day on which people can see it, or "
        "hear your decision. Not for a no.",
    )  # fmt: skip
