"""What workers do for the directory."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

import clock
from people import actions


@shared_task(name="people.carry_out_import")
def carry_out_import(pk: str) -> bool:
    """Carry out one import, or take it back, if nobody else does."""
    return actions.carry_out_import(UUID(pk), at=clock.now())
