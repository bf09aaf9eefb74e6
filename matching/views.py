"""Pages of the search, for coordinators, and of a proposal, for the two it is about."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

import clock
from matching import actions, certificates, comparing, departures, queries, rules, weighing, wish_lists
from matching.actions import PairsAffected
from matching.choices import RunState
from matching.forms import AsideForm, BoardForm, PairForm, ReplyForm, ScenarioForm, WishesForm
from matching.models import MatchingRun, Proposal
from matching.standing import Affected
from matching.terms import copied_from
from people.requests import me
from programs.choices import Side
from programs.models import Program
from ui.forms import REFUSED, refusals_shown_on, render_form

DECISIONS: Final = {"keep": actions.keep_pair, "never": actions.never_pair, "release": actions.release_pair}

# -- for the two --------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest, proposal: UUID) -> HttpResponse:
    reader = me(request)
    found = get_object_or_404(queries.proposals_visible_to(reader), pk=proposal)
    at = clock.now()
    form = ReplyForm(request.POST or None, today=at.astimezone(reader.zone).date())
    if form.is_valid():
        with refusals_shown_on(form):
            answered = actions.answer_proposal(found, by=reader, at=at, **form.cleaned_data)
            if answered.pairing_id is not None:
                messages.success(request, "You both said yes. This page is for the two of you alone.")
                return redirect("pairings:detail", answered.pairing_id)
            return redirect("matching:proposal", answered.pk)
    page = queries.proposal_page(found, reader, at)
    return render_form(request, "matching/proposal.html", {"page": page, "form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def aside(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """What one tells the search alone, once one has said "not this one": it can be added, changed and taken back."""
    reader = me(request)
    found = get_object_or_404(queries.declined_by(reader), pk=proposal)
    at = clock.now()
    said = queries.aside_of(found, reader)
    form = AsideForm(
        request.POST or None,
        today=at.astimezone(reader.zone).date(),
        initial={"word": said.word if said else "", "out_until": said.out_until if said else None},
    )
    if form.is_valid():
        with refusals_shown_on(form):
            actions.say_aside(found, by=reader, at=at, **form.cleaned_data)
            messages.success(request, "Noted, for the search alone.")
            return redirect("matching:proposal", found.pk)
    return render_form(request, "matching/aside.html", {"proposal": found, "form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest, program: int, side: str) -> HttpResponse:
    """One's own list of possible partners, and whom one chose from it."""
    if side not in Side.values:
        raise Http404
    reader = me(request)
    mine = get_object_or_404(queries.who_may_wish(reader), program=program, side=side)
    at = clock.now()
    shown = wish_lists.wish_list(mine, at)
    form = WishesForm(request.POST or None, shown=shown)
    if form.is_valid():
        with refusals_shown_on(form):
            chosen = actions.wish(mine, by=reader, at=at, chosen=form.chosen())
            counted = {0: "You wish for nobody.", 1: "Your wish is kept."}.get(len(chosen), "Your wishes are kept.")
            messages.success(request, f"{counted} Only the search reads it.")
            return redirect("matching:wishes", program, side)
    context = {"list": shown, "program": mine.program, "side": mine.side, "form": form}
    return render_form(request, "matching/wishes.html", context)


# -- for coordinators ---------------------------------------------------------------------------------------------


@never_cache
@require_GET
def runs(request: HttpRequest, program: int) -> HttpResponse:
    found = _program(request, program)
    return render(request, "matching/runs.html", {"searches": queries.searches(found, clock.now())})


@require_POST
def start(request: HttpRequest, program: int) -> HttpResponse:
    found = _program(request, program)
    try:
        run = actions.request_run(found, by=me(request), at=clock.now())
    except ValidationError as refused:
        _say(request, refused)
        return redirect("matching:runs", found.pk)
    return redirect("matching:progress", found.pk, run.pk)


@never_cache
@require_GET
def progress(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    """How far a search is. The page asks again every second; without a script, its reader does."""
    found = _run(request, program, run)
    asked_by_htmx = request.headers.get("HX-Request") == "true"
    if not found.is_under_way:
        done = _where_it_is_read(found)
        return HttpResponseClientRedirect(done) if asked_by_htmx else redirect(done)
    template = "matching/_progress.html" if asked_by_htmx else "matching/progress.html"
    return render(request, template, {"run": found, "program": found.program})


@never_cache
@require_GET
def board(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    found = _run(request, program, run)
    if found.is_under_way:
        return redirect("matching:progress", program, found.pk)
    return _board(request, found)


@never_cache
@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    """What keeping two people together, or never pairing them, would do; and the decision itself."""
    found = _run(request, program, run)
    if found.state != RunState.SOLVED:
        return redirect("matching:board", program, found.pk)
    if not certificates.can_be_weighed(found):
        messages.error(request, "The proof of this search cannot be asked any more. Search again, then decide.")
        return redirect("matching:board", program, found.pk)
    people = {f"{side}s": weighing.people_of(found, side) for side in Side}
    asked = request.POST if request.method == "POST" else request.GET
    form = PairForm(asked if "mentor" in asked or "mentee" in asked else None, **people)
    weighed = None
    if form.is_valid():
        both, at = form.cleaned_data, clock.now()
        if request.method == "POST":
            decide = DECISIONS.get(request.POST.get("decision", ""))
            if decide is None:
                form.add_error(None, "Choose what becomes of the pair.")
            else:
                with refusals_shown_on(form):
                    searching = decide(found.program, **both, by=me(request), at=at)
                    return redirect("matching:progress", program, searching.pk)
        weighed = weighing.weigh(found, both["mentor"], both["mentee"], at)
    context = {"run": found, "program": found.program, "form": form, "weighed": weighed}
    return render_form(request, "matching/pair.html", context)


@require_POST
def stop(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    found = _run(request, program, run)
    try:
        actions.stop_run(found, by=me(request), at=clock.now())
    except ValidationError as refused:
        _say(request, refused)
        return redirect("matching:board", program, found.pk)
    messages.success(request, "The search was stopped. Nobody was told anything.")
    return redirect("matching:runs", program)


@never_cache
@require_GET
def proof(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    """The question, the answer and its prices as files that anybody can check; no names, and nothing people said."""
    found = _run(request, program, run)
    if not found.certificate:
        messages.error(request, "This search has no proof: it did not come to an end.")
        return redirect("matching:board", program, found.pk)
    if not certificates.may_be_handed_out(found):
        messages.error(request, "This proof stays here: it rests on what people may have told the search alone.")
        return redirect("matching:board", program, found.pk)
    return HttpResponse(
        certificates.as_files(found),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="search-{str(found.pk)[:8]}.zip"'},
    )


@require_POST
def repair(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    """Search again, holding on to the pairs that can still be formed."""
    found = _run(request, program, run)
    try:
        searching = actions.request_run(found.program, by=me(request), at=clock.now(), repairs=found)
    except ValidationError as refused:
        _say(request, refused)
        return redirect("matching:board", program, found.pk)
    return redirect("matching:progress", program, searching.pk)


@require_POST
def send(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    found = _run(request, program, run)
    leave_out = request.POST.get("leave_out") == "yes"
    try:
        sent = actions.publish(found, by=me(request), at=clock.now(), leave_out_affected=leave_out)
    except PairsAffected as refused:
        return _board(request, found, refused.affected, status=REFUSED)
    except ValidationError as refused:
        _say(request, refused)
        return redirect("matching:board", program, found.pk)
    counted = "1 proposal" if len(sent) == 1 else f"{len(sent)} proposals"
    messages.success(request, f"{counted} sent. Each goes to both of the two.")
    return redirect("matching:board", program, found.pk)


@require_POST
def reinstate(request: HttpRequest, program: int, run: UUID, proposal: UUID) -> HttpResponse:
    """Give two who have not both answered in time the same time once more."""
    found = _run(request, program, run)
    asked = get_object_or_404(Proposal, run=found, pk=proposal)
    try:
        actions.reinstate(asked, by=me(request), at=clock.now())
    except ValidationError as refused:
        _say(request, refused)
    return redirect("matching:board", program, found.pk)


@require_POST
def discard(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    found = _run(request, program, run)
    try:
        actions.discard(found, by=me(request), at=clock.now())
    except ValidationError as refused:
        _say(request, refused)
    return redirect("matching:runs", program)


@never_cache
@require_http_methods(["GET", "POST"])
def try_another_way(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    """A scenario that starts from a search: what it asks for otherwise."""
    found = _run(request, program, run)
    if found.state not in rules.COMPARABLE:
        return redirect("matching:board", program, found.pk)
    terms = copied_from(found)
    form = ScenarioForm(request.POST or None, program=found.program, terms=terms, names=departures.names_in([terms]))
    if form.is_valid():
        with refusals_shown_on(form):
            searching = actions.try_scenario(
                found, name=form.cleaned_data["name"], terms=form.terms(), by=me(request), at=clock.now()
            )
            return redirect("matching:progress", program, searching.pk)
    context = {"run": found, "program": found.program, "title": comparing.name_of(found), "form": form}
    return render_form(request, "matching/scenario.html", context)


@never_cache
@require_GET
def compare(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    """A search and its scenarios side by side; of a scenario, the search it is tried against."""
    found = _run(request, program, run)
    if found.tried_as is not None:
        return redirect("matching:compare", program, found.tried_as.base_id)
    if found.is_under_way:
        return redirect("matching:progress", program, found.pk)
    compared = comparing.compare(found, clock.now(), request.GET.getlist("with"))
    return render(request, "matching/compare.html", {"compared": compared, "program": found.program})


@never_cache
@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, program: int, run: UUID) -> HttpResponse:
    """What using a scenario would change, and the decision to use it."""
    found = _run(request, program, run)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            actions.use_scenario(found, seen=request.POST.get("seen", ""), by=me(request), at=clock.now())
        except rules.NotAsSeen as refused:
            refusal, status = refused.messages[0], REFUSED
        except ValidationError as refused:
            _say(request, refused)
            return redirect("matching:board", program, found.pk)
        else:
            messages.success(request, "This scenario is what would be sent now. Nobody has been told yet.")
            return redirect("matching:board", program, found.pk)
    if found.state != RunState.TRIED:
        return redirect("matching:board", program, found.pk)
    outcome = departures.outcome_of_using(found)
    context = {"run": found, "program": found.program, "outcome": outcome, "refusal": refusal}
    return render(request, "matching/use.html", context, status=status)


def _where_it_is_read(run: MatchingRun) -> str:
    """A scenario is read beside the search it is tried against."""
    if run.tried_as is not None and run.state == RunState.TRIED:
        return reverse("matching:compare", args=[run.program_id, run.tried_as.base_id])
    return reverse("matching:board", args=[run.program_id, run.pk])


def _program(request: HttpRequest, program: int) -> Program:
    return get_object_or_404(queries.programs_matched_by(me(request)), pk=program)


def _run(request: HttpRequest, program: int, run: UUID) -> MatchingRun:
    visible = queries.runs_visible_to(me(request)).select_related("program", "requested_by", "published_by", "scenario")
    return get_object_or_404(visible, pk=run, program=program)


def _board(
    request: HttpRequest, run: MatchingRun, affected: tuple[Affected, ...] = (), status: int = 200
) -> HttpResponse:
    form = BoardForm(request.GET)
    look = form.look()
    shown = queries.board(run, clock.now(), look)
    context = {
        "board": shown,
        "program": run.program,
        "run": run,
        "affected": affected,
        "form": form,
        "look": look,
    }
    return render(request, "matching/board.html", context, status=status)


def _say(request: HttpRequest, refused: ValidationError) -> None:
    for sentence in refused.messages:
        messages.error(request, sentence)
