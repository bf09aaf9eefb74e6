from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("way-in/<int:person_id>/<str:token>/", views.choose_password, name="choose_password"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("my-data/", views.my_data, name="my_data"),
    path("colleagues/", views.suggest, name="suggest"),
]
