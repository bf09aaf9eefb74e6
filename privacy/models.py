"""One data key for each aggregate that keeps private text; deleting the key erases the text."""

from __future__ import annotations

import uuid

from django.db import models

from privacy import classes


class DataKey(models.Model):
    """A key of 256 bits, itself sealed by a master key that never touches the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    wrapped = models.BinaryField(db_comment=classes.CREDENTIAL)
    master_key = models.CharField(max_length=40, db_comment=classes.NOT_PERSONAL)
    made_at = models.DateTimeField(auto_now_add=True, db_comment=classes.NOT_PERSONAL)

    def __str__(self) -> str:
        return str(self.pk)
