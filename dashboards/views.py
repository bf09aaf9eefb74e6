"""Pages that speak about more than one app: home, progress, who sees what."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

import clock
from dashboards import charts, queries
from people.models import Person
from privacy import policy


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    person = cast(Person, request.user)
    return render(request, "dashboards/home.html", {"home": queries.home(person, at=clock.now())})


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Programs whose progress this person may follow; nothing for anybody else."""
    person = cast(Person, request.user)
    programs = queries.followed_by(person)
    if not (person.is_executive or person.is_coordinator or programs.exists()):
        get_object_or_404(programs, pk=0)
    return render(request, "dashboards/progress.html", {"programs": programs})


@require_safe
def program_progress(request: HttpRequest, program_id: int) -> HttpResponse:
    person = cast(Person, request.user)
    program = get_object_or_404(queries.followed_by(person), pk=program_id)
    figures = queries.progress(program, on=clock.today(person.zone))
    context = {"program": program, "progress": figures, "charts": charts.of(figures)}
    return render(request, "dashboards/program_progress.html", context)


@login_not_required
@require_safe
def who_sees_what(request: HttpRequest) -> HttpResponse:
    """The policy itself, open to everybody: it names no person."""
    readers = tuple(policy.Reader)
    rows = [(row.what, [(reader.value, row.seen_by.get(reader, "")) for reader in readers]) for row in policy.POLICY]
    context = {"readers": readers, "rows": rows, "smallest_group": settings.SMALLEST_GROUP}
    return render(request, "dashboards/who_sees_what.html", context)
