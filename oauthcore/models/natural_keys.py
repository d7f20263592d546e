"""Natural keys: fixtures name a row by what it is, so that they can be loaded into any database.

Rows with secrets have none: an application of a fixture gets a new secret where it is loaded.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from oauthcore.models.database import PrimaryManager, PrimaryModel

M = TypeVar("M", bound="KeyedModel")


class KeyedManager(PrimaryManager[M]):
    """Finds rows by their natural key."""

    def get_by_natural_key(self, *values: Any) -> M:
        """Return the row with this natural key; raise DoesNotExist."""
        return self.get(**dict(zip(self.model.NATURAL_KEY, values, strict=True)))


class KeyedModel(PrimaryModel):
    """A row that fixtures name by the values of ``NATURAL_KEY``: lookups, ``application__client_id``."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ()

    objects = KeyedManager()  # type: ignore[misc]

    class Meta:
        abstract = True
        base_manager_name = "objects"  # Django reads it from the direct parent: see PrimaryModel

    def natural_key(self) -> tuple[Any, ...]:
        """Return the values that name this row."""
        return tuple(self._value_at(lookup) for lookup in self.NATURAL_KEY)

    def _value_at(self, lookup: str) -> Any:
        row: Any = self
        for name in lookup.split("__"):
            row = getattr(row, name)
        return row


def after(*labels: str) -> Any:
    """Return the method for a model whose natural key needs rows of other models to be loaded first."""

    def natural_key(self: KeyedModel) -> tuple[Any, ...]:
        return KeyedModel.natural_key(self)

    natural_key.dependencies = list(labels)  # type: ignore[attr-defined]
    return natural_key
