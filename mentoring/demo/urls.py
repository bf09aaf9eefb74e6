from django.urls import path

from mentoring.demo import views

app_name = "demo"
urlpatterns = [
    path("enter/", views.enter, name="enter"),
    path("mail/", views.mail, name="mail"),
    path("mail/<slug:name>/", views.letter, name="letter"),
    path("mail/<slug:name>/html/", views.letter_as_html, name="letter_as_html"),
    path("clock/", views.move_clock, name="move_clock"),
]
