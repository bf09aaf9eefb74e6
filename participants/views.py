"""Pages of programs as somebody who may take part sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import clock
from participants import actions, calls, champions, drafts, profiles, queries, questions, references, rules, waiting
from participants.choices import ChampionsReply, ManagersReply, ReferencesState, Relation, Step, WaitOutcome
from participants.forms import (
    CHARTER_FIELDS,
    COUNT,
    AgreeForm,
    CallForm,
    ChampionsAnswerForm,
    ManagersAnswerForm,
    NameChampionForm,
    ProfileForm,
    RefereesAnswerForm,
    RefereesForm,
    as_typed,
    chosen_skills,
    first_told,
    told_before,
)
from participants.models import Champion, Participation
from people.models import Person
from people.requests import me
from programs.choices import Side
from programs.models import CharterVersion, Program
from ui import components
from ui.forms import REFUSED, refusals_shown_on, render_form


def side_named(side: str) -> Side:
    if side not in Side.values:
        raise Http404
    return Side(side)


def program_for(person: Person, program_id: int) -> Program:
    program: Program = get_object_or_404(queries.programs_open_to(person), pk=program_id)
    return program


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    person = me(request)
    cards = queries.program_cards(queries.mine(person), on=clock.today(person.zone))
    return render(request, "participants/programs.html", {"cards": cards})


@require_safe
def program(request: HttpRequest, program_id: int) -> HttpResponse:
    person = me(request)
    shown = queries.program_page(program_for(person, program_id), person, on=clock.today(person.zone))
    context = {"page": shown, "program": shown.program, "called": calls.called_sides(person, shown.program)}
    context["begun"] = drafts.drafted_sides(person, shown.program)
    return render(request, "participants/program.html", context)


@never_cache
@require_safe
def volunteer(request: HttpRequest, program_id: int, side: str) -> HttpResponse:
    """Leads to the step at which one left off, or says why one cannot join."""
    person, taking = me(request), side_named(side)
    joined = program_for(person, program_id)
    state = queries.side_state(joined, person, taking, on=clock.today(person.zone))
    if state.takes_part:
        return redirect("participants:program", joined.pk)
    if not state.may_join:
        return _cannot_join(request, joined, person, state)
    told = drafts.told_so_far(person, joined, taking)
    return redirect("participants:volunteer_step", joined.pk, taking, told.left_at)


def _cannot_join(request: HttpRequest, program: Program, person: Person, state: queries.SideState) -> HttpResponse:
    kept = state.side in drafts.drafted_sides(person, program)
    context = {"program": program, "side": state.side, "state": state, "is_kept": kept}
    status = REFUSED if request.method == "POST" else 200
    return render(request, "participants/volunteer.html", context, status=status)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def volunteer_step(request: HttpRequest, program_id: int, side: str, step: str) -> HttpResponse:
    """One page of the form. Whatever is typed is kept before anything else happens, right or wrong."""
    person, taking = me(request), side_named(side)
    joined = program_for(person, program_id)
    if step not in Step.values:
        raise Http404
    state = queries.side_state(joined, person, taking, on=clock.today(person.zone))
    if state.takes_part:  # a second click, or an old tab: the first one counted
        return redirect("participants:program", joined.pk)
    # Of a pilot that filled up while somebody wrote, the form says so, and keeps what they wrote.
    if not state.may_join and not (state.is_full and request.method == "POST"):
        return _cannot_join(request, joined, person, state)
    offer = Offer(joined, person, taking, Step(step), state, later="unsigned" in request.POST)
    if request.method == "POST":
        return _keep(request, offer) if "discard" not in request.POST else _discard(request, offer)
    form = offer.form()
    if "look" in request.GET or questions.have_changed(form, form.asked, typed=offer.told.answers):
        form = offer.form(offer.told.as_sent())
    return render(request, "participants/volunteer.html", offer.context(form))


@dataclass(slots=True, repr=False)
class Offer:
    """What somebody is telling, and the page of it they are at."""

    program: Program
    person: Person
    side: Side
    step: Step
    state: queries.SideState
    later: bool
    """Whether the charter is decided on later."""
    told: drafts.Told = field(init=False)
    choose: queries.SkillsToChoose = field(init=False)
    charter: CharterVersion = field(init=False)
    before: Participation | None = field(init=False)

    def __post_init__(self) -> None:
        self.told = drafts.told_so_far(self.person, self.program, self.side)
        self.choose = queries.skills_to_choose(self.program)
        self.charter = queries.charter_in_force(self.program)
        self.before = queries.told_elsewhere(self.person, self.program, self.side)

    @property
    def shown(self) -> dict[str, Any]:
        return {**first_told(self.person, self.before), **as_typed(self.told.answers)}

    def form(self, sent: QueryDict | None = None, *, whole: bool = False) -> ProfileForm:
        return ProfileForm(
            sent, side=self.side, program=self.program, choose=self.choose, charter=self.charter, later=self.later,
            joining=self.person, step=None if whole else self.step, chosen=chosen_skills(self.choose, self.shown),
            initial=self.shown,
        )  # fmt: skip

    def context(self, form: ProfileForm) -> dict[str, Any]:
        steps = [
            components.Step(each.label, reverse("participants:volunteer_step", args=[self.program.pk, self.side, each]))
            for each in Step
        ]
        return {
            "program": self.program, "side": self.side, "state": self.state, "form": form, "step": self.step,
            "steps": steps, "place": list(Step).index(self.step) + 1, "told": self.told, "before": self.before,
            **_shown(self.charter),
        }  # fmt: skip


@sensitive_variables()
def _keep(request: HttpRequest, offer: Offer) -> HttpResponse:
    form = offer.form(request.POST)
    valid, leaves = form.is_valid(), "finish_later" in request.POST
    with refusals_shown_on(form):
        offer.told = actions.keep_draft(
            offer.program, side=offer.side, step=offer.step, answers=form.as_sent(),
            is_done=valid and not leaves, by=offer.person, at=clock.now(),
        )  # fmt: skip
        if "back" in request.POST and offer.step.before:
            return redirect("participants:volunteer_step", offer.program.pk, offer.side, offer.step.before)
        if leaves:
            messages.success(request, "Kept. Nobody sees it until you send it. You can go on at any time.")
            return redirect("participants:program", offer.program.pk)
        if valid and offer.step.after:
            return redirect("participants:volunteer_step", offer.program.pk, offer.side, offer.step.after)
        if valid:
            return _send(request, offer, form)
    return render_form(request, "participants/volunteer.html", offer.context(form))


@sensitive_variables()
def _send(request: HttpRequest, offer: Offer, form: ProfileForm) -> HttpResponse:
    """Join with all that was told. What is missing on an earlier page is shown there."""
    signed = [(name, request.POST.getlist(name)) for name in CHARTER_FIELDS]
    whole = offer.form(offer.told.as_sent(signed), whole=True)
    if not whole.is_valid():
        return _look_at(offer, whole.refused_at())
    with refusals_shown_on(form):
        try:
            participation = actions.volunteer(
                program=offer.program, side=offer.side, by=offer.person, at=clock.now(), not_with=whole.not_with(),
                **whole.profile(),
            )  # fmt: skip
        except rules.AnswerRefused:  # a coordinator changed a question a moment ago
            return _look_at(offer, Step.ABOUT)
        messages.success(request, _welcome(participation))
        return redirect("participants:program", offer.program.pk)
    return render_form(request, "participants/volunteer.html", offer.context(form))


def _look_at(offer: Offer, step: Step) -> HttpResponse:
    """To a page of the form that says what is wrong with it."""
    there = reverse("participants:volunteer_step", args=[offer.program.pk, offer.side, step])
    return redirect(f"{there}?look")


def _discard(request: HttpRequest, offer: Offer) -> HttpResponse:
    actions.discard_draft(offer.program, side=offer.side, by=offer.person)
    messages.success(request, "Deleted. Nobody has seen it.")
    return redirect("participants:program", offer.program.pk)


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, program_id: int, side: str) -> HttpResponse:
    person = me(request)
    mine = queries.with_profile(queries.own(person)).taking_part()
    participation: Participation = get_object_or_404(mine, program=program_id, side=side_named(side))
    charter = queries.charter_in_force(participation.program)
    context = {
        "program": participation.program,
        "participation": participation,
        "side": Side(participation.side),
        **_shown(charter),
    }
    if not rules.may_change_profile(participation):
        shown = profiles.profile_shown_to(participation, Relation.ONESELF)
        status = REFUSED if request.method == "POST" else 200
        return render(request, "participants/profile.html", {**context, "profile": shown}, status=status)
    choose, told = queries.skills_to_choose(participation.program), told_before(participation)
    sent = request.POST if request.method == "POST" else None
    form = ProfileForm(
        sent,
        side=Side(participation.side),
        program=participation.program,
        choose=choose,
        charter=charter if participation.agreed_once_at is None else None,
        later=True,
        chosen=chosen_skills(choose, told if sent is None else dict(sent.lists())),
        initial=told,
    )
    if form.is_valid():
        with refusals_shown_on(form):
            actions.change_profile(participation, by=person, at=clock.now(), **form.profile())
            messages.success(request, "Your profile is changed. Nobody is written to about it.")
            return redirect("participants:program", participation.program_id)
    return render_form(request, "participants/profile.html", {**context, "form": form})


def _shown(charter: CharterVersion) -> dict[str, object]:
    """What ``participants/_charter.html`` draws."""
    return {"charter": queries.charter_in_points(charter.words), "charter_version": charter}


@never_cache
@require_http_methods(["GET", "POST"])
def charter(request: HttpRequest, program_id: int, number: int | None = None) -> HttpResponse:
    """One version of the charter; of the one in force, what has changed since the reader agreed, and their answer."""
    person = me(request)
    found = program_for(person, program_id)
    page = queries.charter_page(found, person, number=number)
    if page is None or (request.method == "POST" and page.first_side is None and not page.signed):
        raise Http404
    form = AgreeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.agree_to_charter(program=found, read=form.cleaned_data["read"], by=person, at=clock.now())
            messages.success(request, f"You agreed to version {page.versions[0].number} of the charter.")
            return redirect("participants:program", found.pk)
        page = queries.charter_page(found, person) or page
    return render_form(request, "participants/charter.html", {"program": found, "page": page, "form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, program_id: int, side: str) -> HttpResponse:
    person = me(request)
    participation: Participation = get_object_or_404(queries.own(person), program=program_id, side=side_named(side))
    if request.method == "POST":
        actions.withdraw(participation, by=person, at=clock.now())
        return redirect("participants:withdraw", program_id, side)
    return render(
        request,
        "participants/withdraw.html",
        {"program": participation.program, "participation": participation, "side": Side(participation.side)},
    )


@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """For a line manager; without a report who takes part there is no such page."""
    manager = me(request)
    lines = queries.reports_taking_part(manager, on=clock.today(manager.zone))
    if not lines:
        raise Http404
    return render(request, "participants/reports.html", {"lines": lines})


@require_POST
def answer_as_manager(request: HttpRequest, program_id: int, person_id: int) -> HttpResponse:
    manager, at = me(request), clock.now()
    lines = queries.reports_taking_part(manager, on=at.astimezone(manager.zone).date())
    if not any((line.program.pk, line.person.pk) == (program_id, person_id) for line in lines):
        raise Http404
    form = ManagersAnswerForm(request.POST)
    if form.is_valid():
        with refusals_shown_on(form):
            reply = form.cleaned_data["reply"]
            actions.answer_as_manager(program_id=program_id, person_id=person_id, reply=reply, by=manager, at=at)
            messages.success(request, _thanks(reply))
            return redirect("participants:reports")
    return render_form(request, "participants/reports.html", {"lines": lines, "form": form})


@require_safe
def guidance(request: HttpRequest) -> HttpResponse:
    """The texts are for everybody to read; first come those that are meant for the reader."""
    person = me(request)
    training = queries.training_of(person, on=clock.today(person.zone))
    return render(request, "participants/guidance.html", {"training": training})


@never_cache
@require_http_methods(["GET", "POST"])
def piece(request: HttpRequest, name: str) -> HttpResponse:
    person = me(request)
    state = queries.piece_state(person, name)
    if state is None:
        raise Http404
    if request.method == "POST":
        actions.finish_piece(state.piece, by=person, at=clock.now())
        messages.success(request, f"Noted. You have read “{state.piece.title}”.")
        asking = None if state.done_at else queries.program_that_asks_for(state.piece, person)
        return redirect("participants:program", asking) if asking else redirect("participants:guidance")
    return render(request, "participants/piece.html", {"state": state, "piece": state.piece})


@never_cache
@require_http_methods(["GET", "POST"])
def name_referees(request: HttpRequest, program_id: int) -> HttpResponse:
    """For a mentor of a program that asks for references, until they are named."""
    person, at = me(request), clock.now()
    mine = queries.own(person).taking_part().on_side(Side.MENTOR).defer("not_discussed")
    participation: Participation = get_object_or_404(mine, program=program_id, program__references_asked__gt=0)
    program = participation.program
    if references.state_of(participation, at=at) is not ReferencesState.TO_NAME:
        return redirect("participants:program", program.pk)
    wanted = rules.references_wanted(participation)
    form = RefereesForm(request.POST if request.method == "POST" else None, wanted=wanted)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.name_referees(participation, referees=form.referees(), by=person, at=at)
            messages.success(request, "Asked. We tell you when you are in the pool.")
            return redirect("participants:program", program.pk)
    return render_form(request, "participants/name_referees.html", {"program": program, "form": form, "wanted": wanted})


# What a referee says must not be kept by a browser, an error report or a log. The link stands for signing in.
@login_not_required
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest, token: str) -> HttpResponse:
    at = clock.now()
    reference = references.reference_named_by(token, at=at)
    if reference is None:
        raise Http404
    program, mentor = reference.participation.program, reference.participation.person
    context = {"program": program, "mentor": mentor, "has_answered": reference.reply is not None}
    over = at >= reference.asked_at + rules.REFERENCE_GOOD_FOR
    if context["has_answered"] or over:
        status = REFUSED if request.method == "POST" and over and not context["has_answered"] else 200
        return render(request, "participants/refer.html", context, status=status)
    form = RefereesAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            actions.answer_as_referee(reference, at=at, **form.cleaned_data)
            return redirect("participants:refer", token)
    return render_form(request, "participants/refer.html", {**context, "form": form})


@never_cache
@require_safe
def references_at_desk(request: HttpRequest, program_id: int) -> HttpResponse:
    program = get_object_or_404(references.programs_read_by(me(request)), pk=program_id)
    found = references.references_in(program, at=clock.now())
    return render(request, "participants/references_at_desk.html", {"program": program, "mentors": found})


@require_POST
def decide_references(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    person = me(request)
    read = Participation.objects.filter(program__in=references.programs_read_by(person)).select_related("program")
    participation: Participation = get_object_or_404(read.defer("not_discussed"), pk=participation_id)
    if request.POST.get("enough") not in ("yes", "no"):
        messages.error(request, "Choose one of the two answers.")
        return redirect("participants:references_at_desk", participation.program_id)
    try:
        actions.decide_references(participation, enough=request.POST["enough"] == "yes", by=person, at=clock.now())
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, "Decided. The person is told what is decided, and nothing of what anybody said.")
    return redirect("participants:references_at_desk", participation.program_id)


@require_POST
def ask_to_wait(request: HttpRequest, program_id: int, side: str) -> HttpResponse:
    """A second press finds the first one's entry. Whoever could join at once is led to where they can."""
    person, taking = me(request), side_named(side)
    program = program_for(person, program_id)
    try:
        entry = actions.ask_to_wait(program, side=taking, by=person, at=clock.now())
    except rules.PlaceIsFree as refusal:
        messages.info(request, " ".join(refusal.messages))
        return redirect("participants:volunteer", program.pk, taking)
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
    else:
        stands = waiting.standings_of(person).get((program.pk, entry.side))
        messages.success(request, f"{stands.words if stands else 'You are on the wait list'}.")
    return redirect("participants:program", program.pk)


@require_POST
def leave_wait_list(request: HttpRequest, program_id: int, side: str) -> HttpResponse:
    """Also lets go of a place that is offered. A second press changes nothing, and says nothing else."""
    person = me(request)
    program = program_for(person, program_id)
    outcome = actions.leave_wait_list(program, side=side_named(side), by=person, at=clock.now())
    said = "You let the place go. It goes to whoever is next" if outcome is WaitOutcome.LET_GO else "You wait no longer"
    messages.success(request, f"{said}. You can ask again as long as enrolment is open.")
    if queries.programs_open_to(person).filter(pk=program.pk).exists():
        return redirect("participants:program", program.pk)
    return redirect("participants:programs")


@require_POST
def decline_call(request: HttpRequest, program_id: int, side: str) -> HttpResponse:
    """Once said it stays said; a second press changes nothing."""
    person = me(request)
    program = program_for(person, program_id)
    actions.decline_call(program, side=side_named(side), by=person, at=clock.now())
    messages.success(
        request, "Noted. Nobody is told, and you are not asked again. You can still join if you change your mind."
    )
    return redirect("dashboards:home")


@never_cache
@require_http_methods(["GET", "POST"])
def calls_at_desk(request: HttpRequest, program_id: int) -> HttpResponse:
    """What is offered against what is wanted, and asking more people to volunteer."""
    person = me(request)
    program: Program = get_object_or_404(Program.objects.coordinated_by(person), pk=program_id)
    on = clock.today(person.zone)
    form = CallForm(request.POST if request.method == "POST" else None, initial=_drafted(request, program))
    count = None
    if form.is_valid():
        with refusals_shown_on(form):
            if COUNT in request.POST:
                count = calls.how_many(program, on=on, **form.asked())
            else:
                call = actions.call_for_volunteers(program, by=person, at=clock.now(), **form.asked())
                messages.success(request, f"{call.people.count():,} asked. Each gets one message.")
                return redirect("participants:calls_at_desk", program.pk)
    context = {
        "program": program, "form": form, "count": count, "count_name": COUNT,
        "is_open": rules.is_taking_volunteers(program),
        "from_mentors": calls.demand(program, Side.MENTOR, on=on),
        "from_mentees": calls.demand(program, Side.MENTEE, on=on), "past": calls.past_calls(program),
        "lines": waiting.lines_of(program, person),
    }  # fmt: skip
    return render_form(request, "participants/calls_at_desk.html", context)


def _drafted(request: HttpRequest, program: Program) -> dict[str, str]:
    """The words of a call to change at will; the address may name a side and a skill that is missing."""
    side = Side(request.GET["side"]) if request.GET.get("side") in Side.values else Side.MENTOR
    skill = request.GET.get("skill", "").strip()[:80]
    about = f" who can show something about {skill}" if skill else ""
    return {
        "side": side.value,
        "words": f"{program} looks for {program.word(side, plural=True)}{about}. I thought of you. It takes about two "
        "hours a month, and you can stop at any time.",
    }


@never_cache
@require_http_methods(["GET", "POST"])
def champion(request: HttpRequest, program_id: int) -> HttpResponse:
    """What would be shown of the person who was asked, and to whom; nobody else has this page."""
    person = me(request)
    asked: Champion = get_object_or_404(champions.asked_of(person), program=program_id)
    form = ChampionsAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reply = form.cleaned_data["reply"]
        actions.answer_as_champion(asked, reply=reply, by=person, at=clock.now())
        said = "Thank you. You are shown" if reply is ChampionsReply.YES else "Noted. You are not shown"
        messages.success(request, f"{said} as a champion of {asked.program}.")
        return redirect("participants:program", asked.program_id)
    context = {"program": asked.program, "asked": asked, "form": form}
    return render_form(request, "participants/champion.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def champions_at_desk(request: HttpRequest, program_id: int) -> HttpResponse:
    """Whom the coordinators of a program asked to be champions, and asking one more."""
    person = me(request)
    program: Program = get_object_or_404(Program.objects.coordinated_by(person), pk=program_id)
    form = NameChampionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            named = actions.name_champion(program, person=form.cleaned_data["person"], by=person, at=clock.now())
            said = "is a champion already" if named.is_shown else "is asked, once"
            messages.success(request, f"{named.person} {said}.")
            return redirect("participants:champions_at_desk", program.pk)
    context = {"program": program, "form": form, "named": champions.named_in(program)}
    return render_form(request, "participants/champions_at_desk.html", context)


def _thanks(reply: ManagersReply) -> str:
    if reply is ManagersReply.TALK:
        return "The coordinators of the program are told. They get in touch with you."
    return "Thank you. The person and the coordinators see that you give the time."


def _welcome(participation: Participation) -> str:
    if missing := queries.missing_of(participation):
        return f"We have your offer. Before you can be matched: {rules.in_words(missing)}."
    side = participation.program.word(participation.side, article=True)
    return f"You are in the pool as {side}. We write to you when somebody is proposed to you."
