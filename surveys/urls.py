from django.urls import path

from surveys import views

app_name = "surveys"
urlpatterns = [
    path("<int:survey_id>/", views.answer, name="answer"),
    path("<int:survey_id>/results/", views.results, name="results"),
    path("<int:survey_id>/results.csv", views.results_file, {"ending": "csv"}, name="results_csv"),
    path("<int:survey_id>/results.xlsx", views.results_file, {"ending": "xlsx"}, name="results_xlsx"),
    path("<int:survey_id>/results.pdf", views.results_file, {"ending": "pdf"}, name="results_pdf"),
]
