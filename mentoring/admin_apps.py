"""Puts our own admin site, the coordinators' desk, in the place of Django's."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "mentoring.desk.Desk"

    def ready(self) -> None:
        super().ready()
        from django.contrib.auth.models import Group

        # Nobody's rights come from groups here; the desk holds our own models and nothing else.
        admin.site.unregister(Group)
