"""Pausing a pair: a page for the two, and one for a coordinator who is not one of them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

import clock
from pairings import actions, pausing, queries, rules
from pairings.forms import PauseForm
from pairings.models import Pairing
from pairings.requests import closed, pairing_of, to_page, today_of
from people.requests import me
from ui.forms import refusals_shown_on, render_form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Pause the pair, move the return, or go on at once."""
    pairing, on, person = pairing_of(request, pairing_id), today_of(request), me(request)
    if way_back := closed(request, pairing):
        return way_back
    if request.POST.get("do") == "bring_back":
        _bring_back(request, pairing, on)
        return to_page(pairing)
    form = _form(request, pairing, on)
    if _is_paused(request, pairing, form, on):
        return to_page(pairing)
    page = queries.pair_page(pairing, person, on, at=clock.now())
    return render_form(request, "pairings/pause.html", {"pair": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pause_at_desk(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """The same for a coordinator of the program who is not one of the two."""
    person, on = me(request), today_of(request)
    pairing: Pairing = get_object_or_404(
        Pairing.objects.coordinated_by(person)
        .with_people()
        .exclude(Q(mentor__person=person) | Q(mentee__person=person)),
        pk=pairing_id,
    )
    doing = redirect("pairings:doing", pairing.program_id)
    if not rules.is_attended(pairing, on=on):
        messages.info(request, "This pair has ended, or one of the two does not work here, so it cannot be paused.")
        return doing
    if request.POST.get("do") == "bring_back":
        _bring_back(request, pairing, on)
        return doing
    form = _form(request, pairing, on)
    if _is_paused(request, pairing, form, on):
        return doing
    context = {"pairing": pairing, "lies_ahead": pausing.lies_ahead(pairing, on=on), "form": form}
    return render_form(request, "pairings/pause_at_desk.html", context)


def _form(request: HttpRequest, pairing: Pairing, on: date) -> PauseForm:
    first, _ = pausing.first_days(pairing, on=on)
    initial: dict[str, Any] = {"paused_from": first, "back_on": min(first + pausing.USUAL, pairing.runs_until)}
    if pausing.lies_ahead(pairing, on=on):
        initial = {"paused_from": pairing.paused_from, "back_on": pairing.back_on, "seen": pairing.back_on}
    return PauseForm(request.POST or None, initial=initial, pairing=pairing, on=on)


def _is_paused(request: HttpRequest, pairing: Pairing, form: PauseForm, on: date) -> bool:
    """Whether it is done, and said; else the form is to be shown (again)."""
    if not form.is_valid():
        return False
    with refusals_shown_on(form):
        paused = actions.pause_pairing(pairing, by=me(request), at=clock.now(), on=on, **form.cleaned_data)
        assert paused.back_on is not None  # noqa: S101 - for the type checker
        messages.success(request, f"Noted. The pair goes on by itself on {rules.in_words(paused.back_on)}.")
        return True
    pairing.refresh_from_db(fields=["paused_from", "back_on"])
    form.start_from(pairing.back_on if pausing.lies_ahead(pairing, on=on) else None)
    return False


def _bring_back(request: HttpRequest, pairing: Pairing, on: date) -> None:
    try:
        actions.bring_back(pairing, by=me(request), at=clock.now(), on=on)
    except rules.PairingEnded as refusal:
        messages.info(request, refusal.message)
    else:
        messages.success(request, "The pair goes on, and reminders come again.")
