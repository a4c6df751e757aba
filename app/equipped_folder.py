"""What films are worked on with, on a data folder that does work: tools, proofs of encoders, services.

Each part is loaded when it is first asked for: a window shows its films before that.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Tuple

from app.made_once import made_once
from app.messages import TellingFolder
from core.settings.watched_folder import ContentType

if TYPE_CHECKING:
    from analyzer import Analyzer
    from app.encoder_proofs import EncoderProofs
    from app.metadata_services import MetadataServices
    from core.queue.job import Job
    from core.settings.tree import Settings
    from core.tools import Toolset
    from processing.chunks.dealing import DealtFilms
    from processing.runner import ProcessRunner
    from scheduling.job_context import JobContext
    from tools.resolver import ToolReport, ToolStatus

_log = logging.getLogger("mediaprocessor")


class EquippedFolder(TellingFolder):
    """A data folder whose program works on films; usable from every thread."""

    @made_once
    def runner(self) -> ProcessRunner:
        """What starts every outside program."""
        from processing.runner import ProcessRunner

        return ProcessRunner(low_priority=self.config.settings.processing.low_priority)

    @made_once
    def tool_report(self) -> ToolReport:
        """Which programs there are and what is wrong with the others."""
        return self.find_report(self.config.settings)

    def find_report(self, settings: Settings) -> ToolReport:
        """Look for the programs, where these settings have them."""
        from store.silent_programs import SilentPrograms
        from tools.resolver import find_tools

        return find_tools(settings.tools, self.runner, SilentPrograms(self.database))

    @property
    def toolset(self) -> Toolset:
        """The best of each program here, with the encoders that have proven to work."""
        return self.encoder_proofs.proven(self.tool_report.toolset, self.config.settings)

    @made_once
    def encoder_proofs(self) -> EncoderProofs:
        """Which encoders have proven to work on this machine."""
        from app.encoder_proofs import EncoderProofs
        from store.encoder_proofs import EncoderProofStore

        return EncoderProofs(EncoderProofStore(self.database), self.runner, self.data_dir)

    def tools_for_others(self, settings: Settings) -> Toolset:
        """All that is proven here, also what our own settings do not name: what a master is told."""
        return self.encoder_proofs.with_all(self.find_report(settings).toolset, settings)

    @made_once
    def films_in_chunks(self) -> DealtFilms:
        """The films that are being made in chunks now, of which other machines may take some."""
        from processing.chunks.dealing import DealtFilms

        return DealtFilms()

    @made_once
    def services(self) -> MetadataServices:
        """What Sonarr, Radarr and OMDb are asked with."""
        from app.metadata_services import MetadataServices

        return MetadataServices(self.data_dir, self.database, self.config)

    @made_once
    def analyzer(self) -> Analyzer:
        """What looks into films."""
        from analyzer import Analyzer
        from store.verdicts import VerdictStore

        known = VerdictStore(self.database).damage
        toolset = self.tool_report.toolset
        return Analyzer(self.runner, toolset, self.services.metadata, damage_of=known)

    def equip(self) -> JobContext:
        """What jobs are worked on with, from the settings and tools of this moment."""
        return self._equipped(self.config.settings)

    def equip_for(self, job: Job) -> JobContext:
        """The same with the settings that hold for the job's watched folder."""
        from store.watched_folders import WatchedFolderStore

        folder = WatchedFolderStore(self.database).get(job.folder_id) if job.folder_id else None
        settings = self.config.settings
        if folder is None:
            return self._equipped(settings)
        return self._equipped(folder.settings(settings), folder.content_type)

    def _equipped(
        self, settings: Settings, content: ContentType = ContentType.AUTOMATIC
    ) -> JobContext:
        from analyzer import Analyzer
        from app.next_encoder import NextEncoders
        from processing.process_tree import SystemClock
        from processor import Processor
        from scheduling.job_context import JobContext
        from store.verdicts import VerdictStore

        def find() -> Toolset:
            return self.find_report(settings).toolset

        toolset = self.encoder_proofs.proven(find(), settings)
        next_encoder = NextEncoders(self.encoder_proofs, settings, find)
        known = VerdictStore(self.database).damage
        analyzer = Analyzer(self.runner, toolset, self.services.metadata, content, damage_of=known)
        probe = Analyzer(self.runner, toolset).analyze  # results are held against their plan alone
        processor = Processor(
            self.database,
            toolset,
            settings,
            self.runner,
            probe,
            SystemClock(),
            _log,
            next_encoder=next_encoder,
            instance_id=lambda: self.instance_id,
            films_in_chunks=self.films_in_chunks,
        )
        return JobContext(settings, toolset, analyzer, processor, self.services.tell_owner)

    def find_tools(self, again: bool = False) -> Tuple[ToolStatus, ...]:
        """Look for the programs with the settings of this moment; waits for their answers.

        With ``again`` no answer of earlier counts: a driver may have been installed meanwhile.
        """
        from app.proven_tools import proven_statuses
        from store.silent_programs import SilentPrograms
        from tools.resolver import clear_cache

        if again:
            clear_cache()
            self.encoder_proofs.forget()
            SilentPrograms(self.database).forget()
            vars(self).pop("tool_report", None)

        settings = self.config.settings
        report = self.find_report(settings)
        proofs = self.encoder_proofs.ask_all(report.toolset, settings)
        return proven_statuses(report, proofs, settings)

    @made_once
    def instance_id(self) -> str:
        """What this instance is called among machines; made at its first use."""
        from cluster.identity import load_identity

        return load_identity(self.data_dir).instance_id
