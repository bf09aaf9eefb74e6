from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import exports, planning

        exports.register_own()
        planning.follow_the_directory()
