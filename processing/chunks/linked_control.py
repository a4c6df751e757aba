"""Control of one encoder among several of the same job."""

from __future__ import annotations

from processing.control import JobControl


class LinkedControl(JobControl):
    """What is asked of the job is asked of this encoder; ``end`` ends it alone, and the job goes on."""

    def __init__(self, job: JobControl) -> None:
        super().__init__()
        self._job = job

    @property
    def paused_seconds(self) -> float:
        """How long the job has been paused so far, in seconds."""
        return self._job.paused_seconds

    @property
    def cancelled(self) -> bool:
        """Whether the encoder should end."""
        return super().cancelled or self._job.cancelled

    @property
    def cancel_asked(self) -> bool:
        """Whether somebody cancelled the job."""
        return self._job.cancel_asked

    @property
    def paused(self) -> bool:
        """Whether the job is paused."""
        return self._job.paused

    @property
    def after_chunk(self) -> bool:
        """Whether no further chunk may begin for now."""
        return self._job.after_chunk

    def check(self) -> None:
        """Wait while the job is paused; raises JobCancelled, or the error given to ``end``."""
        super().check()
        self._job.check()
        super().check()
