"""Signing in and out, and finding a colleague by the beginning of a name."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import clock
from people import queries
from people.forms import SignInForm
from people.models import Person
from ui.forms import render_form
from ui.links import path_here

NOT_KNOWN = "This e-mail address and password do not belong together. Check both and try again."


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
        person = authenticate(
            request, username=form.cleaned_data["username"], password=form.cleaned_data["password"]
        )  # fmt: skip
        if person is not None:
            login(request, person)
            return HttpResponseRedirect(_next_page(request))
        form.add_error(None, NOT_KNOWN)
    return render_form(request, "people/sign_in.html", {"form": form, "next": request.GET.get("next", "")})


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


def _in_a_line(person: Person) -> str:
    return ", ".join(str(part) for part in (person.name, person.job_title, person.site) if part)


def _next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if it is a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return path_here(request, wanted, otherwise=resolve_url(settings.LOGIN_REDIRECT_URL))
