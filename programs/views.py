"""Declared conflicts of interest, as whoever declared them sees them. Nobody else ever sees one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

import clock
from people.requests import me
from programs import actions, queries, rules
from programs.forms import ConflictBetweenTwoForm, ConflictForm
from programs.models import DeclaredConflict
from ui.forms import refusals_shown_on, render_form


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def conflicts(request: HttpRequest) -> HttpResponse:
    person = me(request)
    form = ConflictForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.declare_conflict(one=person, by=person, at=clock.now(), **form.cleaned_data)
            messages.success(request, "Declared. The two of you are not paired in any program. Nobody is written to.")
            return redirect("programs:conflicts")
    declared = queries.conflicts_declared_by(person, on=clock.today(person.zone))
    shown = {
        "form": form,
        "declared": [conflict for conflict in declared if conflict.one == person],
        "at_desk": rules.may_declare_for_others(person),
    }
    return render_form(request, "programs/conflicts.html", shown)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def conflicts_at_desk(request: HttpRequest) -> HttpResponse:
    """A coordinator declares for two others, and sees what they declared so themselves."""
    person = me(request)
    if not rules.may_declare_for_others(person):
        raise Http404
    form = ConflictBetweenTwoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.declare_conflict(by=person, at=clock.now(), **form.cleaned_data)
            messages.success(request, "Declared. The two are not paired in any program. Nobody is written to.")
            return redirect("programs:conflicts_at_desk")
    declared = queries.conflicts_declared_by(person, on=clock.today(person.zone))
    shown = {"form": form, "declared": [conflict for conflict in declared if conflict.one != person]}
    return render_form(request, "programs/conflicts_at_desk.html", shown)


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw_conflict(request: HttpRequest, conflict_id: UUID) -> HttpResponse:
    person = me(request)
    mine = DeclaredConflict.objects.declared_by(person).select_related("one", "other")
    conflict: DeclaredConflict = get_object_or_404(mine, pk=conflict_id)
    concerned = person.pk in (conflict.one_id, conflict.other_id)
    back = "programs:conflicts" if concerned else "programs:conflicts_at_desk"
    if request.method == "POST":
        actions.withdraw_conflict(conflict, by=person, at=clock.now())
        messages.success(request, "Withdrawn. What you wrote about it is deleted.")
        return redirect(back)
    if conflict.withdrawn_at is not None:
        return redirect(back)
    return render(request, "programs/withdraw_conflict.html", {"conflict": conflict, "back": back})
