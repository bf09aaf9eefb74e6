"""All pages of the site. Who may open each is written in ``mentoring.access``."""

from django.contrib import admin
from django.urls import include, path

from mentoring import health
from mentoring.metrics import metrics

urlpatterns = [
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("demo/", include("mentoring.demo.urls")),
    path("", include("dashboards.urls")),
    path("", include("matching.urls")),
    path("surveys/", include("surveys.urls")),
    path("pairs/", include("pairings.urls")),
    path("", include("participants.urls")),
    path("", include("programs.urls")),
    path("", include("notifications.urls")),
    path("", include("people.urls")),
    path("", include("ui.urls")),
    # Last among the paths under desk/, because the admin answers for every path it does not know.
    path("desk/", admin.site.urls),
]
