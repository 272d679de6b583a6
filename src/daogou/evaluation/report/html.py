"""The report as one page: no script, nothing loaded from elsewhere, readable on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from daogou.evaluation.offline.systems import DEPTH, OURS
from daogou.evaluation.report.plots import Bar, Point, bars, grouped, lines, scatter
from daogou.evaluation.report.style import STYLE
from daogou.evaluation.report.words import ENGLISH, MEANINGS, MEASURES, SYSTEMS, WORDS, reason_in

if TYPE_CHECKING:
    from daogou.domain.text import Language, Text
    from daogou.evaluation.offline.bootstrap import Difference, Interval
    from daogou.evaluation.offline.examples import Entry, Example
    from daogou.evaluation.offline.judging import Measured
    from daogou.evaluation.offline.questions import Sign
    from daogou.evaluation.offline.run import Evaluation

BASELINES = ("item-kNN", "popular recently", "most popular", "personal frequency", "random")
_STYLES = {OURS: "ours", "item-kNN": "second", "most popular": "third"}
"""The three systems that are told apart by colour; the others are grey."""
_SURE = 0.05


def page(found: Evaluation, *, name: str, language: Language, simulated: bool) -> str:
    """Write the report about the shop called `name`."""
    write = _Writer(found, language)
    body = "".join(
        [
            f"<h1>{write.say('title')}</h1><p class=shop>{escape(name)}</p>",
            f"<p class=notice>{write.say('simulated')}</p>" if simulated else "",
            write.about(),
            write.short(),
            write.table(found.tables[0], "new-note"),
            write.plots(),
            write.satisfaction(),
            write.baskets(),
            write.table(found.tables[1], "all-note"),
            write.logged(),
            write.examples(),
            write.meanings(),
        ]
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{write.say('title')} · {escape(name)}</title><style>{STYLE}</style>"
    )
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body><main>{body}</main></body></html>\n'


class _Writer:
    """Writes the sections in one language."""

    def __init__(self, found: Evaluation, language: Language) -> None:
        self.found = found
        self.language = language
        self.k = found.plan.ks[0]

    def say(self, key: str, **values: object) -> str:
        return escape(WORDS[key].show(self.language).format(**values))

    def system(self, name: str) -> str:
        """How a system is called."""
        bare = name.removesuffix(" alone")
        shown = SYSTEMS[bare].show(self.language) if bare in SYSTEMS else bare
        if bare == name:
            return shown
        return f"仅{shown}" if self.language == "zh" else f"{shown} alone"

    def measure(self, name: str) -> str:
        """How a measure is called, with the length of the list where it has one."""
        bare, at, k = name.partition("@")
        names = MEASURES if self.language == "zh" else ENGLISH
        return f"{names.get(bare, bare)}{at}{k}"

    def about(self) -> str:
        found = self.found
        moment = datetime.fromtimestamp(found.moment / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
        what = {
            "time": self.say("what", moment=moment),
            "next-step": self.say("what-next", moment=moment),
            "leave-one-out": f"{self.say('what-one')}{self.say('one-note')}",
        }[found.plan.split]
        facts = self.say(
            "facts",
            products=f"{found.products:,}",
            past=f"{found.past_events:,}",
            future=f"{found.future_events:,}",
            n=f"{found.tables[0].n:,}",
            seed=found.plan.seed,
            code=found.code,
            data=found.data[:12],
        )
        skipped = "; ".join(
            f"{self.system(name)}: {reason_in(self.language, reason)}" for name, reason in found.skipped.items()
        )
        return (
            f"<p>{what}</p><p class=quiet>{facts}{' ' + self.say('skipped') + escape(skipped) if skipped else ''}</p>"
        )

    def short(self) -> str:
        """What a merchant should take away, with no more certainty than the intervals give."""
        table, hit = self.found.tables[0], f"hit rate@{self.k}"
        rate = {name: f"{1000 * figures[hit].mean:,.0f}" for name, figures in table.accuracy.items()}
        text = self.say("short", ours=rate[OURS], k=self.k, popular=rate["most popular"], random=rate["random"])
        ndcg = f"ndcg@{self.k}"
        best = max((n for n in BASELINES if n in table.against), key=lambda n: table.accuracy[n][ndcg].mean)
        verdict = _verdict(table.against[best][ndcg], of=sum(name in table.against for name in BASELINES))
        said = [text, self.compared(verdict, best), *self.own(), *self.taste()]
        paragraphs = "".join(f"<p>{each}</p>" for each in said)
        return f"<section class=short><h2>{self.say('in-short')}</h2>{paragraphs}</section>"

    def compared(self, key: str, name: str, *, sign: int = 1) -> str:
        """A sentence about what this shop has over a system, or with sign -1 the system over this shop."""
        gap = self.found.tables[0].against[name][f"ndcg@{self.k}"]
        mean, low, high = (sign * x for x in (gap.interval.mean, gap.interval.low, gap.interval.high))
        low, high = min(low, high), max(low, high)
        return self.say(
            key,
            name=self.system(name.removesuffix(" alone")),
            k=self.k,
            gap=f"{mean:+.4f}",
            low=f"{low:+.4f}",
            high=f"{high:+.4f}",
            p=_p(gap.p),
        )

    def own(self) -> Iterable[str]:
        """Says which of its own sources is better than the shop's list, where one surely is: the best of many is ahead
        by chance more often than any single one, so each has to be as much surer (Bonferroni)."""
        against, ndcg = self.found.tables[0].against, f"ndcg@{self.k}"
        sources = [n for n in against if n not in BASELINES]
        ahead = [n for n in sources if _verdict(against[n][ndcg], of=len(sources)) == "worse"]
        if ahead:
            yield self.compared("source-ahead", min(ahead, key=lambda n: against[n][ndcg].interval.mean), sign=-1)

    def taste(self) -> Iterable[str]:
        """What is known of a simulated shop, and what it means that another list suits people more."""
        true = self.found.satisfaction.truth
        if not true:
            return
        best = max((n for n in BASELINES if n in true), key=lambda n: true[n].mean)
        ours, theirs = true[OURS].mean, true[best].mean
        finds_more = _verdict(self.found.tables[0].against[best][f"ndcg@{self.k}"]) == "better"
        yield self.say("tasteful", ours=f"{ours:.3f}", name=self.system(best), theirs=f"{theirs:.3f}") + (
            self.say("trade-off") if finds_more and theirs > ours else ""
        )

    def table(self, table: Measured, note: str) -> str:
        k = self.k
        main = [f"{name}@{k}" for name in ("hit rate", "recall", "ndcg", "mrr")]
        rest = [name for name in table.accuracy[OURS] if name not in main]
        beyond = list(table.beyond[OURS])
        rows = {
            name: [_with_interval(figures[each]) for each in main] + [_gap(table.against.get(name), f"ndcg@{k}")]
            for name, figures in _ordered(table.accuracy).items()
        }
        heads = [*main, WORDS["difference"].show(self.language)]
        accuracy = {
            name: [f"{figures[each].mean:.4f}" for each in rest] for name, figures in _ordered(table.accuracy).items()
        }
        others = {
            name: [f"{table.beyond[name][each]:.3f}" for each in beyond]
            + [f"{table.ties[name].unlucky:.4f}–{table.ties[name].lucky:.4f}"]
            for name in accuracy
        }
        return (
            f"<section><h2>{self.say(table.protocol)}</h2><p>{self.say(note)}</p>{self.grid(heads, rows)}"
            f"<details><summary>{self.say('more')}</summary>{self.grid(rest, accuracy)}</details>"
            f"<details><summary>{self.say('beyond', k=k)}</summary>{self.grid([*beyond, 'ties'], others)}</details>"
            "</section>"
        )

    def grid(self, heads: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
        """Rows of systems; cells are HTML already."""
        head = "".join(f"<th>{escape(self.measure(each))}</th>" for each in heads)
        body = "".join(
            f"<tr class={'ours' if name == OURS else 'other'}><th>{escape(self.system(name))}</th>"
            + "".join(f"<td>{cell}</td>" for cell in cells)
            + "</tr>"
            for name, cells in rows.items()
        )
        return f"<div class=wide><table><tr><th>{self.say('method')}</th>{head}</tr>{body}</table></div>"

    def plots(self) -> str:
        table, k = self.found.tables[0], self.k
        ndcg = f"ndcg@{k}"
        quality = [
            Bar(self.system(name), figures[ndcg], _style(name)) for name, figures in _ordered(table.accuracy).items()
        ]
        points = [
            Point(self.system(name), seconds, table.accuracy[name][ndcg].mean, _style(name))
            for name, seconds in self.found.fit_s.items()
            if name in table.accuracy
        ]
        exposure = {self.system(n): (table.exposure[n], style) for n, style in _STYLES.items() if n in table.exposure}
        groups = {
            f"{self.say(part.kind)}: {self.say(part.name)} ({part.n:,})": [
                Bar("", part.recall[name], style) for name, style in _STYLES.items() if name in part.recall
            ]
            for part in table.slices
        }
        took = self.say("time-note", ms=f"{self.found.answer_ms:.1f}", depth=DEPTH)
        return "".join(
            [
                self.figure("quality", bars(quality), k=k),
                self.figure("slices", self.legend() + grouped(groups), self.say("slices-note"), k=k),
                self.figure(
                    "exposure",
                    lines(exposure, x_label=WORDS["exposure-axis"].show(self.language)),
                    self.say("exposure-note"),
                ),
                self.figure(
                    "time",
                    scatter(points, x_label=WORDS["time-axis"].show(self.language), y_label=self.measure(ndcg)),
                    took,
                ),
            ]
        )

    def figure(self, heading: str, plot: str, note: str = "", **values: object) -> str:
        return f"<section><h2>{self.say(heading, **values)}</h2>{f'<p>{note}</p>' if note else ''}{plot}</section>"

    def legend(self) -> str:
        marks = (f"<span class={style}>■</span> {escape(self.system(name))}" for name, style in _STYLES.items())
        return f"<p class=legend>{' &nbsp; '.join(marks)}</p>"

    def satisfaction(self) -> str:
        found = self.found.satisfaction
        heads = [WORDS[key].show(self.language) for key in ("glad", "regretted")]
        heads += [WORDS[key].show(self.language) for key in ("truth", "duel") if found.truth]
        rows = {}
        for name in _ordered(self.found.tables[0].accuracy):
            cells = [
                _with_interval(found.glad[name], percent=True),
                _with_interval(found.regretted[name], percent=True),
            ]
            if found.truth:
                duel = found.preferred.get(name)
                cells += [
                    _with_interval(found.truth[name]),
                    f"{duel.a:,} : {duel.b:,} <small>p {_p(duel.p)}</small>" if duel else "",
                ]
            rows[name] = cells
        note = f"<p>{self._signs(found.logged)}</p>"
        note += f"<p>{self.say('truth-note')}</p>" if found.truth else ""
        return (
            f"<section><h2>{self.say('satisfaction')}</h2><p>{self.say('satisfaction-note', k=found.k)}</p>{note}"
            f"{self.grid(heads, rows)}</section>"
        )

    def _signs(self, logged: Mapping[Sign, int]) -> str:
        """What gladness and regret could be told by."""
        names = {sign: WORDS[f"sign-{sign}"].show(self.language) for sign in logged}
        there = [f"{names[sign]} {n:,}" for sign, n in logged.items() if n]
        missing = [names[sign] for sign, n in logged.items() if not n]
        comma = WORDS["comma"].show(self.language)
        said = [self.say("signs", signs=comma.join(there))] if there else []
        return " ".join([*said, self.say("no-signs", signs=comma.join(missing))] if missing else said)

    def baskets(self) -> str:
        found = self.found.baskets
        text = self.say("no-baskets")
        if found is not None:
            gap = found.difference
            text = self.say(
                "baskets-text",
                n=f"{found.n:,}",
                repeated=f"{found.repeated:.0%}",
                ours=f"{found.shop.mean:.1%}",
                theirs=f"{found.frequency.mean:.1%}",
                gap=f"{gap.interval.mean:+.1%}",
                low=f"{gap.interval.low:+.1%}",
                high=f"{gap.interval.high:+.1%}",
                p=_p(gap.p),
            )
        return f"<section><h2>{self.say('baskets')}</h2><p>{text}</p></section>"

    def logged(self) -> str:
        found = self.found.logged
        text = self.say("no-logged", reason=found.reason.show(self.language))
        if found.estimates is not None:
            each = found.estimates
            text = self.say(
                "logged-text",
                n=f"{each.n:,}",
                effective=f"{each.effective:,.0f}",
                logged=_range(each.logged),
                ips=_range(each.ips),
                snips=_range(each.snips),
                dr=_range(each.dr) if each.dr else "–",
            )
        return f"<section><h2>{self.say('logged')}</h2><p>{text}</p></section>"

    def examples(self) -> str:
        shown = "".join(self.example(n, each) for n, each in enumerate(self.found.examples, 1))
        return f"<section><h2>{self.say('examples')}</h2><p>{self.say('examples-note')}</p>{shown}</section>"

    def example(self, n: int, example: Example) -> str:
        lists = "".join(
            f"<div><h4>{escape(self.system(name))}</h4><ol>{''.join(map(self.entry, entries))}</ol></div>"
            for name, entries in example.lists.items()
        )
        return (
            f"<article><h3>{self.say('example', n=n)}</h3>"
            f"<p><b>{self.say('before')}</b>: {self.titles(example.history)}</p>"
            f"<p><b>{self.say('after')}</b>: {self.titles(example.later)}</p><div class=lists>{lists}</div></article>"
        )

    def entry(self, entry: Entry) -> str:
        title = escape(entry.title.show(self.language))
        because = escape(entry.because.show(self.language))
        mark = "<b class=hit>✓</b> " if entry.wanted else ""
        return f"<li>{mark}{title}{f'<small>{because}</small>' if because else ''}</li>"

    def titles(self, titles: Iterable[Text]) -> str:
        return escape(" · ".join(title.show(self.language) for title in titles))

    def meanings(self) -> str:
        rows = "".join(
            f"<dt>{self.measure(name)}</dt><dd>{escape(text.show(self.language))}</dd>"
            for name, text in MEANINGS.items()
        )
        return f"<section><h2>{self.say('meaning')}</h2><dl>{rows}</dl></section>"


def _ordered(systems: Mapping[str, Mapping[str, Interval]]) -> dict[str, Mapping[str, Interval]]:
    """The shop, then the baselines, then its sources."""
    names = [OURS, *(name for name in BASELINES if name in systems)]
    return {name: systems[name] for name in [*names, *(name for name in systems if name not in names)]}


def _verdict(gap: Difference, *, of: int = 1) -> str:
    """Sure only where the test and the interval say the same. `of`: among how many the other system is the best, which
    is luck in part and for it: "worse" is said the later."""
    interval = gap.interval
    if gap.p > _SURE or interval.low <= 0 <= interval.high:
        return "unclear"
    if interval.mean > 0:
        return "better"
    return "worse" if gap.p * of <= _SURE else "unclear"


def _gap(against: Mapping[str, Difference] | None, measure: str) -> str:
    if against is None:
        return ""
    gap = against[measure]
    return f"{gap.interval.mean:+.4f}<small>{gap.interval.low:+.4f} – {gap.interval.high:+.4f}, p {_p(gap.p)}</small>"


def _style(name: str) -> str:
    return _STYLES.get(name, "other")


def _with_interval(interval: Interval, *, percent: bool = False) -> str:
    mean, low, high = (f"{x:.1%}" if percent else f"{x:.4f}" for x in (interval.mean, interval.low, interval.high))
    return f"{mean}<small>{low}–{high}</small>"


def _range(interval: Interval) -> str:
    return f"{interval.mean:.1%} ({interval.low:.1%}–{interval.high:.1%})"


def _p(value: float) -> str:
    return f"= {value:.3f}" if value >= 0.001 else "< 0.001"
