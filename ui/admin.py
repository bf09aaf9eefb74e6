"""The base of every page of the coordinators' desk.

Nothing may be seen, added or changed unless the model admin says so; nothing is ever deleted here; and what somebody
may not see does not exist for them (404, never 403, and no redirect that gives it away). The desk needs no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format

from privacy.audiences import Audience
from ui import widgets
from ui.forms import REFUSED, UpwellModelForm, problems_of

NATIVE: Mapping[type[models.Field], dict[str, Any]] = {
    models.DateField: {"widget": widgets.DateInput},
    models.TimeField: {"widget": widgets.TimeInput},
    models.DateTimeField: {"form_class": forms.DateTimeField, "widget": widgets.DateTimeInput},
    models.TextField: {"widget": widgets.Textarea},
    models.CharField: {"widget": forms.TextInput},
    models.EmailField: {"widget": forms.EmailInput},
    models.URLField: {"widget": forms.URLInput},
    models.IntegerField: {"widget": forms.NumberInput},
    models.PositiveIntegerField: {"widget": forms.NumberInput},
    models.PositiveSmallIntegerField: {"widget": forms.NumberInput},
    models.SmallIntegerField: {"widget": forms.NumberInput},
    models.BigIntegerField: {"widget": forms.NumberInput},
}


@dataclass(frozen=True, slots=True)
class Move:
    """A button on the page of a row: it posts to a view that calls an action, or leads to a page of its own.

    ``why_not`` says what is missing; the button then waits. ``says`` tells what will happen and who will know.
    """

    label: str
    url: str = ""
    says: str = ""
    why_not: str = ""
    look: str = "quiet"
    by_post: bool = True


def day_in_words(day: date) -> str:
    """As Django writes the days of a list; on the page of a row it would write them as a computer does."""
    return date_format(day)


class DeskFields(admin.options.BaseModelAdmin):
    """Native inputs, without the pop-ups that Django's admin puts beside a choice of related rows."""

    form = UpwellModelForm
    formfield_overrides = dict(NATIVE)
    audiences: ClassVar[Mapping[str, Audience]] = {}

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    @property
    def media(self) -> forms.Media:
        return forms.Media()


def told_who_reads(form: Any, audiences: Mapping[str, Audience]) -> Any:
    """The form class with the audiences of those of its fields that it has; some are read-only and not among them."""
    told = {**form.audiences, **audiences}
    form.audiences = {name: audience for name, audience in told.items() if name in form.base_fields}
    return form


class DeskModelAdmin(DeskFields, admin.ModelAdmin):
    """A list and a form of the desk. Override ``may_see``, ``may_add``, ``may_change`` and ``get_queryset``."""

    actions = None
    empty_value_display = "Not set"
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False
    view_on_site = False
    lead: str = ""
    audience: Audience | None = None

    # Who

    def may_see(self, request: HttpRequest) -> bool:
        return False

    def may_add(self, request: HttpRequest) -> bool:
        return False

    def may_change(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_see(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_see(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_see(request) and self.may_add(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_see(request) and self.may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # What the page shows beside the form

    def moves(self, request: HttpRequest, obj: Any) -> Sequence[Move]:
        """Buttons that call actions on this row."""
        return ()

    def heading(self, obj: Any) -> str:
        """What the page of this row is called, for the few who may open it; ``str`` of a row may stand in a log."""
        return str(obj)

    def beside(self, request: HttpRequest, obj: Any | None) -> Mapping[str, Any]:
        """More context for the page of a row; ``obj`` is None where a row is added."""
        return {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        return told_who_reads(made, self.audiences)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, change: bool = False,
        form_url: str = "", obj: Any = None,
    ) -> HttpResponse:  # fmt: skip
        context |= {"lead": self.lead, "audience": self.audience, **self.beside(request, obj)}
        context["moves"] = list(self.moves(request, obj)) if obj is not None else []
        context["heading"] = self.heading(obj) if obj is not None else ""
        response = super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)
        formsets = [inline.formset for inline in context.get("inline_admin_formsets", ())]
        if problems_of(context["adminform"].form, *formsets):
            response.status_code = REFUSED
        return response

    # What is said after saving

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        request.desk_says = f"“{self.heading(obj)}” is added."  # type: ignore[attr-defined]
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        request.desk_says = f"“{self.heading(obj)}” is saved."  # type: ignore[attr-defined]
        return super().response_change(request, obj)

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        """In our words: Django would say that it “was added successfully. You may edit it again below.”"""
        super().message_user(request, getattr(request, "desk_says", message), *args, **kwargs)

    # What may not be seen does not exist

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The filters shown beside the list, and nothing else: a query string could ask for any column, hidden ones
        too, and the number of rows would answer."""
        return lookup in self.lookups_shown(request)

    def lookups_shown(self, request: HttpRequest | None) -> frozenset[str]:
        shown: set[str] = set()
        for entry in self.list_filter if request is None else self.get_list_filter(request):
            name = entry[0] if isinstance(entry, list | tuple) else entry
            if not isinstance(name, str):
                raise TypeError(f"{type(self).__name__}: name the field of a filter, so that its lookups can be listed")
            field = get_fields_from_path(self.model, name)[-1]
            key = f"__{field.target_field.name}" if isinstance(field, models.ForeignKey) else ""
            shown |= {f"{name}{key}__exact", f"{name}__isnull"}
        return frozenset(shown)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        told = {"lead": self.lead, "audience": self.audience, **(extra_context or {})}
        try:
            return super().changelist_view(request, told)
        except (PermissionDenied, DisallowedModelAdminLookup, DisallowedModelAdminToField):
            raise Http404 from None

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:  # fmt: skip
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (PermissionDenied, DisallowedModelAdminToField):
            raise Http404 from None
        except ValidationError as refusal:  # an action called by save_model refused; nothing was written
            for sentence in refusal.messages:
                messages.error(request, sentence)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404


class ReadOnlyWindow(DeskModelAdmin):
    """Rows with a life of their own: the desk looks at them, and only their moves change anything."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DeskInline(DeskFields, admin.StackedInline):
    """Rows that belong to another one, shown on its page, for whoever may see or change that one."""

    template = "admin/edit_inline/desk.html"
    form = UpwellModelForm  # type: ignore[misc, unused-ignore]
    extra = 1
    max_num = 50
    lead: str = ""

    def parent(self) -> DeskModelAdmin:
        return self.admin_site.get_model_admin(self.parent_model)  # type: ignore[return-value]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.parent().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return self.parent().has_add_permission(request)
        return self.parent().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # A post may claim any number of rows; Django would draw up to two thousand of them.
        made = super().get_formset(request, obj, **{"absolute_max": 2 * self.max_num, **kwargs})
        told_who_reads(made.form, self.audiences)
        return made
