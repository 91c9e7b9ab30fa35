"""`habeas date`: how the words of a date are read, or what has to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from datetime import date

    from habeas.claims.date_resolving import Note
    from habeas.claims.dates import DateReading

_WORDS: Final[dict[str, dict[options.Language, str]]] = {
    "first": {"en": "first day", "fa": "نخستین روز"},
    "last": {"en": "last day", "fa": "واپسین روز"},
    "open": {"en": "open", "fa": "باز"},
    "gregorian": {"en": "Gregorian", "fa": "میلادی"},
    "solar": {"en": "Solar Hijri", "fa": "هجری شمسی"},
    "words": {"en": "words", "fa": "متن"},
    "calendar": {"en": "calendar", "fa": "گاه‌شماری"},
    "precision": {"en": "precision", "fa": "دقت"},
    "days": {"en": "days", "fa": "شمار روزها"},
    "read": {"en": "read as", "fa": "چگونه خوانده شد"},
    "note.named": {"en": "the words name the calendar", "fa": "متن خود گاه‌شماری را می‌گوید"},
    "note.given": {"en": "the calendar was given", "fa": "گاه‌شماری داده شده است"},
    "note.only": {
        "en": "no calendar is named; such a year is read in this one",
        "fa": "گاه‌شماری نام برده نشده؛ چنین سالی در این گاه‌شماری خوانده می‌شود",
    },
    "note.century": {"en": "{} is the year {}", "fa": "{} یعنی سال {}"},
    "note.part": {"en": "counted by days: “{}”", "fa": "به روز شمرده شده است: «{}»"},
    "note.weekday": {"en": "the weekday fits the day", "fa": "روز هفته با تاریخ می‌خواند"},
    "note.about": {
        "en": "no interval is read from about",
        "fa": "از تاریخ تقریبی بازه‌ای خوانده نمی‌شود",
    },
    "note.time": {
        "en": "the day as written; the time of day stays in the words",
        "fa": "روز چنان که نوشته شده؛ ساعت در متن می‌ماند",
    },
    "note.two_writings": {
        "en": "both writings agree; the more precise one is taken",
        "fa": "هر دو تاریخ با هم می‌خوانند؛ دقیق‌تر گرفته شد",
    },
}

_WEEKDAYS: Final = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه", "شنبه", "یک‌شنبه")
_DIGITS: Final = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def date_(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The date as the source writes it.")],
    *,
    calendar: Annotated[
        str | None,
        typer.Option(
            "--calendar",
            metavar="C",
            help="The calendar of dates that name none: gregorian, solar-hijri, "
            "hijri-umm-al-qura, hijri-tabular.",
            show_default=False,
        ),
    ] = None,
    lang: options.Lang = "en",
    as_json: options.Json = False,
) -> None:
    """Show how a date is read: first and last day, precision; or what has to be asked."""
    from habeas.claims.dates import reading_of
    from habeas.cli.terminal import emit

    reading = reading_of(text, None if calendar is None else calendar.replace("-", "_"))
    if as_json:
        emit(_document(reading))
    else:
        _print(reading, lang)


def _document(reading: DateReading) -> dict[str, object]:
    import msgspec

    when = reading.when
    return {
        "when": msgspec.to_builtins(when),
        "first": _day_document(when.earliest),
        "last": _day_document(when.latest),
        "notes": [
            {"note": note.key, "fill": list(note.fill), "words": _note(note, "en")}
            for note in reading.notes
        ],
    }


def _day_document(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    weekday = f"{_day(text):%A}"
    return {"gregorian": text, "solar_hijri": _solar(text), "weekday": weekday}


def _print(reading: DateReading, lang: options.Language) -> None:
    from habeas.cli.terminal import Words, screen, table

    when = reading.when
    out = screen()
    facts = table("", "")
    facts.show_header = False
    for key, value in _facts(reading, lang):
        facts.add_row(Words(_WORDS[key][lang]), Words(value))
    out.print(facts)
    days = table("", _WORDS["gregorian"][lang], _WORDS["solar"][lang])
    for key, day in (("first", when.earliest), ("last", when.latest)):
        cells = (_WORDS[key][lang], *_both_calendars(day, lang))
        days.add_row(*map(Words, cells))
    out.print(days)


def _facts(reading: DateReading, lang: options.Language) -> list[tuple[str, str]]:
    when = reading.when
    facts = [
        ("words", when.text),
        ("calendar", _label("calendar", when.calendar, lang)),
        ("precision", _label("date_precision", when.precision, lang)),
    ]
    if when.earliest and when.latest:
        count = str((_day(when.latest) - _day(when.earliest)).days + 1)
        facts.append(("days", count.translate(_DIGITS) if lang == "fa" else count))
    if reading.notes:
        facts.append(("read", "\n".join(_note(note, lang) for note in reading.notes)))
    return facts


def _note(note: Note, lang: options.Language) -> str:
    return _WORDS[f"note.{note.key}"][lang].format(*note.fill)


def _label(terms: str, name: str, lang: options.Language) -> str:
    from habeas.claims.vocabulary import vocabulary

    return vocabulary().term_label(terms, name, lang)


def _both_calendars(text: str | None, lang: options.Language) -> tuple[str, str]:
    """A day as it stands in the Gregorian and in the Solar Hijri calendar, with its weekday."""
    if text is None:
        return _WORDS["open"][lang], _WORDS["open"][lang]
    day = _day(text)
    year, month, number = map(int, _solar(text).split("-"))
    if lang == "en":
        return f"{text} {day:%A}", f"{year}-{month:02}-{number:02} {_month(month, 0)}"
    solar = f"{_WEEKDAYS[day.weekday()]} {number} {_month(month, -1)} {year}"
    return text, solar.translate(_DIGITS)


def _month(month: int, spelling: int) -> str:
    from habeas.claims.date_months import SOLAR

    return SOLAR[month - 1].split(",")[spelling]


def _solar(text: str) -> str:
    from habeas.claims.calendars import solar_of

    year, month, day = solar_of(_day(text))
    return f"{year}-{month:02}-{day:02}"


def _day(text: str) -> date:
    from datetime import date

    return date.fromisoformat(text)
