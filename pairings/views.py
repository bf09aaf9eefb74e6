"""The pages of a pair. Each loads the pair through ``queries.visible_to``; to anybody else the answer is 404."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import clock
from pairings import actions, queries, rules
from pairings.choices import GoalState, Health, Kind
from pairings.ending import erasure_in_words, is_looked_for
from pairings.forms import (
    AgreementForm,
    CheckInForm,
    ExtensionForm,
    FineForm,
    GoalChangeForm,
    GoalForm,
    LeaveForm,
    MeetingForm,
    ReflectionForm,
    TaskForm,
    skills_form_of,
)
from pairings.leaving import leaving
from pairings.models import Goal, Pairing
from pairings.requests import closed, pairing_of, to_page, today_of, waits_to_be_read
from people.requests import me
from programs.models import Program
from ui.forms import refusals_shown_on, render_form

PAIRS_ON_A_PAGE: Final = 50


@never_cache
@require_safe
def detail(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    page = queries.pair_page(pairing, me(request), on, at=clock.now())
    form = (
        MeetingForm(initial=_meeting_initial(page, on), pairing=pairing, on=on, hint=page.hint)
        if page.is_open and page.may_log
        else None
    )
    return render_form(request, "pairings/detail.html", {"pair": page, "meeting_form": form})


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
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    page = queries.pair_page(pairing, me(request), on, at=clock.now())
    form = MeetingForm(
        request.POST or None, initial=_meeting_initial(page, on), pairing=pairing, on=on, hint=page.hint
    )  # fmt: skip
    if form.is_valid():
        with refusals_shown_on(form):
            at = clock.now()
            meeting = actions.log_meeting(pairing, by=me(request), at=at, on=on, **form.cleaned_data)
            said = f"Logged. {page.partner.given_name} sees it on your page too."
            if meeting.logged_at == at:
                messages.success(request, said)
            elif not waits_to_be_read(request, said):
                day = rules.in_words(meeting.held_on)
                messages.info(request, f"Your meeting of {day} was logged already; nothing was added.")
            return to_page(pairing)
    return render_form(request, "pairings/log_meeting.html", {"pair": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_meeting(request: HttpRequest, pairing_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    """For a meeting one logged by mistake. One that is gone already, or was never one's own, leads back to the page."""
    pairing, person = pairing_of(request, pairing_id), me(request)
    meeting = pairing.meetings.filter(pk=meeting_id, logged_by=person).first()
    if meeting is None:
        return to_page(pairing)
    if request.method == "POST":
        actions.take_back_meeting(meeting, by=person, at=clock.now(), on=today_of(request))
        messages.success(request, f"Taken back. {pairing.partner_of(person).given_name} no longer sees it either.")
        return to_page(pairing)
    context = {"pairing": pairing, "meeting": meeting}
    return render_form(request, "pairings/take_back_meeting.html", context)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Read the newest version, sign it, or write the next one."""
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    if way_back := closed(request, pairing):
        return way_back
    start = queries.agreement_to_start_from(pairing, me(request))
    form = AgreementForm(request.POST or None, initial=start, pairing=pairing)
    if form.is_valid():
        with refusals_shown_on(form):
            facts = {name: form.cleaned_data[name] for name in ("meet_every_days", "meeting_minutes", "arranged_by")}
            written = actions.draft_agreement(
                pairing, by=me(request), at=clock.now(), on=on, based_on=form.cleaned_data["based_on"],
                words=form.words, **facts,
            )  # fmt: skip
            partner = pairing.partner_of(me(request)).given_name
            holds = f"Signed by you. It holds once {partner} signs too; we have written to {partner}."
            messages.success(request, holds if not written.is_signed else "Signed by you both.")
            return redirect("pairings:agreement", pairing.pk)
        form.start_from(queries.newest_version(pairing))
    page = queries.pair_page(pairing, me(request), on, at=clock.now())
    earlier = queries.earlier_versions(pairing, me(request))
    return render_form(request, "pairings/agreement.html", {"pair": page, "form": form, "earlier": earlier})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_agreement(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Sign the version one has read. A GET, as after signing in again, leads back to the text."""
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    if way_back := closed(request, pairing):
        return way_back
    version = request.POST.get("version", "")
    if request.method == "POST" and version.isdecimal():
        try:
            signed = actions.sign_agreement(
                pairing, by=me(request), at=clock.now(), on=on, version=int(version[:9])
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
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    if way_back := closed(request, pairing):
        return way_back
    initial = {"due_on": min(max(on, pairing.started_on) + timedelta(days=60), pairing.last_day)}
    form = GoalForm(request.POST or None, initial=initial, pairing=pairing)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.set_goal(pairing, by=me(request), at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, "The goal stands on your page. You can both change it.")
            return to_page(pairing)
    return render_form(request, "pairings/set_goal.html", {"pairing": pairing, "form": form})


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: HttpRequest, pairing_id: uuid.UUID, goal_id: uuid.UUID) -> HttpResponse:
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    found = get_object_or_404(Goal, pk=goal_id, pairing=pairing)
    if way_back := closed(request, pairing):
        return way_back
    form = GoalChangeForm(request.POST or None, initial=_goal_initial(found, pairing), pairing=pairing, goal=found)
    newer = None
    if form.is_valid():
        sent = {**form.cleaned_data, "state": GoalState(form.cleaned_data["state"])}
        with refusals_shown_on(form):
            actions.update_goal(found, by=me(request), at=clock.now(), on=on, **sent)
            messages.success(request, "Saved. You both see it on your page.")
            return to_page(pairing)
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
    now = queries.goal_now(pairing, goal.pk, today_of(request))
    task_form = task_form or TaskForm()
    context = {"pairing": pairing, "goal": now, "form": form, "newer": newer, "task_form": task_form}
    return render_form(request, "pairings/goal.html", context, forms=[form, task_form])


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_task(request: HttpRequest, pairing_id: uuid.UUID, goal_id: uuid.UUID) -> HttpResponse:
    """Add a step. A GET leads back to the goal."""
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    found = get_object_or_404(Goal, pk=goal_id, pairing=pairing)
    if way_back := closed(request, pairing):
        return way_back
    form = TaskForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.add_task(found, by=me(request), at=clock.now(), on=on, **form.cleaned_data)
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
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    found = get_object_or_404(Goal, pk=goal_id, pairing=pairing)
    if way_back := closed(request, pairing):
        return way_back
    task = found.tasks.filter(pk=task_id).first()
    wanted = request.POST.get("do")
    if task is not None and wanted in ("done", "open", "remove"):
        try:
            if wanted == "remove":
                actions.remove_task(task, by=me(request), on=on)
            else:
                actions.mark_task(task, by=me(request), at=clock.now(), on=on, done=wanted == "done")
        except rules.Refused as refusal:
            messages.warning(request, refusal.message)
    return redirect("pairings:goal", pairing.pk, found.pk)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    if way_back := closed(request, pairing):
        return way_back
    page = queries.check_in_page(pairing, me(request), on)
    form = CheckInForm(request.POST or None, asks_fit=page.asks_fit)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.answer_check_in(pairing, by=me(request), at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, "Thank you. Only you see these answers.")
            return redirect("pairings:check_in", pairing.pk)
    return render_form(request, "pairings/check_in.html", {"pairing": pairing, "page": page, "form": form})


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def skills(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """One's own ratings, and the form while they can be given or changed."""
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    page = queries.skills_page(pairing, me(request), on)
    form = None
    if page.moment is not None and page.asks:
        initial = {f"{page.moment}-{skill}": mastery for skill, mastery in page.given.items()}
        form = skills_form_of(page.asks, page.moment)(request.POST or None, initial=initial)
        if form.is_valid():
            with refusals_shown_on(form):
                actions.rate_skills(
                    pairing, by=me(request), at=clock.now(), on=on, moment=page.moment, ratings=form.ratings
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
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    if way_back := closed(request, pairing):
        return way_back
    last = rules.latest_extension(pairing)
    first = pairing.runs_until + timedelta(days=1)
    page = queries.pair_page(pairing, me(request), on, at=clock.now())
    initial = {"until": page.longer_until or min(pairing.runs_until + timedelta(weeks=13), last)}
    form = ExtensionForm(request.POST or None, initial=initial, first=first, last=last)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.propose_extension(pairing, by=me(request), at=clock.now(), on=on, **form.cleaned_data)
            partner = pairing.partner_of(me(request)).given_name
            messages.success(request, f"We have asked {partner}. Your last day moves once {partner} agrees.")
            return to_page(pairing)
        page = queries.pair_page(pairing, me(request), on, at=clock.now())
    return render_form(request, "pairings/extend.html", {"pair": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_extension(request: HttpRequest, pairing_id: uuid.UUID, extension_id: int) -> HttpResponse:
    """Yes or no to the partner's question. A GET leads back to the question."""
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    extension = get_object_or_404(pairing.extensions.all(), pk=extension_id)
    if way_back := closed(request, pairing):
        return way_back
    answer = request.POST.get("agreed")
    if request.method != "POST" or answer not in ("yes", "no"):
        return redirect("pairings:extend", pairing.pk)
    try:
        answered = actions.answer_extension(
            extension, by=me(request), at=clock.now(), on=on, agreed=answer == "yes"
        )  # fmt: skip
    except rules.Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        last_day = rules.in_words(answered.until if answered.agreed else pairing.runs_until)
        words = "You go on together." if answered.agreed else "Nothing changes."
        messages.success(request, f"{words} Your last day is {last_day}.")
    return to_page(pairing)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fine(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """What coordinators are told of the pair, and the two's own word that they are fine."""
    pairing, on, at, person = pairing_of(request, pairing_id), today_of(request), clock.now(), me(request)
    if way_back := closed(request, pairing):
        return way_back
    last = rules.last_peace(pairing, on=on)
    if request.POST.get("do") == "take_back":
        try:
            actions.take_fine_back(pairing, by=person, at=at, on=on)
        except rules.PairingEnded as refusal:
            messages.info(request, refusal.message)
        else:
            messages.success(request, "Taken back. Reminders come again from tomorrow on.")
        return to_page(pairing)
    form = FineForm(request.POST or None, initial={"until": min(on + timedelta(weeks=4), last)}, last=last)
    if form.is_valid():
        with refusals_shown_on(form):
            said = actions.say_fine(pairing, by=person, at=at, on=on, **form.cleaned_data)
            assert said.fine_until is not None  # noqa: S101 - for the type checker
            messages.success(request, f"Noted. No nudge to meet comes until {rules.in_words(said.fine_until)}.")
            return to_page(pairing)
    page = queries.pair_page(pairing, person, on, at=at)
    return render_form(request, "pairings/fine.html", {"pair": page, "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """One calm page; a POST closes the pair."""
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    if way_back := closed(request, pairing):
        return way_back
    if request.method == "POST":
        try:
            ended = actions.end_pairing(pairing, by=me(request), at=clock.now(), on=on)
        except rules.Refused as refusal:
            messages.info(request, refusal.message)
        else:
            until = rules.in_words(rules.readable_until(ended))
            messages.success(request, f"You have closed the pair. Your page stays readable until {until}.")
        return to_page(pairing)
    return render_form(
        request,
        "pairings/end.html",
        {
            "pairing": pairing,
            "partner": pairing.partner_of(me(request)),
            "readable_until": on + timedelta(days=rules.READABLE_DAYS),
            "erasure": erasure_in_words(pairing, last_day=on),
            "is_looked_for": is_looked_for(pairing, me(request), on=on),
        },
    )


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reflect(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    partner = pairing.partner_of(me(request))
    if not rules.may_reflect(pairing, on=on):
        messages.info(request, rules.TooEarlyToReflect.sentence)
        return to_page(pairing)
    own = queries.own_reflection(pairing, me(request))
    initial = {"words": own.words or "", "shared": own.shared} if own else {}
    form = ReflectionForm(request.POST or None, initial=initial, partner=partner.given_name)
    if form.is_valid():
        with refusals_shown_on(form):
            kept = actions.reflect(pairing, by=me(request), at=clock.now(), on=on, **form.cleaned_data)
            who = f"Kept, and shared with {partner.given_name}." if kept.shared else "Kept for you alone."
            messages.success(request, who)
            return to_page(pairing)
    context = {"pairing": pairing, "partner": partner, "form": form, "readable_until": rules.readable_until(pairing)}
    return render_form(request, "pairings/reflect.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Withdraw from everything on one page; a second press changes nothing."""
    person, on = me(request), today_of(request)
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
    person = me(request)
    program = get_object_or_404(Program.objects.coordinated_by(person), pk=program_id)
    pairs = queries.pairs_to_look_at([program], person, on=today_of(request))
    return render(request, "pairings/to_look_at.html", {"program": program, "pairs": pairs})


@never_cache
@require_safe
def doing(request: HttpRequest, program_id: int) -> HttpResponse:
    """For coordinators: pairs that are stuck or quiet, with the facts that say so, fifty on a page; and who pauses."""
    person = me(request)
    program = get_object_or_404(Program.objects.coordinated_by(person), pk=program_id)
    pairs = queries.pairs_doing([program], person, at=clock.now())
    asking = [each for each in pairs if each.health.state != Health.ON_TRACK]
    page = Paginator(asking, PAIRS_ON_A_PAGE).get_page(request.GET.get("page"))
    queries.with_people(page)
    numbers = [(state.label, sum(each.health.state == state for each in pairs)) for state in Health]
    pauses = queries.pauses(program, person, on=today_of(request))
    context = {"program": program, "page": page, "numbers": numbers, "pauses": pauses}
    return render(request, "pairings/doing.html", context)


@require_POST
def waive_rule(request: HttpRequest, pairing_id: uuid.UUID, rule: str) -> HttpResponse:
    person = me(request)
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
