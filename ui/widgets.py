"""Native inputs with Upwell's look. A widget's ``look`` picks the template that draws its field."""

from __future__ import annotations

from typing import Any

from django import forms


class Described(str):
    """A label of a choice with a second line: Described("Not now", hint="Then meetings fit into your own time.")."""

    hint: str

    def __new__(cls, label: str, hint: str = "") -> Described:
        made = super().__new__(cls, label)
        made.hint = hint
        return made


class Rows(forms.RadioSelect):
    """One of a few, each in a row of its own that can be clicked as a whole."""

    look = "rows"


class RowsMany(forms.CheckboxSelectMultiple):
    """Any of a few, each in a row of its own."""

    look = "rows"


class Chips(forms.RadioSelect):
    """One of many short words."""

    look = "chips"


class ChipsMany(forms.CheckboxSelectMultiple):
    """Any of many short words."""

    look = "chips"


class Scale(forms.RadioSelect):
    """One of five points from little to much, side by side."""

    look = "scale"


class Textarea(forms.Textarea):
    """Several lines. A line break counts as one character, as people count."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class DateInput(forms.DateInput):
    """The browser's own date field; it only understands ISO 8601."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own field for a day and a time, in the reader's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
