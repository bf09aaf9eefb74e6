"""Circles of mentors: a page for members, and the coordinators' desk. To anybody else there is none."""

from __future__ import annotations

import uuid
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

import clock
from pairings import actions, circles
from pairings.circle_forms import CircleDayForm, CircleForm
from pairings.models import Circle
from pairings.requests import today_of, waits_to_be_read
from pairings.rules import Refused, in_words
from people.requests import me
from programs.models import Program
from ui.forms import refusals_shown_on, render_form

TAKEN_OUT: Final = "Taken out. The members are told."
TAKEN_OUT_UNTOLD: Final = "Taken out. Nobody had been told of this day, so nobody is told now."
LEFT: Final = "You have left the circle. Nobody asks why."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def circle(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Who is in it, its days, and “I was there”. What is sent from a page that has closed meanwhile leads home."""
    person, on = me(request), today_of(request)
    mine = Circle.objects.once_of(person) if request.method == "POST" else Circle.objects.of(person, on=on)
    found: Circle = get_object_or_404(mine.select_related("program"), pk=circle_id)
    wanted, day = request.POST.get("do"), request.POST.get("day", "")
    if wanted == "leave":
        actions.leave_circle(found, by=person, at=clock.now())
        if not waits_to_be_read(request, LEFT):
            messages.success(request, LEFT)
        return redirect("dashboards:home")
    if wanted in ("attended", "not_attended") and day.isdecimal():
        try:
            actions.say_attended(
                found, int(day[:9]), by=person, at=clock.now(), on=on, attended=wanted == "attended"
            )  # fmt: skip
        except (circles.CircleDissolved, circles.CircleClosed, circles.NotInThisCircle) as refusal:
            messages.warning(request, refusal.message)
            return redirect("dashboards:home")
        except Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            messages.success(request, "Noted.")
    if request.method == "POST":
        return redirect("pairings:circle", found.pk)
    page = circles.circle_page(found, person, on=on)
    return render(request, "pairings/circle.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def circles_at_desk(request: HttpRequest, program_id: int) -> HttpResponse:
    """The circles of a program, and forming another one."""
    person, on = me(request), today_of(request)
    program = get_object_or_404(Program.objects.coordinated_by(person), pk=program_id)
    if (formed_before := circles.formed_of(program, request.POST.getlist("members"))) is not None:
        return redirect("pairings:circle_at_desk", formed_before.pk)  # a second click finds what the first one made
    form = CircleForm(request.POST or None, program=program, on=on)
    if form.is_valid():
        with refusals_shown_on(form):
            formed = actions.form_circle(
                program, by=person, at=clock.now(), on=on, members=form.cleaned_data["members"]
            )  # fmt: skip
            messages.success(request, f"{formed} is formed. Each of them is told, and can leave it without a reason.")
            return redirect("pairings:circle_at_desk", formed.pk)
    context = {"program": program, "circles": circles.circles_of(program, on=on), "form": form}
    context["goes_on"] = circles.goes_on(program, on=on)
    return render_form(request, "pairings/circles_at_desk.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def circle_at_desk(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """One circle for a coordinator: its members, its days, and that it is over."""
    person, on, at = me(request), today_of(request), clock.now()
    known = Circle.objects.all() if request.method == "POST" else Circle.objects.open()
    found: Circle = get_object_or_404(
        known.filter(program__in=Program.objects.coordinated_by(person)).select_related("program"), pk=circle_id
    )
    do = request.POST.get("do", "")
    if do == "dissolve":
        actions.dissolve_circle(found, by=person, at=at)
        if not waits_to_be_read(request, dissolved := f"{found} is dissolved."):
            messages.success(request, dissolved)
        return redirect("pairings:circles_at_desk", found.program_id)
    if found.dissolved_at is not None:
        messages.warning(request, circles.CircleDissolved.sentence)
        return redirect("pairings:circles_at_desk", found.program_id)
    if do == "cancel_day" and (day := request.POST.get("which", "")).isdecimal():
        try:
            told = actions.cancel_circle_day(found, int(day[:9]), by=person, at=at, on=on)
        except Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            if told is not None:
                messages.success(request, TAKEN_OUT if told else TAKEN_OUT_UNTOLD)
            elif not (waits_to_be_read(request, TAKEN_OUT) or waits_to_be_read(request, TAKEN_OUT_UNTOLD)):
                messages.info(request, "This day had been taken out already; nobody is told again.")
        return redirect("pairings:circle_at_desk", found.pk)
    day_form = CircleDayForm(request.POST if do == "set_day" else None)
    shown = circles.circle_at_desk(found, on=on)
    form = CircleForm(request.POST if do == "members" else None, program=found.program, on=on, circle=shown)
    if day_form.is_valid():
        with refusals_shown_on(day_form):
            kept = actions.set_circle_day(found, by=person, at=at, on=on, **day_form.cleaned_data)
            messages.success(request, f"The circle meets on {in_words(kept.day)}. Its members are told.")
            return redirect("pairings:circle_at_desk", found.pk)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.change_members(found, by=person, at=at, on=on, **form.cleaned_data)
            messages.success(request, "Saved. Whoever is new is told.")
            return redirect("pairings:circle_at_desk", found.pk)
        found.refresh_from_db(fields=["version"])
        form.start_from(found.version)
    is_stale = form.has_error("__all__", circles.CircleChanged.__name__)
    context = {
        "program": found.program, "page": shown, "form": form, "day_form": day_form,
        "goes_on": circles.goes_on(found.program, on=on),
        "compared": circles.compared(found, form.cleaned_data["members"]) if is_stale else None,
    }  # fmt: skip
    return render_form(request, "pairings/circle_at_desk.html", context, forms=[form, day_form])
