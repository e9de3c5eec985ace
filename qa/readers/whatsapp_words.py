"""What WhatsApp itself writes into an exported chat, in the languages of its largest markets.

A body that is none of these is somebody's message, so a notice in a language not listed here stays in the
transcript rather than a message being lost.
"""

import re

from qa.readers.spacing import word_set

MORNING = word_set(
    """am a ص ق.ظ ق.ظ. 上午 午前 오전 凌晨 清晨 早上"""
    """ לפנה"צ לפנה״צ vorm vormittags morgens öö π.μ. fm f.h. дп"""
)
AFTERNOON = word_set(
    """pm p م ب.ظ ب.ظ. 下午 午後 오후 中午 傍晚 晚上"""
    """ אחה"צ אחה״צ nachm nachmittags abends mittags ös μ.μ. em e.h."""
    " пп"
)
NEITHER = word_set("klo kl kl. um at às à a las los de uhr h hrs")  # beside a time, but no half of the day

# Android writes one phrase for every file left out, in angle brackets.
_LEFT_OUT = (
    r"media omitted|video (?:message|note) omitted|multimedia omitido|archivo omitido|m[ée]dias? omis"
    r"|medien ausgeschlossen|m[íi]dia oculta|arquivo de m[íi]dia oculto|media omess[io]|media weggelaten"
    r"|без медиафайлов|файл пропущен|medya dahil edilmedi|medya atlanmış|تم استبعاد الوسائط|رسانه حذف شد"
    r"|पिछला मीडिया छोड़ा गया|मीडिया के बिना|省略多媒體檔案|媒体省略|省略媒体文件|メディアなし"
    r"|メディアは含まれていません|미디어 파일을 생략한 대화내용|pominięto multimedia|media tidak disertakan"
    r"|media utelämnades|medier udeladt|media jätetty pois|המדיה לא נכללה"
)
# iOS names the kind of file, with the verb after or before it.
_KIND = (
    r"image|video|video note|audio|gif|sticker|document|contact card|photo|imagen|vídeo|documento|tarjeta de"
    r" contacto|nota de video|bild|foto|videonachricht|dokument|kontaktkarte|vidéo|autocollant|fiche contact"
    r"|imagem|áudio|figurinha|cartão do contato|immagine|adesivo|scheda contatto|afbeelding|contactkaart"
    r"|изображение|видео|аудио|стикер|документ|görüntü|ses|çıkartma|belge|الصورة|الفيديو|المقطع الصوتي|الملصق"
)
_GONE = (
    r"omitted|omitid[oa]|omitid[oa]s|weggelassen|absente?|omise?|ocultad[oa]|omess[oa]|weggelaten"
    r"|отсутствует|опущено|пропущено|dahil edilmedi|atlandı"
)
_MEDIA = re.compile(
    rf"<(?:{_LEFT_OUT})>|(?:[^\n]{{1,200}}\.\w{{2,5}}(?: • [^\n]{{1,30}})? )?(?:{_KIND}) (?:{_GONE})"
    r"|تم استبعاد \S{1,20}",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"<[^:<>\n]{1,20}: ?(?P<ios>[^<>\n]{1,200}\.\w{2,5})>"
    r"|(?P<android>[^\n]{1,200}\.\w{2,5}) \((?:file attached|archivo adjunto|datei angehängt|fichier joint"
    r"|arquivo anexado|ficheiro anexado|file allegato|bestand bijgevoegd|файл добавлен|dosya ekli|الملف مرفق"
    r"|फ़ाइल अटैच की गई|plik dołączony|bifogad fil|附件|文件附件|ファイル添付)\)"
    r"|(?P<coded>(?:IMG|VID|AUD|PTT|STK|DOC)-\d{8}-WA\d{1,8}\.\w{2,5})(?: \([^()\n]{1,40}\))?",
    re.IGNORECASE,
)
_ATTACHED_BELOW = re.compile(
    r"(?P<words>[^\n]*[^\s\n]) ?<[^:<>\n]{1,20}: ?(?P<file>[^<>\n]{1,200}\.\w{2,5})>"
)
_EDITED = re.compile(
    r"\s?<(?:this message was edited|mensaje editado|se editó este mensaje|diese nachricht wurde bearbeitet"
    r"|ce message a été modifié|mensagem editada|essa mensagem foi editada"
    r"|questo messaggio è stato modificato|dit bericht is bewerkt|сообщение изменено|bu mesaj düzenlendi"
    r"|تم تعديل هذه الرسالة"
    r"|此消息已被编辑|このメッセージは編集されました)\.?>$",
    re.IGNORECASE,
)
_DELETED = re.compile(
    r"(?:this message was deleted|you deleted this message|message deleted|this message was deleted by admin"
    r"[^\n]{0,60}|(?:se )?eliminó este mensaje|este mensaje fue eliminado|eliminaste este mensaje"
    r"|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|ce message a été supprimé"
    r"|vous avez supprimé ce message|(?:esta )?mensagem (?:foi )?apagada|você apagou esta mensagem"
    r"|essa mensagem foi apagada|questo messaggio è stato eliminato|hai eliminato questo messaggio"
    r"|dit bericht is verwijderd|je hebt dit bericht verwijderd|данное сообщение удалено"
    r"|вы удалили данное сообщение|bu mesaj silindi|bu mesajı sildiniz"
    r"|تم حذف هذه الرسالة|لقد حذفت هذه الرسالة|यह संदेश हटाया गया"
    r"|此消息已删除|このメッセージは削除されました)\.?",
    re.IGNORECASE,
)
# What the app puts under somebody's name although nobody wrote it. People write about missed calls and
# encryption too, so the whole body must have the shape.
_NOTICE = re.compile(
    r"(?:messages (?:and calls|to this)|los mensajes|nachrichten und|les messages|as mensagens|i messaggi"
    r"|berichten en|сообщения и|mesajlar|الرسائل)[^\n]{1,80}(?:end-to-end|extremo a extremo|de extremo"
    r"|ende-zu-ende|bout en bout|ponta a ponta|сквозным|uçtan uca|مشفر)[^\n]{0,300}"
    r"|(?:missed|silenced) (?:group )?(?:voice|video) call(?:\. tap to call back)?\.?"
    r"|(?:voice|video) call[.,] ?(?:\d{1,3} (?:sec|min|hr)s?|no answer)\.?(?: tap to call back\.?)?"
    r"|(?:(?:video)?llamada perdida|verpasster (?:gruppen-?)?(?:sprach|video)anruf"
    r"|appel (?:vocal|vidéo) manqué"
    r"|chamada de (?:voz|vídeo) perdida|chiamata (?:vocale|video) persa|gemiste (?:spraak|video)oproep)"
    r"(?:[.,] ?(?:tippen?|toca|toque|tocca|appuyez|tik)\b[^\n]{0,60})?\.?"
    r"|your security code with [^\n]{1,80} changed\.[^\n]{0,40}|waiting for this message[^\n]{0,80}",
    re.IGNORECASE,
)
# With the app's own mark before it, a body may also tell what somebody did.
_MARKED_NOTICE = re.compile(
    r"[^\n]{1,80} (?:added|removed|left|joined using|created (?:the |this )?group|changed (?:the|this|their)"
    r"|pinned a|turned (?:on|off)|are (?:now|no longer) an admin|(?:was|were) added)\b[^\n]{0,200}",
    re.IGNORECASE,
)
# A notice of Android carries no name, but may hold a colon: 'Ana changed the group name to "Q3: launch"'.
_NOTICE_BEFORE_COLON = re.compile(
    r"\b(?:changed (?:the|this)|created (?:the )?group|added|removed|cambió (?:el|la)|creó el grupo|añadió a"
    r"|hat (?:den|die|das) |a (?:changé|créé)|mudou o|alterou|criou|ha (?:cambiato|modificato|creato)"
    r"|heeft (?:de|het)|изменил|создал)\b|[\"“„«][^\"”“»\n]{0,100}$",
    re.IGNORECASE,
)
_LONGEST = 600  # characters of anything above; a longer body is somebody's


def is_left_out_file(line: str) -> bool:
    """Say whether a tidied line stands for a picture or another file that was not exported."""
    return len(line) <= _LONGEST and _MEDIA.fullmatch(line) is not None


def attached_file(line: str) -> str | None:
    """Return the name of the file that a tidied line stands for; None when it is no such line."""
    match = _ATTACHED.fullmatch(line) if len(line) <= _LONGEST else None
    return match and (match.group("ios") or match.group("android") or match.group("coded"))


def without_attachment(line: str) -> tuple[str, str | None]:
    """Take the file that iOS names after somebody's words off a tidied line; None where it names none."""
    match = _ATTACHED_BELOW.fullmatch(line) if len(line) <= _LONGEST else None
    return (match.group("words"), match.group("file")) if match else (line, None)


def without_edit_mark(text: str) -> tuple[str, bool]:
    """Take the mark of an edited message off its end; the flag says whether there was one."""
    bare = _EDITED.sub("", text)
    return bare, bare != text


def is_deleted(text: str) -> bool:
    """Say whether a body stands for a message that was deleted."""
    return _DELETED.fullmatch(text) is not None


def is_notice(text: str, *, marked: bool) -> bool:
    """Say whether a body is a notice under somebody's name: a missed call, a word on encryption.

    Args:
        text: The whole body, tidied.
        marked: Whether the app's own mark stood before it.
    """
    if len(text) > _LONGEST:
        return False
    return _NOTICE.fullmatch(text) is not None or (marked and _MARKED_NOTICE.fullmatch(text) is not None)


def opens_notice(head: str) -> bool:
    """Say whether what stands before a colon looks like the beginning of a notice rather than a name."""
    return _NOTICE_BEFORE_COLON.search(head) is not None
