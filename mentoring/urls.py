"""All pages of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("matching.urls")),
    path("pairs/", include("pairings.urls")),
    path("", include("people.urls")),
    path("programs/", include("participants.urls")),
    path("desk/", admin.site.urls),
]
