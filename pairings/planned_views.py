"""Pages of planned meetings, the link that asks whether one took place, and one's own calendar."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

import clock
from pairings import actions, feeds, queries, rules
from pairings.choices import Kind
from pairings.forms import (
    FeedForm,
    HeldForm,
    MetForm,
    MoveForm,
    PlanForm,
)
from pairings.met import Occasion, occasion_of
from pairings.models import CalendarFeed, Pairing, PlannedMeeting
from pairings.requests import closed, pairing_of, to_page, today_of, waits_to_be_read
from people.requests import me
from ui.forms import REFUSED, refusals_shown_on, render_form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan_meeting(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on, at, person = pairing_of(request, pairing_id), today_of(request), clock.now(), me(request)
    if way_back := closed(request, pairing):
        return way_back
    page = queries.pair_page(pairing, person, on, at=at)
    initial = {
        "day": queries.day_to_suggest(pairing, on), "minutes": page.meeting_minutes, "way": page.usual_way,
        "kind": Kind.RECIPROCAL if page.hint else Kind.MENTOR_LED,
    }  # fmt: skip
    form = PlanForm(
        request.POST or None, initial=initial, pairing=pairing, zone=person.zone, at=at, hint=page.hint
    )  # fmt: skip
    if form.is_valid():
        with refusals_shown_on(form):
            planned = actions.plan_meeting(pairing, by=person, at=at, zone=person.zone, **form.cleaned_data)
            said = "Planned. The invitation is on its way to you both."
            if planned.planned_at == at:
                messages.success(request, said)
            elif not waits_to_be_read(request, said):
                messages.info(request, "This meeting was planned already; nothing was added.")
            return redirect("pairings:planned_meeting", pairing.pk, planned.pk)
    return render_form(request, "pairings/plan_meeting.html", {"pair": page, "form": form})


def _planned(pairing: Pairing, planned_id: uuid.UUID) -> PlannedMeeting:
    rows = pairing.planned_meetings.select_related("changed_by", "settled_by")
    return get_object_or_404(rows, pk=planned_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def planned_meeting(request: HttpRequest, pairing_id: uuid.UUID, planned_id: uuid.UUID) -> HttpResponse:
    """Read it, and move or change it; once its time has come, say whether it took place."""
    pairing, at, person = pairing_of(request, pairing_id), clock.now(), me(request)
    planned = _planned(pairing, planned_id)
    if not rules.is_ahead(planned, at=at):
        if request.method == "POST":
            refusal = rules.MeetingHasBegun.sentence if rules.waits_for_word(planned, at=at) else ""
            messages.warning(request, refusal or rules.PlanSettled(planned).message)
            return redirect("pairings:planned_meeting", pairing.pk, planned.pk)
        return _planned_page(request, pairing, planned)
    form = _move_form(request, pairing, planned)
    if form.is_valid():
        with refusals_shown_on(form):
            moved = actions.move_meeting(planned, by=person, at=at, zone=person.zone, **form.cleaned_data)
            as_it_was = moved.version == form.cleaned_data["based_on"]
            messages.success(request, "Nothing has changed." if as_it_was else "Saved. Both calendars follow.")
            return redirect("pairings:planned_meeting", pairing.pk, planned.pk)
        planned = _planned(pairing, planned_id)
        form.start_from(planned.version)
    return _planned_page(request, pairing, planned, move_form=form)


def _move_form(request: HttpRequest, pairing: Pairing, planned: PlannedMeeting) -> MoveForm:
    zone = me(request).zone
    there = planned.starts_at.astimezone(zone)
    initial = {
        "based_on": planned.version, "day": there.date(), "time": there.time(), "which": there.fold,
        "minutes": planned.minutes, "way": planned.way, "kind": planned.kind,
    }  # fmt: skip
    posted = request.POST if request.method == "POST" else None
    return MoveForm(posted, initial=initial, pairing=pairing, zone=zone, at=clock.now(), hint="")


def _planned_page(
    request: HttpRequest, pairing: Pairing, planned: PlannedMeeting, *, move_form: MoveForm | None = None,
    held_form: HeldForm | None = None,
) -> HttpResponse:  # fmt: skip
    person, at = me(request), clock.now()
    if held_form is None and rules.waits_for_word(planned, at=at):
        held_form = HeldForm(initial={"minutes": planned.minutes})
    context = {
        "pairing": pairing, "partner": pairing.partner_of(person), "move_form": move_form, "held_form": held_form,
        "page": queries.planned_page(planned, pairing, person, at=at),
    }  # fmt: skip
    forms = [form for form in (move_form, held_form) if form is not None]
    return render_form(request, "pairings/planned_meeting.html", context, forms=forms)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_meeting(request: HttpRequest, pairing_id: uuid.UUID, planned_id: uuid.UUID) -> HttpResponse:
    """One calm page; a POST takes the meeting out of both calendars."""
    pairing, at, person = pairing_of(request, pairing_id), clock.now(), me(request)
    planned = _planned(pairing, planned_id)
    based_on = request.POST.get("based_on", "")
    if request.method == "POST" and based_on.isdecimal():
        try:
            cancelled = actions.cancel_meeting(planned, by=person, at=at, based_on=int(based_on[:9]))
        except rules.Refused as refusal:
            messages.warning(request, refusal.message)
            return redirect("pairings:planned_meeting", pairing.pk, planned.pk)
        partner = pairing.partner_of(person)
        words = {
            person.pk: f"Cancelled. {partner.given_name} hears of it.",
            partner.pk: f"{partner.given_name} had cancelled it.",
            None: "It had been cancelled already.",
        }
        messages.success(request, words[cancelled.settled_by_id])
        return to_page(pairing)
    if not rules.is_ahead(planned, at=at):
        return redirect("pairings:planned_meeting", pairing.pk, planned.pk)
    context = {
        "pairing": pairing, "partner": pairing.partner_of(person),
        "page": queries.planned_page(planned, pairing, person, at=at),
    }  # fmt: skip
    return render_form(request, "pairings/cancel_meeting.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def say_what_became(request: HttpRequest, pairing_id: uuid.UUID, planned_id: uuid.UUID) -> HttpResponse:
    """It took place, or it did not. A GET leads to the meeting."""
    pairing, at, on, person = pairing_of(request, pairing_id), clock.now(), today_of(request), me(request)
    planned = _planned(pairing, planned_id)
    if request.POST.get("do") == "not_held":
        try:
            actions.note_not_held(planned, by=person, at=at, on=on)
        except rules.Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            messages.success(request, "Noted. Plan another one whenever it suits you both.")
    elif request.method == "POST":
        form = HeldForm(request.POST)
        if form.is_valid():
            with refusals_shown_on(form):
                actions.note_held(planned, by=person, at=at, on=on, **form.cleaned_data)
                messages.success(request, f"Logged. {pairing.partner_of(person).given_name} sees it on your page too.")
                return to_page(pairing)
        return _planned_page(request, pairing, planned, held_form=form)
    return redirect("pairings:planned_meeting", pairing.pk, planned.pk)


# The link stands for signing in, so neither a browser, an error report nor a log may keep it.
@login_not_required
@sensitive_variables()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def met(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail that asks whether the two met. Opening it writes nothing; its button logs the meeting."""
    at = clock.now()
    occasion = occasion_of(token, at=at)
    if occasion is None:
        raise Http404
    context: dict[str, Any] = {
        "occasion": occasion, "partner": occasion.pairing.partner_of(occasion.person), "pairing": occasion.pairing,
    }  # fmt: skip
    if not occasion.is_open:
        refused = request.method == "POST" and not occasion.is_logged
        return render(request, "pairings/met.html", context, status=REFUSED if refused else 200)
    form = _met_form(request, occasion)
    if form.is_valid():
        with refusals_shown_on(form):
            with suppress(rules.LinkSpent):
                _log(occasion, form.cleaned_data)
            return redirect("pairings:met", token)
    return render_form(request, "pairings/met.html", {**context, "form": form})


def _met_form(request: HttpRequest, occasion: Occasion) -> HeldForm:
    posted = request.POST if request.method == "POST" else None
    if occasion.planned is not None:
        return HeldForm(posted, initial={"minutes": occasion.planned.minutes})
    minutes = queries.usual_minutes(occasion.pairing)
    return MetForm(posted, initial={"held_on": occasion.day, "minutes": minutes})


def _log(occasion: Occasion, said: dict[str, Any]) -> None:
    at, person = clock.now(), occasion.person
    on = clock.today(person.zone)
    if occasion.planned is not None:
        actions.note_held(occasion.planned, by=person, at=at, on=on, **said)
    else:
        way = queries.usual_way(occasion.pairing)
        actions.log_next_meeting(
            occasion.pairing, times_logged=occasion.times_logged, by=person, at=at, on=on, way=way, **said
        )  # fmt: skip


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """One's own calendar address. It stands on the answer to the button that makes it, and nowhere after."""
    person, at = me(request), clock.now()
    if request.POST.get("do") == "stop":
        actions.stop_feed(by=person)
        messages.success(request, "Switched off. Calendars that read the old address find nothing there.")
        return redirect("pairings:calendar")
    form, address = FeedForm(request.POST if request.method == "POST" else None), ""
    if form.is_valid():
        with refusals_shown_on(form):
            address = settings.BASE_URL + feeds.path_of(actions.make_feed(by=person, at=at, **form.cleaned_data))
    own = CalendarFeed.objects.filter(person=person).first()
    fresh = FeedForm(initial={"based_on": own.version if own else 0, "nonce": secrets.token_urlsafe(24)})
    context = {"form": form, "fresh": fresh, "address": address, "made_at": own.made_at if own else None}
    return render_form(request, "pairings/calendar.html", context, forms=[form])


# For calendars, which cannot sign in. Whoever has the address reads it, so it is kept by no cache and no log.
@login_not_required
@sensitive_variables()
@never_cache
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    at = clock.now()
    reader = feeds.reader_of(token, at=at)
    if reader is None:
        raise Http404
    content = feeds.feed_for(reader, at=at)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response
