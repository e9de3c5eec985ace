"""The kind of thing a question asks for, and what shows that a sentence holds it.

Numbers, times, names and reasons in English; numbers and times in a dozen other languages.
"""

import re

_NUMBER_WORD = (
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(thir|four|fif|six|seven|eigh|nine)teen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|half|quarter|third|"
    r"dozen|percent|per cent"
)
_NUMBER = re.compile(rf"\d|\b({_NUMBER_WORD})s?\b", re.IGNORECASE)
_TIME = re.compile(
    r"\d{1,2}[:.]\d{2}|\b(19|20)\d\d\b|\b(monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|"
    r"march|april|may|june|july|august|september|october|november|december|today|tomorrow|yesterday|tonight|morning|"
    r"afternoon|evening|night|noon|midnight|week|weeks|month|months|year|years|day|days|hour|hours|ago|o'clock|"
    r"spring|summer|autumn|winter|christmas|easter|until|since|before|after|soon)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.!?…]\s)(?<!^)\b[A-ZÀ-ÖØ-Þ]\w+")
_REASON = re.compile(
    r"\b(because|since|so that|due to|in order to|to make sure|reason|that is why)\b", re.IGNORECASE
)
_ENGLISH: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"\bhow (much|many|long|far|old|often|high|big|large|deep|fast|tall|wide)\b", re.I), _NUMBER),
    (
        re.compile(
            r"\bwhat (was|is|were|are) .*\b(number|figure|cost|price|wage|salary|sum|total|rate)\b", re.I
        ),
        _NUMBER,
    ),
    (re.compile(r"\b(when|what (time|day|date|year|month)|how long ago)\b", re.I), _TIME),
    (re.compile(r"\b(who|whom|whose|where|which)\b", re.I), _NAME),
    (re.compile(r"\bwhy\b|\bwhat (made|reason)\b|\bhow come\b", re.I), _REASON),
)

# Other languages, as far as a word tells: the month or the million of an answer, with whatever endings.
_NUMBER_ELSEWHERE = re.compile(
    r"\d|[〇一二三四五六七八九十百千万萬億亿两兩]{2}|[一二三四五六七八九十两兩](?:个|個|人|年|月|天|日|元|円|つ)"
    r"|[일이삼사오육칠팔구십백천만억]{2}|тысяч|тисяч|миллион|мільйон|миллиард|мільярд|дцат|десят|сорок|двести|двісті"
    r"|εκατομμ|χιλιάδ|είκοσι|τριάντα|σαράντα|πενήντα|مليون|ألف|مئة|عشرين|ثلاثين|מיליון|אלף|מאה|עשרים|שלושים"
    r"|करोड़|लाख|हज़ार|सौ|बीस|तीस|ล้าน|แสน|หมื่น|พัน|ร้อย|สิบ"
    r"|hundert|tausend|million|milliard|dreißig|vierzig|fünfzig|zwanzig|mille|vingt|trente|quarante|cinquante"
    r"|mill[oó]n|ciento|veinte|treinta|cuarenta|cincuenta|milyon|milyar|otuz|kırk|elli",
    re.IGNORECASE,
)
_TIME_ELSEWHERE = re.compile(
    r"\d{1,2}[:.]\d{2}|\b(19|20)\d\d\b|[年月日号號天周週]|星期|礼拜|今天|明天|昨天|上午|下午|晚上|春|夏|秋|冬|曜|時|点|點|時期"
    r"|[년월]|요일|내일|오늘|어제|다음 ?[달주]|아침|저녁"
    r"|год|года|месяц|недел|вчера|сегодня|завтра|утр|вечер|январ|феврал|март|апрел|май|мая|июн|июл|август|сентябр"
    r"|октябр|ноябр|декабр|понедельник|вторник|сред[уы]|четверг|пятниц|суббот|воскресен"
    r"|рік|рок|місяц|тижн|вчора|сьогодні|завтра|січн|лют|березн|квітн|травн|червн|липн|серпн|вересн|жовтн|листопад"
    r"|грудн|неділ|понеділ|вівтор|серед|четвер|пʼятниц|п’ятниц|субот"
    r"|μήνα|χρόνο|εβδομάδα|αύριο|χθες|σήμερα|Ιανουαρ|Φεβρουαρ|Μαρτ|Απριλ|Μα[ΐι]|Ιουν|Ιουλ|Αυγ|Σεπτεμ|Οκτωβρ|Νοεμ|Δεκεμ"
    r"|شهر|سنة|عام|أسبوع|اليوم|غدا|أمس|יום|חודש|שנה|שבוע|מחר|אתמול|היום|महीन|साल|सप्ताह|आज|दिन|सोमवार|रविवार"
    r"|เดือน|ปี|วัน|พรุ่งนี้|เมื่อวาน|สัปดาห์|Monat|Jahr|Woche|Uhr|morgen|gestern|heute|montag|dienstag|mittwoch"
    r"|donnerstag|freitag|samstag|sonntag|mois|semaine|demain|hier|aujourd|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|\bmes(es)?\b|semana|mañana|ayer|hoy|lunes|martes|miércoles|jueves|viernes|sábado|domingo|\bay\b|hafta|yarın"
    r"|dün|bugün|pazar",
    re.IGNORECASE,
)
_ELSEWHERE: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(
            r"多少|几个|几|幾|いくら|いくつ|何人|何個|何円|얼마|몇|сколько|скільки|πόσ[οαεη]"
            r"|كم |כמה|कितन|เท่าไ|กี่"
            r"|\bwie ?viele?\b|\bcombien\b|\bcuánt[oa]s?\b|\bkaç\b",
            re.I,
        ),
        _NUMBER_ELSEWHERE,
    ),
    (
        re.compile(
            r"什么时候|什麼時候|何时|何時|几点|幾點|哪年|いつ|언제|\bкогда\b|\bколи\b|πότε|متى|מתי|कब|เมื่อไ"
            r"|\bwann\b|\bquand\b|\bcuándo\b|\bne zaman\b",
            re.I,
        ),
        _TIME_ELSEWHERE,
    ),
)


def kinds_asked_for(question: str) -> list[re.Pattern[str]]:
    """Return what finds, in a sentence, each kind of thing that a question asks for."""
    return [holds for asked, holds in (*_ENGLISH, *_ELSEWHERE) if asked.search(question)]
