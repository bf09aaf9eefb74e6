"""The pages of a pair. Each loads the pair through ``queries.visible_to``; to anybody else the answer is 404."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import clock
from pairings import actions, feeds, queries, rules
from pairings.choices import GoalState, Health, Kind
from pairings.forms import (
    AgreementForm,
    CheckInForm,
    ExtensionForm,
    FeedForm,
    FineForm,
    GoalChangeForm,
    GoalForm,
    HeldForm,
    LeaveForm,
    MeetingForm,
    MetForm,
    MoveForm,
    PlanForm,
    ReflectionForm,
    TaskForm,
    skills_form_of,
)
from pairings.leaving import leaving
from pairings.met import Occasion, occasion_of
from pairings.models import CalendarFeed, Goal, Pairing, PlannedMeeting
from people.models import Person
from programs.models import Program
from ui.forms import REFUSED, refusals_shown_on, render_form

PAIRS_ON_A_PAGE: Final = 50


def _person(request: HttpRequest) -> Person:
    """Whoever is signed in; every page here needs somebody."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def _today(request: HttpRequest) -> date:
    return clock.today(_person(request).zone)


def _pairing(request: HttpRequest, pairing_id: uuid.UUID) -> Pairing:
    return get_object_or_404(queries.visible_to(_person(request), _today(request)), pk=pairing_id)


def _to_page(pairing: Pairing) -> HttpResponse:
    return redirect("pairings:detail", pairing.pk)


def _closed(request: HttpRequest, pairing: Pairing) -> HttpResponse | None:
    """Back to the page, with a sentence, where the pair has ended."""
    if rules.is_open(pairing, on=_today(request)):
        return None
    messages.info(request, rules.PairingEnded.sentence)
    return _to_page(pairing)


@never_cache
@require_safe
def detail(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = _pairing(request, pairing_id), _today(request)
    page = queries.pair_page(pairing, _person(request), on, at=clock.now())
    form = (
        MeetingForm(initial=_meeting_initial(page, on), pairing=pairing, on=on, hint=page.hint)
        if page.is_open and page.may_log
        else None
    )
    return render_form(request, "pairings/detail.html", {"pair": page, "meeting_form": form})


def _waits_to_be_read(request: HttpRequest, sentence: str) -> bool:
    """Whether the next page will say this: after a double click it is the one thing to say."""
    waiting = cast(BaseStorage, messages.get_messages(request))
    found = sentence in [str(message) for message in waiting]
    waiting.used = False
    return found


def _meeting_initial(page: queries.PairPage, on: date) -> dict[str, Any]:
    return {
        "held_on": min(on, page.last_day),
        "minutes": page.meeting_minutes,
        "kind": Kind.MENTOR_LED,
        "way": page.usual_way,
    }


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_meeting(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = _pairing(request, pairing_id), _today(request)
    page = queries.pair_page(pairing, _person(request), on, at=clock.now())
    form = MeetingForm(
        request.POST or None, initial=_meeting_initial(page, on), pairing=pairing, on=on, hint=page.hint
    )  # fmt: skip
    if form.is_valid():
        with refusals_shown_on(form):
            at = clock.now()
            meeting = actions.log_meeting(pairing, by=_person(request), at=at, on=on, **form.cleaned_data)
            said = f"Logged. {page.partner.given_name} sees it on your page too."
            if meeting.logged_at == at:
                messages.success(request, said)
            elif not _waits_to_be_read(request, said):
                day = rules.in_words(meeting.held_on)
                messages.info(request, f"Your meeting of {day} was logged already; nothing was added.")
            return _to_page(pairing)
    return render_form(request, "pairings/log_meeting.html", {"pair": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_meeting(request: HttpRequest, pairing_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    """For a meeting one logged by mistake. One that is gone already, or was never one's own, leads back to the page."""
    pairing, person = _pairing(request, pairing_id), _person(request)
    meeting = pairing.meetings.filter(pk=meeting_id, logged_by=person).first()
    if meeting is None:
        return _to_page(pairing)
    if request.method == "POST":
        actions.take_back_meeting(meeting, by=person, at=clock.now(), on=_today(request))
        messages.success(request, f"Taken back. {pairing.partner_of(person).given_name} no longer sees it either.")
        return _to_page(pairing)
    context = {"pairing": pairing, "meeting": meeting}
    return render_form(request, "pairings/take_back_meeting.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan_meeting(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on, at, person = _pairing(request, pairing_id), _today(request), clock.now(), _person(request)
    if closed := _closed(request, pairing):
        return closed
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
            elif not _waits_to_be_read(request, said):
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
    pairing, at, person = _pairing(request, pairing_id), clock.now(), _person(request)
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
    zone = _person(request).zone
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
    person, at = _person(request), clock.now()
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
    pairing, at, person = _pairing(request, pairing_id), clock.now(), _person(request)
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
        return _to_page(pairing)
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
    pairing, at, on, person = _pairing(request, pairing_id), clock.now(), _today(request), _person(request)
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
                return _to_page(pairing)
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
            occasion.pairing, meetings=occasion.meetings, by=person, at=at, on=on, way=way, **said
        )  # fmt: skip


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """One's own calendar address. It stands on the answer to the button that makes it, and nowhere after."""
    person, at = _person(request), clock.now()
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


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Read the newest version, sign it, or write the next one."""
    pairing, on = _pairing(request, pairing_id), _today(request)
    if closed := _closed(request, pairing):
        return closed
    start = queries.agreement_to_start_from(pairing, _person(request))
    form = AgreementForm(request.POST or None, initial=start, pairing=pairing)
    if form.is_valid():
        with refusals_shown_on(form):
            facts = {name: form.cleaned_data[name] for name in ("meet_every_days", "meeting_minutes", "arranged_by")}
            written = actions.draft_agreement(
                pairing, by=_person(request), at=clock.now(), on=on, based_on=form.cleaned_data["based_on"],
                words=form.words, **facts,
            )  # fmt: skip
            partner = pairing.partner_of(_person(request)).given_name
            holds = f"Signed by you. It holds once {partner} signs too; we have written to {partner}."
            messages.success(request, holds if not written.is_signed else "Signed by you both.")
            return redirect("pairings:agreement", pairing.pk)
        form.start_from(queries.newest_version(pairing))
    page = queries.pair_page(pairing, _person(request), on, at=clock.now())
    return render_form(request, "pairings/agreement.html", {"pair": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_agreement(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Sign the version one has read. A GET, as after signing in again, leads back to the text."""
    pairing, on = _pairing(request, pairing_id), _today(request)
    if closed := _closed(request, pairing):
        return closed
    version = request.POST.get("version", "")
    if request.method == "POST" and version.isdecimal():
        try:
            signed = actions.sign_agreement(
                pairing, by=_person(request), at=clock.now(), on=on, version=int(version[:9])
            )  # fmt: skip
        except rules.Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            messages.success(request, "Signed by you both. Your agreement holds." if signed.is_signed else "Signed.")
    return redirect("pairings:agreement", pairing.pk)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_goal(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = _pairing(request, pairing_id), _today(request)
    if closed := _closed(request, pairing):
        return closed
    initial = {"due_on": min(max(on, pairing.started_on) + timedelta(days=60), pairing.last_day)}
    form = GoalForm(request.POST or None, initial=initial, pairing=pairing)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.set_goal(pairing, by=_person(request), at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, "The goal stands on your page. You can both change it.")
            return _to_page(pairing)
    return render_form(request, "pairings/set_goal.html", {"pairing": pairing, "form": form})


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: HttpRequest, pairing_id: uuid.UUID, goal_id: uuid.UUID) -> HttpResponse:
    pairing, on = _pairing(request, pairing_id), _today(request)
    found = get_object_or_404(Goal, pk=goal_id, pairing=pairing)
    if closed := _closed(request, pairing):
        return closed
    form = GoalChangeForm(request.POST or None, initial=_goal_initial(found, pairing), pairing=pairing, goal=found)
    newer = None
    if form.is_valid():
        sent = {**form.cleaned_data, "state": GoalState(form.cleaned_data["state"])}
        with refusals_shown_on(form):
            actions.update_goal(found, by=_person(request), at=clock.now(), on=on, **sent)
            messages.success(request, "Saved. You both see it on your page.")
            return _to_page(pairing)
        newer = queries.goal_now(pairing, found.pk, on) if form.has_error("__all__", "GoalChanged") else None
        found.refresh_from_db(fields=["version"])
        form.start_from(found.version)
    return _goal_page(request, pairing, found, form, newer=newer)


@sensitive_variables()
def _goal_initial(goal: Goal, pairing: Pairing) -> dict[str, Any]:
    return {
        "based_on": goal.version,
        "title": queries.goal_title(goal, pairing) or "",
        "due_on": goal.due_on,
        "progress": goal.progress,
        "state": goal.state,
    }


@sensitive_variables()
def _goal_page(
    request: HttpRequest, pairing: Pairing, goal: Goal, form: GoalChangeForm, *,
    task_form: TaskForm | None = None, newer: queries.GoalOnPage | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of a goal with its steps; ``newer`` is the goal as it stands, beside what was typed over it."""
    now = queries.goal_now(pairing, goal.pk, _today(request))
    task_form = task_form or TaskForm()
    context = {"pairing": pairing, "goal": now, "form": form, "newer": newer, "task_form": task_form}
    return render_form(request, "pairings/goal.html", context, forms=[form, task_form])


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_task(request: HttpRequest, pairing_id: uuid.UUID, goal_id: uuid.UUID) -> HttpResponse:
    """Add a step. A GET leads back to the goal."""
    pairing, on = _pairing(request, pairing_id), _today(request)
    found = get_object_or_404(Goal, pk=goal_id, pairing=pairing)
    if closed := _closed(request, pairing):
        return closed
    form = TaskForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.add_task(found, by=_person(request), at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, "Added. You both see it.")
            return redirect("pairings:goal", pairing.pk, found.pk)
    if request.method != "POST":
        return redirect("pairings:goal", pairing.pk, found.pk)
    goal_form = GoalChangeForm(initial=_goal_initial(found, pairing), pairing=pairing, goal=found)
    return _goal_page(request, pairing, found, goal_form, task_form=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_task(request: HttpRequest, pairing_id: uuid.UUID, goal_id: uuid.UUID, task_id: uuid.UUID) -> HttpResponse:
    """Mark a step as done or not, or take it away. A GET leads back to the goal, and so does a step that is gone."""
    pairing, on = _pairing(request, pairing_id), _today(request)
    found = get_object_or_404(Goal, pk=goal_id, pairing=pairing)
    if closed := _closed(request, pairing):
        return closed
    task = found.tasks.filter(pk=task_id).first()
    wanted = request.POST.get("do")
    if task is not None and wanted in ("done", "open", "remove"):
        try:
            if wanted == "remove":
                actions.remove_task(task, by=_person(request), on=on)
            else:
                actions.mark_task(task, by=_person(request), at=clock.now(), on=on, done=wanted == "done")
        except rules.Refused as refusal:
            messages.warning(request, refusal.message)
    return redirect("pairings:goal", pairing.pk, found.pk)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = _pairing(request, pairing_id), _today(request)
    if closed := _closed(request, pairing):
        return closed
    form = CheckInForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.answer_check_in(pairing, by=_person(request), at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, "Thank you. Only you see these answers.")
            return redirect("pairings:check_in", pairing.pk)
    page = queries.check_in_page(pairing, _person(request), on)
    return render_form(request, "pairings/check_in.html", {"pairing": pairing, "page": page, "form": form})


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def skills(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """One's own ratings, and the form while they can be given or changed."""
    pairing, on = _pairing(request, pairing_id), _today(request)
    page = queries.skills_page(pairing, _person(request), on)
    form = None
    if page.moment is not None and page.asks:
        initial = {f"{page.moment}-{skill}": mastery for skill, mastery in page.given.items()}
        form = skills_form_of(page.asks, page.moment)(request.POST or None, initial=initial)
        if form.is_valid():
            with refusals_shown_on(form):
                actions.rate_skills(
                    pairing, by=_person(request), at=clock.now(), on=on, moment=page.moment, ratings=form.ratings
                )
                messages.success(request, "Kept. Only you see what you said.")
                return redirect("pairings:skills", pairing.pk)
    elif request.method == "POST":
        messages.info(request, rules.NotRatedNow.sentence)
        return redirect("pairings:skills", pairing.pk)
    context = {"pairing": pairing, "page": page, "form": form}
    return render_form(request, "pairings/skills.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Ask to go on, or read the partner's question."""
    pairing, on = _pairing(request, pairing_id), _today(request)
    if closed := _closed(request, pairing):
        return closed
    last = rules.latest_extension(pairing)
    first = pairing.runs_until + timedelta(days=1)
    initial = {"until": min(pairing.runs_until + timedelta(weeks=13), last)}
    form = ExtensionForm(request.POST or None, initial=initial, first=first, last=last)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.propose_extension(pairing, by=_person(request), at=clock.now(), on=on, **form.cleaned_data)
            partner = pairing.partner_of(_person(request)).given_name
            messages.success(request, f"We have asked {partner}. Your last day moves once {partner} agrees.")
            return _to_page(pairing)
    page = queries.pair_page(pairing, _person(request), on, at=clock.now())
    return render_form(request, "pairings/extend.html", {"pair": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_extension(request: HttpRequest, pairing_id: uuid.UUID, extension_id: int) -> HttpResponse:
    """Yes or no to the partner's question. A GET leads back to the question."""
    pairing, on = _pairing(request, pairing_id), _today(request)
    extension = get_object_or_404(pairing.extensions.all(), pk=extension_id)
    if closed := _closed(request, pairing):
        return closed
    answer = request.POST.get("agreed")
    if request.method != "POST" or answer not in ("yes", "no"):
        return redirect("pairings:extend", pairing.pk)
    try:
        answered = actions.answer_extension(
            extension, by=_person(request), at=clock.now(), on=on, agreed=answer == "yes"
        )  # fmt: skip
    except rules.Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        last_day = rules.in_words(answered.until if answered.agreed else pairing.runs_until)
        words = "You go on together." if answered.agreed else "Nothing changes."
        messages.success(request, f"{words} Your last day is {last_day}.")
    return _to_page(pairing)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fine(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """What coordinators are told of the pair, and the two's own word that they are fine."""
    pairing, on, at, person = _pairing(request, pairing_id), _today(request), clock.now(), _person(request)
    if closed := _closed(request, pairing):
        return closed
    last = rules.last_peace(pairing, on=on)
    if request.POST.get("do") == "take_back":
        try:
            actions.take_fine_back(pairing, by=person, at=at, on=on)
        except rules.PairingEnded as refusal:
            messages.info(request, refusal.message)
        else:
            messages.success(request, "Taken back. Reminders come again from tomorrow on.")
        return _to_page(pairing)
    form = FineForm(request.POST or None, initial={"until": min(on + timedelta(weeks=4), last)}, last=last)
    if form.is_valid():
        with refusals_shown_on(form):
            said = actions.say_fine(pairing, by=person, at=at, on=on, **form.cleaned_data)
            assert said.fine_until is not None  # noqa: S101 - for the type checker
            messages.success(request, f"Noted. No nudge to meet comes until {rules.in_words(said.fine_until)}.")
            return _to_page(pairing)
    page = queries.pair_page(pairing, person, on, at=at)
    return render_form(request, "pairings/fine.html", {"pair": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """One calm page; a POST closes the pair."""
    pairing, on = _pairing(request, pairing_id), _today(request)
    if closed := _closed(request, pairing):
        return closed
    if request.method == "POST":
        try:
            ended = actions.end_pairing(pairing, by=_person(request), at=clock.now(), on=on)
        except rules.Refused as refusal:
            messages.info(request, refusal.message)
        else:
            until = rules.in_words(rules.readable_until(ended))
            messages.success(request, f"You have closed the pair. Your page stays readable until {until}.")
        return _to_page(pairing)
    return render_form(
        request,
        "pairings/end.html",
        {
            "pairing": pairing,
            "partner": pairing.partner_of(_person(request)),
            "readable_until": on + timedelta(days=rules.READABLE_DAYS),
        },
    )


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reflect(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = _pairing(request, pairing_id), _today(request)
    partner = pairing.partner_of(_person(request))
    if not rules.may_reflect(pairing, on=on):
        messages.info(request, rules.TooEarlyToReflect.sentence)
        return _to_page(pairing)
    own = queries.own_reflection(pairing, _person(request))
    initial = {"words": own.words or "", "shared": own.shared} if own else {}
    form = ReflectionForm(request.POST or None, initial=initial, partner=partner.given_name)
    if form.is_valid():
        with refusals_shown_on(form):
            kept = actions.reflect(pairing, by=_person(request), at=clock.now(), on=on, **form.cleaned_data)
            who = f"Kept, and shared with {partner.given_name}." if kept.shared else "Kept for you alone."
            messages.success(request, who)
            return _to_page(pairing)
    context = {"pairing": pairing, "partner": partner, "form": form, "readable_until": rules.readable_until(pairing)}
    return render_form(request, "pairings/reflect.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Withdraw from everything on one page; a second press changes nothing."""
    person, on = _person(request), _today(request)
    found = leaving(person, on=on)
    form = LeaveForm(request.POST if request.method == "POST" else None, leaving=found)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.leave(by=person, end=form.cleaned_data["end"], at=clock.now(), on=on)
            messages.success(request, "Done. Nobody asks why, and nothing is held against you.")
            return redirect("pairings:leave")
    return render_form(request, "pairings/leave.html", {"leaving": found, "form": form})


@never_cache
@require_safe
def to_look_at(request: HttpRequest, program_id: int) -> HttpResponse:
    """For coordinators: pairs at rest, and pairs that the directory put against a rule."""
    person = _person(request)
    program = get_object_or_404(Program.objects.coordinated_by(person), pk=program_id)
    pairs = queries.pairs_to_look_at([program], person, on=_today(request))
    return render(request, "pairings/to_look_at.html", {"program": program, "pairs": pairs})


@never_cache
@require_safe
def doing(request: HttpRequest, program_id: int) -> HttpResponse:
    """For coordinators: pairs that are stuck or quiet, with the facts that say so, fifty on a page."""
    person = _person(request)
    program = get_object_or_404(Program.objects.coordinated_by(person), pk=program_id)
    pairs = queries.pairs_doing([program], person, at=clock.now())
    asking = [each for each in pairs if each.health.state != Health.ON_TRACK]
    page = Paginator(asking, PAIRS_ON_A_PAGE).get_page(request.GET.get("page"))
    queries.with_people(page)
    numbers = [(state.label, sum(each.health.state == state for each in pairs)) for state in Health]
    return render(request, "pairings/doing.html", {"program": program, "page": page, "numbers": numbers})


@require_POST
def waive_rule(request: HttpRequest, pairing_id: uuid.UUID, rule: str) -> HttpResponse:
    person = _person(request)
    pairing: Pairing = get_object_or_404(
        Pairing.objects.coordinated_by(person)
        .with_people()
        .exclude(Q(mentor__person=person) | Q(mentee__person=person)),
        pk=pairing_id,
    )
    try:
        actions.waive_rule(pairing, rule=rule, by=person, at=clock.now())
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, "Noted. The pair goes on, and the two are not written to.")
    return redirect("pairings:to_look_at", pairing.program_id)
