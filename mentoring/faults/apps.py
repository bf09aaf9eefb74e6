from __future__ import annotations

import os
from datetime import timedelta

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    """One kind of message that is always wanted, for every process of the harness."""

    name = "mentoring.faults"
    label = "faults"

    def ready(self) -> None:
        from mentoring.faults import errand
        from notifications import rules

        errand.register()
        if lease := os.environ.get("FAULTS_LEASE"):  # the short version cannot wait for a real one
            rules.LEASE = timedelta(seconds=float(lease))
            rules.MARGIN = rules.LEASE / 2
