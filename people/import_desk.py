"""The import of the directory on the desk: upload, choose the columns, look before it happens, and take it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django_htmx.http import HttpResponseClientRedirect

import clock
from people import actions, consequences, queries, rules
from people.choices import ImportState, LineKind
from people.directory_import import guess, of_addresses_that_move, options_from_json
from people.import_forms import ColumnsForm, UploadForm, initial_of
from people.models import DirectoryImport, Person
from people.spreadsheets import read
from privacy.audiences import ADMINISTRATORS
from ui.admin import ReadOnlyWindow
from ui.components import Stat
from ui.forms import REFUSED, refusals_shown_on

TAB_WORDS: Final[Mapping[LineKind, str]] = {
    LineKind.PROBLEM: "Problems", LineKind.NEW: "New", LineKind.CHANGED: "Changed", LineKind.LEAVING: "Leaving",
}  # fmt: skip


class DirectoryImportAdmin(ReadOnlyWindow):
    list_display = ("file_name", "state", "uploaded_by", "uploaded_at")
    list_display_links = ("file_name",)
    list_select_related = ("uploaded_by",)
    audience = ADMINISTRATORS
    lead = "Files for the directory. Each is looked at first, carried out as a whole, and the last can be taken back."

    def may_see(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and rules.keeps_directory(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_see(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DirectoryImport]:
        return queries.imports_visible_to(self._keeper(request)).order_by("-uploaded_at")

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "columns": self.columns_view,
            "preview": self.preview_view,
            "carry-out": self.carry_out_view,
            "progress": self.progress_view,
            "discard": self.discard_view,
            "undo": self.undo_view,
        }
        own = [
            path(
                f"<uuid:import_id>/{page}/",
                self.admin_site.admin_view(view),
                name=f"people_directoryimport_{page.replace('-', '_')}",
            )
            for page, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    # Pages

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Upload a file."""
        keeper = self._keeper(request)
        form = UploadForm(request.POST or None, request.FILES or None) if request.method == "POST" else UploadForm()
        if form.is_bound and form.is_valid():
            file = form.cleaned_data["file"]
            with refusals_shown_on(form):
                try:
                    made = actions.upload_import(file_name=file.name, content=file.read(), by=keeper, at=clock.now())
                except ValidationError as refusal:
                    raise ValidationError({"file": refusal.messages}) from None
                return redirect("admin:people_directoryimport_columns", made.pk)
        return self._page(request, "people/import_upload.html", form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Wherever this import stands."""
        if request.method != "GET":
            raise Http404
        try:
            found = self._found(request, UUID(object_id))
        except ValueError:
            raise Http404 from None
        page = "columns" if found.state == ImportState.UPLOADED else "preview"
        return redirect(f"admin:people_directoryimport_{'progress' if found.is_under_way else page}", found.pk)

    def columns_view(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        found = self._found(request, import_id)
        content = DirectoryImport.objects.values_list("content", flat=True).get(pk=found.pk)
        if content is None or found.is_under_way:
            return redirect("admin:people_directoryimport_preview", found.pk)
        sheet = read(bytes(content))
        if request.method == "POST":
            form = ColumnsForm(sheet, request.POST)
            if form.is_valid():
                with refusals_shown_on(form):
                    actions.check_import(found, options=form.options, by=self._keeper(request))
                    return redirect("admin:people_directoryimport_preview", found.pk)
        else:
            said = options_from_json(found.options) if found.options else queries.remembered_options()
            form = ColumnsForm(sheet, initial=initial_of(said, guess(sheet, said.headers)))
        return self._page(request, "people/import_columns.html", found=found, form=form, rows=len(sheet.rows))

    def preview_view(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        """What the file would do, or did."""
        found = self._found(request, import_id)
        if request.method != "GET":
            raise Http404
        if found.state == ImportState.UPLOADED:
            return redirect("admin:people_directoryimport_columns", found.pk)
        if found.is_under_way:
            return redirect("admin:people_directoryimport_progress", found.pk)
        asked = {name: request.GET.get(name, "") for name in ("kind", "asked", "page")}
        page = queries.import_page(found, **asked)
        return self._page(
            request, "people/import_preview.html", found=found, page=page, stats=_stats(found),
            tabs=[(kind, TAB_WORDS[kind], dict(page.kinds)[kind]) for kind in TAB_WORDS],
            refusal=_refusal(found), may_undo=rules.may_undo(found), foreseen=_foreseen(found),
        )  # fmt: skip

    def progress_view(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        found = self._found(request, import_id)
        if request.method != "GET":
            raise Http404
        asked_by_htmx = request.headers.get("HX-Request") == "true"
        if not found.is_under_way:
            done = reverse("admin:people_directoryimport_preview", args=[found.pk])
            return HttpResponseClientRedirect(done) if asked_by_htmx else redirect(done)
        template = "people/_import_progress.html" if asked_by_htmx else "people/import_progress.html"
        return self._page(request, template, found=found)

    # Buttons

    def carry_out_view(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        return self._act(request, import_id, actions.request_import)

    def undo_view(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        return self._act(request, import_id, actions.request_undo)

    def discard_view(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        return self._act(request, import_id, actions.discard_import)

    def _act(self, request: HttpRequest, import_id: UUID, action: Any) -> HttpResponse:
        found = self._found(request, import_id)
        if request.method != "POST":
            raise Http404
        try:
            found = action(found, by=self._keeper(request))
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
        if found.state == ImportState.DISCARDED:
            messages.success(request, f"{found.file_name} was discarded. Nothing was changed.")
            return redirect("admin:people_directoryimport_changelist")
        return redirect("admin:people_directoryimport_change", found.pk)

    # Who

    def _keeper(self, request: HttpRequest) -> Person:
        if not isinstance(request.user, Person) or not rules.keeps_directory(request.user):
            raise Http404
        return request.user

    def _found(self, request: HttpRequest, import_id: UUID) -> DirectoryImport:
        return get_object_or_404(queries.imports_visible_to(self._keeper(request)), pk=import_id)

    def _page(self, request: HttpRequest, template: str, **told: Any) -> HttpResponse:
        form = told.get("form")
        status = REFUSED if form is not None and form.is_bound and form.errors else 200
        told |= {**self.admin_site.each_context(request), "audience": ADMINISTRATORS}
        return render(request, template, told, status=status)


def _stats(found: DirectoryImport) -> list[Stat]:
    counts = found.counts
    managers = counts["new_manager"]
    return [
        Stat("new people", f"{counts['new']:,}"),
        Stat("changed", f"{counts['changed']:,}", remark=f"{managers:,} with another manager" if managers else ""),
        Stat("leaving", f"{counts['leaving']:,}"),
        Stat("unchanged", f"{counts['unchanged']:,}"),
        Stat("not in the file", f"{counts['not_in_file']:,}", remark="They stay as they are"),
    ]


def _refusal(found: DirectoryImport) -> str:
    """Why a checked file cannot be carried out; nothing if it can."""
    if found.state != ImportState.CHECKED:
        return ""
    try:
        rules.insist_may_carry_out(found)
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


def _foreseen(found: DirectoryImport) -> list[str]:
    """What will follow for others, while it has not happened yet."""
    if found.state != ImportState.CHECKED:
        return []
    leaving = Person.objects.filter(employee_number__in=found.lines.filter(kind=LineKind.LEAVING).values("number"))
    moved = found.lines.filter(kind=LineKind.CHANGED, details__has_any_keys=sorted(rules.PLACE_OF_A_PERSON)).exists()
    addresses = of_addresses_that_move(found.counts.get("addresses_that_move", 0))
    return [*addresses, *consequences.foreseen(leaving, moved=moved, at=clock.now())]
