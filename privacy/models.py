"""The keys of private text. Which text a key opens is known to the row that points at the key."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from privacy import classes, sealing


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    def mint(self) -> DataKey:
        """A new key, known to nobody, wrapped by the current master key."""
        key = DataKey(pk=uuid.uuid4())
        key.wrapped, key.master_key_id = sealing.wrap(sealing.new_key(), key_id=key.pk)
        key.save(force_insert=True)
        return key

    def to_rewrap(self) -> DataKeyQuerySet:
        """Keys that a former master key still wraps."""
        return self.exclude(master_key_id=sealing.current_master_id())


class DataKey(models.Model):
    """The key of the private text of one pairing, participation or conflict, itself encrypted by a master key.

    Deleting the row erases every text sealed under it, in this database and, once they expire, in its backups.
    So whoever points here does it with ``null=True, on_delete=models.SET_NULL``: no key means erased.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    wrapped = models.BinaryField(editable=False, db_comment=classes.CREDENTIAL)
    master_key_id = models.CharField(max_length=64, editable=False, db_comment=classes.NOT_PERSONAL)
    created_at = models.DateTimeField(db_default=Now(), editable=False, db_comment=classes.NOT_PERSONAL)

    objects = DataKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(master_key_id=""), name="data_key_names_its_master"),
        ]
        indexes = [models.Index(fields=["master_key_id"], name="data_key_by_master")]

    def __str__(self) -> str:
        return f"data key {self.pk}"

    def rewrap(self) -> None:
        """Wrap the same key by the current master key, in memory; texts stay as they are."""
        self.wrapped, self.master_key_id = sealing.wrap(sealing.unwrap(self), key_id=self.pk)
