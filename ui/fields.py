"""Form fields for answers that no native input knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet


class TypedRowField(forms.ModelChoiceField):
    """One row out of thousands, typed by something unique such as an e-mail address instead of picked from a list.

    ``typed`` names the attributes it is found by, without regard to case; the first is what the input shows.
    """

    widget = forms.TextInput

    def __init__(self, queryset: QuerySet[Any], *, typed: Sequence[str], nobody: str, **kwargs: Any) -> None:
        self.typed, self.rows = typed, queryset
        super().__init__(queryset, **kwargs)
        self.error_messages["invalid_choice"] = nobody

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            value = self.rows.filter(pk=value).first()
        return getattr(value, self.typed[0]) if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        wanted = Q()
        for name in self.typed:
            wanted |= Q(**{f"{name}__iexact": text})
        found = list(self.rows.filter(wanted)[:2]) if "\x00" not in text else []
        if len(found) != 1:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        before, after = self.prepare_value(initial), str(data or "").strip()
        return str(before or "").casefold() != after.casefold()


class DaysField(forms.CharField):
    """A few numbers of days with commas between, as 28, 7, 0; clean value: a list without repetitions."""

    def __init__(self, *, most: int = 5, longest: int = 365, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(max_length=60, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(days) for days in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        parts = [part.strip() for part in str(super().clean(value)).replace(";", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and int(part) <= self.longest for part in parts):
            raise forms.ValidationError(
                f"Write numbers of days up to {self.longest} with commas between, like 28, 7, 0."
            )
        days = list(dict.fromkeys(int(part) for part in parts))
        if len(days) > self.most:
            raise forms.ValidationError(f"These are {len(days)} numbers. Keep at most {self.most}.")
        return days

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(list(initial or ()) != self.clean(data))
        except forms.ValidationError:
            return True


class LinesField(forms.CharField):
    """Several short texts, each in a line of its own; clean value: a list without empty lines."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        lines = (" ".join(line.split()) for line in str(super().clean(value)).splitlines())
        return [line for line in lines if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(list(initial or ()) != self.clean(data))
        except forms.ValidationError:
            return True
