"""The formats that are read, by the names that people know them by."""

# A format that is not here, as of a library that a later version wrote, is shown by its own name.
_FORMATS = {
    "webvtt": "WebVTT captions",
    "srt": "SRT captions",
    "sbv": "SubViewer captions",
    "substation": "SubStation captions",
    "ttml": "TTML captions",
    "youtube": "YouTube captions",
    "timedtext": "YouTube captions (XML)",
    "whisper": "Whisper JSON",
    "whisper-tsv": "Whisper TSV",
    "whisper-text": "Whisper text",
    "whisper.cpp": "whisper.cpp JSON",
    "whisperx": "WhisperX JSON",
    "aws-transcribe": "Amazon Transcribe",
    "deepgram": "Deepgram",
    "assemblyai": "AssemblyAI",
    "revai": "Rev AI",
    "phrases": "Speech recogniser's JSON",
    "podcast-json": "Podcast transcript (JSON)",
    "podcast-html": "Podcast transcript (HTML)",
    "otter": "Otter transcript",
    "teams": "Microsoft Teams transcript",
    "google-meet": "Google Meet transcript",
    "rev": "Rev transcript",
    "descript": "Descript transcript",
    "zoom-chat": "Zoom chat",
    "slack": "Slack export",
    "discord": "Discord export",
    "whatsapp": "WhatsApp chat",
    "press": "Press conference",
    "court": "Court transcript",
    "hearing": "Congressional hearing",
    "tei": "TEI or ParlaMint",
    "akoma-ntoso": "Akoma Ntoso debate",
    "chat": "CHAT (.cha)",
    "table": "Table (CSV or TSV)",
    "records": "JSON records",
    "jsonl": "JSON lines",
    "plain": "Plain text",
}

WHAT_CAN_BE_READ = (
    "Captions; transcripts from Zoom, Teams, Google Meet, Otter, Rev, Descript, Whisper and other "
    "recognisers; Slack, Discord and WhatsApp chats; press, court and parliament records; tables; plain text "
    "with “Speaker: words”."
)


def format_name(name: str) -> str:
    """Return the name of a format as people know it."""
    return _FORMATS.get(name, name)
