"""The coordinators' desk: Django's admin, restyled, beginning with what needs attention."""

from __future__ import annotations

from django.contrib.admin import AdminSite


class Desk(AdminSite):
    site_header = "Upwell"
    site_title = "Upwell coordinator’s desk"
    index_title = "Desk"
    site_url = "/"
    enable_nav_sidebar = False
