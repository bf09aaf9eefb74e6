"""The site's pages and a bare view: what Django and our middleware cost before any of our pages does anything."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from mentoring.urls import urlpatterns as site


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("bare")


urlpatterns = [path("bare/", bare), *site]
