from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from ui.appearance import COOKIE, SCHEMES
from ui.links import path_here

ONE_YEAR = 60 * 60 * 24 * 365


@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Keep the colour scheme somebody chose, and go back to where they were."""
    response = HttpResponseRedirect(path_here(request, request.POST.get("next", ""), otherwise="/"))
    chosen = request.POST.get("scheme", "")
    if chosen not in SCHEMES or not chosen:
        response.delete_cookie(COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            COOKIE, chosen, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response
