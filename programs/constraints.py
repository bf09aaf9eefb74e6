"""A constraint that PostgreSQL keeps with a trigger."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint

REFUSAL = "The words of a charter do not change once they are kept. Other words are another version."


class NeverRewritten(BaseConstraint):
    """No row is ever changed, so that what somebody signed is what is shown to them.

    It stands in ``Meta.constraints`` and so travels with the migrations like any other constraint. The database
    refuses with a check violation that carries this constraint's name. A row that nothing points at can be deleted.
    """

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: Any) -> Any:
        """Nothing stands inside CREATE TABLE; the trigger follows it."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return None

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        table = _table(model)
        return f"""
            create or replace function {self.name}() returns trigger language plpgsql as $$
            begin
                raise exception using
                    errcode = 'check_violation', constraint = '{self.name}', table = '{table}',
                    message = '{REFUSAL}';
            end $$;
            create trigger {self.name} before update on {table} for each row execute function {self.name}();
        """

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return f"drop trigger {self.name} on {_table(model)}; drop function {self.name}();"

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, NeverRewritten) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Nothing offers to change a version, so there is nothing to refuse earlier."""


def _table(model: type[models.Model] | None) -> str:
    assert model is not None  # noqa: S101 - Django always names the model
    return str(model._meta.db_table)
