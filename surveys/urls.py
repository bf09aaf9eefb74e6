from django.urls import path

from surveys import board_views, insight_views, views

app_name = "surveys"
urlpatterns = [
    path("board/<int:program_id>/", board_views.board, name="board"),
    path("board/<int:program_id>/add/", board_views.write_theme, name="write_theme"),
    path("board/<int:program_id>/remove/", board_views.remove_theme, name="remove_theme"),
    path("board/theme/<int:theme_id>/", board_views.reply_to_theme, name="reply_to_theme"),
    path("board/of/<uuid:pairing_id>/", insight_views.insights, name="insights"),
    path("board/of/<uuid:pairing_id>/<uuid:insight_id>/", insight_views.insight, name="insight"),
    path("board/of/<uuid:pairing_id>/<uuid:insight_id>/answer/", insight_views.answer_insight, name="answer_insight"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("<int:survey_id>/", views.answer, name="answer"),
    path("<int:survey_id>/preview/<str:seen_as>/", views.preview, name="preview"),
    path("<int:survey_id>/languages/", views.languages, name="languages"),
    path("<int:survey_id>/languages/<str:language>/", views.translate, name="translate"),
    path("<int:survey_id>/results/", views.results, name="results"),
    path("<int:survey_id>/results.csv", views.results_file, {"ending": "csv"}, name="results_csv"),
    path("<int:survey_id>/results.xlsx", views.results_file, {"ending": "xlsx"}, name="results_xlsx"),
    path("<int:survey_id>/results.pdf", views.results_file, {"ending": "pdf"}, name="results_pdf"),
]
