"""What one of a pair suggests for the insight board."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django import forms

from pairings.forms import VersionedForm
from privacy.audiences import PARTNERS_THEN_BOARD
from surveys.choices import ThemeKind
from surveys.models import LONGEST_THEME
from ui import widgets
from ui.forms import UpwellForm


class _About(UpwellForm):
    kind = forms.TypedChoiceField(
        label="What it is", choices=ThemeKind.choices, coerce=ThemeKind, widget=widgets.Chips, initial=ThemeKind.WISH
    )
    words = forms.CharField(
        label="In one or two sentences",
        widget=widgets.Textarea({"rows": 3}),
        max_length=LONGEST_THEME,
        help_text="Write it as ten others could have written it: no names, places or teams, nothing only you two know.",
    )

    audiences: ClassVar = {"kind": PARTNERS_THEN_BOARD, "words": PARTNERS_THEN_BOARD}


class InsightForm(_About):
    """The key of the form tells a second click from a second suggestion."""

    form = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


class InsightChangeForm(VersionedForm, _About):
    pass
