"""Answering a survey, and reading what it brought."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

import clock
from people.models import Person
from programs.choices import Side
from surveys import actions, board, charts, files, queries, rules
from surveys.forms import Sheets, SurveyForm
from surveys.over_time import compared
from ui.forms import REFUSED, refusals_shown_on, render_form
from ui.reports import FORMATS


# What somebody answers must not be kept by a browser, an error report or a log.
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Page by page. Whoever goes on or back posts the page again with all that was typed; the last one sends it."""
    person = cast(Person, request.user)
    survey = get_object_or_404(queries.visible_to(person), pk=survey_id)
    invitation = queries.invitation_to(survey, person)
    on = clock.today(person.zone)
    context = {"survey": survey, "is_open": rules.is_open(survey, on=on), "is_over": on > survey.closes_on}
    if invitation.answered:
        return render(request, "surveys/answer.html", {**context, "has_answered": True})
    if not context["is_open"]:
        status = REFUSED if request.method == "POST" else 200
        return render(request, "surveys/answer.html", context, status=status)
    typed = request.POST if request.method == "POST" else None
    sheets = Sheets(list(survey.questions.all()), Side(invitation.side), typed)
    number, form = _turned(sheets, request)
    if form is None:
        number, form = sheets.refused() or (number, sheets.form(number, judged=True))
        if form.is_valid():
            with refusals_shown_on(form):
                actions.answer(survey, by=person, on=on, values=sheets.values)
                return redirect("surveys:answer", survey.pk)
    return render_form(request, "surveys/answer.html", {**context, "form": form, **_sheet(sheets, number)})


def _turned(sheets: Sheets, request: HttpRequest) -> tuple[int, SurveyForm | None]:
    """The page to show and its form; no form when everything is sent."""
    said, go = request.POST.get("page", ""), request.POST.get("go", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else sheets.first
    if number > len(sheets.pages) or (number < len(sheets.pages) and not sheets.of(number)):
        number = sheets.first
    if request.method == "GET":
        return number, sheets.form(number, judged=False)
    if go == "back":
        earlier = sheets.before(number)
        number = number if earlier is None else earlier
        return number, sheets.form(number, judged=False)
    if go == "next":
        form = sheets.form(number, judged=True)
        if not form.is_valid():
            return number, form
        later = sheets.after(number)
        number = len(sheets.pages) if later is None else later
        return number, sheets.form(number, judged=False)
    return number, None


def _sheet(sheets: Sheets, number: int) -> dict[str, object]:
    certain, most = sheets.still_to_come(number)
    place = sheets.place(number)
    return {
        "page": number, "carried": sheets.carried(number), "place": place, "of_pages": place + most,
        "at_most": most > certain, "come": place / (place + most), "goes_on": most > 0,
        "goes_back": sheets.before(number) is not None, "how_many": queries.number_in_words(len(sheets.asked)),
        "may_skip": not any(each.required for each in sheets.questions),
    }  # fmt: skip


@require_safe
def results(request: HttpRequest, survey_id: int) -> HttpResponse:
    person = cast(Person, request.user)
    survey = get_object_or_404(queries.results_visible_to(person), pk=survey_id)
    found = queries.released_results(survey)
    waves = queries.waves_up_to(survey, found, read_by=person) if found else ()
    context = {
        "survey": survey, "results": found, "charts": charts.of(found, waves) if found else (),
        "compared": compared(waves), "before": waves[-2] if len(waves) > 1 else None,
        "has_board": board.programs_read_by(person).filter(pk=survey.program_id).exists(),
        "comments": queries.released_comments(survey, found) if found else (),
        "recommendation": queries.recommendation(survey, found, to=person) if found else None,
    }  # fmt: skip
    return render(request, "surveys/results.html", context)


@never_cache
@require_safe
def results_file(request: HttpRequest, survey_id: int, ending: str) -> HttpResponse:
    """What the page shows, to take along; there once the page shows anything."""
    person = cast(Person, request.user)
    survey = get_object_or_404(queries.results_visible_to(person).released(), pk=survey_id)
    found = queries.released_results(survey)
    assert found is not None  # noqa: S101 - it is released
    comments = queries.released_comments(survey, found, most=None)
    waves = queries.waves_up_to(survey, found, read_by=person)
    return FORMATS[ending](files.report(survey, found, comments, waves))
