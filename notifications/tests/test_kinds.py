import pytest

from notifications import actions, kinds
from people.tests.factories import PersonFactory


@pytest.mark.django_db
def test_a_kind_nobody_described_cannot_be_owed():
    from notifications.tests.test_actions import AT

    with pytest.raises(KeyError):
        actions.owe(kind="tests.unknown", subject=1, person=PersonFactory(), at=AT)


def test_two_kinds_with_one_name_are_refused(errand):
    with pytest.raises(ValueError, match="Two kinds"):
        kinds.register(kinds.Kind(name="tests.errand", description="Another", compose=lambda notice, at: None))
