from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import actions, exports, notices, planning
        from people.consequences import hear_of_passwords

        exports.register_own()
        notices.register()
        hear_of_passwords(actions.tell_of_password)
        planning.follow_the_directory()
