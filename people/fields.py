"""The form field in which a colleague is named."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse_lazy

from people.models import Person
from ui.fields import TypedRowField

UNKNOWN: Final = "Nobody in the directory has this e-mail address or employee number."
SHORT_HELP: Final = "Work e-mail or employee number."


class ColleagueField(TypedRowField):
    """Anybody in the directory, typed by e-mail address or employee number.

    Where there is JavaScript, the beginning of a name brings up the addresses of those who have it.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", SHORT_HELP)
        super().__init__(Person.objects.all(), typed=("email", "employee_number"), nobody=UNKNOWN, **kwargs)
        self.widget.attrs |= {"data-suggest": reverse_lazy("people:suggest"), "autocomplete": "off"}
