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
from surveys import actions, charts, queries, rules
from surveys.forms import form_of
from ui.forms import REFUSED, refusals_shown_on, render_form


# What somebody answers must not be kept by a browser, an error report or a log.
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, survey_id: int) -> HttpResponse:
    person = cast(Person, request.user)
    survey = get_object_or_404(queries.visible_to(person), pk=survey_id)
    on = clock.today(person.zone)
    context = {"survey": survey, "is_open": rules.is_open(survey, on=on), "is_over": on > survey.closes_on}
    if queries.has_answered(survey, person):
        return render(request, "surveys/answer.html", {**context, "has_answered": True})
    if not context["is_open"]:
        status = REFUSED if request.method == "POST" else 200
        return render(request, "surveys/answer.html", context, status=status)
    questions = list(survey.questions.all())
    form = form_of(questions)(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.answer(survey, by=person, on=on, values=form.values())
            return redirect("surveys:answer", survey.pk)
    context["how_many"] = queries.number_in_words(len(questions))
    return render_form(request, "surveys/answer.html", {**context, "form": form})


@require_safe
def results(request: HttpRequest, survey_id: int) -> HttpResponse:
    person = cast(Person, request.user)
    survey = get_object_or_404(queries.results_visible_to(person), pk=survey_id)
    found = queries.released_results(survey, clock.today(person.zone))
    context = {
        "survey": survey, "results": found, "charts": charts.of(found) if found else (),
        "recommendation": queries.recommendation(survey, found, to=person) if found else None,
    }  # fmt: skip
    return render(request, "surveys/results.html", context)
