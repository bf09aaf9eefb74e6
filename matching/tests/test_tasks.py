"""Workers look; the database says what there is to do."""

from __future__ import annotations

import pytest

from matching import tasks
from matching.choices import RunState
from matching.models import MatchingRun
from matching.tests.factories import MatchingRunFactory, mina_and_otto, program_of_cora

pytestmark = pytest.mark.django_db


def test_the_task_carries_its_run_out_once() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = MatchingRunFactory(program=program, requested_by=cora)
    assert tasks.solve_run(str(run.pk)) is True
    assert tasks.solve_run(str(run.pk)) is False
    assert MatchingRun.objects.get().state == RunState.SOLVED
    assert run.suggestions.count() == 1


def test_a_task_for_a_run_that_is_gone_does_nothing() -> None:
    assert tasks.solve_run("00000000-0000-0000-0000-000000000000") is False
