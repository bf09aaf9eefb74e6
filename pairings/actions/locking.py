"""Whatever changes a pair holds its row, so two clicks at the same instant take turns."""

from __future__ import annotations

from pairings.models import Pairing


def held(pairing: Pairing) -> Pairing:
    """The same pairing, fresh and locked until the transaction ends, with its people, program and data key."""
    locked: Pairing = (
        Pairing.objects.with_people().select_related("data_key").select_for_update(of=("self",)).get(pk=pairing.pk)
    )
    return locked
