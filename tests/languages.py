"""The same short town meeting in many languages, with questions and the turns that answer them.

Written for these tests. Question and answer share nouns but seldom their endings, as in speech.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Meeting:
    """A meeting of six turns in one language.

    Args:
        language: Its ISO code.
        lines: Turns as `tests.conftest.turn_of` reads them.
        asked: Questions, each with the place of the turn that answers it.
        quote: The sentence of that turn that answers the first of them.
    """

    language: str
    lines: tuple[str, ...]
    asked: tuple[tuple[str, int], ...]
    quote: str


MEETINGS = (
    Meeting(
        "zh",
        (
            "李娜: 大家晚上好，欢迎参加今天的市民会议。",
            "王强: 我们先谈预算。新的桥要花三千万元。其中一半由国家承担，明年春天开工。",
            "李娜: 图书馆下个月重新开放，星期天也可以借书。",
            "陈伟: 台风过后，消防队修好了港口的防波堤，渔船都没有受损。",
            "王强: 学校午餐从九月起免费，家长不用再填表。",
            "李娜: 谢谢大家，下次再见。",
        ),
        (("新桥要花多少钱？", 1), ("图书馆什么时候开门？", 2), ("谁修理了港口的防波堤？", 3), ("学校的午餐免费吗", 4)),
        "新的桥要花三千万元。",
    ),
    Meeting(
        "ja",
        (
            "佐藤: 皆さん、こんばんは。今日の市民会議へようこそ。",
            "田中: まず予算の話をします。新しい橋には三千万円かかります。半分は国が負担し、来年の春に着工します。",
            "佐藤: 図書館は来月また開きます。日曜日も本を借りられます。",
            "鈴木: 台風のあと、消防団が港の防波堤を修理しました。漁船に被害はありませんでした。",
            "田中: 学校の給食は九月から無料になります。りんごも毎週出ます。",
            "佐藤: ありがとうございました。また次回お会いしましょう。",
        ),
        (
            ("新しい橋はいくらですか？", 1), ("図書館はいつ開きますか。", 2), ("港の防波堤を直したのは誰？", 3),
            ("りんごは出ますか", 4),
        ),
        "新しい橋には三千万円かかります。",
    ),
    Meeting(
        "ko",
        (
            "김민수: 여러분 안녕하세요. 오늘 시민 회의에 오신 것을 환영합니다.",
            "이영희: 예산부터 말씀드리겠습니다. 새 다리에는 삼천만 원이 듭니다. 절반은 정부가 부담합니다.",
            "김민수: 도서관은 다음 달에 다시 문을 엽니다. 일요일에도 책을 빌릴 수 있습니다.",
            "박지훈: 태풍 뒤에 소방대가 항구의 방파제를 고쳤습니다. 어선은 피해가 없었습니다.",
            "이영희: 학교 급식은 구월부터 무료입니다. 물은 집에서 가져오세요.",
            "김민수: 감사합니다. 다음에 또 뵙겠습니다.",
        ),
        (
            ("새 다리는 얼마입니까?", 1), ("도서관이 언제 열립니까?", 2), ("누가 항구 방파제를 수리했나요?", 3),
            ("물을 가져와야 합니까", 4),
        ),
        "새 다리에는 삼천만 원이 듭니다.",
    ),
    Meeting(
        "ru",
        (
            "Анна: Добрый вечер, рада видеть всех на собрании жителей.",
            "Борис: Сначала о бюджете. Новый мост обойдётся в тридцать миллионов рублей. Половину платит область.",
            "Анна: Библиотека снова откроется в следующем месяце. Книги выдают и по воскресеньям.",
            "Виктор: После шторма пожарные починили портовый мол. Рыбацкие лодки не пострадали.",
            "Борис: Школьные обеды с сентября бесплатны. Родителям не нужно заполнять бумаги.",
            "Анна: Спасибо всем, до новой встречи.",
        ),
        (
            ("Во сколько миллионов обойдется строительство нового моста?", 1), ("Когда открывают библиотеку?", 2),
            ("Кто чинил мол в порту после штормов?", 3), ("Бесплатен ли школьный обед?", 4),
        ),
        "Новый мост обойдётся в тридцать миллионов рублей.",
    ),
    Meeting(
        "uk",
        (
            "Олена: Добрий вечір, вітаю всіх на зборах мешканців.",
            "Тарас: Спочатку про бюджет. Новий міст коштує тридцять мільйонів гривень. Половину сплачує область.",
            "Олена: Бібліотека знову відчиниться наступного місяця. Книжки видають і в неділю.",
            "Іван: Після шторму пожежники полагодили портовий мол. Рибальські човни не постраждали.",
            "Тарас: Шкільні обіди з вересня безкоштовні. Сім’ям не треба заповнювати папери.",
            "Олена: Дякую всім, до нової зустрічі.",
        ),
        (
            ("Скільки коштує новий міст?", 1), ("Коли відчиниться бібліотека?", 2),
            ("Хто полагодив мол після штормів?", 3), ("Чи безкоштовні шкільні обіди?", 4),
        ),
        "Новий міст коштує тридцять мільйонів гривень.",
    ),
    Meeting(
        "el",
        (
            "Ελένη: Καλησπέρα σε όλους, καλώς ήρθατε στη συνέλευση.",
            "Νίκος: Πρώτα ο προϋπολογισμός. Η νέα γέφυρα κοστίζει τριάντα εκατομμύρια ευρώ. Τα μισά τα δίνει το κράτος.",
            "Ελένη: Η βιβλιοθήκη ανοίγει ξανά τον άλλο μήνα. Δανείζει βιβλία και την Κυριακή.",
            "Πέτρος: Μετά τη θύελλα οι πυροσβέστες επισκεύασαν τον μόλο του λιμανιού. Οι βάρκες δεν έπαθαν τίποτα.",
            "Νίκος: Τα σχολικά γεύματα είναι δωρεάν από τον Σεπτέμβριο.",
            "Ελένη: Ευχαριστώ πολύ, καλή συνέχεια.",
        ),
        (
            ("Πόσο κοστίζουν οι νέες γέφυρες;", 1), ("ΠΟΤΕ ΑΝΟΙΓΕΙ Η ΒΙΒΛΙΟΘΗΚΗ;", 2),
            ("Ποιος επισκεύασε τους μόλους στο λιμάνι;", 3), ("Είναι δωρεάν το σχολικό γεύμα;", 4),
        ),
        "Η νέα γέφυρα κοστίζει τριάντα εκατομμύρια ευρώ.",
    ),
    Meeting(
        "ar",
        (
            "ليلى: مساء الخير، أهلا بكم في اجتماع السكان.",
            "سامي: نبدأ بالميزانية. يكلف الجسر الجديد ثلاثين مليون دينار. تدفع الدولة النصف.",
            "ليلى: تفتح المكتبة أبوابها من جديد في الشهر القادم. يمكن استعارة الكتب يوم الأحد أيضا.",
            "عمر: بعد العاصفة أصلح رجال الإطفاء رصيف الميناء. لم تتضرر قوارب الصيد.",
            "سامي: وجبات المدرسة مجانية ابتداء من سبتمبر.",
            "ليلى: شكرا لكم وإلى اللقاء.",
        ),
        (
            ("كم تبلغ كلفة جسر جديد؟", 1), ("مَتى تُفْتَحُ المَكْتَبَةُ؟", 2), ("من أصلح الرصيف في ميناء المدينة؟", 3),
            ("هل الوجبات في المدارس مجانية؟", 4),
        ),
        "يكلف الجسر الجديد ثلاثين مليون دينار.",
    ),
    Meeting(
        "he",
        (
            "נועה: ערב טוב, ברוכים הבאים לאסיפת התושבים.",
            "דוד: קודם התקציב. הגשר החדש עולה שלושים מיליון שקל. את החצי משלמת המדינה.",
            "נועה: הספרייה תיפתח שוב בחודש הבא. אפשר לשאול ספרים גם ביום ראשון.",
            "יוסי: אחרי הסערה תיקנו הכבאים את המזח של הנמל. הסירות לא נפגעו.",
            "דוד: ארוחות בית הספר יהיו חינם מספטמבר.",
            "נועה: תודה רבה ולהתראות.",
        ),
        (
            ("כמה עולה גשר חדש?", 1), ("מתי נפתחת ספרייה?", 2), ("מי תיקן את המזח בנמל?", 3),
            ("האם הארוחות בבית הספר חינם?", 4),
        ),
        "הגשר החדש עולה שלושים מיליון שקל.",
    ),
    Meeting(
        "hi",
        (
            "मीरा: नमस्ते, आज की बैठक में आपका स्वागत है।",
            "राजू: पहले बजट की बात। नए पुल पर तीस करोड़ रुपये लगेंगे। आधा खर्च सरकार देगी।",
            "मीरा: पुस्तकालय अगले महीने फिर खुलेगा। रविवार को भी किताबें मिलेंगी।",
            "अमित: तूफान के बाद दमकल ने बंदरगाह की दीवार ठीक की। नावें बच गईं।",
            "राजू: स्कूल का भोजन सितंबर से मुफ़्त होगा।",
            "मीरा: धन्यवाद, फिर मिलेंगे।",
        ),
        (
            ("नए पुलों पर कितने रुपये लगेंगे?", 1), ("पुस्तकालय कब खुलेगा?", 2), ("बंदरगाहों की दीवार किसने ठीक की?", 3),
            ("क्या स्कूल का भोजन मुफ्त है?", 4),
        ),
        "नए पुल पर तीस करोड़ रुपये लगेंगे।",
    ),
    Meeting(
        "th",
        (
            "สมศรี: สวัสดีทุกท่าน ยินดีต้อนรับสู่การประชุมชาวเมือง",
            "วิชัย: เริ่มที่เรื่องงบประมาณก่อนนะครับท่าน สะพานใหม่ใช้เงินสามสิบล้านบาท รัฐบาลออกให้ครึ่งหนึ่ง",
            "สมศรี: ห้องสมุดจะเปิดอีกครั้งในเดือนหน้า วันอาทิตย์ก็ยืมหนังสือได้",
            "มานะ: หลังพายุพัดผ่าน นักดับเพลิงซ่อมเขื่อนกันคลื่นที่ท่าเรือ เรือประมงไม่เสียหาย",
            "วิชัย: อาหารกลางวันโรงเรียนฟรีตั้งแต่เดือนกันยายน",
            "สมศรี: ขอบคุณทุกท่าน พบกันใหม่",
        ),
        (
            ("สะพานใหม่ใช้เงินเท่าไหร่", 1), ("ห้องสมุดเปิดเมื่อไหร่", 2), ("ใครซ่อมเขื่อนที่ท่าเรือ", 3),
            ("อาหารกลางวันฟรีไหมครับ", 4),
        ),
        "สะพานใหม่ใช้เงินสามสิบล้านบาท",
    ),
    Meeting(
        "de",
        (
            "Jörg: Guten Abend und willkommen zur Bürgerversammlung.",
            "Änne: Zuerst der Haushalt. Die neue Brücke kostet dreißig Millionen Euro. Die Hälfte zahlt das Land.",
            "Jörg: Die Bücherei öffnet nächsten Monat wieder. Auch sonntags gibt es Bücher.",
            "Käthe: Nach dem Sturm hat die Feuerwehr die Hafenmauer an der Gießstraße geflickt. Den Booten ist nichts passiert.",
            "Änne: Das Schulessen ist ab September kostenlos.",
            "Jörg: Danke und bis zum nächsten Mal.",
        ),
        (
            ("Wie viele Millionen kosten die neuen BRÜCKEN?", 1), ("Wann öffnet die Bu\u0308cherei?", 2),
            ("Wer hat die Mauer in der GIESSSTRASSE geflickt?", 3), ("Ist das Schulessen kostenlos?", 4),
        ),
        "Die neue Brücke kostet dreißig Millionen Euro.",
    ),
    Meeting(
        "fr",
        (
            "Hélène: Bonsoir et bienvenue à la réunion des habitants.",
            "François: D'abord le budget. Le nouveau pont coûte trente millions d'euros. L'État en paie la moitié.",
            "Hélène: La bibliothèque rouvre le mois prochain. On y prête des livres même le dimanche.",
            "Zoé: Après la tempête, les pompiers ont réparé la digue du port. Les bateaux n'ont rien eu.",
            "François: Les repas scolaires sont gratuits dès septembre.",
            "Hélène: Merci à tous et à bientôt.",
        ),
        (
            ("Combien coûte le nouveau pont ?", 1), ("Quand rouvre la bibliotheque ?", 2),
            ("Qui a réparé les digues du port ?", 3), ("Le repas scolaire est-il gratuit ?", 4),
        ),
        "Le nouveau pont coûte trente millions d'euros.",
    ),
    Meeting(
        "es",
        (
            "Íñigo: Buenas noches y bienvenidos a la asamblea de vecinos.",
            "Lucía: Primero el presupuesto. El puente nuevo cuesta treinta millones de euros. La mitad la paga el Estado.",
            "Íñigo: La biblioteca abre otra vez el mes que viene. También presta libros los domingos.",
            "Ángel: Tras la tormenta los bomberos repararon el muelle del puerto. Las barcas no sufrieron daños.",
            "Lucía: El comedor escolar será gratuito desde septiembre.",
            "Íñigo: Gracias a todos y hasta pronto.",
        ),
        (
            ("¿Cuánto cuestan los puentes nuevos?", 1), ("¿Cuándo abre la Biblioteca?", 2),
            ("¿Quién reparó los muelles del puerto?", 3), ("¿Es gratuito el comedor escolar?", 4),
        ),
        "El puente nuevo cuesta treinta millones de euros.",
    ),
    Meeting(
        "tr",
        (
            "Işıl: İyi akşamlar, mahalle toplantısına hoş geldiniz.",
            "İsmail: Önce bütçe. Yeni köprü otuz milyon liraya mal oluyor. Yarısını devlet ödüyor.",
            "Işıl: Kütüphane gelecek ay yeniden açılıyor. Pazar günleri de kitap veriyor.",
            "Çağrı: Fırtınadan sonra itfaiye limandaki dalgakıranı onardı. Kayıklar zarar görmedi.",
            "İsmail: Okul yemekleri eylülden itibaren ücretsiz.",
            "Işıl: Teşekkürler, görüşmek üzere.",
        ),
        (
            ("YENİ KÖPRÜ KAÇ MİLYON LİRAYA MAL OLUYOR?", 1), ("Kütüphane ne zaman açılıyor?", 2),
            ("Limandaki DALGAKIRANI kim onardı?", 3), ("Okul yemekleri ucretsiz mi?", 4),
        ),
        "Yeni köprü otuz milyon liraya mal oluyor.",
    ),
)  # fmt: skip
