"""Sign in as a persona, read the mail that left, move the clock."""

from __future__ import annotations

from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from mentoring.demo import clock as demo_clock
from mentoring.demo.personas import PARTS
from mentoring.local import mail_sink
from people.models import Person


def demo_only(view: Any) -> Any:
    """Outside the demo the page does not exist, signed in or not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> Any:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(guarded)


@demo_only
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the personas, and as nobody else."""
    number = request.POST.get("as", "")
    if number not in {part.number for part in PARTS}:
        raise Http404
    person = get_object_or_404(Person, employee_number=number, is_active=True)
    login(request, person)
    return redirect("admin:index" if person.is_staff else "dashboards:home")


@demo_only
@require_GET
def mail(request: HttpRequest) -> HttpResponse:
    """The newest letters, each with its readers by name; ``to`` narrows them to those of one address."""
    letters = mail_sink.messages(_mail_folder())
    only = request.GET.get("to", "")
    if only:
        letters = [each for each in letters if only in each.recipients]
    letters = letters[:200]
    names = _names_of({address for each in letters for address in each.recipients})
    lines = [(each, _readers(each, names)) for each in letters]
    return render(request, "demo/mail.html", {"lines": lines, "only": names.get(only, only)})


@demo_only
@require_GET
def letter(request: HttpRequest, name: str) -> HttpResponse:
    found = mail_sink.message(_mail_folder(), name)
    if found is None:
        raise Http404
    readers = _readers(found, _names_of(set(found.recipients)))
    return render(request, "demo/letter.html", {"letter": found, "readers": readers})


@demo_only
@require_GET
@csp_replace({"style-src": ["'unsafe-inline'"], "sandbox": ["allow-top-navigation-by-user-activation"]})  # type: ignore[arg-type]
def letter_as_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail program shows it: its own styles, no script, no way to the rest of the site's pages."""
    found = mail_sink.message(_mail_folder(), name)
    part = found.message.get_body(preferencelist=("html",)) if found else None
    if part is None:
        raise Http404
    return HttpResponse(part.get_content())


@demo_only
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    try:
        passed = demo_clock.let_pass(timedelta(days=int(request.POST.get("days", ""))))
    except (ValueError, OverflowError):
        messages.error(request, "Choose how many days to move: a whole number from 1 to 400.")
    else:
        letters = "1 message was" if passed.sent == 1 else f"{passed.sent} messages were"
        days = "1 day has" if passed.by.days == 1 else f"{passed.by.days} days have"
        messages.success(request, f"{days} passed; {letters} sent meanwhile.")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "dashboards:home")


def _names_of(addresses: set[str]) -> dict[str, str]:
    return {person.email: person.name for person in Person.objects.filter(email__in=addresses)}


def _readers(letter: mail_sink.StoredMessage, names: dict[str, str]) -> list[tuple[str, str]]:
    """Name and address of each; whoever is not in the directory is named by the address."""
    return [(names.get(address, address), address) for address in letter.recipients]


def _mail_folder() -> Path:
    return Path(settings.DEMO_FOLDER) / "mail"
