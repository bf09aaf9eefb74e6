"""What is written on the pages that speak about more than one app."""

from __future__ import annotations

from django import forms

from programs.choices import About
from programs.models import LONGEST_LEARNING, Learning
from ui import widgets
from ui.forms import UpwellForm


class LearningForm(UpwellForm):
    """A note on one part of a program. A page has several, told apart by the part they are about."""

    words = forms.CharField(
        label="What you learned",
        widget=widgets.Textarea,
        max_length=LONGEST_LEARNING,
        help_text=Learning._meta.get_field("words").help_text,
    )

    def __init__(self, *args: object, about: About) -> None:
        super().__init__(*args, prefix=about.value)
