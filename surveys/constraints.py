"""A constraint that PostgreSQL keeps with a trigger, because it looks at two tables."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint

REFUSAL = "This survey has been opened. Its questions no longer change, so that every answer means the same."


class FrozenOnceOpened(BaseConstraint):
    """No question is added, changed or deleted once its survey has been opened.

    It stands in ``Meta.constraints`` and so travels with the migrations like any other constraint. The database
    refuses with a check violation that carries this constraint's name. Forms refuse earlier, in ``surveys.rules``.
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
                if exists (
                    select 1 from surveys_survey
                    where opened_at is not null
                    and id in (
                        case when tg_op <> 'INSERT' then old.survey_id end,
                        case when tg_op <> 'DELETE' then new.survey_id end
                    )
                ) then
                    raise exception using
                        errcode = 'check_violation', constraint = '{self.name}', table = '{table}',
                        message = '{REFUSAL}';
                end if;
                if tg_op = 'DELETE' then return old; end if;
                return new;
            end $$;
            create trigger {self.name} before insert or update or delete on {table}
                for each row execute function {self.name}();
        """  # noqa: S608 - names of our own schema, nothing that anybody typed

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return f"drop trigger {self.name} on {_table(model)}; drop function {self.name}();"

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, FrozenOnceOpened) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Left to ``surveys.rules``, which also knows about questions that are added or taken away."""


def _table(model: type[models.Model] | None) -> str:
    assert model is not None  # noqa: S101 - Django always names the model
    return str(model._meta.db_table)
