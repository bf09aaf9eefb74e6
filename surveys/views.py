"""Answering a survey, and reading what it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

import clock
from people.choices import Language
from people.languages import direction_of, name_of
from people.models import Person
from people.tries import address_of
from privacy.audiences import groups_of
from programs import rules as program_rules
from programs.choices import Side
from surveys import actions, board, charts, files, queries, receipts, releases, rules
from surveys.actions import Withdrawn
from surveys.forms import ReceiptForm, Sheets, SurveyForm
from surveys.languages import Spoken
from surveys.models import Survey, SurveyQuerySet
from surveys.over_time import compared
from surveys.translation_forms import initial_of, translation_form
from ui.forms import REFUSED, refusals_shown_on, render_form
from ui.reports import FORMATS


# What somebody answers must not be kept by a browser, an error report or a log.
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Page by page. Whoever goes on or back posts the page again with all that was typed; the last one sends it.

    What was sent is answered at once, without a redirect: the receipt is shown on this page alone, and to lead it to
    another one it would have to be kept beside the person. Loading the page again sends the same receipt again.
    """
    person = cast(Person, request.user)
    survey = get_object_or_404(queries.visible_to(person), pk=survey_id)
    invitation = queries.invitation_to(survey, person)
    on = clock.today(person.zone)
    context = {
        "survey": survey, "is_open": rules.is_open(survey, on=on), "is_over": on > survey.closes_on,
        "kept_as": kept_on_the_device_as(survey, person), **releases.in_people(),
    }  # fmt: skip
    code = receipts.from_form(survey.pk, request.POST.get("receipt", ""))
    if invitation.answered:
        return _thanks_again(request, context, code)
    if not context["is_open"]:
        status = REFUSED if request.method == "POST" else 200
        return render(request, "surveys/answer.html", context, status=status)
    typed = request.POST if request.method == "POST" else None
    spoken, offered = queries.spoken_in(survey, _language(request), languages=person.languages)
    sheets = Sheets(list(survey.questions.all()), Side(invitation.side), spoken, typed)
    number, form = _turned(sheets, request)
    if form is None:
        number, form = sheets.refused() or (number, sheets.form(number, judged=True))
        if form.is_valid():
            with refusals_shown_on(form):
                if actions.answer(survey, by=person, on=on, values=sheets.values, code=code):
                    return _thanks(request, context, code)
                return _thanks_again(request, context, code)
        code = None
    context["receipt"] = receipts.in_form(survey.pk, code or receipts.new_code())
    return render_form(request, "surveys/answer.html", {**context, "form": form, **_sheet(sheets, number, offered)})


def _thanks(
    request: HttpRequest, context: Mapping[str, object], code: str | None, *, came_late: bool = False
) -> HttpResponse:
    told = {"has_answered": True, "code": receipts.in_groups(code) if code else "", "came_late": came_late}
    return render(request, "surveys/answer.html", {**context, **told})


@sensitive_variables()
def _thanks_again(request: HttpRequest, context: Mapping[str, object], code: str | None) -> HttpResponse:
    """To whoever has answered. The same form sent twice has the same receipt, which holds whichever of the two came
    first; what comes with another one is other answers, and those are not taken."""
    if code and queries.has_receipt(cast(Survey, context["survey"]), code):
        return _thanks(request, context, code)
    return _thanks(request, context, None, came_late=request.method == "POST")


def kept_on_the_device_as(survey: Survey, person: Person) -> str:
    """Under which name the browser keeps what is typed: whoever signs in after them in the same tab finds nothing."""
    return salted_hmac("surveys.kept", f"{survey.pk}:{person.pk}").hexdigest()[:20]


SPEAK: Final = "speak"
"""The button that asks for the same page in another language, with all that was typed."""


def _language(request: HttpRequest) -> str | None:
    """What the reader chose, on this page or an earlier one."""
    return request.POST.get(SPEAK) or request.POST.get("language")


def _turned(sheets: Sheets, request: HttpRequest) -> tuple[int, SurveyForm | None]:
    """The page to show and its form; no form when everything is sent."""
    said, go = request.POST.get("page", ""), request.POST.get("go", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else sheets.first
    if number > len(sheets.pages) or (number < len(sheets.pages) and not sheets.of(number)):
        number = sheets.first
    if request.method == "GET" or SPEAK in request.POST:
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


def _sheet(sheets: Sheets, number: int, offered: Sequence[str]) -> dict[str, object]:
    spoken = sheets.spoken
    certain, most = sheets.still_to_come(number)
    place = sheets.place(number)
    return {
        "page": number, "carried": sheets.carried(number), "place": place, "of_pages": place + most,
        "at_most": most > certain, "come": place / (place + most), "goes_on": most > 0,
        "goes_back": sheets.before(number) is not None, "how_many": queries.number_in_words(len(sheets.asked)),
        "may_skip": not any(each.required for each in sheets.questions),
        "title": spoken.title, "introduction": spoken.introduction, "language": spoken.language,
        "direction": direction_of(spoken.language), "fallback": spoken.left_in(sheets.of(number)),
        "others": [(each, name_of(each)) for each in offered if each != spoken.language],
    }  # fmt: skip


OUTSIDER: Final = "outsider"


# Whoever tries a survey out may type something of their own; it is kept nowhere.
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, survey_id: int, seen_as: str) -> HttpResponse:
    """A survey as either side goes through it, or as somebody finds it who is not asked. Nothing is stored."""
    if seen_as not in (*Side.values, OUTSIDER):
        raise Http404
    survey = get_object_or_404(_coordinated(request), pk=survey_id)
    context: dict[str, object] = {"survey": survey, "seen_as": seen_as}
    if seen_as == OUTSIDER:
        return render(request, "surveys/preview.html", context)
    questions = list(survey.questions.all())
    spoken, offered = queries.spoken_in(survey, _language(request))
    sheets = Sheets(questions, Side(seen_as), spoken, request.POST if request.method == "POST" else None)
    if not sheets.pages:
        return render(request, "surveys/preview.html", context)
    number, form = _turned(sheets, request)
    if form is None:
        number, form = sheets.refused() or (number, sheets.form(number, judged=True))
        if form.is_valid():
            with refusals_shown_on(form):
                rules.insist_answers_fit(questions, sheets.values, side=Side(seen_as))
                return render(request, "surveys/preview.html", {**context, "is_through": True})
    return render_form(request, "surveys/preview.html", {**context, "form": form, **_sheet(sheets, number, offered)})


@require_safe
def languages(request: HttpRequest, survey_id: int) -> HttpResponse:
    """In which languages a survey can be read, and the way to one more."""
    survey = get_object_or_404(_coordinated(request), pk=survey_id)
    wanted = request.GET.get("language", "")
    if wanted in Language.values:
        return redirect("surveys:translate", survey.pk, wanted)
    questions = list(survey.questions.all())
    translations = list(survey.translations.prefetch_related("questions"))
    there = [(each, Spoken(survey, each).left_in(questions)) for each in translations]
    taken = {survey.language, *(each.language for each in translations)}
    others = sorted((each for each in Language if each not in taken), key=lambda each: each.label)
    context = {"survey": survey, "there": there, "others": [] if survey.is_opened else others}
    return render(request, "surveys/languages.html", context)


@require_http_methods(["GET", "POST"])
def translate(request: HttpRequest, survey_id: int, language: str) -> HttpResponse:
    """A survey that is being written, in one more language."""
    person = cast(Person, request.user)
    survey = get_object_or_404(_coordinated(request).filter(opened_at=None), pk=survey_id)
    if language not in Language.values or language == survey.language:
        raise Http404
    speaks, questions = Language(language), list(survey.questions.all())
    there = survey.translations.filter(language=language).prefetch_related("questions").first()
    form = translation_form(survey, questions, there)(
        request.POST if request.method == "POST" else None, initial=initial_of(survey, language, questions, there)
    )
    if request.method == "POST" and request.POST.get("go") == "drop":
        actions.drop_translation(survey, by=person, language=speaks)
        messages.success(request, f"The survey is not read in {speaks.label} any more.")
        return redirect("surveys:languages", survey.pk)
    if form.is_valid():
        with refusals_shown_on(form):
            said = form.cleaned_data
            actions.translate(
                survey, by=person, language=speaks, title=said["title"], introduction=said["introduction"],
                points=said["points"], questions=form.by_question(), of=said["shown"],
                is_looked_over=said.get("looked_over", False),
            )  # fmt: skip
            messages.success(request, f"The survey can be read in {speaks.label}.")
            return redirect("surveys:languages", survey.pk)
    context = {"survey": survey, "language": speaks, "form": form, "is_there": there is not None}
    return render_form(request, "surveys/translate.html", context)


def _coordinated(request: HttpRequest) -> SurveyQuerySet:
    found: SurveyQuerySet = Survey.objects.coordinated_by(cast(Person, request.user)).select_related("program")
    return found


# Whoever takes an answer back does not say who they are, so nobody is asked to sign in.
@login_not_required
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    form, address = ReceiptForm(request.POST if request.method == "POST" else None), address_of(request)
    if not form.is_valid():
        return render_form(request, "surveys/withdraw.html", {"form": form})
    if receipts.WRONG.are_too_many(address):
        form.add_error(None, "Too many codes in a short time. Wait a quarter of an hour; nothing is lost.")
        return render_form(request, "surveys/withdraw.html", {"form": form})
    outcome = actions.withdraw_answer(form.cleaned_data["code"])
    if outcome is None:
        receipts.WRONG.note(address)
        form.add_error("code", "There is no answer for this receipt. It may be mistyped, or taken back already.")
        return render_form(request, "surveys/withdraw.html", {"form": form})
    return render(
        request, "surveys/withdraw.html",
        {"is_done": True, "figures_stay": outcome is Withdrawn.FIGURES_STAY, **releases.in_people()},
    )  # fmt: skip


@require_safe
def results(request: HttpRequest, survey_id: int) -> HttpResponse:
    person = cast(Person, request.user)
    survey = get_object_or_404(queries.results_visible_to(person), pk=survey_id)
    found = queries.released_results(survey)
    waves = queries.waves_up_to(survey, found, read_by=person) if found else ()
    readiness = queries.readiness_reading(survey, found, to=person) if found else None
    supply = queries.supply_and_demand(survey, found) if found else None
    context = {
        "survey": survey, "results": found, "charts": charts.of(found, waves) if found else (), "supply": supply,
        "compared": compared(waves), "before": waves[-2] if len(waves) > 1 else None,
        "has_board": board.programs_read_by(person).filter(pk=survey.program_id).exists(),
        "comments": queries.released_comments(survey, found) if found else (),
        "recommendation": queries.recommendation(survey, found, to=person) if found else None,
        "readiness": readiness, "may_launch": readiness and program_rules.coordinates(person, survey.program),
        **releases.in_people(), "counted": groups_of(releases.in_people()["enough"]),
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
    supply = queries.supply_and_demand(survey, found)
    return FORMATS[ending](files.report(survey, found, comments, waves, supply))
