from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("your-messages/", views.your_messages, name="your_messages"),
    path("your-messages/no-more/<str:token>/", views.decline, name="decline"),
]
