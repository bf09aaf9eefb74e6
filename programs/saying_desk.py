"""Where coordinators put the reminders of a program into words of their own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

import clock
from people.choices import Language
from people.languages import direction_of
from people.requests import me
from programs import actions, rules, sayings
from programs.forms import LanguageForm, RewordingForm, with_answer
from programs.models import Program, Rewording
from programs.sayings import Saying, Words
from ui.admin import DeskModelAdmin
from ui.forms import refusals_shown_on, render_form

LIST = "admin:programs_program_sayings"


@dataclass(frozen=True, slots=True)
class Row:
    """One reminder in the list. ``words`` are those it is said in, None where it is said in our language instead.
    ``refused`` says why words of the program are not said any more."""

    saying: Saying
    words: Words | None
    rewording: Rewording | None
    refused: str = ""


class SayingDesk(DeskModelAdmin):
    """Two pages of a program: all its reminders in one language, and one of them to change."""

    def saying_urls(self) -> list[URLPattern]:
        at = "<int:object_id>/sayings/"
        return [
            path(at, self.admin_site.admin_view(self.sayings_view), name="programs_program_sayings"),
            path(
                f"{at}<str:saying>/<str:language>/",
                self.admin_site.admin_view(self.saying_view),
                name="programs_program_saying",
            ),
        ]

    def sayings_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        program = self._worded(request, object_id, "GET")
        asked = request.GET.get("language", sayings.OURS)
        language = asked if asked in Language.values else sayings.OURS
        own = {each.saying: each for each in program.rewordings.filter(language=language).select_related("changed_by")}
        rows = [_row(saying, own.get(saying.name), language) for saying in sayings.all_sayings()]
        return self._page(
            request, "sayings", program, language, rows=rows, form=LanguageForm(initial={"language": language}),
            others=_counted(program, but_for=language),
        )  # fmt: skip

    def saying_view(self, request: HttpRequest, object_id: int, saying: str, language: str) -> HttpResponse:
        program = self._worded(request, object_id, "GET", "POST")
        about = sayings.named(saying)
        if about is None or language not in Language.values:
            raise Http404
        there = program.rewordings.filter(saying=saying, language=language).select_related("changed_by").first()
        begins = sayings.words_of(there) if there is not None else about.words
        changes = there.changes if there is not None else 0
        form = RewordingForm(
            request.POST if request.method == "POST" else None, saying=about, language=language,
            initial={**asdict(begins), "changes": changes},
        )  # fmt: skip
        refused = _refused(about, begins)
        shown = None if form.is_bound or refused else begins
        if form.is_bound:
            sayable = form.is_valid()
            shown = form.words if sayable else None
            with refusals_shown_on(form):
                if self._done(request, form, program, about, language):
                    return redirect(f"{reverse(LIST, args=[program.pk])}?language={language}")
            if form.errors and (sayable or "back" in request.POST):
                form.data = with_answer(form.data, "changes", str(changes))  # told of it; the next time they mean it
        example = None
        if shown is not None:
            example = sayings.as_example(about, shown, program, me(request), language=language)
        promises = about.promised(language)
        if promises and example is not None:  # with the names of the example in them
            promises = example.paragraphs[-len(promises) :]
        return self._page(
            request, "saying", program, language, form=form, saying=about, rewording=there, example=example,
            promises=promises, promised_in=language if language in about.promise else sayings.OURS,
            is_ours=language == sayings.OURS, tried=form.is_bound, refused=refused,
        )  # fmt: skip

    def _done(self, request: HttpRequest, form: RewordingForm, program: Program, saying: Saying, language: str) -> bool:
        """Whether the words were kept or taken back, as the button said; to look at them does neither."""
        by, changes = me(request), form.cleaned_data.get("changes", 0)
        if "back" in request.POST:
            actions.take_words_back(program, saying, language=language, changes=changes, by=by)
            messages.success(request, f"“{saying.label}” is said in our words again.")
            return True
        if "keep" in request.POST and not form.errors:
            actions.reword(program, saying, language=language, words=form.words, changes=changes, by=by, at=clock.now())
            messages.success(request, f"Kept. “{saying.label}” is said in your words from now on.")
            return True
        return False

    def _worded(self, request: HttpRequest, object_id: int, *methods: str) -> Program:
        """The program, for its own coordinators alone."""
        program: Program | None = self.get_queryset(request).filter(pk=object_id).first()
        if request.method not in methods or program is None or not rules.coordinates(me(request), program):
            raise Http404
        return program

    def _page(self, request: HttpRequest, name: str, program: Program, language: str, **context: Any) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request), "program": program, "language": language,
            "language_name": Language(language).label, "direction": direction_of(language),
        }  # fmt: skip
        template = f"admin/programs/program/{name}.html"
        return render_form(request, template, context) if name == "saying" else render(request, template, context)


def _row(saying: Saying, rewording: Rewording | None, language: str) -> Row:
    own = sayings.words_of(rewording) if rewording is not None else None
    words = own or (saying.words if language == sayings.OURS else None)
    return Row(saying, words, rewording, _refused(saying, own) if own is not None else "")


def _refused(saying: Saying, words: Words) -> str:
    """A saying may have lost a name in braces since its words were kept."""
    return next((sentence for _, sentence in sayings.reasons_against(saying, words)), "")


def _counted(program: Program, *, but_for: str) -> list[tuple[str, str]]:
    """The other languages in which the program has words of its own."""
    found = (
        program.rewordings.exclude(language=but_for).order_by("language").values_list("language", flat=True).distinct()
    )
    return [(each, Language(each).label) for each in found]
