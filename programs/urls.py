from django.urls import path

from programs import views

app_name = "programs"
urlpatterns = [
    path("conflicts/", views.conflicts, name="conflicts"),
    path("conflicts/<uuid:conflict_id>/withdraw/", views.withdraw_conflict, name="withdraw_conflict"),
    path("desk/conflicts/", views.conflicts_at_desk, name="conflicts_at_desk"),
]
