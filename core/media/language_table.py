"""The languages as data: ISO 639 codes, English and native names, and what else files call them.

Made once from the registries that ship with babel 2.18 (Unicode CLDR) and pycountry 26.2 (ISO 639-3
of SIL International): all of ISO 639-1, the single languages of ISO 639-2, and the ISO 639-3 codes
that films carry. ``core.media.languages`` reads it; nothing else should.
"""

from __future__ import annotations

from typing import Dict, Tuple

# shortest code | ISO 639-2/T or 639-3 | Matroska's legacy code | English name | other names
LANGUAGES = """\
aa|aar|aar|Afar|Qafar
ab|abk|abk|Abkhazian|Аԥсшәа
ae|ave|ave|Avestan
af|afr|afr|Afrikaans
ak|aka|aka|Akan
am|amh|amh|Amharic|አማርኛ
an|arg|arg|Aragonese|aragonés
ar|ara|ara|Arabic|العربية
as|asm|asm|Assamese|অসমীয়া
av|ava|ava|Avaric
ay|aym|aym|Aymara
az|aze|aze|Azerbaijani|azərbaycan
ba|bak|bak|Bashkir|башҡорт теле
be|bel|bel|Belarusian|беларуская
bg|bul|bul|Bulgarian|български
bi|bis|bis|Bislama
bm|bam|bam|Bambara|bamanakan
bn|ben|ben|Bengali|Bangla|বাংলা
bo|bod|tib|Tibetan|བོད་སྐད་
br|bre|bre|Breton|brezhoneg
bs|bos|bos|Bosnian|bosanski
ca|cat|cat|Catalan|català
ce|che|che|Chechen|нохчийн
ch|cha|cha|Chamorro
co|cos|cos|Corsican|corsu
cr|cre|cre|Cree
cs|ces|cze|Czech|čeština
cu|chu|chu|Church Slavic|церковнослове́нскїй
cv|chv|chv|Chuvash|чӑваш
cy|cym|wel|Welsh|Cymraeg
da|dan|dan|Danish|dansk
de|deu|ger|German|Deutsch
dv|div|div|Divehi|ދިވެހިބަސް
dz|dzo|dzo|Dzongkha|རྫོང་ཁ
ee|ewe|ewe|Ewe|eʋegbe
el|ell|gre|Greek|Modern Greek|Ελληνικά
en|eng|eng|English
eo|epo|epo|Esperanto
es|spa|spa|Spanish|español
et|est|est|Estonian|eesti
eu|eus|baq|Basque|euskara
fa|fas|per|Persian|فارسی
ff|ful|ful|Fula|Fulah|Pulaar
fi|fin|fin|Finnish|suomi
fj|fij|fij|Fijian
fo|fao|fao|Faroese|føroyskt
fr|fra|fre|French|français
fy|fry|fry|Western Frisian|Frysk
ga|gle|gle|Irish|Gaeilge
gd|gla|gla|Scottish Gaelic|Gàidhlig
gl|glg|glg|Galician|galego
gn|grn|grn|Guarani|avañe’ẽ
gu|guj|guj|Gujarati|ગુજરાતી
gv|glv|glv|Manx|Gaelg
ha|hau|hau|Hausa
he|heb|heb|Hebrew|עברית
hi|hin|hin|Hindi|हिन्दी
ho|hmo|hmo|Hiri Motu
hr|hrv|hrv|Croatian|hrvatski
ht|hat|hat|Haitian Creole|Haitian|Kreyòl Ayisyen
hu|hun|hun|Hungarian|magyar
hy|hye|arm|Armenian|հայերեն
hz|her|her|Herero
ia|ina|ina|Interlingua
id|ind|ind|Indonesian|Indonesia
ie|ile|ile|Interlingue
ig|ibo|ibo|Igbo
ii|iii|iii|Sichuan Yi|ꆈꌠꉙ
ik|ipk|ipk|Inupiaq
io|ido|ido|Ido
is|isl|ice|Icelandic|íslenska
it|ita|ita|Italian|italiano
iu|iku|iku|Inuktitut|ᐃᓄᒃᑎᑐᑦ
ja|jpn|jpn|Japanese|日本語
jv|jav|jav|Javanese|Jawa
ka|kat|geo|Georgian|ქართული
kg|kon|kon|Kongo
ki|kik|kik|Kikuyu|Gikuyu
kj|kua|kua|Kuanyama
kk|kaz|kaz|Kazakh|қазақ тілі
kl|kal|kal|Kalaallisut
km|khm|khm|Khmer|ខ្មែរ
kn|kan|kan|Kannada|ಕನ್ನಡ
ko|kor|kor|Korean|한국어
kr|kau|kau|Kanuri
ks|kas|kas|Kashmiri|کٲشُر
ku|kur|kur|Kurdish|kurdî (kurmancî)
kv|kom|kom|Komi
kw|cor|cor|Cornish|kernewek
ky|kir|kir|Kyrgyz|Kirghiz|кыргызча
la|lat|lat|Latin|Latina
lb|ltz|ltz|Luxembourgish|Lëtzebuergesch
lg|lug|lug|Ganda|Luganda
li|lim|lim|Limburgish|Limburgan
ln|lin|lin|Lingala|lingála
lo|lao|lao|Lao|ລາວ
lt|lit|lit|Lithuanian|lietuvių
lu|lub|lub|Luba-Katanga|Tshiluba
lv|lav|lav|Latvian|latviešu
mg|mlg|mlg|Malagasy
mh|mah|mah|Marshallese
mi|mri|mao|Māori|Maori
mk|mkd|mac|Macedonian|македонски
ml|mal|mal|Malayalam|മലയാളം
mn|mon|mon|Mongolian|монгол
mr|mar|mar|Marathi|मराठी
ms|msa|may|Malay|Melayu
mt|mlt|mlt|Maltese|Malti
my|mya|bur|Burmese|မြန်မာ
na|nau|nau|Nauru
nb|nob|nob|Norwegian Bokmål|norsk bokmål
nd|nde|nde|North Ndebele|isiNdebele
ne|nep|nep|Nepali|नेपाली
ng|ndo|ndo|Ndonga
nl|nld|dut|Dutch|Nederlands
nn|nno|nno|Norwegian Nynorsk|norsk nynorsk
no|nor|nor|Norwegian|norsk
nr|nbl|nbl|South Ndebele|isiNdebele
nv|nav|nav|Navajo|Diné Bizaad
ny|nya|nya|Nyanja|Chichewa
oc|oci|oci|Occitan
oj|oji|oji|Ojibwa
om|orm|orm|Oromo|Oromoo
or|ori|ori|Odia|Oriya|ଓଡ଼ିଆ
os|oss|oss|Ossetic|Ossetian|ирон
pa|pan|pan|Punjabi|Panjabi|ਪੰਜਾਬੀ
pi|pli|pli|Pali
pl|pol|pol|Polish|polski
ps|pus|pus|Pashto|Pushto|پښتو
pt|por|por|Portuguese|português
qu|que|que|Quechua|Runasimi
rm|roh|roh|Romansh|rumantsch
rn|run|run|Rundi|Ikirundi
ro|ron|rum|Romanian|română
ru|rus|rus|Russian|русский
rw|kin|kin|Kinyarwanda|Ikinyarwanda
sa|san|san|Sanskrit|संस्कृत भाषा
sc|srd|srd|Sardinian|sardu
sd|snd|snd|Sindhi|سنڌي
se|sme|sme|Northern Sami|davvisámegiella
sg|sag|sag|Sango|Sängö
sh|hbs|hbs|Serbo-Croatian
si|sin|sin|Sinhala|සිංහල
sk|slk|slo|Slovak|slovenčina
sl|slv|slv|Slovenian|slovenščina
sm|smo|smo|Samoan
sn|sna|sna|Shona|chiShona
so|som|som|Somali|Soomaali
sq|sqi|alb|Albanian|shqip
sr|srp|srp|Serbian|српски
ss|ssw|ssw|Swati|siSwati
st|sot|sot|Southern Sotho|Sesotho
su|sun|sun|Sundanese|Basa Sunda
sv|swe|swe|Swedish|svenska
sw|swa|swa|Swahili|Kiswahili
ta|tam|tam|Tamil|தமிழ்
te|tel|tel|Telugu|తెలుగు
tg|tgk|tgk|Tajik|тоҷикӣ
th|tha|tha|Thai|ไทย
ti|tir|tir|Tigrinya|ትግርኛ
tk|tuk|tuk|Turkmen|türkmen dili
tl|tgl|tgl|Tagalog
tn|tsn|tsn|Tswana|Setswana
to|ton|ton|Tongan|Tonga|lea fakatonga
tr|tur|tur|Turkish|Türkçe
ts|tso|tso|Tsonga|Xitsonga
tt|tat|tat|Tatar|татар
tw|twi|twi|Twi
ty|tah|tah|Tahitian
ug|uig|uig|Uyghur|Uighur|ئۇيغۇرچە
uk|ukr|ukr|Ukrainian|українська
ur|urd|urd|Urdu|اردو
uz|uzb|uzb|Uzbek|o‘zbek
ve|ven|ven|Venda|Tshivenḓa
vi|vie|vie|Vietnamese|Tiếng Việt
vo|vol|vol|Volapük
wa|wln|wln|Walloon|walon
wo|wol|wol|Wolof
xh|xho|xho|Xhosa|IsiXhosa
yi|yid|yid|Yiddish|ייִדיש
yo|yor|yor|Yoruba|Èdè Yorùbá
za|zha|zha|Zhuang|Vahcuengh
zh|zho|chi|Chinese|中文
zu|zul|zul|Zulu|isiZulu
ace|ace|ace|Acehnese|Achinese
acf|acf|acf|Saint Lucian Creole French
ach|ach|ach|Acoli
ada|ada|ada|Adangme
ady|ady|ady|Adyghe
afb|afb|ara|Gulf Arabic
afh|afh|afh|Afrihili
agq|agq|agq|Aghem
ain|ain|ain|Ainu
akk|akk|akk|Akkadian
ale|ale|ale|Aleut
alt|alt|alt|Southern Altai
ami|ami|ami|Amis
ang|ang|ang|Old English
anp|anp|anp|Angika
apc|apc|ara|Levantine Arabic|العامية
arc|arc|arc|Aramaic|Official Aramaic
arn|arn|arn|Mapuche|Mapudungun
arp|arp|arp|Arapaho
arw|arw|arw|Arawak
ary|ary|ara|Moroccan Arabic
arz|arz|ara|Egyptian Arabic
ast|ast|ast|Asturian|asturianu
awa|awa|awa|Awadhi
bal|bal|bal|Baluchi|بلۆچی
ban|ban|ban|Balinese
bar|bar|bar|Bavarian
bas|bas|bas|Basaa|Basa|Ɓàsàa
bej|bej|bej|Beja
bem|bem|bem|Bemba|Ichibemba
bho|bho|bho|Bhojpuri|भोजपुरी
bik|bik|bik|Bikol
bin|bin|bin|Bini
bla|bla|bla|Siksiká|Siksika
bra|bra|bra|Braj
bua|bua|bua|Buriat
bug|bug|bug|Buginese
byn|byn|byn|Blin|Bilin|ብሊን
cad|cad|cad|Caddo
car|car|car|Carib|Galibi Carib
ceb|ceb|ceb|Cebuano
chb|chb|chb|Chibcha
chg|chg|chg|Chagatai
chk|chk|chk|Chuukese
chm|chm|chm|Mari
chn|chn|chn|Chinook Jargon
cho|cho|cho|Choctaw|Chahta
chp|chp|chp|Chipewyan
chr|chr|chr|Cherokee|ᏣᎳᎩ
chy|chy|chy|Cheyenne
ckb|ckb|kur|Central Kurdish|کوردیی ناوەندی
cop|cop|cop|Coptic
crh|crh|crh|Crimean Tatar
csb|csb|csb|Kashubian
dak|dak|dak|Dakota
dar|dar|dar|Dargwa
del|del|del|Delaware
den|den|den|Slave
dgr|dgr|dgr|Dogrib|Tlicho
din|din|din|Dinka
doi|doi|doi|Dogri|डोगरी
dsb|dsb|dsb|Lower Sorbian|dolnoserbšćina
dua|dua|dua|Duala|duálá
dum|dum|dum|Middle Dutch
dyu|dyu|dyu|Dyula
efi|efi|efi|Efik
egy|egy|egy|Ancient Egyptian|Egyptian
eka|eka|eka|Ekajuk
elx|elx|elx|Elamite
enm|enm|enm|Middle English
ewo|ewo|ewo|Ewondo
fan|fan|fan|Fang
fat|fat|fat|Fanti
fil|fil|fil|Filipino
fon|fon|fon|Fon
frm|frm|frm|Middle French
fro|fro|fro|Old French
frr|frr|frr|Northern Frisian|Nordfriisk
frs|frs|frs|Eastern Frisian
fur|fur|fur|Friulian|furlan
gaa|gaa|gaa|Ga|Gã
gan|gan|chi|Gan Chinese
gay|gay|gay|Gayo
gba|gba|gba|Gbaya
gcf|gcf|gcf|Guadeloupean Creole French
gez|gez|gez|Geez|ግዕዝኛ
gil|gil|gil|Gilbertese
gmh|gmh|gmh|Middle High German
goh|goh|goh|Old High German
gon|gon|gon|Gondi
gor|gor|gor|Gorontalo
got|got|got|Gothic
grb|grb|grb|Grebo
grc|grc|grc|Ancient Greek
gsw|gsw|gsw|Swiss German|Schwiizertüütsch
gwi|gwi|gwi|Gwichʼin
hai|hai|hai|Haida
hak|hak|chi|Hakka Chinese
haw|haw|haw|Hawaiian|ʻŌlelo Hawaiʻi
hil|hil|hil|Hiligaynon
hit|hit|hit|Hittite
hmn|hmn|hmn|Hmong
hsb|hsb|hsb|Upper Sorbian|hornjoserbšćina
hsn|hsn|chi|Xiang Chinese
hup|hup|hup|Hupa
hwc|hwc|hwc|Hawai'i Creole English
iba|iba|iba|Iban
ilo|ilo|ilo|Iloko
inh|inh|inh|Ingush
jam|jam|jam|Jamaican Creole English
jbo|jbo|jbo|Lojban|la .lojban.
jpr|jpr|jpr|Judeo-Persian
jrb|jrb|jrb|Judeo-Arabic
kaa|kaa|kaa|Kara-Kalpak|қарақалпақша
kab|kab|kab|Kabyle|Taqbaylit
kac|kac|kac|Kachin
kam|kam|kam|Kamba|Kikamba
kaw|kaw|kaw|Kawi
kbd|kbd|kbd|Kabardian
kha|kha|kha|Khasi
kho|kho|kho|Khotanese
kmb|kmb|kmb|Kimbundu
kmr|kmr|kur|Northern Kurdish
kok|kok|kok|Konkani|कोंकणी
kos|kos|kos|Kosraean
kpe|kpe|kpe|Kpelle|Kpɛlɛɛ
krc|krc|krc|Karachay-Balkar
krl|krl|krl|Karelian
kru|kru|kru|Kurukh
ksh|ksh|ksh|Colognian|Kölsch
kum|kum|kum|Kumyk
kut|kut|kut|Kutenai
lad|lad|lad|Ladino
lah|lah|lah|Western Panjabi|Lahnda
lam|lam|lam|Lamba
lez|lez|lez|Lezghian
lij|lij|lij|Ligurian|ligure
lld|lld|lld|Ladin
lmo|lmo|lmo|Lombard
lol|lol|lol|Mongo
loz|loz|loz|Lozi
ltg|ltg|ltg|Latgalian|latgalīšu
lua|lua|lua|Luba-Lulua
lui|lui|lui|Luiseno
lun|lun|lun|Lunda
luo|luo|luo|Luo|Dholuo
lus|lus|lus|Mizo|Lushai
mad|mad|mad|Madurese
mag|mag|mag|Magahi
mai|mai|mai|Maithili|मैथिली
mak|mak|mak|Makasar
man|man|man|Mandingo
mas|mas|mas|Masai|Maa
mdf|mdf|mdf|Moksha|мокшень кяль
mdr|mdr|mdr|Mandar
men|men|men|Mende
mga|mga|mga|Middle Irish
mic|mic|mic|Mi'kmaw|Mi'kmaq|Lʼnuiʼsuti
min|min|min|Minangkabau
mnc|mnc|mnc|Manchu
mni|mni|mni|Manipuri|মৈতৈলোন্
moh|moh|moh|Mohawk|Kanienʼkéha
mos|mos|mos|Mossi
mus|mus|mus|Muscogee|Creek|Mvskoke
mwl|mwl|mwl|Mirandese
mwr|mwr|mwr|Marwari
myv|myv|myv|Erzya|эрзянь кель
nan|nan|chi|Min Nan Chinese
nap|nap|nap|Neapolitan
nds|nds|nds|Low German|Neddersass’sch
new|new|new|Newari|Nepal Bhasa
nia|nia|nia|Nias
niu|niu|niu|Niuean
nog|nog|nog|Nogai
non|non|non|Old Norse
nqo|nqo|nqo|N’Ko|N'Ko|ߒߞߏ
nso|nso|nso|Northern Sotho|Pedi|Sesotho sa Leboa
nwc|nwc|nwc|Classical Newari
nym|nym|nym|Nyamwezi
nyn|nyn|nyn|Nyankole|Runyankore
nyo|nyo|nyo|Nyoro
nzi|nzi|nzi|Nzima
osa|osa|osa|Osage|𐓏𐓘𐓻𐓘𐓻𐓟
ota|ota|ota|Ottoman Turkish
pag|pag|pag|Pangasinan
pal|pal|pal|Pahlavi
pam|pam|pam|Pampanga
pap|pap|pap|Papiamento|Papiamentu
pau|pau|pau|Palauan
pcm|pcm|pcm|Nigerian Pidgin|Naijíriá Píjin
pdc|pdc|pdc|Pennsylvania German
peo|peo|peo|Old Persian
pfl|pfl|pfl|Palatine German|Pfaelzisch
phn|phn|phn|Phoenician
pms|pms|pms|Piedmontese|Piemontese
pon|pon|pon|Pohnpeian
pro|pro|pro|Old Provençal
prs|prs|per|Dari
qya|qya|qya|Quenya
raj|raj|raj|Rajasthani|राजस्थानी
rap|rap|rap|Rapanui
rar|rar|rar|Rarotongan
rcf|rcf|rcf|Réunion Creole French
rgn|rgn|rgn|Romagnol
rif|rif|rif|Riffian|Tarifit
rom|rom|rom|Romany
rue|rue|rue|Rusyn
rup|rup|rup|Aromanian|Macedo-Romanian
sad|sad|sad|Sandawe
sah|sah|sah|Yakut|саха тыла
sam|sam|sam|Samaritan Aramaic
sas|sas|sas|Sasak
sat|sat|sat|Santali|ᱥᱟᱱᱛᱟᱲᱤ
scn|scn|scn|Sicilian|sicilianu
sco|sco|sco|Scots
sel|sel|sel|Selkup
sga|sga|sga|Old Irish
sgs|sgs|sgs|Samogitian
shi|shi|shi|Tachelhit|ⵜⴰⵛⵍⵃⵉⵜ
shn|shn|shn|Shan|တႆး
sid|sid|sid|Sidamo|Sidaamu Afo
sjn|sjn|sjn|Sindarin
sma|sma|sma|Southern Sami|Åarjelsaemien gïele
smj|smj|smj|Lule Sami|julevsámegiella
smn|smn|smn|Inari Sami|anarâškielâ
sms|sms|sms|Skolt Sami|sääʹmǩiõll
snk|snk|snk|Soninke
sog|sog|sog|Sogdien|Sogdian
srn|srn|srn|Sranan Tongo
srr|srr|srr|Serer
stq|stq|stq|Saterland Frisian|Saterfriesisch
suk|suk|suk|Sukuma
sus|sus|sus|Susu
sux|sux|sux|Sumerian
syc|syc|syc|Classical Syriac
syr|syr|syr|Syriac|ܣܘܪܝܝܐ
szl|szl|szl|Silesian|ślōnski
tem|tem|tem|Timne
ter|ter|ter|Tereno
tet|tet|tet|Tetum
tig|tig|tig|Tigre|ትግረ
tiv|tiv|tiv|Tiv
tkl|tkl|tkl|Tokelau
tlh|tlh|tlh|Klingon
tli|tli|tli|Tlingit
tmh|tmh|tmh|Tamashek
tog|tog|tog|Nyasa Tonga|Tonga
tok|tok|tok|Toki Pona
tpi|tpi|tpi|Tok Pisin
trv|trv|trv|Taroko|Sediq|patas Taroko
tsi|tsi|tsi|Tsimshian
tum|tum|tum|Tumbuka
tvl|tvl|tvl|Tuvalu
tyv|tyv|tyv|Tuvinian
tzm|tzm|tzm|Central Atlas Tamazight|Tamaziɣt n laṭlaṣ
udm|udm|udm|Udmurt
uga|uga|uga|Ugaritic
umb|umb|umb|Umbundu
vai|vai|vai|Vai|ꕙꔤ
vec|vec|vec|Venetian|veneto
vot|vot|vot|Votic
wal|wal|wal|Wolaytta|ወላይታቱ
war|war|war|Waray
was|was|was|Washo
wuu|wuu|chi|Wu Chinese
xal|xal|xal|Kalmyk
xnb|xnb|xnb|Kanakanabu
yao|yao|yao|Yao
yap|yap|yap|Yapese
yec|yec|yec|Yeniche
yue|yue|chi|Cantonese|Yue Chinese|粵語
zap|zap|zap|Zapotec
zbl|zbl|zbl|Blissymbols
zea|zea|zea|Zeelandic|Zeeuws
zen|zen|zen|Zenaga
zgh|zgh|zgh|Standard Moroccan Tamazight|ⵜⴰⵎⴰⵣⵉⵖⵜ
zun|zun|zun|Zuni
zza|zza|zza|Zaza
und|und|und|Undetermined|Unknown
mis|mis|mis|Uncoded language|Uncoded languages
mul|mul|mul|Multiple languages|Multiple
zxx|zxx|zxx|No linguistic content|Not applicable
"""

# Retired or individual codes that mean a language of the table (CLDR's languageAlias), the codes
# that release groups and TMDB made up, and the irregular tags of RFC 5646.
CODE_ALIASES: Dict[str, str] = {
    "scc": "sr", "scr": "hr", "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro",
    "mol": "ro", "bh": "bho", "bih": "bho", "swc": "sw", "als": "sq", "arb": "ar", "ayr": "ay",
    "azj": "az", "cmn": "zh", "ekk": "et", "gug": "gn", "khk": "mn", "lvs": "lv", "npi": "ne",
    "ory": "or", "pbu": "ps", "pes": "fa", "plt": "mg", "quz": "qu", "swh": "sw", "uzn": "uz",
    "ydd": "yi", "zsm": "ms", "zlm": "ms", "jap": "ja", "gr": "el", "cz": "cs", "dk": "da",
    "jp": "ja", "kp": "ko", "ua": "uk", "cn": "zh", "esl": "es", "lim": "li", "pob": "pt-BR",
    "ptb": "pt-BR", "spl": "es-419", "chs": "zh-Hans", "cht": "zh-Hant", "vls": "nl-BE",
    "zh-min-nan": "nan", "zh-guoyu": "zh", "i-klingon": "tlh", "i-hak": "hak", "i-lux": "lb",
    "i-navajo": "nv", "no-bok": "nb", "no-nyn": "nn", "art-lojban": "jbo",
}  # fmt: skip

# Names besides the table's own, folded as core.media.languages folds what it is asked.
NAME_ALIASES: Dict[str, str] = {
    "any": "und", "original": "und", "none": "und", "undefined": "und", "onbekend": "und",
    "no language": "und", "multi": "mul", "multilingual": "mul", "no dialogue": "zxx",
    "castilian": "es-ES", "castellano": "es-ES", "espanol castellano": "es-ES",
    "european spanish": "es-ES", "spanish castilian": "es-ES", "latino": "es-419",
    "latin american spanish": "es-419", "espanol latino": "es-419", "espanol latinoamericano": "es-419",
    "mexican spanish": "es-MX", "american english": "en-US", "british english": "en-GB",
    "brazilian": "pt-BR", "brazilian portuguese": "pt-BR", "portugues brasileiro": "pt-BR",
    "portugues do brasil": "pt-BR", "european portuguese": "pt-PT", "canadian french": "fr-CA",
    "quebecois": "fr-CA", "swiss german": "gsw", "schweizerdeutsch": "gsw", "flemish": "nl-BE",
    "west flemish": "nl-BE",
    "vlaams": "nl-BE", "belgian dutch": "nl-BE", "nederlands belgie": "nl-BE", "hollands": "nl",
    "dutch flemish": "nl", "engels": "en", "ingilizce": "en", "anglais": "en", "englisch": "en",
    "ingles": "en", "inglese": "en", "duits": "de", "frans": "fr", "turks": "tr", "spaans": "es",
    "italiaans": "it", "japans": "ja", "felemenkce": "nl", "hollandaca": "nl",
    "niederlandisch": "nl", "turkisch": "tr", "neerlandais": "nl", "turkce dublaj": "tr",
    "mandarin": "zh", "mandarin chinese": "zh", "putonghua": "zh", "zhongwen": "zh",
    "simplified chinese": "zh-Hans", "traditional chinese": "zh-Hant", "简体中文": "zh-Hans",
    "繁體中文": "zh-Hant", "繁体中文": "zh-Hant", "简体": "zh-Hans", "繁體": "zh-Hant",
    "简中": "zh-Hans", "繁中": "zh-Hant", "普通话": "zh", "國語": "zh", "国语": "zh",
    "粤语": "yue", "粵語": "yue", "廣東話": "yue", "汉语": "zh", "漢語": "zh",
    "nihongo": "ja", "hangul": "ko", "hanguk": "ko", "조선말": "ko", "bokmal": "nb",
    "norsk bokmal": "nb", "nynorsk": "nn", "norsk nynorsk": "nn", "farsi": "fa", "dari": "prs",
    "moldavian": "ro", "moldovan": "ro", "serbocroatian": "sh", "serbo croatian": "sh",
    "srpskohrvatski": "sh", "srpski": "sr", "macedonian slavic": "mk", "ivrit": "he",
    "bahasa indonesia": "id", "bahasa melayu": "ms", "bahasa malaysia": "ms", "filipino": "fil",
    "pilipino": "fil", "gaelic": "gd", "irish gaelic": "ga", "frisian": "fy", "fries": "fy",
    "slovene": "sl", "sinhalese": "si", "kirghiz": "ky", "uigur": "ug", "valencian": "ca",
    "valencia": "ca", "hokkien": "nan", "taiwanese": "nan", "shanghainese": "wuu",
    "sorani": "ckb", "kurmanji": "kmr", "russkiy": "ru", "ellinika": "el", "magyar nyelv": "hu",
    "deutsch schweiz": "de-CH", "francais quebec": "fr-CA", "suomen kieli": "fi",
    "azeri": "az", "azerbaycan dili": "az", "hebreeuws": "he", "chinees": "zh", "russisch": "ru",
}  # fmt: skip

# What stands in brackets behind a language's name; a whole tag where it is a language of its own.
QUALIFIERS: Dict[str, str] = {
    "brazil": "BR", "brasil": "BR", "portugal": "PT", "latin america": "419", "latinoamerica": "419",
    "latin american": "419", "america latina": "419", "latino": "419", "latam": "419",
    "spain": "ES", "espana": "ES", "castilian": "ES", "european": "", "mexico": "MX",
    "argentina": "AR", "colombia": "CO", "chile": "CL", "usa": "US", "united states": "US",
    "america": "US", "american": "US", "uk": "GB", "united kingdom": "GB", "britain": "GB",
    "great britain": "GB", "british": "GB", "australia": "AU", "new zealand": "NZ",
    "ireland": "IE", "india": "IN", "south africa": "ZA", "canada": "CA", "canadian": "CA",
    "quebec": "CA", "france": "FR", "parisian": "FR", "belgium": "BE", "belgie": "BE",
    "belgique": "BE", "flanders": "BE", "flemish": "BE", "netherlands": "NL", "nederland": "NL",
    "germany": "DE", "deutschland": "DE", "austria": "AT", "osterreich": "AT",
    "switzerland": "CH", "schweiz": "CH", "suisse": "CH", "italy": "IT", "turkey": "TR",
    "china": "CN", "taiwan": "TW", "hong kong": "HK", "singapore": "SG", "simplified": "Hans",
    "traditional": "Hant", "simplified han": "Hans", "traditional han": "Hant", "latin": "Latn",
    "cyrillic": "Cyrl", "mandarin": "zh", "cantonese": "yue", "bokmal": "nb", "nynorsk": "nn",
    "egypt": "EG", "saudi arabia": "SA", "iran": "IR", "afghanistan": "AF", "serbia": "RS",
    "norway": "NO", "finland": "FI", "sweden": "SE", "philippines": "PH",
}  # fmt: skip

# The scripts (ISO 15924) that language tags of films name, in lower case.
SCRIPTS = frozenset({
    "arab", "armn", "beng", "cyrl", "deva", "ethi", "geor", "grek", "gujr", "guru", "hans", "hant",
    "hebr", "jpan", "khmr", "knda", "kore", "laoo", "latn", "mlym", "mong", "mymr", "orya", "sinh",
    "taml", "telu", "tfng", "thaa", "thai", "tibt",
})  # fmt: skip

# A language that contains others (ISO 639-3's macrolanguages, and pairs that files mix up): a track
# that names only the wider one may be either, so the two count as the same language.
WIDER: Dict[str, Tuple[str, ...]] = {
    "no": ("nb", "nn"),
    "sh": ("sr", "hr", "bs"),
    "zh": ("yue", "wuu", "nan", "hak", "gan", "hsn"),
    "ar": ("arz", "ary", "apc", "afb"),
    "fa": ("prs",),
    "ku": ("ckb", "kmr"),
    "fil": ("tl",),
    "ak": ("tw",),
    "de": ("gsw", "bar"),
}
