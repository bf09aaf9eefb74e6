from django.urls import path

from participants import views

app_name = "participants"
urlpatterns = [
    path("", views.programs, name="programs"),
    path("<int:program_id>/", views.program, name="program"),
    path("<int:program_id>/volunteer/<str:side>/", views.volunteer, name="volunteer"),
    path("<int:program_id>/profile/<str:side>/", views.profile, name="profile"),
    path("<int:program_id>/withdraw/<str:side>/", views.withdraw, name="withdraw"),
]
