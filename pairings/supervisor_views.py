"""Facts of pairs, for supervisors of their program. To anybody else there is no such page."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import clock
from pairings import supervising
from pairings.models import Pairing
from pairings.requests import today_of
from people.requests import me
from programs.models import Program


@never_cache
@require_safe
def supervised(request: HttpRequest, program_id: int) -> HttpResponse:
    """Pairs of a program that go on today, fifty on a page, whoever has not met for longest first."""
    person, on = me(request), today_of(request)
    program: Program = get_object_or_404(Program.objects.supervised_by(person), pk=program_id)
    typed = request.GET.get("q", "").strip()
    pairs = supervising.pairs_of(program, person, on=on, typed=typed)
    page = Paginator(pairs, supervising.PAIRS_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = [supervising.line_of(each, on=on) for each in page]
    return render(
        request, "pairings/supervised.html", {"program": program, "page": page, "lines": lines, "typed": typed}
    )


@never_cache
@require_safe
def supervised_pair(request: HttpRequest, pairing_id: uuid.UUID) -> HttpResponse:
    person, on = me(request), today_of(request)
    pairing: Pairing = get_object_or_404(supervising.visible_to(person, on), pk=pairing_id)
    pair = supervising.page_of(pairing, at=clock.now(), on=on)
    page = Paginator(pair.facts, supervising.MEETINGS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "pairings/supervised_pair.html", {"pair": pair, "page": page, "program": pairing.program}
    )  # fmt: skip
