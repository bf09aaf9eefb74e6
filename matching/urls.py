from django.urls import path

from matching import views

app_name = "matching"

urlpatterns = [
    path("proposals/<uuid:proposal>/", views.proposal, name="proposal"),
    path("proposals/<uuid:proposal>/aside/", views.aside, name="aside"),
    path("programs/<int:program>/<str:side>/wishes/", views.wishes, name="wishes"),
    path("desk/programs/<int:program>/matching/", views.runs, name="runs"),
    path("desk/programs/<int:program>/matching/start/", views.start, name="start"),
    path("desk/programs/<int:program>/matching/<uuid:run>/", views.board, name="board"),
    path("desk/programs/<int:program>/matching/<uuid:run>/progress/", views.progress, name="progress"),
    path("desk/programs/<int:program>/matching/<uuid:run>/stop/", views.stop, name="stop"),
    path("desk/programs/<int:program>/matching/<uuid:run>/pair/", views.pair, name="pair"),
    path("desk/programs/<int:program>/matching/<uuid:run>/proof/", views.proof, name="proof"),
    path("desk/programs/<int:program>/matching/<uuid:run>/repair/", views.repair, name="repair"),
    path("desk/programs/<int:program>/matching/<uuid:run>/try/", views.try_another_way, name="try_another_way"),
    path("desk/programs/<int:program>/matching/<uuid:run>/compare/", views.compare, name="compare"),
    path("desk/programs/<int:program>/matching/<uuid:run>/use/", views.use, name="use"),
    path("desk/programs/<int:program>/matching/<uuid:run>/send/", views.send, name="send"),
    path(
        "desk/programs/<int:program>/matching/<uuid:run>/proposals/<uuid:proposal>/reinstate/",
        views.reinstate,
        name="reinstate",
    ),
    path("desk/programs/<int:program>/matching/<uuid:run>/discard/", views.discard, name="discard"),
]
