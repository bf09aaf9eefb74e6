"""The directory on the desk: administrators keep it, coordinators read it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

import clock
from people import actions, rules
from people.choices import Language
from people.fields import ColleagueField
from people.forms import PasswordForm
from people.import_desk import DirectoryImportAdmin
from people.models import DirectoryImport, Function, Level, LineOfBusiness, Person, Site, Skill
from people.references import Place, references_to
from privacy.audiences import COLLEAGUES
from ui.admin import DeskModelAdmin, Move
from ui.forms import REFUSED, UpwellForm, UpwellModelForm, refusals_shown_on, render_form
from ui.widgets import ChipsMany

admin.site.register(DirectoryImport, DirectoryImportAdmin)


class DirectoryAdmin(DeskModelAdmin):
    """Administrators change it, coordinators read it, nobody else knows that there is such a page."""

    def may_see(self, request: HttpRequest) -> bool:
        person = request.user
        return isinstance(person, Person) and (person.is_administrator or person.is_coordinator)

    def may_add(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and rules.keeps_directory(request.user)

    def may_change(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add(request)


class MergeForm(UpwellForm):
    """The entry that stays."""

    kept = forms.ModelChoiceField(Skill.objects.none(), label="Merge into", empty_label="Choose an entry")
    layout: ClassVar = ["kept"]

    def __init__(self, entry: Place, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser: Any = self.fields["kept"]
        chooser.queryset = type(entry).objects.exclude(pk=entry.pk)


class MergingAdmin(DirectoryAdmin):
    """A list in which two entries may turn out to mean the same."""

    def merge_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_merge"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.merge_view)
        return [path("<int:object_id>/merge/", view, name=self.merge_name()), *super().get_urls()]

    def moves(self, request: HttpRequest, obj: Place) -> Sequence[Move]:
        if not self.has_change_permission(request, obj):
            return ()
        url = reverse(f"admin:{self.merge_name()}", args=[obj.pk])
        return [Move(label="Merge into…", url=url, by_post=False, says="For two entries that mean the same.")]

    def merge_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """First a choice, then what it would do in words; only the second button, which names the choice, does it."""
        entry = self.get_queryset(request).filter(pk=object_id).first()
        doer = request.user
        if entry is None or not isinstance(doer, Person) or not self.has_change_permission(request, entry):
            raise Http404
        form = MergeForm(entry, request.POST if request.method == "POST" else None)
        told = {**self.admin_site.each_context(request), "opts": self.opts, "entry": entry, "form": form}
        if form.is_valid():
            kept = form.cleaned_data["kept"]
            told |= {"kept": kept, "effects": self.effects(entry, kept)}
            if request.POST.get("sure") == str(kept.pk):
                with refusals_shown_on(form):
                    actions.merge_places(kept=kept, dropped=entry, by=doer)
                    messages.success(request, f"“{entry}” is now “{kept}” everywhere.")
                    return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", kept.pk)
        return render_form(request, "people/merge.html", told, forms=[form])

    def effects(self, entry: Place, kept: Place) -> list[str]:
        """What a merge will do, in sentences without names of people."""
        moved = [reference.words(entry) for reference in references_to(entry) if reference.is_told]
        return [
            *(f"“{kept}” takes over {words}." for words in moved),
            f"“{entry}” is deleted. This cannot be undone.",
            f"If the next import of the directory still says “{entry}”, it comes back. Change it there too.",
        ]


@admin.register(Function, LineOfBusiness)
class ListAdmin(MergingAdmin):
    search_fields = ("name",)
    fields = ("name",)


@admin.register(Skill)
class SkillAdmin(ListAdmin):
    def effects(self, entry: Place, kept: Place) -> list[str]:
        """Skills come with no import."""
        return [*super().effects(entry, kept)[:-1], "Whoever named both names one of them, at the dearer place."]


@admin.register(Level)
class LevelAdmin(MergingAdmin):
    list_display = ("name", "rank")
    fields = ("name", "rank")

    def effects(self, entry: Place, kept: Place) -> list[str]:
        rank = f"“{kept}” keeps its rank. Who may take part and who may be paired is judged by it from now on."
        return [*super().effects(entry, kept), rank]


@admin.register(Site)
class SiteAdmin(MergingAdmin):
    list_display = ("name", "time_zone")
    search_fields = ("name",)
    fields = ("name", "time_zone")

    def effects(self, entry: Place, kept: Place) -> list[str]:
        return [*super().effects(entry, kept), "The time zones of the people stay as they are."]


class PersonForm(UpwellModelForm):
    manager = ColleagueField(label="Manager", required=False)
    languages = forms.TypedMultipleChoiceField(
        label="Languages", choices=sorted(Language.choices, key=itemgetter(1)), widget=ChipsMany, required=False,
        empty_value=[],
    )  # fmt: skip

    class Meta:
        model = Person
        exclude = ("sort_name", "password", "last_login")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With what the page showed: what was typed is compared with that, so that an import which came since stays.

        The chips of the languages hold no such thing.
        """
        super().__init__(*args, **kwargs)
        if not self.is_bound or any(key.startswith(self.add_initial_prefix("")) for key in self.data):
            for name, field in self.fields.items():
                field.show_hidden_initial = name != "languages"

    def clean_languages(self) -> list[str]:
        """In the order there was, which says what somebody reads first; the form has them by name."""
        ticked: list[str] = self.cleaned_data["languages"]
        kept = [language for language in self.instance.languages if language in ticked]
        return kept + [language for language in ticked if language not in kept]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        manager = said.get("manager")
        if manager is not None and self.instance.pk is not None:
            with refusals_shown_on(self):
                rules.insist_no_circle(self.instance, manager)
        return said


@admin.register(Person)
class PersonAdmin(DirectoryAdmin):
    form = PersonForm
    list_display = ("name", "email", "job_title", "level", "function", "site", "still_here")
    list_display_links = ("name",)
    list_filter = ("level", "function", "site", "is_coordinator", "is_executive", "is_administrator", "is_active")
    list_select_related = ("level", "function", "site")
    search_fields = ("sort_name", "email", "employee_number")
    search_help_text = "Search by name, e-mail or employee number."
    audience = COLLEAGUES
    lead = "The company directory. A larger change comes in with the import."
    fieldsets = (
        ("The person", {"fields": ("given_name", "family_name", "email", "employee_number", "languages")}),
        (
            "Place in the company",
            {"fields": ("job_title", "level", "function", "line_of_business", "site", "time_zone", "manager")},
        ),
        ("Time here", {"fields": ("hired_on", "left_on", "is_active")}),
        ("What the person may do", {"fields": ("is_coordinator", "is_executive", "is_administrator")}),
    )

    @admin.display(description="name", ordering="sort_name")
    def name(self, person: Person) -> str:
        return person.name

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Any:
        """Whoever only reads the page reads what a language is called, and not the letters it is kept as."""
        if self.has_change_permission(request, obj) or obj is None:
            return self.fieldsets
        (who, options), *rest = self.fieldsets
        read = tuple("spoken" if name == "languages" else name for name in options["fields"])
        return ((who, {"fields": read}), *rest)

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        return ("spoken",)

    @admin.display(description="languages")
    def spoken(self, person: Person) -> str:
        return ", ".join(Language(each).label for each in person.languages) or self.empty_value_display

    @admin.display(description="may sign in", boolean=True)
    def still_here(self, person: Person) -> bool:
        return person.is_active

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        people: QuerySet[Person] = super().get_queryset(request)
        return people.select_related("manager", "level", "function", "line_of_business", "site").defer("password")

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        if isinstance(request.user, Person):
            changed = form.changed_data if change else None
            actions.keep_person(person=obj, changed=changed, by=request.user, at=clock.now())

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:object_id>/password/",
                self.admin_site.admin_view(self.password_view),
                name="people_person_password",
            ),
            *super().get_urls(),
        ]

    def moves(self, request: HttpRequest, obj: Person) -> Sequence[Move]:
        if not self.has_change_permission(request, obj):
            return ()
        url = reverse("admin:people_person_password", args=[obj.pk])
        return [Move(label="Set a password", url=url, by_post=False, says="For somebody who signs in with a password.")]

    @method_decorator(sensitive_post_parameters())
    def password_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        person = self.get_queryset(request).filter(pk=object_id).first()
        doer = request.user
        if person is None or not isinstance(doer, Person) or not self.has_change_permission(request, person):
            raise Http404
        form = PasswordForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            with refusals_shown_on(form):
                actions.set_password(person=person, password=form.cleaned_data["password1"], by=doer, at=clock.now())
                messages.success(request, f"{person.name} can sign in with it, and is told by mail that you set it.")
                return redirect("admin:people_person_change", person.pk)
        status = REFUSED if form.is_bound else 200
        told = {**self.admin_site.each_context(request), "person": person, "form": form}
        return render(request, "people/password.html", told, status=status)
