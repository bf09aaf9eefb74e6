"""Delivery on the desk, for administrators: how it stands, who is at work, what did not arrive, and “try again”."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

import clock
from notifications import operations
from notifications.models import Notice
from notifications.operations import Standing
from people.models import Person
from privacy.audiences import ADMINISTRATORS
from ui.admin import ReadOnlyWindow
from ui.components import Stat

PAGE = "notifications_notice_operations"
WHEN = "with the next look of a worker, or, what may wait, when its reader is next written to."


class OperationsDesk(ReadOnlyWindow):
    audience = ADMINISTRATORS

    def may_see(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and request.user.is_administrator

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("operations/", self.admin_site.admin_view(self.operations_view), name=PAGE),
            path(
                "operations/try-again/",
                self.admin_site.admin_view(self.try_all_again_view),
                name="notifications_notice_try_all_again",
            ),
            path(
                "<int:notice_id>/try-again/",
                self.admin_site.admin_view(self.try_again_view),
                name="notifications_notice_try_again",
            ),
        ]
        return [*own, *super().get_urls()]

    def operations_view(self, request: HttpRequest) -> HttpResponse:
        self._keeper(request)
        if request.method not in ("GET", "HEAD"):
            raise Http404
        at = clock.now()
        standing = operations.standing(at=at)
        told: dict[str, Any] = {
            "standing": standing,
            "stats": _stats(standing),
            "pulses": [(each, in_words(each.ago)) for each in standing.pulses],
            "hosts": [(each, operations.reason_in_words(each.reason), _rests(each, at)) for each in standing.hosts],
            "oldest": in_words(standing.oldest) if standing.oldest is not None else "",
            "troubles": operations.troubles(at=at, page=request.GET.get("page", "")),
            "may_all": Notice.objects.given_up().filter(not_after__gte=at).count(),
            "audience": ADMINISTRATORS,
        }
        return render(request, "notifications/operations.html", {**self.admin_site.each_context(request), **told})

    def try_again_view(self, request: HttpRequest, notice_id: int) -> HttpResponse:
        by = self._keeper(request)
        if request.method != "POST":
            raise Http404
        notice = get_object_or_404(Notice.objects.in_trouble(), pk=notice_id)
        try:
            operations.try_one_again(notice, by=by, at=clock.now())
            messages.success(request, f"{notice} leaves once more, if it is still wanted: {WHEN}")
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
        return redirect(f"admin:{PAGE}")

    def try_all_again_view(self, request: HttpRequest) -> HttpResponse:
        by = self._keeper(request)
        if request.method != "POST":
            raise Http404
        tried = operations.try_again(Notice.objects.all(), by=by, at=clock.now())
        said = f"{tried:,} {'message leaves' if tried == 1 else 'messages leave'} once more, if still wanted: {WHEN}"
        messages.success(request, said if tried else "Nothing waits to be tried again.")
        return redirect(f"admin:{PAGE}")

    def _keeper(self, request: HttpRequest) -> Person:
        if not isinstance(request.user, Person) or not self.may_see(request):
            raise Http404
        return request.user


def _rests(host: Any, at: Any) -> bool:
    return host.rests_until is not None and host.rests_until > at


def _stats(standing: Standing) -> list[Stat]:
    counts = standing.counts
    return [
        Stat("wait for their time", f"{counts.later:,}"),
        Stat("due now", f"{counts.due:,}"),
        Stat("being sent", f"{counts.claimed:,}"),
        Stat("put off by the mail server", f"{counts.put_off:,}"),
        Stat(
            "perhaps arrived", f"{counts.perhaps + counts.given_up:,}",
            remark=f"{counts.perhaps:,} to be handed over again" if counts.perhaps else "",
        ),
        Stat("refused", f"{counts.failed:,}"),
        Stat("too late to send", f"{counts.missed:,}"),
        Stat("settled", f"{counts.settled:,}", remark="Sent, or no longer needed"),
    ]  # fmt: skip


def in_words(span: timedelta) -> str:
    """As people say it: 12 seconds, 4 minutes, 3 hours, 2 days."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size:,} {unit}s"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
