from django.urls import path

from surveys import views

app_name = "surveys"
urlpatterns = [
    path("<int:survey_id>/", views.answer, name="answer"),
    path("<int:survey_id>/results/", views.results, name="results"),
]
