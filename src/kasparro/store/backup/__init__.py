"""Backups: everything of ours in one file of pg_dump's, and a database made from such a file."""

from kasparro.store.backup.dump import Written, backup
from kasparro.store.backup.restore import Restored, restore

__all__ = ["Restored", "Written", "backup", "restore"]
