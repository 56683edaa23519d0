"""How often a stage writes its checkpoint."""

RECORDS_LIMIT = 2_000
"""Input records after which a checkpoint is due in any case; bounds what waits in memory."""
SNAPSHOT_SHARE = 0.05
"""The part of its time a stage may spend on taking snapshots."""


class CheckpointPace:
    """Spaces checkpoints by their size and by what they cost.

    Small states are written every `least_s`. Larger ones less often, so that neither the log nor
    the stage is busy with them; the price is a longer repeat after a crash.
    """

    def __init__(self, least_s: float, bytes_per_s: int) -> None:
        """Start with the shortest interval.

        Args:
            least_s: Least seconds between two checkpoints.
            bytes_per_s: What the log may take in bytes a second.
        """
        self._least_s = least_s
        self._bytes_per_s = bytes_per_s
        self.interval_s = least_s

    def note(self, size: int, snapshot_s: float) -> None:
        """Learn from a checkpoint.

        Args:
            size: Its bytes.
            snapshot_s: How long the stage stood still for it, in seconds.
        """
        self.interval_s = max(self._least_s, size / self._bytes_per_s, snapshot_s / SNAPSHOT_SHARE)
