"""What stays after a pair: the recusal register, one's own and that of a program, and what one may keep as PDF."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

import clock
from pairings import actions, ending, keepsakes, rules
from pairings.requests import pairing_of, to_page, today_of
from people.requests import me
from programs.choices import Side
from programs.models import Program
from ui.csv_files import csv_file

LINES_ON_A_PAGE = 100


@never_cache
@require_safe
def recusals(request: HttpRequest) -> HttpResponse:
    """One's own lines of the register."""
    found = ending.recusals_of(me(request), on=today_of(request))
    return render(request, "pairings/recusals.html", {"recusals": found})


@never_cache
@require_safe
def recusals_at_desk(request: HttpRequest, program_id: int) -> HttpResponse:
    """For coordinators: who should not judge whom, and until when."""
    program = _coordinated(request, program_id)
    rows = ending.register_of(program, on=today_of(request))
    page = Paginator(rows, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pairings/recusals_at_desk.html", {"program": program, "page": page})


@never_cache
@require_safe
def recusals_file(request: HttpRequest, program_id: int) -> HttpResponse:
    """The same as a file."""
    program, on = _coordinated(request, program_id), today_of(request)
    sides = [program.word(side, capital=True) for side in (Side.MENTOR, Side.MENTEE)]
    head = [part for side in sides for part in (side, f"{side}, personnel number")]
    rows = (
        (
            each.mentor.person.name, each.mentor.person.employee_number, each.mentee.person.name,
            each.mentee.person.employee_number, each.last_day, each.last_recused,
        )
        for each in ending.register_of(program, on=on)
    )  # fmt: skip
    return csv_file(f"recusals-{on.isoformat()}.csv", [*head, "Pair ended on", "Recused until"], rows)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """What may be kept, and whether one may be named on the partner's."""
    pairing, on, person = pairing_of(request, pairing_id), today_of(request), me(request)
    if not keepsakes.may_say_named(pairing, on=on):
        messages.info(request, keepsakes.NotOverYet.sentence)
        return to_page(pairing)
    answer = request.POST.get("named")
    if answer in ("yes", "no"):
        agreed = answer == "yes"
        actions.agree_to_be_named(pairing, by=person, at=clock.now(), on=on, agreed=agreed)
        messages.success(request, "Noted. Names stand on both certificates, or on none.")
        return redirect("pairings:certificate", pairing.pk)
    context = {
        "pairing": pairing,
        "partner": pairing.partner_of(person),
        "agrees": keepsakes.agrees(pairing, person),
        "names_both": keepsakes.names_both(pairing),
        "is_made": keepsakes.is_made(pairing, on=on),
        "has_thanks": keepsakes.thanks_of(pairing, person) is not None,
        "readable_until": rules.readable_until(pairing),
    }
    return render(request, "pairings/certificate.html", context)


@never_cache
@require_safe
def certificate_file(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    pairing, on = pairing_of(request, pairing_id), today_of(request)
    try:
        made = keepsakes.certificate_of(pairing, me(request), on=on)
    except keepsakes.NotOverYet as refusal:
        messages.info(request, refusal.message)
        return to_page(pairing)
    return _pdf("certificate", keepsakes.as_pdf(made))


@sensitive_variables()
@never_cache
@require_safe
def thanks_file(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    """The closing words the partner shared. Where there are none, this leads to the page of the pair."""
    pairing = pairing_of(request, pairing_id)
    made = keepsakes.thanks_of(pairing, me(request))
    return to_page(pairing) if made is None else _pdf("thank-you", keepsakes.as_pdf(made))


def _pdf(name: str, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _coordinated(request: HttpRequest, program_id: int) -> Program:
    return get_object_or_404(Program.objects.coordinated_by(me(request)), pk=program_id)
