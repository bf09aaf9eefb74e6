"""What somebody answers to a proposal."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from matching.choices import Reply
from privacy.audiences import COORDINATORS
from ui.forms import UpwellForm


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
