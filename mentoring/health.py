"""What a load balancer asks: is the process alive, and can it do its work?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError

from mentoring.celery import app

WORKER_ANSWERS_WITHIN = 1.0
"""Seconds."""


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, every migration is applied and a worker answers; else 503 and which is not."""
    database = _database_answers()
    states = {"database": database, "migrations": database and _migrations_applied(), "worker": _worker_answers()}
    return JsonResponse(states, status=200 if all(states.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _worker_answers() -> bool:
    try:
        return bool(app.control.ping(timeout=WORKER_ANSWERS_WITHIN, limit=1))
    except (KombuError, OSError):
        return False
