"""The insight board: read by everybody in a program, written by its coordinators, answered by its sponsors."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import clock
from people.models import Person
from programs import rules as program_rules
from surveys import board as on_board
from surveys.board_forms import ReplyForm, ThemeForm
from surveys.insights import pairs_that_may_release
from ui.forms import refusals_shown_on, render_form


@never_cache
@require_safe
def board(request: HttpRequest, program_id: int) -> HttpResponse:
    person = cast(Person, request.user)
    program = get_object_or_404(on_board.programs_read_by(person), pk=program_id)
    context = {
        "program": program, "themes": on_board.themes(program),
        "writes": program_rules.coordinates(person, program), "replies": on_board.is_sponsor(person, program),
        "pairs": pairs_that_may_release(person, program, on=clock.today(person.zone)),
    }  # fmt: skip
    return render(request, "surveys/board.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def write_theme(request: HttpRequest, program_id: int) -> HttpResponse:
    person = cast(Person, request.user)
    program = get_object_or_404(on_board.programs_read_by(person), pk=program_id)
    if not program_rules.coordinates(person, program):
        raise Http404
    form = ThemeForm(request.POST if request.method == "POST" else None, program=program)
    if form.is_valid():
        with refusals_shown_on(form):
            on_board.write_theme(program, by=person, at=clock.now(), **form.cleaned_data)
            return redirect("surveys:board", program.pk)
    return render_form(request, "surveys/write_theme.html", {"program": program, "form": form})


@require_POST
def remove_theme(request: HttpRequest, program_id: int) -> HttpResponse:
    """The theme is named in what is sent; one that is gone already, or never was, changes nothing."""
    person = cast(Person, request.user)
    program = get_object_or_404(on_board.programs_read_by(person), pk=program_id)
    if not program_rules.coordinates(person, program):
        raise Http404
    number = request.POST.get("theme", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        try:
            on_board.remove_theme(program, int(number), by=person)
        except on_board.RepliedAlready as refusal:
            messages.error(request, refusal.messages[0])
    return redirect("surveys:board", program.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def reply_to_theme(request: HttpRequest, theme_id: int) -> HttpResponse:
    person = cast(Person, request.user)
    theme = get_object_or_404(on_board.themes_replied_to_by(person), pk=theme_id)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            on_board.reply_to_theme(theme, by=person, at=clock.now(), **form.cleaned_data)
            return redirect("surveys:board", theme.program_id)
    return render_form(request, "surveys/reply_to_theme.html", {"theme": theme, "form": form})
