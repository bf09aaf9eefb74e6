"""The coordinators' desk: Django's admin, restyled, beginning with what needs attention.

What somebody may not see does not exist (``privacy.policy``): where Django's admin would answer 403, or send a
signed-in colleague to a login page, the desk answers 404.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial, wraps
from typing import Any, Final, cast
from urllib.parse import unquote_plus, urlencode

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject

import clock
from dashboards import queries
from matching.queries import programs_matched_by
from people.models import Person
from programs.rules import may_declare_for_others

UNUSED = frozenset({"view_on_site", "autocomplete", "jsi18n"})
"""Addresses of Django's admin that no page of ours leads to: two look rows up for anybody who asks by name."""


PARTS: Final = (
    ("programs", "Programs", "What is set up, and what is asked.", ("Program", "ProgramTemplate", "Survey")),
    (
        "taking-part", "Taking part", "Who, with whom, and when they met. Never what they say.",
        ("Participation", "Pairing", "Meeting"),
    ),
    (
        "directory", "Directory", "Who works here, and where.",
        ("Person", "DirectoryImport", "Function", "Level", "LineOfBusiness", "Site", "Skill"),
    ),
    ("delivery", "Delivery", "Messages that did not arrive.", ("Notice",)),
)  # fmt: skip
"""The lists of the desk on its first page: key, name, what is in it, and models in the order of use."""


class Desk(AdminSite):
    site_header = "Upwell"
    site_title = "Upwell coordinator’s desk"
    index_title = "Desk"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and request.user.is_staff

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) not in UNUSED]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def hidden(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            if "\x00" in unquote_plus(request.META.get("QUERY_STRING", "")):
                raise Http404  # no text in the database holds this character, and asking for it is an error there
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied:
                raise Http404 from None

        return hidden

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page; it judges itself where it may lead to afterwards."""
        wanted = request.GET.get("next", reverse("admin:index"))
        return redirect(f"{reverse('people:sign_in')}?{urlencode({'next': wanted}, safe='/')}")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """For every page of the desk; asked of the database only where a page uses it.

        ``matched_programs``: keys of the programs whose searches the reader may open. Programs cannot ask matching
        themselves, and a link that leads to nothing would tell a coordinator who takes part that there is something.
        """
        return {**super().each_context(request), "matched_programs": SimpleLazyObject(partial(_matched, request))}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        opening = queries.desk_opening(cast(Person, request.user), at=clock.now())
        context = {
            "greeting": opening.greeting, "attention": opening.attention, "asks": opening.asks,
            "programs": opening.programs, "declares_conflicts": may_declare_for_others(cast(Person, request.user)),
            "keeps_delivery": cast(Person, request.user).is_administrator,
            "app_list": _parts(self.get_app_list(request)),
        }  # fmt: skip
        return super().index(request, {**(extra_context or {}), **context})


def _parts(apps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lists one may open, by what one looks for and not by the app that keeps them."""
    lists = {model["object_name"]: model for app in apps for model in app["models"]}
    parts = []
    for key, name, lead, names in PARTS:
        if found := [lists[each] for each in names if each in lists]:
            parts.append({"app_label": key, "name": name, "lead": lead, "models": found})
    return parts


def _matched(request: HttpRequest) -> frozenset[int]:
    if not isinstance(request.user, Person):
        return frozenset()
    return frozenset(programs_matched_by(request.user).values_list("pk", flat=True))
