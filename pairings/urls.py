"""Pages of a pair, and the one on which somebody leaves everything.

Each page of a pair loads it through ``queries.visible_to``: for anybody else it does not exist.
"""

from django.urls import path

from pairings import circle_views, ending_views, pause_views, planned_views, private_views, supervisor_views, views

app_name = "pairings"

urlpatterns = [
    path("leave/", views.leave, name="leave"),
    path("calendar/", planned_views.calendar, name="calendar"),
    path("calendars/<str:token>/mentoring.ics", planned_views.feed, name="feed"),
    path("met/<str:token>/", planned_views.met, name="met"),
    path("to-look-at/<int:program_id>/", views.to_look_at, name="to_look_at"),
    path("doing/<int:program_id>/", views.doing, name="doing"),
    path("to-look-at/<uuid:pairing_id>/<slug:rule>/", views.waive_rule, name="waive_rule"),
    path("recusals/", ending_views.recusals, name="recusals"),
    path("recusals/<int:program_id>/", ending_views.recusals_at_desk, name="recusals_at_desk"),
    path("recusals/<int:program_id>/register.csv", ending_views.recusals_file, name="recusals_file"),
    path("circles/<int:program_id>/", circle_views.circles_at_desk, name="circles_at_desk"),
    path("circles/<uuid:circle_id>/", circle_views.circle, name="circle"),
    path("circles/<uuid:circle_id>/at-desk/", circle_views.circle_at_desk, name="circle_at_desk"),
    path("supervised/<int:program_id>/", supervisor_views.supervised, name="supervised"),
    path("supervised/<uuid:pairing_id>/", supervisor_views.supervised_pair, name="supervised_pair"),
    path("help/", private_views.asked_for_help, name="asked_for_help"),
    path("help/<int:program_id>/", private_views.ask_for_help, name="ask_for_help"),
    path("help/<uuid:request_id>/", private_views.help_thread, name="help_thread"),
    path("help/<uuid:request_id>/close/", private_views.close_thread, name="close_thread"),
    path("<uuid:pairing_id>/", views.detail, name="detail"),
    path("<uuid:pairing_id>/agreement/", views.agreement, name="agreement"),
    path("<uuid:pairing_id>/agreement/sign/", views.sign_agreement, name="sign_agreement"),
    path("<uuid:pairing_id>/goals/new/", views.set_goal, name="set_goal"),
    path("<uuid:pairing_id>/goals/<uuid:goal_id>/", views.goal, name="goal"),
    path("<uuid:pairing_id>/goals/<uuid:goal_id>/tasks/", views.add_task, name="add_task"),
    path("<uuid:pairing_id>/goals/<uuid:goal_id>/tasks/<uuid:task_id>/", views.change_task, name="change_task"),
    path("<uuid:pairing_id>/meetings/new/", views.log_meeting, name="log_meeting"),
    path("<uuid:pairing_id>/meetings/<uuid:meeting_id>/", views.take_back_meeting, name="take_back_meeting"),
    path("<uuid:pairing_id>/planned/new/", planned_views.plan_meeting, name="plan_meeting"),
    path("<uuid:pairing_id>/planned/<uuid:planned_id>/", planned_views.planned_meeting, name="planned_meeting"),
    path("<uuid:pairing_id>/planned/<uuid:planned_id>/cancel/", planned_views.cancel_meeting, name="cancel_meeting"),
    path("<uuid:pairing_id>/planned/<uuid:planned_id>/outcome/", planned_views.say_what_became, name="say_what_became"),
    path("<uuid:pairing_id>/check-in/", views.check_in, name="check_in"),
    path("<uuid:pairing_id>/skills/", views.skills, name="skills"),
    path("<uuid:pairing_id>/extend/", views.extend, name="extend"),
    path("<uuid:pairing_id>/extend/<int:extension_id>/answer/", views.answer_extension, name="answer_extension"),
    path("<uuid:pairing_id>/fine/", views.fine, name="fine"),
    path("<uuid:pairing_id>/pause/", pause_views.pause, name="pause"),
    path("<uuid:pairing_id>/pause-at-desk/", pause_views.pause_at_desk, name="pause_at_desk"),
    path("<uuid:pairing_id>/end/", views.end, name="end"),
    path("<uuid:pairing_id>/reflection/", views.reflect, name="reflect"),
    path("<uuid:pairing_id>/certificate/", ending_views.certificate, name="certificate"),
    path("<uuid:pairing_id>/certificate.pdf", ending_views.certificate_file, name="certificate_file"),
    path("<uuid:pairing_id>/thank-you.pdf", ending_views.thanks_file, name="thanks_file"),
    path("<uuid:pairing_id>/room/", private_views.room, name="room"),
    path("<uuid:pairing_id>/room/messages/", private_views.write_message, name="write_message"),
    path(
        "<uuid:pairing_id>/room/messages/<uuid:message_id>/", private_views.take_back_message, name="take_back_message"
    ),
    path("<uuid:pairing_id>/room/notes/", private_views.write_note, name="write_note"),
    path("<uuid:pairing_id>/room/notes/<uuid:note_id>/", private_views.note, name="note"),
    path("<uuid:pairing_id>/room/notes/<uuid:note_id>/delete/", private_views.delete_note, name="delete_note"),
]
