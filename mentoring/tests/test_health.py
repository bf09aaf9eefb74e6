from __future__ import annotations

import pytest
from django.db import connection

from notifications import heartbeats
from notifications.choices import Hand


def test_a_process_that_answers_is_alive(client):
    assert client.get("/healthz/live").status_code == 200


@pytest.mark.django_db
def test_without_a_worker_the_site_is_not_ready_and_says_which_part_is_missing(client):
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "migrations": True, "worker": False}


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_keeps_the_site_from_being_ready(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'pairings'")
    assert client.get("/healthz/ready").json()["migrations"] is False


@pytest.mark.django_db
def test_a_loop_without_celery_makes_the_site_ready_too(client):
    heartbeats.note(Hand.LOOP, "here")
    assert client.get("/healthz/ready").status_code == 200
