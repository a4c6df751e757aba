"""A plan turned into argv lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from core.commands import ffmpeg, mkvpropedit
from core.commands.chunks import JOIN_TEMPLATE, JoinedPicture
from core.encoders.family import EncodeRequest
from core.encoders.templates import Template, Value, parse_template
from core.media.model import VideoTrack
from core.plan import Plan, VideoEncode
from core.rules.traits import keeps_chapters
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import Settings
from core.steps import Step, StepName, ToolCommand
from core.tools import ToolName, Toolset

__all__ = ["build_steps"]

_PICTURE_ENDINGS = {"image/png": ".png", "image/bmp": ".bmp", "image/gif": ".gif"}


def build_steps(
    plan: Plan,
    settings: Settings,
    toolset: Toolset,
    staged: Path,
    joined: Optional[JoinedPicture] = None,
) -> Tuple[Step, ...]:
    """The steps that make ``staged`` out of the plan's film; the film itself is only read.

    Even where names and flags are all that changes, the result is a copy: an edit in place
    could not be taken back. A program that is not in the toolset stands there by its bare name, so
    that a plan can be shown; without mkvpropedit there is no such step where the setting says to
    go on without. ``joined`` is the picture where it was encoded in chunks. Raises TemplateError when the
    plan's template cannot be used.
    """
    propedit = toolset.get(ToolName.MKVPROPEDIT) is not None or (
        settings.processing.missing_mkvpropedit is MissingPropeditPolicy.WAIT
    )
    return _Builder(plan, toolset, staged, propedit, joined).steps()


@dataclass(frozen=True)
class _Builder:
    plan: Plan
    toolset: Toolset
    staged: Path
    propedit: bool
    joined: Optional[JoinedPicture] = None

    def steps(self) -> Tuple[Step, ...]:
        steps: List[Step] = []
        if self.covers:
            argv = ffmpeg.extract_arguments(self.program(ToolName.FFMPEG), self.plan, self.covers)
            command = ToolCommand(ToolName.FFMPEG, argv)
            steps.append(Step(StepName.EXTRACT, (command,), self.staged, self.covers))
        if self.chapters is not None:
            program = self.program(ToolName.MKVPROPEDIT)
            argv = mkvpropedit.chapter_arguments(program, self.plan.media.path, self.chapters)
            command = ToolCommand(ToolName.MKVPROPEDIT, argv)
            steps.append(Step(StepName.EXTRACT, (command,), self.staged, (self.chapters,)))
        encodes = self.plan.video_encode is not None and self.joined is None
        name = StepName.ENCODE if encodes else StepName.REMUX
        steps.append(Step(name, self.main(), self.staged))
        if self.propedit:
            program = self.program(ToolName.MKVPROPEDIT)
            argv = mkvpropedit.properties_arguments(program, self.plan, self.staged, self.chapters)
            command = ToolCommand(ToolName.MKVPROPEDIT, argv)
            steps.append(Step(StepName.PROPERTIES, (command,), self.staged))
        return tuple(steps)

    def program(self, name: ToolName) -> Path:
        tool = self.toolset.get(name)
        return tool.path if tool else Path(name.value)

    @property
    def covers(self) -> Tuple[Path, ...]:
        """Files for the pictures that ffmpeg shows as streams and would write back as tracks."""
        pictures = [attachment for attachment in self.plan.attachments if attachment.picture_stream]
        endings = [_PICTURE_ENDINGS.get(picture.mime_type, ".jpg") for picture in pictures]
        name = self.staged.name
        return tuple(
            self.staged.with_name(f"{name}.{number}{ending}")
            for number, ending in enumerate(endings)
        )

    @property
    def chapters(self) -> Optional[Path]:
        """The file for a Matroska film's own chapters, where they can be taken out and put back."""
        if not self.plan.media.segment.editions or not keeps_chapters(self.toolset):
            return None
        return self.staged.with_name(f"{self.staged.name}.chapters.xml")

    def main(self) -> Tuple[ToolCommand, ...]:
        encode = self.plan.video_encode
        if encode is None:
            return (self.copy(),)
        if self.joined is not None:
            return (self.join(self.joined),)
        template = parse_template(encode.template)
        request = EncodeRequest(
            plan=self.plan,
            encode=encode,
            track=_picture(self.plan, encode),
            template=template,
            program=self.program(template.tool),
            staged=self.staged,
            named_later=self.propedit,
            ffmpeg=self,
        )
        return template.family.commands(request)

    def copy(self) -> ToolCommand:
        """The same pass with the picture copied."""
        return self.over_film(ffmpeg.COPY_TEMPLATE, {})

    def join(self, joined: JoinedPicture) -> ToolCommand:
        """The same pass with the picture taken from its chunks."""
        command = self.over_film(JOIN_TEMPLATE, joined.values)
        return ToolCommand(command.tool, joined.picture_from_chunks(command.argv, self.plan))

    def over_film(
        self, template: Template, picture: Mapping[str, Value], before: Sequence[str] = ()
    ) -> ToolCommand:
        """One pass over the film."""
        source = ffmpeg.file_argument(self.plan.media.path)
        return self.ffmpeg(template, picture, self.plan, _selectors(self.plan), source, before)

    def behind_pipe(self, selectors: Mapping[int, str]) -> ToolCommand:
        """The other end of an encoder's pipe, where the picture comes in finished."""
        outputs = tuple(
            replace(track, conversion=None) if isinstance(track.conversion, VideoEncode) else track
            for track in self.plan.outputs
        )
        plan = replace(self.plan, outputs=outputs)
        return self.ffmpeg(ffmpeg.COPY_TEMPLATE, {}, plan, selectors, "pipe:0", ())

    def ffmpeg(
        self,
        template: Template,
        picture: Mapping[str, Value],
        plan: Plan,
        selectors: Mapping[int, str],
        source: str,
        before: Sequence[str],
    ) -> ToolCommand:
        """One pass over ``source``."""
        values: Dict[str, Value] = dict(picture)
        time_base = ffmpeg.source_time_base(self.toolset.get(ToolName.FFMPEG))
        program = self.program(ToolName.FFMPEG)
        values["ffmpeg"] = (*ffmpeg.program(program, plan, selectors), *before)
        values["input"] = source
        values["tracks"] = ffmpeg.track_arguments(
            plan,
            selectors,
            self.covers,
            time_base,
            room=self.propedit,
            made=self.joined is not None,
        )
        values["output"] = ffmpeg.file_argument(self.staged)
        return ToolCommand(ToolName.FFMPEG, template.expand(values))


def _picture(plan: Plan, encode: VideoEncode) -> VideoTrack:
    track = next(track.source for track in plan.outputs if track.conversion is encode)
    assert isinstance(track, VideoTrack)
    return track


def _selectors(plan: Plan) -> Dict[int, str]:
    """Each stream of the film by its own number."""
    indexes = [track.index for track in plan.media.tracks]
    indexes += [
        attachment.index for attachment in plan.media.attachments if attachment.index is not None
    ]
    return {index: str(index) for index in indexes}
