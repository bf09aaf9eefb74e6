"""Signing in and out, finding a colleague by the beginning of a name, and one's own data as a file."""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import clock
from people import actions, exports, queries, rules, way_in
from people.forms import PasswordForm, SignInForm
from people.models import Person
from people.my_data import archive_of, name_of_archive
from people.tries import Tries, address_of
from ui.forms import render_form
from ui.links import path_here

NOT_KNOWN = "This e-mail address and password do not belong together. Check both and try again."
TOO_OFTEN = "Too many tries in a short time. Wait a quarter of an hour, or have a link sent to you."
TOKEN, IN_SESSION = "people.way_in", "choose"
WRONG_FOR_ONE = Tries("sign_in.name", 10)
"""Passwords for one address of mail, whether anybody has it or not."""
WRONG_FROM_ONE = Tries("sign_in.network", 100)
"""From one address of the network, which a whole office may share."""


@sensitive_variables()
@sensitive_post_parameters("password")
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """One sentence for every refusal, so that it tells nobody who has an account here."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next_page(request))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        refusal = _comes_in(request, form.cleaned_data["username"], form.cleaned_data["password"])
        if not refusal:
            return HttpResponseRedirect(_next_page(request))
        form.add_error(None, refusal)
    return render_form(request, "people/sign_in.html", {"form": form, "next": request.GET.get("next", "")})


@sensitive_variables()
@sensitive_post_parameters("password1", "password2")
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest, person_id: int, token: str) -> HttpResponse:
    """From the link of a mail. Opening it changes nothing, since programs open links; its button does.

    As in Django, the token moves into the session at once, so that no log of a refused form has one that still works.
    A second click meets a link that the first one has used, and comes in by the password both of them sent.
    """
    person, at = Person.objects.filter(pk=person_id).first(), clock.now()
    given = request.session.get(TOKEN, "") if token == IN_SESSION else token
    posted = request.method == "POST"
    if person is not None and way_in.opens(given, person, at=at):
        if token != IN_SESSION:
            request.session[TOKEN] = token
            return redirect("people:choose_password", person.pk, IN_SESSION)
        form = PasswordForm(person, request.POST if posted else None)
        if not form.is_valid():
            return render_form(request, "people/choose_password.html", {"form": form, "person": person})
        with suppress(rules.LinkIsOver):
            held = actions.choose_password(
                person=person, token=given, password=form.cleaned_data["password1"], at=at
            )  # fmt: skip
            login(request, held)
            request.session.pop(TOKEN, None)
            WRONG_FOR_ONE.forget(person.email.casefold())
            messages.success(request, "Your password is set, and you are signed in.")
            return redirect(settings.LOGIN_REDIRECT_URL)
    # Where there is nobody it takes as long, so that nobody counts by it how many work here.
    name = person.email if person is not None else f"nobody-{person_id}"
    if posted and not _comes_in(request, name, request.POST.get("password1", "")):
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "people/link_is_over.html", status=404)


def _comes_in(request: HttpRequest, email: str, password: str) -> str:
    """Signs in whoever this is. Otherwise says why not, in the same words whether anybody has this address or not."""
    name, network = email.casefold(), address_of(request)
    if WRONG_FOR_ONE.are_too_many(name) or WRONG_FROM_ONE.are_too_many(network):
        return TOO_OFTEN
    person = authenticate(request, username=email, password=password)
    if person is None:
        WRONG_FOR_ONE.note(name)
        WRONG_FROM_ONE.note(network)
        return NOT_KNOWN
    WRONG_FOR_ONE.forget(name)
    login(request, person)
    return ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Addresses for a field in which a colleague is named; the directory is every colleague's to read."""
    me = cast(Person, request.user)
    found = queries.colleagues_named(request.GET.get("q", ""), on=clock.today(me.zone))
    return JsonResponse({"found": [{"value": person.email, "words": _in_a_line(person)} for person in found]})


@sensitive_variables()
@never_cache
@require_http_methods(["GET", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in gets what is held of them; the address names nobody, so it can be of nobody else."""
    me, at = cast(Person, request.user), clock.now()
    if request.method == "POST":
        name = name_of_archive(at, me)
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(archive_of(me, at=at), content_type="application/zip", headers=disposition)
    context = {"parts": exports.all_parts(), "left_out": exports.all_left_out()}
    return render(request, "people/my_data.html", context)


def _in_a_line(person: Person) -> str:
    return ", ".join(str(part) for part in (person.name, person.job_title, person.site) if part)


def _next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if it is a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return path_here(request, wanted, otherwise=resolve_url(settings.LOGIN_REDIRECT_URL))
