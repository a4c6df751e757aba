"""What encoders have proven on this machine, so that each is asked once and not by every command."""

from __future__ import annotations

import json
from typing import Dict, Optional

from core.encoders.family import Feature
from core.encoders.listed import families_of
from core.encoders.proof import EncoderId, EncoderProof, FeatureAnswer, Finding
from core.tools import ToolName
from store.connection import Database, shown_parts, shown_text, text_of_parts

_COLUMNS = "tool, encoder, program, driver, asked_at, answers"


class EncoderProofStore:
    """The last answers of each encoder; whether they still hold is for ``EncoderProof.holds`` to say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Dict[EncoderId, EncoderProof]:
        """Return every answer that this version can read."""
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM encoder_proofs")  # noqa: S608
            proofs = (_proof(*row) for row in map(tuple, rows))
            return {proof.encoder: proof for proof in proofs if proof is not None}

    def keep(self, proof: EncoderProof) -> None:
        """Keep what an encoder has answered; it replaces what it answered before."""
        answers = {
            feature.value: [
                *(answer.finding.value, shown_text(answer.why), shown_parts(answer.why))
            ]
            for feature, answer in proof.answers.items()
        }
        encoder = proof.encoder
        with self._database.transaction() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO encoder_proofs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
                (
                    *(encoder.tool.value, encoder.name, shown_text(proof.program)),
                    *(shown_text(proof.driver), proof.asked_at, json.dumps(answers)),
                ),
            )

    def forget(self, family: str = "") -> None:
        """Forget the answers of a family of encoders by its name, or all of them."""
        gone = [encoder for encoder in self.all() if family in ("", encoder.family.name)]
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM encoder_proofs WHERE tool = ? AND encoder = ?",
                [(encoder.tool.value, encoder.name) for encoder in gone],
            )


def _proof(
    tool: str, encoder: str, program: str, driver: str, asked_at: float, answers: str
) -> Optional[EncoderProof]:
    """One row; None where another version of the program wrote what this one does not know."""
    if not any(families_of(tool)):
        return None
    try:
        return EncoderProof(
            EncoderId(ToolName(tool), encoder),
            program,
            driver,
            float(asked_at),
            {
                Feature(feature): FeatureAnswer(
                    Finding(finding), text_of_parts(why, "".join(parts))
                )
                for feature, (finding, why, *parts) in json.loads(answers).items()
            },
        )
    except (ValueError, TypeError, AttributeError):
        return None
