"""Who asks."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from people.models import Person


def me(request: HttpRequest) -> Person:
    """Whoever is signed in. A page that needs somebody is not there for anybody else."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user
