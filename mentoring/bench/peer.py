"""The directory's file through django-import-export, with the settings its documentation gives for large files.

In bulk it cannot give somebody a manager who stands in the same file and is not yet written, so there are two passes:
everybody without their manager, then the managers alone.
"""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import CachedForeignKeyWidget, DateWidget, SimpleArrayWidget

from people.models import Function, Level, LineOfBusiness, Person, Site, sort_key


class _Languages(SimpleArrayWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        return [code.strip() for code in value.split(",")]


class People(ModelResource):
    employee_number = Field("employee_number", "Employee number")
    email = Field("email", "E-mail")
    given_name = Field("given_name", "Given name")
    family_name = Field("family_name", "Family name")
    job_title = Field("job_title", "Job title")
    function = Field("function", "Function", CachedForeignKeyWidget(Function, "name"))
    line_of_business = Field("line_of_business", "Line of business", CachedForeignKeyWidget(LineOfBusiness, "name"))
    level = Field("level", "Level", CachedForeignKeyWidget(Level, "name"))
    site = Field("site", "Site", CachedForeignKeyWidget(Site, "name"))
    time_zone = Field("time_zone", "Time zone")
    languages = Field("languages", "Languages", _Languages())
    hired_on = Field("hired_on", "Hired on", DateWidget("%Y-%m-%d"))

    class Meta:
        model = Person
        fields = (
            "employee_number", "email", "given_name", "family_name", "job_title", "function", "line_of_business",
            "level", "site", "time_zone", "languages", "hired_on",
        )  # fmt: skip
        import_id_fields = ("employee_number",)
        instance_loader_class = CachedInstanceLoader
        use_bulk = True
        use_transactions = True
        skip_html_diff = True

    def get_queryset(self) -> Any:
        """With the places, or its differences would ask for those of each person by themselves."""
        return super().get_queryset().select_related("function", "line_of_business", "level", "site")

    def before_save_instance(self, instance: Person, row: Any, **kwargs: Any) -> None:
        instance.sort_name = sort_key(instance.given_name, instance.family_name)
        if instance._state.adding:
            instance.password = "!" + token_hex(20)


class PeopleUnseen(People):
    """For the import itself, after the look at it: nothing is kept of what each row changes."""

    class Meta(People.Meta):
        skip_diff = True


class Managers(ModelResource):
    employee_number = Field("employee_number", "Employee number")
    manager = Field("manager", "Manager", CachedForeignKeyWidget(Person, "employee_number"))

    class Meta:
        model = Person
        fields = ("employee_number", "manager")
        import_id_fields = ("employee_number",)
        instance_loader_class = CachedInstanceLoader
        use_bulk = True
        use_transactions = True
        skip_diff = True
