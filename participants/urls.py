from django.urls import path

from participants import views

app_name = "participants"
urlpatterns = [
    path("programs/", views.programs, name="programs"),
    path("programs/<int:program_id>/", views.program, name="program"),
    path("programs/<int:program_id>/volunteer/<str:side>/", views.volunteer, name="volunteer"),
    path("programs/<int:program_id>/volunteer/<str:side>/<str:step>/", views.volunteer_step, name="volunteer_step"),
    path("programs/<int:program_id>/profile/<str:side>/", views.profile, name="profile"),
    path("programs/<int:program_id>/withdraw/<str:side>/", views.withdraw, name="withdraw"),
    path("programs/<int:program_id>/referees/", views.name_referees, name="name_referees"),
    path("refer/<str:token>/", views.refer, name="refer"),
    path("desk/references/<int:program_id>/", views.references_at_desk, name="references_at_desk"),
    path("desk/references/decide/<uuid:participation_id>/", views.decide_references, name="decide_references"),
    path("programs/<int:program_id>/not-for-me/<str:side>/", views.decline_call, name="decline_call"),
    path("programs/<int:program_id>/wait/<str:side>/", views.ask_to_wait, name="ask_to_wait"),
    path("programs/<int:program_id>/wait/<str:side>/leave/", views.leave_wait_list, name="leave_wait_list"),
    path("desk/volunteers/<int:program_id>/", views.calls_at_desk, name="calls_at_desk"),
    path("programs/<int:program_id>/champion/", views.champion, name="champion"),
    path("desk/champions/<int:program_id>/", views.champions_at_desk, name="champions_at_desk"),
    path("programs/<int:program_id>/charter/", views.charter, name="charter"),
    path("programs/<int:program_id>/charter/<int:number>/", views.charter, name="charter_version"),
    path("guidance/", views.guidance, name="guidance"),
    path("guidance/<slug:name>/", views.piece, name="piece"),
    path("reports/", views.reports, name="reports"),
    path("reports/<int:program_id>/<int:person_id>/", views.answer_as_manager, name="answer_as_manager"),
]
