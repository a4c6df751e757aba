"""The answers of test encodes, kept over the program's life."""

from __future__ import annotations

import pytest

from core.encoders.family import Feature
from core.encoders.proof import EncoderId, EncoderProof, FeatureAnswer, Finding
from core.tools import ToolName
from store.connection import Database
from store.encoder_proofs import EncoderProofStore

NVENC, NVENC_AV1, QSVENC = (
    EncoderId(ToolName.FFMPEG, "hevc_nvenc"),
    EncoderId(ToolName.FFMPEG, "av1_nvenc"),
    EncoderId(ToolName("QSVEncC"), "hevc"),
)


def proof(encoder: EncoderId, finding: Finding = Finding.WORKS, why: str = "") -> EncoderProof:
    answers = {
        Feature.PICTURE: FeatureAnswer(finding, why),
        Feature.HDR10: FeatureAnswer(Finding.UNTRIED, why),
    }
    return EncoderProof(encoder, "/usr/bin/tool 1.0", "driver 1", 1000.0, answers)


def test_answers_come_back_as_they_were_given(database: Database) -> None:
    given = [proof(NVENC, Finding.FAILS, "Cannot load libcuda.so.1"), proof(QSVENC)]
    for answer in given:
        EncoderProofStore(database).keep(answer)
    assert EncoderProofStore(database).all() == {answer.encoder: answer for answer in given}


def test_the_last_answer_of_an_encoder_counts(database: Database) -> None:
    store = EncoderProofStore(database)
    store.keep(proof(NVENC))
    store.keep(proof(NVENC, Finding.SILENT))
    assert store.all() == {NVENC: proof(NVENC, Finding.SILENT)}


def test_a_family_is_forgotten_alone_and_all_are_together(database: Database) -> None:
    store = EncoderProofStore(database)
    for encoder in (NVENC, NVENC_AV1, QSVENC):
        store.keep(proof(encoder))
    store.forget("ffmpeg, NVENC")
    assert set(store.all()) == {QSVENC}
    store.forget()
    assert store.all() == {}


def test_an_encoder_of_a_program_that_is_not_known_is_left_out(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO encoder_proofs VALUES ('FutureEnc', 'hevc', 'p', 'd', 1, '{}')"
        )
    assert EncoderProofStore(database).all() == {}


@pytest.mark.parametrize(
    "answers", ['{"12bit": ["works", ""]}', '{"8bit": ["maybe", ""]}', "{", "[]", '{"8bit": 1}']
)
def test_what_another_version_wrote_is_asked_anew(database: Database, answers: str) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO encoder_proofs VALUES ('ffmpeg', 'hevc_nvenc', 'p', 'd', 1, ?)", (answers,)
        )
    assert EncoderProofStore(database).all() == {}
