"""Signing in and out, finding a colleague by the beginning of a name, and one's own data as a file."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import clock
from people import exports, queries
from people.forms import SignInForm
from people.models import Person
from people.my_data import archive_of, name_of_archive
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
