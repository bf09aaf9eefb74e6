"""What one of a pair suggests for the insight board, and the other's word on it. To anybody else it does not exist."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

import clock
from pairings import rules as pair_rules
from pairings.models import Pairing
from pairings.requests import pairing_of, today_of
from people.requests import me
from surveys import insights as on_the_way
from surveys.insight_forms import InsightChangeForm, InsightForm
from surveys.models import Insight
from surveys.releases import smallest_group
from ui.components import in_words
from ui.forms import refusals_shown_on, render_form

GONE: Final = "It is no longer here: it was taken back, or it has gone on the board."


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def insights(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """Read what waits, and suggest something."""
    pairing, person = pairing_of(request, pairing_id), me(request)
    partner = pairing.partner_of(person)
    form = InsightForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            on_the_way.suggest_insight(pairing, by=person, at=clock.now(), on=today_of(request), **form.cleaned_data)
            messages.success(request, f"{partner.given_name} finds it here. It goes on the board only after a yes.")
            return redirect("surveys:insights", pairing.pk)
    page = on_the_way.insights_of(pairing, person, at=clock.now())
    context: dict[str, Any] = {
        "pairing": pairing, "partner": partner, "page": page, "form": form, "fewest": smallest_group()
    }  # fmt: skip
    return render_form(request, "surveys/insights.html", context)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def insight(request: HttpRequest, pairing_id: uuid.UUID, insight_id: uuid.UUID) -> HttpResponse:
    """Change it. One that is gone leads back to the page, unless something was typed."""
    pairing, person, on = pairing_of(request, pairing_id), me(request), today_of(request)
    found = _of(pairing, insight_id)
    if found is None and request.method != "POST":
        messages.info(request, GONE)
        return redirect("surveys:insights", pairing.pk)
    seen = on_the_way.said_in(found, pairing) if found is not None else None
    start = {"kind": seen.kind, "words": seen.words} if seen is not None else {}
    form = InsightChangeForm(
        request.POST if request.method == "POST" else None,
        initial={**start, "based_on": found.version if found is not None else 0},
    )
    newer = None
    if form.is_valid():
        with refusals_shown_on(form):
            changed = on_the_way.change_insight(
                found or Insight(pk=insight_id, pairing=pairing), by=person, at=clock.now(), on=on, **form.cleaned_data
            )
            partner = pairing.partner_of(person).given_name
            if changed.written_by_id == person.pk:
                messages.success(request, f"Changed. {partner} is asked about these words.")
            return redirect("surveys:insights", pairing.pk)
        if form.has_error("__all__", "InsightChanged") and (now := _of(pairing, insight_id)) is not None:
            newer = on_the_way.on_page(now, pairing, person, open_to_change=True)
            form.start_from(now.version)
    context = {"pairing": pairing, "partner": pairing.partner_of(person), "newer": newer, "form": form}
    return render_form(request, "surveys/insight.html", context)


@sensitive_variables()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_insight(request: HttpRequest, pairing_id: uuid.UUID, insight_id: uuid.UUID) -> HttpResponse:
    """Yes, “not this one”, or take it back: what the button says. A GET leads back to the page, as does all else."""
    pairing, person, on = pairing_of(request, pairing_id), me(request), today_of(request)
    found, said, typed = _of(pairing, insight_id), request.POST.get("say", ""), request.POST.get("version", "")
    if request.method != "POST" or said not in ("yes", "no", "back"):
        return redirect("surveys:insights", pairing.pk)
    if found is None:
        messages.info(request, GONE)
        return redirect("surveys:insights", pairing.pk)
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    try:
        if said == "yes":
            now = on_the_way.agree_to_insight(found, by=person, at=clock.now(), on=on, version=version)
            if now.goes_on is not None:
                day, fewest = pair_rules.in_words(now.goes_on), in_words(smallest_group()).lower()
                messages.success(
                    request,
                    f"You have both said yes. It goes on the board on {day}, if at least {fewest} pairs could have "
                    "written it by then; otherwise it waits for the next month.",
                )
        elif said == "no":
            on_the_way.leave_insight(found, by=person, at=clock.now(), on=on, version=version)
            messages.success(request, "It does not go on the board. Nobody is asked why.")
        else:
            on_the_way.take_back_insight(found, by=person, at=clock.now(), on=on)
            messages.success(request, "Taken back, and gone.")
    except pair_rules.Refused as refusal:
        messages.warning(request, refusal.message)
    return redirect("surveys:insights", pairing.pk)


def _of(pairing: Pairing, insight_id: uuid.UUID) -> Insight | None:
    return Insight.objects.filter(pairing=pairing, pk=insight_id).first()
