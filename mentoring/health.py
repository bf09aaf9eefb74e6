"""What a load balancer asks: is the process alive, and can it do its work?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.heartbeats import somebody_delivers


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, every migration is applied and a worker or loop is at work; else 503 and which
    is not. What the administrators' page of delivery calls silent is not at work here either."""
    database = _database_answers()
    migrations = database and _migrations_applied()
    states = {"database": database, "migrations": migrations, "worker": migrations and somebody_delivers()}
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
