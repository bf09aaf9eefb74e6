"""The administrators' window on delivery: what does not arrive, and nothing of what it is about.

The life of a notice tells its subject: who was told "not going ahead" and who no longer needed to be, who has yet to
answer, who does not meet. So there is no kind here, no instant at which a fact arose, and nothing that ran its course.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

import clock
from notifications import queries
from notifications.choices import NoticeState
from notifications.models import Notice
from notifications.operations_desk import OperationsDesk


@admin.register(Notice)
class NoticeWindow(OperationsDesk):
    list_display = ("message", "person", "trouble", "due_at", "attempts", "finished_at")
    list_display_links = ("message",)
    list_select_related = ("person",)
    search_fields = ("person__sort_name", "person__employee_number")
    search_help_text = "Search by name or employee number."
    fields = ("person", "trouble", "due_at", "not_after", "attempts", "finished_at", "reason")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return (
            Notice.objects.in_trouble()
            .order_by("-due_at", "-pk")
            .defer("key", "kind", "subject", "owed_at", "due_on", "due_time")
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        told = {"lead": queries.delivery_in_words(at=clock.now()), **(extra_context or {})}
        return super().changelist_view(request, told)

    @admin.display(description="message", ordering="pk")
    def message(self, notice: Notice) -> str:
        return str(notice)

    @admin.display(description="what happened", ordering="state")
    def trouble(self, notice: Notice) -> str:
        waits = notice.finished_at is None and notice.state != NoticeState.UNKNOWN
        return NoticeState.RETRY.label if waits else str(notice.get_state_display())
