from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"

    def ready(self) -> None:
        from dashboards import digest
        from notifications import kinds

        kinds.register(*digest.KINDS)
