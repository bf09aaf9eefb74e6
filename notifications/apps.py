from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import exports, notices, planning

        exports.register_own()
        notices.register()
        planning.follow_the_directory()
