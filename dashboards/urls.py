from django.urls import path

from dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.home, name="home"),
    path("progress/", views.progress, name="progress"),
    path("progress/<int:program_id>/", views.program_progress, name="program_progress"),
    path("progress/<int:program_id>.csv", views.progress_file, {"ending": "csv"}, name="progress_csv"),
    path("progress/<int:program_id>.xlsx", views.progress_file, {"ending": "xlsx"}, name="progress_xlsx"),
    path("progress/<int:program_id>.pdf", views.progress_file, {"ending": "pdf"}, name="progress_pdf"),
    path("desk/review/<int:program_id>/", views.review, name="review"),
    path("desk/review/<int:program_id>/remove/", views.remove_learning, name="remove_learning"),
    path("seen-of-me/", views.seen_of_me, name="seen_of_me"),
    path("who-sees-what/", views.who_sees_what, name="who_sees_what"),
]
