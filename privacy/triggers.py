"""Constraints that PostgreSQL keeps with a trigger, for what no check or unique constraint can say."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint


class KeptByTrigger(BaseConstraint):
    """A rule about changing rows, judged before each change and refused with a check violation of this name.

    It stands in ``Meta.constraints`` and so travels with the migrations like any other constraint. A subclass says
    ``on`` which changes it looks at, with which ``sentence`` it refuses, and in ``refused_when`` the SQL condition
    over ``old``, ``new`` and ``tg_op``. Forms refuse earlier, with a sentence at the field.
    """

    on: ClassVar[str]
    sentence: ClassVar[str]
    refused_when: ClassVar[str]

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: Any) -> Any:
        """Nothing stands inside CREATE TABLE; the trigger follows it."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return None

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        table = self.table(model)
        return f"""
            create or replace function {self.name}() returns trigger language plpgsql as $$
            begin
                if {self.refused_when} then
                    raise exception using
                        errcode = 'check_violation', constraint = '{self.name}', table = '{table}',
                        message = '{self.sentence}';
                end if;
                if tg_op = 'DELETE' then return old; end if;
                return new;
            end $$;
            create trigger {self.name} before {self.on} on {table} for each row execute function {self.name}();
        """

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return f"drop trigger {self.name} on {self.table(model)}; drop function {self.name}();"

    def table(self, model: type[models.Model] | None) -> str:
        """Whose rows are looked at: those of the model that names the constraint, unless a subclass says others."""
        assert model is not None  # noqa: S101 - Django always names the model
        return str(model._meta.db_table)

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Left to the rules, which know of more than one row."""
