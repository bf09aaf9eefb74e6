"""The administrators' window on delivery: envelopes only, no words."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from notifications.models import Notice
from people.models import Person
from ui.admin import ReadOnlyWindow


@admin.register(Notice)
class NoticeWindow(ReadOnlyWindow):
    list_display = ("due_at", "kind", "person", "state", "attempts", "finished_at")
    list_filter = ("state", "kind")
    list_select_related = ("person",)
    search_fields = ("person__sort_name", "person__employee_number")
    fields = ("kind", "person", "state", "owed_at", "due_at", "not_after", "attempts", "finished_at", "reason")

    def may_see(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and request.user.is_administrator
