"""Pages that speak about more than one app: home, progress, who sees what."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import clock
from dashboards import charts, files, queries
from dashboards.forms import LearningForm
from participants import seen
from people.models import Person
from privacy import policy
from programs import actions as programs_actions
from programs import queries as programs_queries
from programs.choices import About
from ui.forms import refusals_shown_on, render_form
from ui.reports import FORMATS


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
    figures = queries.progress(program, on=clock.last_today())
    context = {"program": program, "progress": figures, "charts": charts.of(figures)}
    return render(request, "dashboards/program_progress.html", context)


@never_cache
@require_safe
def progress_file(request: HttpRequest, program_id: int, ending: str) -> HttpResponse:
    """What the page shows, to take along."""
    person = cast(Person, request.user)
    program = get_object_or_404(queries.followed_by(person), pk=program_id)
    figures = queries.progress(program, on=clock.last_today())
    return FORMATS[ending](files.report(program, figures, charts.of(figures)))


@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, program_id: int) -> HttpResponse:
    """What a program reached, and what its coordinators learned about each part of it."""
    person = cast(Person, request.user)
    program = get_object_or_404(programs_queries.reviewed_by(person), pk=program_id)
    written = {about: LearningForm(about=about) for about in About}
    form = None
    if request.method == "POST":
        said = request.POST.get("about", "")
        about = About(said) if said in About.values else About.GENERAL
        form = written[about] = LearningForm(request.POST, about=about)
        if form.is_valid():
            with refusals_shown_on(form):
                programs_actions.add_learning(
                    program, about=about, words=form.cleaned_data["words"], by=person, at=clock.now()
                )
                return redirect(f"{request.path}#{about}")
    learned = programs_queries.learnings(program)
    context = {
        "program": program,
        "form": form,
        "objectives": charts.of(queries.progress(program, on=clock.last_today())).objectives,
        "parts": [(about, learned[about], written[about]) for about in About],
    }
    return render_form(request, "dashboards/review.html", context)


@require_POST
def remove_learning(request: HttpRequest, program_id: int) -> HttpResponse:
    """The note is named in what is sent; one that is gone already, or never was, changes nothing."""
    person = cast(Person, request.user)
    program = get_object_or_404(programs_queries.reviewed_by(person), pk=program_id)
    number = request.POST.get("note", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        programs_actions.remove_learning(program, int(number), by=person)
    return redirect("dashboards:review", program.pk)


@sensitive_variables()
@never_cache
@require_safe
def seen_of_me(request: HttpRequest) -> HttpResponse:
    """One's own profiles and directory entry as one kind of reader sees them. Nobody else's, whatever is asked."""
    person = cast(Person, request.user)
    reader = seen.reader_named(request.GET.get("as", ""))
    kind = policy.Reader.__members__.get(reader.relation.name)
    rows = [(row.what, row.seen_by[kind]) for row in policy.POLICY if kind in row.seen_by] if kind else []
    context = {"readers": seen.READERS, "seen": seen.seen_of(person, reader, at=clock.now()), "rows": rows}
    return render(request, "dashboards/seen_of_me.html", context)


@login_not_required
@require_safe
def who_sees_what(request: HttpRequest) -> HttpResponse:
    """The policy itself, open to everybody: it names no person."""
    readers = tuple(policy.Reader)
    rows = [(row.what, [(reader.value, row.seen_by.get(reader, "")) for reader in readers]) for row in policy.POLICY]
    context = {"readers": readers, "rows": rows, "smallest_group": settings.SMALLEST_GROUP}
    return render(request, "dashboards/who_sees_what.html", context)
