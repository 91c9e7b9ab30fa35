"""What `habeas watch` shows to people: a site with its alarms, the summary of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from habeas.cli.agreement_words import agreement_words
from habeas.cli.options import Language
from habeas.cli.readings import vocabulary_label
from habeas.cli.terminal import Words, screen
from habeas.cli.text_curve import curve_lines, text_curve
from habeas.cli.watch_told import told
from habeas.cli.watch_words import said
from habeas.cli.watching_run import realised
from habeas.cli.words import decimal, listed, number
from habeas.monitoring.figures.wording import word

if TYPE_CHECKING:
    from rich.table import Table

    from habeas.cli.watching_run import SiteResult
    from habeas.monitoring.fine_images.agreeing import ReadersAgree
    from habeas.monitoring.looks.watch_shown import DisturbanceShown, ReadingShown, WatchShown

SHORT = 12
"""How many digits of a digest are shown to people."""


def print_watch(
    shown: WatchShown, agreement: Sequence[ReadersAgree], label: str, lang: Language
) -> None:
    """The watch over one site, for people."""
    out = screen()
    out.print(Words(label, "bold"))
    out.print(Words(shown.site, "dim"))
    out.print(Words(said(shown.status, lang)))
    if shown.reasons:
        out.print(Words(f"{said('reasons', lang)}: {shown.reasons}"))
    if shown.watched_from:
        out.print(Words(said("watched", lang, shown.watched_from, shown.watched_to)))
    for note in filter(None, shown.changed_ground.split("; ")):
        out.print(Words(told(note, lang)))
    if shown.false_alarms:
        out.print(Words(f"{said('calibration', lang)}: {told(shown.false_alarms, lang)}"))
    out.print(Words(said("runs", lang, listed(shown.runs, lang)), "dim"))
    for one in shown.disturbances:
        out.print()
        out.print(Words(said("number", lang, number(one.number, lang)), "bold"))
        out.print(Words(said("suggestion", lang), "italic"))
        out.print(_table(one, shown.site, lang))
    _print_agreement(agreement, lang)
    if not shown.curve_is_whole:
        out.print()
        out.print(Words(said("no_curve", lang), "bold"))
    curve = text_curve(shown.curve, shown.disturbances)
    if curve is not None:
        out.print()
        out.print(Words(said("curve", lang), "bold"))
        for line in curve_lines(curve, lang):
            out.print(line, no_wrap=True, overflow="crop", crop=False)


def _print_agreement(agreement: Sequence[ReadersAgree], lang: Language) -> None:
    """How far the people who read agree; nothing where nobody read what another did."""
    if not agreement:
        return
    out = screen()
    out.print()
    out.print(Words(said("agreement", lang), "bold"))
    for one in agreement:
        image = one.about.removeprefix("item:")[:SHORT]
        about = said("reviews", lang) if one.about == "reviews" else said("image", lang, image)
        readers = listed((one.first, one.second), lang)
        out.print(Words(f"  {about}: {readers}: {agreement_words(one, lang)}"))


def _table(one: DisturbanceShown, site: str, lang: Language) -> Table:
    from rich.table import Table

    made = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    made.add_column(vertical="top")
    made.add_column(vertical="top", ratio=1)
    for name, words in _rows(one, site, lang):
        made.add_row(Words(f"  {name}"), Words(words))
    return made


def _rows(one: DisturbanceShown, site: str, lang: Language) -> Iterator[tuple[str, str]]:
    yield said("began", lang), told(one.dates, lang)
    yield word("alarm", lang), one.alarm
    if one.last_image_without and one.first_image_with:
        words = said("without_with", lang, one.last_image_without, one.first_image_with)
        yield said("images", lang), words
    if one.area_low:
        ends = (decimal(end, lang) for end in (one.area_low, one.area_high))
        yield said("area", lang), said("square_metres", lang, *ends)
    if one.pace:
        yield said("pace", lang), vocabulary_label("disturbance_pace", one.pace, lang)
    if one.kind:
        kind = vocabulary_label("kind_hypothesis", one.kind, lang)
        yield said("kind", lang), f"{kind}\n{told(one.kinds, lang)}"
    if one.second_opinion:
        yield said("opinion", lang), one.second_opinion
    for reading in one.readings:
        yield said("reading", lang), _reading(reading, lang)
    if not one.readings:
        yield said("reading", lang), said("unread", lang, site)
    forked = f" · {said('forked', lang)}" if one.forked else ""
    yield said("claim", lang), f"{one.claim[:SHORT]}{forked}"


def _reading(reading: ReadingShown, lang: Language) -> str:
    kind = vocabulary_label("disturbance_kind", reading.kind, lang) if reading.kind else ""
    return listed((reading.by, said(reading.verdict, lang), kind, reading.note), lang)


def print_results(results: Sequence[SiteResult], *, asked: float) -> None:
    """What a run did, a site a paragraph, and the counts: nothing is left out."""
    out = screen()
    for result in results:
        out.print(Words(result.site, "bold"))
        for line in _result(result):
            out.print(Words(f"  {line}"))
    found = sum(len(result.found) for result in results)
    counts = {
        "a disturbance suggested": sum(r.status == "disturbed" for r in results),
        "none found": sum(r.status == "no_disturbance_found" for r in results),
        "not assessed": sum(r.status == "cannot_assess" for r in results),
        "failed": sum(r.status == "failed" for r in results),
    }
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    sites = _sites(len(results))
    out.print(Words(f"{sites}: {told}; {found} new to the record"))
    out.print(
        Words(
            f"At {asked:g} false alarms per site and year, that makes about "
            f"{asked * len(results):.2g} a year over {sites}, at which a person looks for nothing"
        )
    )
    rate = realised(results)
    if rate is not None:
        out.print(
            Words(
                f"Near them, where nothing is known to have happened: {rate.alarms} alarms in "
                f"{rate.site_years:.0f} site-years, {rate.rate:.3f} per site and year "
                f"({rate.low:.3f} to {rate.high:.3f}, 90% interval)"
            )
        )


def _sites(count: int) -> str:
    return "1 site" if count == 1 else f"{count} sites"


def _result(result: SiteResult) -> Iterator[str]:
    yield said(result.status, "en")
    if result.reason:
        yield " ".join(part for part in (result.reason + ".", result.mend) if part)
    for words in result.reasons:
        yield f"note: {words}"
    for words in result.opinions:
        yield f"second opinion {words}"
    for digest in result.found:
        yield f"recorded as claim {digest[:SHORT]}: `habeas watch show {result.site}`"
    for digest in result.refined:
        yield f"told anew in claim {digest[:SHORT]}"
    if result.status != "failed" and not result.run:
        yield "nothing new; nothing was recorded"
