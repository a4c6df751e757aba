"""What a track's title tells that its flags may not: commentary, SDH, forced, audio description.

Titles are compared without case and accents and by whole words, in the languages that files carry.
Each function returns the words that matched, as they stand in the title, or an empty text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import FrozenSet, List, Match, Optional, Pattern, Tuple

from core.media.languages import parse_language

# Patterns are folded as titles are: lower case, no accents, "ı" as "i", "ø" as "o", "æ" as "ae".
# Where a language builds compounds, letters may stand before and behind.
_COMMENTARY = (
    r"comment(?:ary|aries|ry)|comentary",  # English
    r"[a-z]*commentaar[a-z]*",  # Dutch
    r"(?:yonetmen )?yorum(?:u|lar|lari|lu)?",  # Turkish
    r"[a-z]*kommentar(?:e|en|er|erna|s|spur|spor|sporet|spar|sparet)?",  # German, Scandinavian, Hungarian
    r"komment(?:aari|ti)(?:raita)?",  # Finnish
    r"(?:audio)?commentaires?",  # French
    r"(?:audio)?comentarios?",  # Spanish, Portuguese
    r"comment(?:o|i)(?: audio)?",  # Italian
    r"comentari(?:u|ul|i|ile)",  # Romanian
    r"komentar(?:z|ze|zem|i|e|ji|em|om|mi)?",  # Polish, Czech, Slovak, Croatian, Slovenian
    r"комм?ентари(?:и|я|ями|ем)|коментар(?:і|ем|и)?",  # Russian, Ukrainian, Bulgarian
    r"σχολι(?:α|ασμοσ)",  # Greek
)
_COMMENTARY_CJK = ("コメンタリ", "评论", "評論", "导评", "導評", "讲评", "코멘터리")

_HEARING = (
    r"sdh|hoh|hard[ -]of[ -]hearing|hearing[ -]impaired|(?:the )?deaf",
    r"cc(?![ -]by)|closed[ -]caption(?:s|ed|ing)?",
    r"(?:doven en )?slechthorenden?|(?:voor )?doven|gehoorgestoorden?",  # Dutch
    r"isitme engelli(?:ler)?(?: icin)?|sagir(?:lar)?(?: icin)?",  # Turkish
    r"[a-z]*horgeschadigten?|gehorlosen?|schwerhorigen?",  # German
    r"sourds?(?: et malentendants?)?|mal[ -]?entendants?|sme",  # French
    r"(?:para )?sordos|(?:para )?surdos|deficientes auditivos",  # Spanish, Portuguese
    r"non[ -]udenti|sordi|audiolesi",  # Italian
    r"horselskadade|(?:for )?dova|horehaemmede|horsels?hemmede?|horselshemmet",  # Scandinavian
    r"kuulovammais(?:ille|ten|et)?|huonokuuloisille",  # Finnish
    r"(?:dla )?nieslyszacych|slaboslyszacych",  # Polish
    r"(?:pro )?neslysici|nedoslychave|nepocujuci(?:ch)?",  # Czech, Slovak
    r"hallaskarosult(?:ak|aknak)?|siketek|surzi|hipoacuzici",  # Hungarian, Romanian
    r"(?:для )?глухих|слабослышащих|слабочуючих",  # Russian, Ukrainian
    r"κωφουσ|βαρηκοουσ|للصم|ضعاف السمع|כבדי שמיעה|לקויי שמיעה|tuna ?rungu",
)
_HEARING_CJK = (
    "聴覚障害",
    "バリアフリー字幕",
    "听障",
    "聽障",
    "隐藏字幕",
    "隱藏字幕",
    "청각장애",
    "청각 장애",
)
_HEARING_MARKED = (r"(?<!hindi )[(\[]hi[)\]]",)

_SIGNS = r"(?:signs?|songs?|titles?|lyrics|karaoke|text)"
_FORCED = (
    rf"signs? ?(?:&|and|\+|/|,|n)? ?{_SIGNS}|songs? ?(?:&|and|\+|/|,|n) ?signs?",
    r"s ?[&+] ?s",  # signs and songs
    r"signs(?: only)?(?! of| language)",
    r"foreign (?:parts?|dialogues?|scenes?|audio)(?: only)?|foreign only",
    r"non[ -]english (?:parts?|dialogues?|scenes?)(?: only)?",
    r"geforceerde?|gedwongen",  # Dutch
    r"zorunlu|zorlanmis|zoraki",  # Turkish
    r"erzwungene?|forcierte?|zwangsuntertitel",  # German
    r"(?:sous[ -]?titres?|st|francais|french|vf[fq]?)[ (\[:-]*force(?:e?s?)",  # French
    r"forz(?:ad[oa]s?|osos?|at[oiae])|forcad[oa]s?",  # Spanish, Italian, Portuguese
    r"tvingade?|tvingande|tvungne|tvungen|pakotet(?:tu|ut)",  # Scandinavian, Finnish
    r"wymuszon[ey]|vynucen[ey]|nucene|vynuten[ey]",  # Polish, Czech, Slovak
    r"kenyszeritett|forszirozott|fortat[ea]?",  # Hungarian, Romanian
    r"форсированн(?:ые|ыи|ых)|форсован(?:і|ии)|надписи(?: и песни)?",  # Russian, Ukrainian
)
_FORCED_CJK = ("強制字幕", "强制字幕", "強制", "强制", "강제 자막", "강제")
_FORCED_MARKED = (r"[(\[]force(?:e?s?)[)\]]", r"^force(?:e?s?)$")
# "Forced Entry" is a film, "Forced English" a subtitle.
_FORCED_WORD = re.compile(r"(?<![^\W\d_])forced(?![^\W\d_])(?: (?P<next>[^\W\d_]+))?")
_AFTER_FORCED = frozenset({
    "sub", "subs", "subtitle", "subtitles", "only", "narrative", "narratives", "caption", "captions",
    "titles", "track", "text", "parts", "foreign", "for", "signs", "and", "pgs", "srt",
})  # fmt: skip
_FULL = re.compile(r"(?<![^\W\d_])(?:full|complete|volledig|tam|komplett|vollstandig)(?![^\W\d_])")

_VISUAL = (
    r"audio[ -]?descri(?:ption|ptions|ptive|bed)|descri(?:ption|ptive|bed)[ -](?:audio|video|track)",
    r"descriptive(?: (?:audio|video|narration))?(?: service)?|dvs|(?:picture|video|narrated) description",
    r"(?:visual(?:ly)?|vision|sight)[ -]impaired|(?:for )?the blind|blind (?:and|&) .*|partially sighted",
    r"audiodescriptie|(?:audio|beeld)beschrijving|gesproken beschrijving",  # Dutch
    r"slechtzienden?|(?:voor )?blinden|blindentrack",
    r"(?:sesli )?betimlemel?[ei]?|gorme engelli(?:ler)?(?: icin)?",  # Turkish
    r"(?:audio|bild)(?:deskription|beschreibung)|horfilm(?:fassung)?|horfassung",  # German
    r"sehbehinderte?|(?:fur )?blinde|blindenfassung",
    r"audiovision|mal[ -]?voyants?|aveugles|audio[ -]?descriptif|version descriptive",  # French
    r"au[dt]i?odescripcion|audiodescri(?:t[ao]|to)|narracion descriptiva|(?:para )?ciegos|invidentes",
    r"audiodescricao|(?:para )?cegos|audiodescrizione|non[ -]vedenti|ipovedenti|audiodescripcio",
    r"ljudbeskrivning|lydbeskrivelse|syntolk(?:ad|at|ning)?|synstolk(?:et|ing|ning)?|synshemmede|kuvailutulk[a-z]*|nakovammais[a-z]*",
    r"audiodeskrypcja|(?:dla )?niewidomych|audiopopis|(?:zvukovy|slovni) popis",  # Polish, Czech
    r"(?:pro )?nevidome|(?:pre )?nevidiacich|audiokomentar pre nevidiacich|audiodeskripcija|za slijepe",
    r"(?:тифло|аудио|аудіо)(?:комм?ентари[а-я]*|коментар[а-яі]*|дескрипц[а-яі]*)",  # Russian, Ukrainian
    r"(?:для )?(?:слепых|незрячих|слабовидящих)",
    r"audio ?narracio|hangalamondas\w*|latasserultek(?:nek)?",  # Hungarian
    r"audiodescriere|descriere(?:a)? audio|nevazatori",  # Romanian
    r"(?:ακουστικη|ηχητικη) περιγραφη|وصف صوتي|תיאור (?:קולי|אודיו)|mo ta am thanh|deskripsi audio",
)
_VISUAL_CJK = (
    "音声ガイド", "音声解説", "解説放送", "口述影像", "视障", "視障", "无障碍", "無障礙",
    "화면해설", "화면 해설", "เสียงบรรยายภาพ",
)  # fmt: skip
_VISUAL_MARKED = (r"[(\[]ad[)\]]",)
# Words that say so only where the title says nothing else: "English AD", "(Described)", "Descripción".
# "Ad Astra" and "Scenes described by the director" are other things.
_VISUAL_ALONE = frozenset({
    "ad", "described", "description", "descriptions", "descripcion", "descrito", "descrita",
    "descriptivo", "descriptiva", "descricao", "descritivo", "descrizione", "descrittivo",
    "descrittiva", "descriptif", "beschreibung", "beschrieben", "deskription", "beschrijving",
    "beschreven", "betimleme", "betimlemeli", "deskrypcja", "popis", "popisem", "opis", "leiras",
    "narracio", "deskriptiv", "opisna", "解説", "descriere", "descripcio",
    "beskrivning", "beskrivelse", "beskrevet", "kuvailu",
    "описание", "дескрипция", "дескрипція", "опис", "περιγραφη", "blind",
})  # fmt: skip

_WORDLESS = (
    r"isolated (?:film )?(?:score|music|soundtrack)|(?:music|score|fx|effects)[ -]+only",
    r"only (?:music|score|effects)|music (?:and|&|\+|/) ?(?:sound )?(?:effects|fx|sfx)|m ?& ?e",
    r"(?:original|orchestral|musical|film|full|complete|isolated) score(?! (?:and|with))|score by",
    r"instrumental(?:e[srn]?|is|ni|na|ny|as?|i)?|strumentale|instrumenta(?:a|ci)l[a-z]*|enstrumantal",
    r"karaok[ei]|музыка и (?:эффекты|шумы)|караоке|инструментал[а-я]*|інструментал[а-яі]*|ορχηστρικ[α-ω]*",
    r"music[ -]minus[ -]one|vocals? (?:removed|off)|off[ -]vocal|no vocals",
    (
        r"(?:musique|muziek|musik|musica|musikk|muzik|muzika|muzyka|hudba|zene|muzica)"
        r" (?:seule|(?:et|en|und|och|og|ed|e|y|ve|i|a|es|si) (?:bruitages|[a-z]*ef+e[ck]t[a-z]*))"
    ),
    (
        r"(?:nur|alleen|sadece|solo|apenas|so|somente|kun|bara|vain|tylko|pouze|jen|iba|csak|doar|samo"
        r"|только|лише) (?:musique|muziek|musik|musica|musikk|muzik|muzika|musiikki|muzyka|hudba|zene"
        r"|muzica|glazba|музыка|музика)"
    ),
    (
        r"international(?:e[rs]?)? (?:sound|ton)|(?:stadium|crowd|track|race|arena|venue|game|engine|field"
        r"|natural|nat|ambient) (?:sounds?|noises?|mic(?:rophone)?s?|atmosphere|ambien[ct]e|audio|only)"
    ),
    (
        r"natsound|trackside|clean feed|stadion(?:ton|geluid|lyd|ljud)|stadyum (?:sesi|atmosferi)"
        r"|son d.ambiance|(?:sonido|som|suono|audio) ambient[ea]|ambiente? sonoro|soundtrack only"
    ),
    (
        r"(?:no|without) (?:dialog(?:ue)?s?|narrat(?:ion|or)|speech|talking|voices?)|dialog(?:ue)?[ -]free"
        r"|ohne (?:sprecher|dialoge?|moderation|stimmen)|sans (?:paroles|dialogues?|voix)"
        r"|sin (?:dialogos?|locucion|voces)|senza (?:dialoghi|telecronaca|voci)|sozsuz|konusmasiz"
        r"|zonder (?:spraak|stem|stemmen|dialoog)"
    ),
)
_WORDLESS_CJK = (
    "カラオケ", "インストゥルメンタル", "インストゥルメント", "伴奏", "纯音乐", "純音樂", "卡拉ok", "伴唱",
    "노래방", "반주",
)  # fmt: skip
_WORDLESS_ALONE = frozenset({
    "score", "music", "musik", "musique", "musica", "muziek", "muzik", "musikk", "musiikki", "muzyka",
    "hudba", "zene", "muzica", "glazba", "музыка", "музика", "μουσικη", "音楽", "音乐", "音樂", "음악",
    "fx", "sfx", "effects", "ambient", "ambience", "ambiance", "atmosphere", "stadium", "crowd",
    "instruments", "orchestra", "gerausche", "atmo", "ambiente", "bruitage", "bruitages", "stadion",
    "geluiden", "geluidseffecten", "effekte", "effecten", "efektler", "effets", "effetti", "efectos",
    "efeitos", "efekty", "шумы", "эффекты", "효과음", "効果音", "音效",
})  # fmt: skip
# "No commentary" on the sound of a match or a race: what is left is the noise of the crowd.
_NO_COMMENTARY = re.compile(
    r"\W*(?:no|without|kein|ohne|zonder|geen|sin|sans|senza|sem|bez|uden|uten|utan|без)"
    r" \w*(?:comment|koment|kommentar|comentari|коммент|комент)\w*\W*|\W*yorumsuz\W*"
)
# What may stand beside such a word: languages, layouts, codecs, and words that tell nothing.
_BESIDE = frozenset({
    "audio", "track", "sound", "sounds", "noise", "stereo", "mono", "surround", "dolby", "digital",
    "plus", "atmos", "truehd", "hd", "ma", "dts", "dd", "ddp", "ac", "ac3", "eac3", "e", "aac", "he",
    "lc", "opus", "flac", "pcm", "lpcm", "mp3", "mp2", "ch", "kbps", "k", "kb", "s", "with", "only", "and",
    "version", "mix", "clean", "natural", "live", "original", "isolated", "orig", "uk", "us", "usa",
    "british", "american", "canadian", "australian", "latin", "latino", "latam", "brazilian", "european",
    "castilian", "castellano", "espana", "america", "brasil", "brazil", "tv", "main", "ver", "mit", "avec",
    "con", "com", "met", "english", "vf", "vff", "vfq", "vfi", "vo", "truefrench",
})  # fmt: skip

# "No commentary", "non-SDH", "commentary-free": the word is there, the thing is not.
_NOT = r"(?:no|non|not|without|w/o|sans|sin|ohne|kein|keine|zonder|geen|senza|sem|bez|uten|utan|uden|без)"
_LETTER = r"[^\W\d_]"
_MEASURE = r"\d+[.]\d+(?:[.]\d+)?(?:ch)?|[1-9]\d?ch|\d+ ?k(?:b(?:ps|it/s|/s)?)?(?![^\W_])"
_WORD = re.compile(rf"{_MEASURE}|[^\W_]+")
_UNDECOMPOSED = {"ı": "i", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "_": " "}


def commentary(title: str) -> str:
    """The words of a title that make its track a commentary; never those of audio description."""
    return "" if visual_impaired(title) else _find("commentary", title)


def hearing_impaired(title: str) -> str:
    """The words of a title that say: for the deaf and hard of hearing (SDH, closed captions)."""
    return _find("hearing", title)


def forced(title: str) -> str:
    """The words of a title that say: only what the film's viewers would not understand.

    Signs and songs count, unless the title calls the track full.
    """
    return "" if full(title) else _find("forced", title) or _forced_word(title)


def visual_impaired(title: str) -> str:
    """The words of a title that say: the picture is described for the blind."""
    return _find("visual", title) or _alone(_VISUAL_ALONE, title)


def wordless(title: str) -> str:
    """The words of a title that say: music, effects or a crowd's noise without what is spoken."""
    if _NO_COMMENTARY.fullmatch(_fold(title)[0]):
        return title
    return _find("wordless", title) or _alone(_WORDLESS_ALONE, title)


def full(title: str) -> str:
    """The word of a title that says: all that is spoken, not the foreign parts alone."""
    folded, origin = _fold(title)
    match = _FULL.search(folded)
    return _original(title, origin, match.start(), match.end()) if match else ""


def _compile(words: Tuple[str, ...], cjk: Tuple[str, ...], marked: Tuple[str, ...]) -> Pattern[str]:
    beside = "|".join((*marked, *(_fold(word)[0] for word in cjk), r"(?!)"))
    return re.compile(
        rf"(?P<not>(?<!{_LETTER}){_NOT}[\W_]+(?:{_LETTER}+[\W_]+)?)?"
        rf"(?P<found>(?<!{_LETTER})(?:{'|'.join(words)})(?!{_LETTER})"
        rf"|{beside})"
        rf"(?P<free>[ -]free(?!{_LETTER}))?"
    )


def _find(meaning: str, title: str) -> str:
    if not title:
        return ""  # as of most tracks: no pattern is to be compiled for it
    folded, origin = _fold(title)
    for match in _pattern(meaning).finditer(folded):
        if not match["not"] and not match["free"]:
            return _original(title, origin, match.start("found"), match.end("found"))
    return ""


def _forced_word(title: str) -> str:
    folded, origin = _fold(title)
    for match in _FORCED_WORD.finditer(folded):
        if re.search(rf"(?<!{_LETTER}){_NOT}[\W_]+$", folded[: match.start()]):
            continue
        following: Optional[str] = match["next"]
        if following is None or following in _AFTER_FORCED or _is_language(following):
            return _original(title, origin, match.start(), match.start() + len("forced"))
    return ""


def _alone(words: FrozenSet[str], title: str) -> str:
    """The first of these words, where nothing else stands in the title that means anything.

    A number with a point is a layout; another one is a year ("79 AD") or a count.
    """
    folded, origin = _fold(title)
    found: Optional[Match[str]] = None
    for word in _WORD.finditer(folded):
        text = word.group()
        if text in words:
            found = found or word
        elif not (text in _BESIDE or re.fullmatch(_MEASURE, text) or _is_language(text)):
            return ""
    return _original(title, origin, found.start(), found.end()) if found else ""


def _is_language(word: str) -> bool:
    tag = parse_language(word)
    return not tag.is_special and tag.english_name != tag.primary


@lru_cache(maxsize=4096)
def _fold(title: str) -> Tuple[str, Tuple[int, ...]]:
    """The title in small letters without accents, and which letter of it each one came from."""
    letters: List[str] = []
    origin: List[int] = []
    for position, char in enumerate(title):
        plain = unicodedata.normalize("NFKD", char.casefold())
        for part in plain:
            if unicodedata.combining(part):
                continue
            text = _UNDECOMPOSED.get(part, part)
            letters.append(text)
            origin.extend([position] * len(text))
    return "".join(letters), tuple(origin)


def _original(title: str, origin: Tuple[int, ...], start: int, end: int) -> str:
    last = origin[end - 1]
    following = last + 1
    while following < len(title) and unicodedata.combining(title[following]):
        following += 1  # an accent that is a character of its own
    return title[origin[start] : following]


_WORDS = {
    "commentary": (_COMMENTARY, _COMMENTARY_CJK, ()),
    "hearing": (_HEARING, _HEARING_CJK, _HEARING_MARKED),
    "forced": (_FORCED, _FORCED_CJK, _FORCED_MARKED),
    "visual": (_VISUAL, _VISUAL_CJK, _VISUAL_MARKED),
    "wordless": (_WORDLESS, _WORDLESS_CJK, ()),
}


@lru_cache(maxsize=None)
def _pattern(meaning: str) -> Pattern[str]:
    """Compiled when a title is looked at first: all of them take 10 ms of a start."""
    return _compile(*_WORDS[meaning])
