"""Forms that say at every field who can see the answer, and that refuse in sentences.

A form of ours inherits UpwellForm or UpwellModelForm, names an audience for each field that holds personal data, and
sets ``layout``. It never saves. A refused form is shown again with status 422 (``render_form``): the page is the same
for a browser, and htmx, tests and the access matrix can tell a refusal from a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from privacy.audiences import Audience
from ui import widgets
from ui.lines import insist_one_line

REFUSED = 422

NATIVE: Mapping[type[forms.Widget], type[forms.Widget]] = {
    forms.Textarea: widgets.Textarea,
    forms.DateInput: widgets.DateInput,
    forms.TimeInput: widgets.TimeInput,
    forms.DateTimeInput: widgets.DateTimeInput,
}


class BoundField(forms.BoundField):
    """A field with its form around it, and everything a screen reader should say about it, in order."""

    @property
    def audience(self) -> Audience | None:
        return getattr(self.form, "audiences", {}).get(self.name)

    @property
    def look(self) -> str:
        """How the field is drawn: rows, chips, scale, tick (one checkbox), select, or line (anything typed)."""
        widget = getattr(self.field.widget, "widget", self.field.widget)
        if look := getattr(widget, "look", ""):
            return str(look)
        if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
            return "rows"
        if isinstance(widget, forms.CheckboxInput):
            return "tick"
        return "select" if isinstance(widget, forms.Select) else "line"

    @property
    def limit(self) -> int | None:
        """The most characters a text may have, where it is worth telling beforehand."""
        limit = getattr(self.field, "max_length", None)
        return limit if isinstance(self.field.widget, forms.Textarea) else None

    @property
    def used(self) -> int:
        return len(str(self.value() or "").replace("\r\n", "\n"))

    @property
    def is_optional(self) -> bool:
        return not self.field.required and self.look != "tick"

    @property
    def anchor(self) -> str:
        """Where a link to this field leads: its input, or the first of its choices."""
        if self.look in {"rows", "chips", "scale"}:
            return f"{self.auto_id}_0" if list(self.subwidgets) else f"{self.auto_id}_choices"
        return str(self.id_for_label or self.auto_id)

    @property
    def aria_describedby(self) -> str | None:
        if self.field.widget.attrs.get("aria-describedby") or not self.auto_id or self.is_hidden:
            return None
        said = [
            ("depth", self.audience is not None),
            ("helptext", bool(self.help_text)),
            ("counter", self.limit is not None),
            ("error", bool(self.errors)),
        ]
        return " ".join(f"{self.auto_id}_{part}" for part, there in said if there)

    def css_classes(self, extra_classes: str | Iterable[str] | None = None) -> str:
        return super().css_classes(extra_classes or "")

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        given = str((widget or self.field.widget).attrs.get("class", ""))
        own = {"line": "form-control", "select": "form-select"}.get(self.look, "")
        built["class"] = " ".join(
            filter(None, (given, own, "is-invalid" if self.errors and self.is_drawn_alone else ""))
        )
        if not built["class"]:
            del built["class"]
        if not self.is_drawn_alone:
            built.pop("aria-invalid", None)  # the group says it
        if self.limit:
            built["data-limit"] = str(self.limit)
        return built

    @property
    def is_drawn_alone(self) -> bool:
        return self.look not in {"rows", "chips", "scale"}


class UpwellMixin(BaseForm):
    """What all our forms share: audiences, native inputs, sentences, and a crispy helper."""

    audiences: ClassVar[Mapping[str, Audience]] = {}
    bound_field_class = BoundField
    use_required_attribute = False
    layout: ClassVar[Sequence[Any]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        strangers = set(self.audiences) - set(self.fields)
        if strangers:
            raise LookupError(
                f"{type(self).__name__} names an audience for fields it does not have: {sorted(strangers)}"
            )
        for field in self.fields.values():
            make_ours(field)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.form_show_errors = True
        self.helper.disable_csrf = True
        if self.layout:
            self.helper.layout = Layout(*self.layout)

    def add_field(self, name: str, field: forms.Field, *, audience: Audience) -> None:
        """One more field of this form, and who can see its answer; the layout has to name it."""
        make_ours(field)
        self.fields[name] = field
        self.audiences = {**self.audiences, name: audience}  # type: ignore[misc]


class UpwellForm(UpwellMixin, forms.Form):
    pass


class UpwellModelForm(UpwellMixin, forms.ModelForm):
    pass


def make_ours(field: forms.Field) -> None:
    make_native(field)
    speak_plainly(field)
    keep_to_one_line(field)


def make_native(field: forms.Field) -> None:
    native = NATIVE.get(type(field.widget))
    if native is not None:
        ordinary = type(field.widget)().attrs
        given = {name: value for name, value in field.widget.attrs.items() if ordinary.get(name) != value}
        field.widget = native()
        field.widget.attrs.update(given)
    field.widget.attrs.pop("maxlength", None)  # the browser would cut a pasted text without a word
    if isinstance(field, forms.DateTimeField):
        field.input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    elif isinstance(field, forms.DateField):
        field.input_formats = ["%Y-%m-%d"]
    elif isinstance(field, forms.TimeField):
        field.input_formats = ["%H:%M", "%H:%M:%S"]


class TakeOut(MaxLengthValidator):
    """Refuses a text that is too long, and says by how much."""

    def __call__(self, value: str) -> None:
        length, limit = len(value), self.limit_value() if callable(self.limit_value) else self.limit_value
        if length > limit:
            raise ValidationError(
                f"This is {length:,} characters long. Take out {length - limit:,} or more.",
                code="max_length", params={"limit_value": limit, "show_value": length, "value": value},
            )  # fmt: skip


SENTENCES: Mapping[type[forms.Field], Mapping[str, str]] = {
    forms.Field: {
        "required": "Please answer this.",
        "min_value": "This must be %(limit_value)s or more.",
        "max_value": "This must be %(limit_value)s or less.",
        "min_length": "This is too short. Write %(limit_value)s characters or more.",
    },
    forms.ChoiceField: {"required": "Please choose one.", "invalid_choice": "Please choose one of these."},
    forms.ModelChoiceField: {"required": "Please choose one.", "invalid_choice": "Please choose one of these."},
    forms.MultipleChoiceField: {
        "required": "Please choose at least one.", "invalid_choice": "Please choose from these.",
    },
    forms.ModelMultipleChoiceField: {
        "required": "Please choose at least one.", "invalid_choice": "Please choose from these.",
        "invalid_pk_value": "Please choose from these.",
    },
    forms.BooleanField: {"required": "This needs your tick before we can go on."},
    forms.DateField: {"required": "Please give a date.", "invalid": "Write the date as year-month-day: 2027-03-12."},
    forms.TimeField: {"required": "Please give a time.", "invalid": "Write the time as hours and minutes: 14:30."},
    forms.DateTimeField: {
        "required": "Please give a day and a time.", "invalid": "Write day and time like this: 2027-03-12T14:30.",
    },
    forms.IntegerField: {"required": "Please give a number.", "invalid": "Write a whole number, with digits only."},
    forms.DecimalField: {"required": "Please give a number.", "invalid": "Write a number, like 4.5."},
    forms.EmailField: {"invalid": "Write the whole address, with the part after the @."},
}  # fmt: skip


def speak_plainly(field: forms.Field) -> None:
    """Give the field our sentences, unless the form or the field's own class wrote others."""
    django_says: dict[str, object] = {}
    we_say: dict[str, str] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django.forms"):
            django_says.update(getattr(kind, "__dict__", {}).get("default_error_messages", {}))
        we_say.update(SENTENCES.get(kind, {}))
    for key, sentence in we_say.items():
        if field.error_messages.get(key) == django_says.get(key):
            field.error_messages[key] = sentence
    field.validators = [
        TakeOut(validator.limit_value) if type(validator) is MaxLengthValidator else validator
        for validator in field.validators
    ]


def keep_to_one_line(field: forms.Field) -> None:
    """A browser sends no line break from an input, but anybody may; it would become part of names and subjects."""
    several = getattr(field, "base_field", None)
    if isinstance(several, forms.Field):
        # A list typed in one input: its values are judged one by one. The forms share this field, so a copy is kept.
        field.base_field = deepcopy(several)  # type: ignore[attr-defined]
        keep_to_one_line(field.base_field)  # type: ignore[attr-defined]
        return
    typed, is_text = field.widget, isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField)
    if is_text and not isinstance(typed, forms.Textarea | forms.PasswordInput):
        field.validators = [*field.validators, insist_one_line]


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the summary: where the field is, and what it needs. No id means that the whole form is meant."""

    id: str
    sentence: str


def problems_of(*refusable: BaseForm | BaseFormSet[Any] | Sequence[Any] | None) -> list[Problem]:
    """What was refused, in the order of the page: the whole form first, then its fields.

    Takes forms, formsets, the admin's wrappers around formsets, and lists of these.
    """
    found: list[Problem] = []
    for each in refusable:
        if isinstance(each, list | tuple):
            found += problems_of(*each)
        elif isinstance(inner := getattr(each, "formset", None), BaseFormSet):
            found += problems_of(inner)
        elif isinstance(each, BaseFormSet):
            found += [Problem("", str(sentence)) for sentence in each.non_form_errors()]
            for form in each.forms:
                found += problems_of(form)
        elif isinstance(each, BaseForm) and each.is_bound:
            found += [Problem("", str(sentence)) for sentence in each.non_field_errors()]
            for field in each:
                where = field.anchor if isinstance(field, BoundField) else str(field.id_for_label)
                found += [Problem(where, said_of(str(field.label or ""), str(sentence))) for sentence in field.errors]
    return found


def kept_in_words(*refusable: object) -> str:
    """What became of all that was not refused. A browser fills in no password and no file again."""
    fields = [field for form in refusable if isinstance(form, BaseForm) for field in form.fields.values()]
    if any(isinstance(field.widget, forms.PasswordInput) for field in fields):
        return "Passwords are never kept, so please type yours again."
    if any(isinstance(field, forms.FileField) for field in fields):
        return "Files are never kept, so please choose yours again."
    return "Everything else is kept."


def said_of(label: str, sentence: str) -> str:
    """A label that asks or states something needs no colon after it."""
    return f"{label}{'' if label[-1:] in '?.' else ':'} {sentence}" if label else sentence


class refusals_shown_on:  # a verb in a view, not a noun
    """Let an action refuse inside a view: its ValidationError becomes errors of the form.

    An error that names a field of the form is shown at that field, any other above the form. The view goes on after
    the block, and renders the form again. Every other exception passes through.
    """

    def __init__(self, form: BaseForm) -> None:
        self.form = form

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> bool:
        if not isinstance(refusal, ValidationError):
            return False
        if hasattr(refusal, "error_dict"):
            for name, refusals in refusal.error_dict.items():
                for each in refusals:
                    self.form.add_error(self.place_of(name), each)
        else:
            self.form.add_error(self.place_of(getattr(refusal, "field", None)), refusal)
        return True

    def place_of(self, name: str | None) -> str | None:
        return name if name in self.form.fields and name != NON_FIELD_ERRORS else None


def render_form(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, forms: Sequence[BaseForm] = ()
) -> HttpResponse:
    """The page with its form. Status 422 once a form was refused, else 200."""
    looked_at = forms or [value for value in context.values() if isinstance(value, BaseForm)]
    refused = any(form.is_bound and form.errors for form in looked_at)
    return render(request, template, dict(context), status=REFUSED if refused else 200)
