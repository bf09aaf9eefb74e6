"""“Your messages”: how somebody wants to be written to, which nobody else has a window on; and the way in by mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

import clock
from notifications import actions, channels, queries, wanted
from notifications.choices import ChannelKind
from notifications.forms import ChannelForm, DaysOffForm, HoursForm, TopicsForm, WayInForm
from people.models import Person
from people.requests import me
from people.tries import Tries, address_of
from ui.forms import refusals_shown_on, render_form

LINKS_ASKED_FOR = Tries("way_in", 50)
"""From one address of the network, which a whole office may share."""


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def way_in(request: HttpRequest) -> HttpResponse:
    """Every address that could be one is answered alike. Whoever is signed in finds their own, to change a password."""
    known = {"email": request.user.email} if isinstance(request.user, Person) else {}
    form, network = WayInForm(request.POST if request.method == "POST" else None, initial=known), address_of(request)
    if not form.is_valid():
        return render_form(request, "notifications/way_in.html", {"form": form})
    if LINKS_ASKED_FOR.are_too_many(network):
        form.add_error(None, "Too many links were asked for in a short time. Wait a quarter of an hour.")
        return render_form(request, "notifications/way_in.html", {"form": form})
    LINKS_ASKED_FOR.note(network)
    actions.send_way_in(email=form.cleaned_data["email"], at=clock.now())
    return render(request, "notifications/way_in.html", {"is_done": True})


@sensitive_variables()
@sensitive_post_parameters("address")
@never_cache
@require_http_methods(["GET", "POST"])
def your_messages(request: HttpRequest) -> HttpResponse:
    person, at = me(request), clock.now()
    doing = request.POST.get("do", "hours") if request.method == "POST" else ""
    hours_form = HoursForm(request.POST if doing == "hours" else None, initial=_as_it_is(person, at))
    days_off_form = DaysOffForm(request.POST if doing == "days_off" else None)
    topics_form = TopicsForm(
        request.POST if doing == "topics" else None,
        initial={"topics": wanted.topics_wanted_by(person)},
        topics=wanted.topics_for(person),
    )
    if doing == "hours" and hours_form.is_valid():
        with refusals_shown_on(hours_form):
            wanted.choose_hours(by=person, at=at, **hours_form.cleaned_data)
            messages.success(request, "Saved. It holds from the next message on.")
            return redirect("notifications:your_messages")
    if doing == "days_off" and days_off_form.is_valid():
        with refusals_shown_on(days_off_form):
            wanted.note_days_off(by=person, on=clock.today(person.zone), **days_off_form.cleaned_data)
            messages.success(request, "Noted. What may wait comes when you are back.")
            return redirect("notifications:your_messages")
    if doing == "topics" and topics_form.is_valid():
        wanted.choose_topics(by=person, at=at, **topics_form.cleaned_data)
        messages.success(request, "Saved. It holds from the next message on.")
        return redirect("notifications:your_messages")
    channel_form = ChannelForm(request.POST if doing == "channel" else None)
    if doing == "channel" and channel_form.is_valid():
        with refusals_shown_on(channel_form):
            _choose_channel(person, channel_form.cleaned_data, at)
            messages.success(request, "Saved. It holds from the next message on.")
            return redirect("notifications:your_messages")
    if doing == "forget":
        number = request.POST.get("days", "")
        if number.isdecimal() and len(number) < 18 and wanted.forget_days_off(by=person, pk=int(number), at=at):
            messages.success(request, "Taken away.")
        return redirect("notifications:your_messages")
    context = {
        "hours_form": hours_form,
        "days_off_form": days_off_form,
        "topics_form": topics_form,
        "channel_form": channel_form,
        "channel": channels.channel_of(person),
        "days_off": wanted.days_off_of(person, on=clock.today(person.zone)),
        "next_message": queries.next_message_at(person, at=at),
    }
    return render_form(request, "notifications/your_messages.html", context)


# Mail programs send the POST of RFC 8058 without a cookie or a token of ours: the signed link stands for its person.
@csrf_exempt
@login_not_required
@sensitive_variables()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """From the foot or the header of a mail. Opening it changes nothing, since programs open links; its button does."""
    found = wanted.behind_link(token)
    if found is None:
        raise Http404
    person, topics = found
    if request.method == "POST":
        wanted.decline(by=person, topics=topics, at=clock.now())
    labels = [topic.label for topic in topics]
    return render(request, "notifications/decline.html", {"labels": labels, "declined": request.method == "POST"})


def _choose_channel(person: Person, said: dict[str, Any], at: datetime) -> None:
    if said["where"] == "mail":
        channels.forget_channel(by=person)
    else:
        channels.choose_channel(by=person, kind=ChannelKind(said["where"]), address=said["address"], at=at)


def _as_it_is(person: Person, at: datetime) -> dict[str, Any]:
    hours = wanted.hours_of(person, at=at)
    gathered = "yes" if wanted.is_gathered(person) else "no"
    return {"weekdays": hours.weekdays, "first": hours.first, "last": hours.last, "gathered": gathered}
