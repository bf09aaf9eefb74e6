"""What stays after a pair: the recusal register, one's own and that of a program."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pairings import ending
from pairings.requests import today_of
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


def _coordinated(request: HttpRequest, program_id: int) -> Program:
    return get_object_or_404(Program.objects.coordinated_by(me(request)), pk=program_id)
