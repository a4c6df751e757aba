from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules import titles

COMMENTARIES = [
    "Director's Commentary",
    "Commentary by director Jane Roe and editor Åse Ødegård",
    "COMMENTARY",
    "Cast_Commentary_2",
    "Commentaar van de regisseur",
    "Audiocommentaar",
    "Yönetmen Yorumu",
    "YÖNETMEN YORUMU",
    "Sesli yorum",
    "Audiokommentar mit Regisseur",
    "Regiekommentar",
    "Kommentarspår",
    "Kommentarspor",
    "Commentaire audio du réalisateur",
    "commentaires",
    "Comentarios del director",
    "Audiocomentario",
    "Comentário do diretor",
    "Commento del regista",
    "Komentarz reżysera",
    "Komentář režiséra",
    "Комментарии режиссёра",
    "Комментарий",
    "Коментар режисера",
    "オーディオコメンタリー",
    "导演评论音轨",
    "導演評論",
    "감독 코멘터리",
    "Audio Commentary (stereo)",
]
SDH = [
    "SDH",
    "English (SDH)",
    "English [CC]",
    "Türkçe CC",
    "Closed Captions",
    "closed-captioned",
    "Hearing Impaired",
    "English for the Hard of Hearing",
    "English (HI)",
    "Nederlands voor doven en slechthorenden",
    "İşitme engelliler için",
    "İŞİTME ENGELLİLER",
    "Deutsch für Hörgeschädigte",
    "Sourds et malentendants",
    "Français (SME)",
    "Español para sordos",
    "Português para surdos",
    "Italiano non udenti",
    "Svenska för hörselskadade",
    "Dansk for hørehæmmede",
    "Polski dla niesłyszących",
    "Česky pro neslyšící",
    "Русские для глухих",
    "聴覚障害者用",
    "中文听障",
    "청각장애인용",
]
FORCED = [
    "Forced",
    "forced (not flagged)",
    "English Forced",
    "Forced English",
    "Forced - Dutch",
    "English (Forced)",
    "Forced subtitles",
    "Signs & Songs",
    "Signs and Songs",
    "Signs/Songs",
    "S&S",
    "English (S & S)",
    "English Signs",
    "Foreign Parts Only",
    "Non-English parts",
    "Français (forcé)",
    "Sous-titres forcés",
    "Forcé",
    "Geforceerd",
    "Zorunlu",
    "ZORUNLU ALTYAZI",
    "Erzwungene Untertitel",
    "Español forzados",
    "Legendas forçadas",
    "Italiano (forzati)",
    "Tvingade",
    "Tvungne undertekster",
    "Wymuszone",
    "Vynucené",
    "Форсированные",
    "Надписи",
    "強制字幕",
    "强制",
    "강제 자막",
]
DESCRIBED = [
    "Audio Description",
    "English AudioDescription",
    "Descriptive Audio",
    "English (AD)",
    "For the Visually Impaired",
    "Audiodescriptie",
    "Sesli betimleme",
    "Görme engelliler için",
    "Audiodeskription",
    "Hörfilmfassung",
    "Audiodescription (VFF)",
    "Audiodescripción",
    "Audiodescrição",
    "Audiodescrizione",
    "Syntolkning",
    "Audiodeskrypcja",
    "Тифлокомментарий",
    "音声ガイド",
    "화면해설",
    "English AD",
    "AD",
    "AD 5.1",
    "UK English AD",
    "Français AD",
    "French VFF AD",
    "English AD 192 kbps",
    "en-US AD",
    "Descriptive",
    "English [Descriptive] 2.0",
    "English Descriptive Video Service",
    "(Described)",
    "Described English",
    "English (Audio Described)",
    "English Description",
    "Descripción",
    "Español descripción",
    "Audio descriptif",
    "Descrição",
    "Italiano descrizione",
    "Beschreibung",
    "Bildbeschreibung",
    "Türkçe betimlemeli",
    "Gesproken beschrijving",
    "Čeština popis",
    "Svenska Syntolkat",
    "Аудиодескрипция",
    "解説放送",
    "解説",
    "Narración descriptiva",
    "English Video Description",
    "Narrated Description",
    "Blindenfassung",
    "Ljudbeskrivning",
    "Descrierea audio",
    "Hangalámondás",
]
INNOCENT = [
    "",
    "Director's Cut",
    "Forced Entry",
    "Forced Vengeance (1982)",
    "The Force Awakens",
    "Brute Force",
    "Special Forces",
    "Sign Language",
    "Signs of Life",
    "English",
    "Nederlands",
    "Türkçe",
    "Surround 5.1",
    "TrueHD Atmos 7.1",
    "Stereo",
    "Commentary-free",
    "No commentary",
    "Without audio commentary",
    "English (non-SDH)",
    "English (not forced)",
    "Non-Forced",
    "Full Subtitles",
    "ASDHF",
    "Accent",
    "ccTLD",
    "Piccolo",
    "Creative Commons CC BY 4.0",
    "Hindi (HI)",
    "Hi there",
    "Ad astra",
    "79 AD",
    "AD 79",
    "Ad Reinhardt",
    "The Ad",
    "Bad",
    "English Radio",
    "Blind Guardian Live",
    "Scenes described by the director",
    "M&S",
    "Isolated Score",
    "Music and Effects",
    "Compatibility Track",
    "English Dub",
    "Deaffened",
    "SDHR",
    "Yorumsuz",
    "Commander",
    "Comments",
    "Reinforced",
    "Designs",
    "Full + Signs & Songs",
]


@pytest.mark.parametrize("title", COMMENTARIES)
def test_commentary_is_recognised_in_every_language(title: str) -> None:
    assert titles.commentary(title)
    assert not titles.visual_impaired(title)


@pytest.mark.parametrize("title", SDH)
def test_sdh_is_recognised_in_every_language(title: str) -> None:
    assert titles.hearing_impaired(title)
    assert not titles.forced(title)
    assert not titles.commentary(title)


@pytest.mark.parametrize("title", FORCED)
def test_forced_is_recognised_in_every_language(title: str) -> None:
    assert titles.forced(title)
    assert not titles.hearing_impaired(title)
    assert not titles.commentary(title)


@pytest.mark.parametrize("title", DESCRIBED)
def test_audio_description_is_recognised_and_is_no_commentary(title: str) -> None:
    assert titles.visual_impaired(title)
    assert not titles.commentary(title)
    assert not titles.hearing_impaired(title)


@pytest.mark.parametrize("title", INNOCENT)
def test_innocent_titles_say_nothing(title: str) -> None:
    found = (
        titles.commentary(title),
        titles.hearing_impaired(title),
        titles.forced(title),
        titles.visual_impaired(title),
    )
    assert found == ("", "", "", "")


def test_the_match_is_quoted_as_it_stands_in_the_title() -> None:
    assert titles.commentary("Feature: YÖNETMEN YORUMU 2") == "YÖNETMEN YORUMU"
    assert titles.hearing_impaired("İşitme Engelliler için") == "İşitme Engelliler için"
    assert titles.forced("English [FORCED]") == "FORCED"
    assert titles.visual_impaired("English (AD)") == "(AD)"
    decomposed = "Commentaire re\u0301alisateur"
    assert titles.commentary(decomposed) == "Commentaire"
    assert titles.forced("Sous-titres force\u0301") == "Sous-titres force\u0301"


WORDLESS = [
    "Isolated Score",
    "Music and Effects",
    "M&E",
    "Music only (5.1)",
    "Music-only",
    "Music/Effects",
    "Music",
    "Score",
    "Score (Stereo)",
    "Original Score",
    "Instrumental",
    "English Instrumental",
    "Karaoke",
    "Karaoke Version",
    "Off Vocal",
    "FX",
    "Effects",
    "Stadium sound",
    "Crowd noise",
    "No Commentary",
    "Ohne Kommentar",
    "Nur Musik",
    "Musik und Effekte",
    "Muziek",
    "Instrumentaal",
    "Enstrümantal",
    "Yorumsuz",
    "Solo música",
    "Musique seule",
    "Караоке",
    "カラオケ",
    "Geräusche",
    "Atmo",
    "Bruitages",
    "Son d'ambiance",
    "Sonido ambiente",
    "Stadiongeluid",
    "Stadyum sesi",
    "Engine sounds",
    "Field mics",
    "No dialogue",
    "Ohne Sprecher",
    "Zonder stemmen",
    "Sözsüz",
    "効果音",
]


@pytest.mark.parametrize("title", WORDLESS)
def test_sound_without_words_is_recognised_in_every_language(title: str) -> None:
    assert titles.wordless(title)
    assert not titles.commentary(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "The Sound of Music",
        "The Music Man",
        "M & M",
        "High Score Girl",
        "Effects of War",
        "Fox FX Channel",
        "Crowded House",
        "English (no commentary)",
        "English with original dialogue",
        "Dialogue",
        "Engine",
        "Stadium Arcadium Live",
        "Stemmen",
    ],
)
def test_other_titles_do_not_make_sound_wordless(title: str) -> None:
    assert not titles.wordless(title)


@given(st.text(max_size=40))
def test_any_title_is_read_and_the_match_is_part_of_it(title: str) -> None:
    for recognise in (
        titles.commentary,
        titles.hearing_impaired,
        titles.forced,
        titles.visual_impaired,
        titles.wordless,
    ):
        assert recognise(title) in title
