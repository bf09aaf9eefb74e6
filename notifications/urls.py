from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("way-in/", views.way_in, name="way_in"),
    path("your-messages/", views.your_messages, name="your_messages"),
    path("your-messages/no-more/<str:token>/", views.decline, name="decline"),
]
