"""Puts our own admin site, the coordinators' desk, in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "mentoring.desk.Desk"
