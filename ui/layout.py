"""Pieces of a form for ``layout``, on top of crispy's own Div, HTML and Field."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Div, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from privacy.audiences import Audience


class Level(LayoutObject):
    """A section of a form, with a heading, a line of help, and the audience its fields have in common."""

    def __init__(self, legend: str, *fields: Any, help: str = "", audience: Audience | None = None) -> None:
        self.legend, self.help, self.audience = legend, help, audience
        self.fields = list(fields)

    def render(self, form: Any, context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return render_to_string("components/level.html", {"level": self, "fields": fields})


class Inline(Div):
    """Short fields side by side, where there is room."""

    css_class = "uw-inline"
