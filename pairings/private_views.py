"""The private room of a pair, and asking a supervisor for help. To anybody but the two it does not exist."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

import clock
from pairings import actions, asking, rules
from pairings import room as rooms
from pairings.forms import HelpForm, HelpMessageForm, MessageForm, NoteChangeForm, NoteForm
from pairings.models import HelpRequest, Pairing
from pairings.requests import pairing_of, today_of
from people.requests import me
from programs.choices import Duty
from ui.forms import refusals_shown_on, render_form


@sensitive_variables()
@never_cache
@require_safe
def room(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    return _room_page(request, pairing_of(request, pairing_id))


@sensitive_variables()
def _room_page(
    request: HttpRequest, pairing: Pairing, *,
    message_form: MessageForm | None = None, note_form: NoteForm | None = None,
) -> HttpResponse:  # fmt: skip
    """Whoever gets the page has opened the room: the partner's messages count as seen, and the partner is not told."""
    person = me(request)
    partner = pairing.partner_of(person)
    shown = rooms.room_of(pairing, person, at=clock.now(), page=request.GET.get("page", "1"))
    message_form = message_form or MessageForm(prefix="message", partner=partner.given_name)
    note_form = note_form or NoteForm(prefix="note")
    context: dict[str, Any] = {
        "pairing": pairing, "partner": partner, "room": shown,
        "message_form": message_form, "note_form": note_form, "minutes": rooms.TAKEN_BACK_WITHIN.seconds // 60,
    }  # fmt: skip
    answer = render_form(request, "pairings/room.html", context, forms=[message_form, note_form])
    if request.method != "HEAD":
        actions.see_messages(pairing, by=person, at=clock.now(), seen=shown.unread)
    return answer


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write_message(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Write to the partner. A GET leads back to the room."""
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    partner = pairing.partner_of(me(request)).given_name
    form = MessageForm(request.POST if request.method == "POST" else None, prefix="message", partner=partner)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.write_message(pairing, by=me(request), at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, f"{partner} finds it here. The mail to {partner} holds none of it.")
            return redirect("pairings:room", pairing.pk)
    if request.method != "POST":
        return redirect("pairings:room", pairing.pk)
    return _room_page(request, pairing, message_form=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_message(request: HttpRequest, pairing_id: uuid.UUID, message_id: uuid.UUID) -> HttpResponse:
    """A GET leads back to the room, and so does a message that is gone already or was never one's own."""
    pairing, person = pairing_of(request, pairing_id), me(request)
    message = pairing.messages.filter(pk=message_id, written_by=person).first()
    if request.method == "POST" and message is not None:
        try:
            actions.take_back_message(message, by=person, at=clock.now(), on=today_of(request))
        except rules.Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            partner = pairing.partner_of(person).given_name
            messages.success(request, f"Taken back. {partner} had not opened the room, and it is gone.")
    return redirect("pairings:room", pairing.pk)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write_note(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Note something for oneself. A GET leads back to the room."""
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    form = NoteForm(request.POST if request.method == "POST" else None, prefix="note")
    if form.is_valid():
        with refusals_shown_on(form):
            actions.write_note(pairing, by=me(request), at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, "Kept for you alone.")
            return redirect("pairings:room", pairing.pk)
    if request.method != "POST":
        return redirect("pairings:room", pairing.pk)
    return _room_page(request, pairing, note_form=form)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pairing_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    """Change a note of one's own."""
    pairing, person, on = pairing_of(request, pairing_id), me(request), today_of(request)
    found = get_object_or_404(rooms.notes_of(pairing, person), pk=note_id)
    if not rules.is_open(pairing, on=on):
        messages.info(request, rules.PairingEnded.sentence)
        return redirect("pairings:room", pairing.pk)
    now = rooms.note_in_room(found, pairing)
    form = NoteChangeForm(request.POST or None, initial={"words": now.words or "", "based_on": now.version})
    newer = None
    if form.is_valid():
        with refusals_shown_on(form):
            actions.change_note(found, by=person, at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, "Saved. Only you see it.")
            return redirect("pairings:room", pairing.pk)
        if form.has_error("__all__", "NoteChanged"):
            newer = rooms.note_in_room(get_object_or_404(rooms.notes_of(pairing, person), pk=note_id), pairing)
            form.start_from(newer.version)
    context = {"pairing": pairing, "note": now, "newer": newer, "form": form}
    return render_form(request, "pairings/note.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete_note(request: HttpRequest, pairing_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    """Delete a note of one's own. A GET leads back to the room, and so does one that is gone already."""
    pairing, person = pairing_of(request, pairing_id), me(request)
    found = rooms.notes_of(pairing, person).filter(pk=note_id).first()
    if request.method == "POST" and found is not None:
        actions.delete_note(found, by=person, on=today_of(request))
        messages.success(request, "The note is gone.")
    return redirect("pairings:room", pairing.pk)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_help(request: HttpRequest, program_id: int) -> HttpResponse:
    """Choose a supervisor and write; below stand one's own threads in this program, also when one may ask no more."""
    person, on = me(request), today_of(request)
    program = get_object_or_404(asking.programs_open_to(person, at=clock.now(), on=on), pk=program_id)
    may_ask = asking.may_ask_in(person, program, on=on)
    supervisors = list(asking.supervisors_for(person, program, on=on)) if may_ask else []
    chosen = {"supervisor": request.GET.get("to", "") or (supervisors[0].pk if len(supervisors) == 1 else "")}
    form = HelpForm(request.POST if request.method == "POST" else None, initial=chosen, supervisors=supervisors)
    if form.is_valid():
        with refusals_shown_on(form):
            asked = actions.ask_for_help(program, by=person, at=clock.now(), on=on, **form.cleaned_data)
            messages.success(request, f"Sent. Only {asked.supervisor.given_name} and you can read it.")
            return redirect("pairings:help_thread", asked.pk)
    context = {
        "program": program, "may_ask": may_ask, "supervisors": supervisors, "form": form,
        "threads": asking.asked_in(program, person, at=clock.now()),
    }  # fmt: skip
    return render_form(request, "pairings/ask_for_help.html", context)


@never_cache
@require_safe
def asked_for_help(request: HttpRequest) -> HttpResponse:
    """What was written to a supervisor, and nothing that was written to another one."""
    person = me(request)
    if not person.duties.filter(duty=Duty.SUPERVISOR).exists():
        raise Http404
    return render(request, "pairings/asked_for_help.html", {"threads": asking.asked_of(person, at=clock.now())})


def _thread(request: HttpRequest, request_id: uuid.UUID) -> HelpRequest:
    return get_object_or_404(asking.visible_to(me(request), at=clock.now()), pk=request_id)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def help_thread(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Read the thread, and write in it."""
    found, person = _thread(request, request_id), me(request)
    i_asked = found.asked_by_id == person.pk
    form = HelpMessageForm(request.POST if request.method == "POST" else None, i_asked=i_asked)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.write_in_thread(found, by=person, at=clock.now(), **form.cleaned_data)
            messages.success(request, f"Sent. Only {asking.other_of(found, person).given_name} and you can read it.")
            return redirect("pairings:help_thread", found.pk)
    thread = asking.thread_of(found, person)
    answer = render_form(request, "pairings/help_thread.html", {"thread": thread, "form": form})
    if request.method != "HEAD":
        try:
            actions.see_thread(found, by=person, at=clock.now(), seen=thread.unread)
        except asking.NotYourThread as gone:  # a supervisor who is none any more, since a moment ago
            raise Http404 from gone
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_thread(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Close the thread. A GET leads back to it."""
    found = _thread(request, request_id)
    if request.method == "POST":
        try:
            closed = actions.close_thread(found, by=me(request), at=clock.now())
        except asking.NotYourThread as gone:
            raise Http404 from gone
        until = rules.in_words(asking.erased_on(closed))
        messages.success(request, f"Closed. You can both read it until {until}; then it is erased.")
    return redirect("pairings:help_thread", found.pk)
