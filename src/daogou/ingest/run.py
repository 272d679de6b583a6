"""An import from end to end: find the files, tell what they are, read catalogue before events, report every line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daogou.domain.errors import HostileInput
from daogou.ingest.files import data_files
from daogou.ingest.formats import FORMATS, recognise
from daogou.ingest.formats.base import Format, FoundEvents
from daogou.ingest.formats.headed import HEADED, advice, kind_and_columns
from daogou.ingest.formats.own import OWN
from daogou.ingest.garbage import rare_collections
from daogou.ingest.intake import Intake
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look, look
from daogou.ingest.reading.source import Source
from daogou.ingest.rejects import Rejects
from daogou.ingest.report import FileReport, ImportReport
from daogou.ports.stores import Stores


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the file being read has come."""

    file: str
    done: int
    """Bytes read, as the file lies on disk."""
    total: int
    """Bytes of the file."""
    rows: int
    """Records found so far in this file."""


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Job:
    """Files that are read together by one format."""

    format: Format
    looks: tuple[Look, ...]
    phase: int


def import_paths(
    paths: Sequence[Path],
    stores: Stores,
    *,
    options: ImportOptions,
    progress: Report | None = None,
) -> ImportReport:
    """Import files and folders of files; the rules are in `daogou.ingest.rules`.

    Importing the same files again changes nothing. A file that cannot be read is in the report and does not keep the
    others from being imported. Raises NotFound for a path that is not there.
    """
    report, rejects = ImportReport(), Rejects(options.rejects)
    intake = Intake(stores, options, report, rejects)
    try:
        with rare_collections():
            found, aside = data_files(paths)
            report.notes += aside
            for job in _jobs(found, report, intake, options):
                _run(job, report, intake, options=options, progress=progress)
            intake.finish()
    finally:
        report.rejects = rejects.close()
    return report


def _jobs(paths: Sequence[Path], report: ImportReport, intake: Intake, options: ImportOptions) -> list[_Job]:
    """Group the files by format, those with the catalogue first."""
    single: list[_Job] = []
    together: dict[str, list[Look]] = {}
    formats: dict[str, Format] = {}
    met: set[str] = set()
    for path in paths:
        file = FileReport(path)
        report.files.append(file)
        seen = _seen(path, file, intake, options)
        format = None if seen is None else _format(seen, options)
        if seen is None:
            continue
        if format is None:
            intake.refuse(file, _unknown(seen), "unknown-format")
            continue
        met |= seen.keys
        file.format = f"{format.name} ({seen.made_of})"
        if format.together:
            formats[format.name] = format
            together.setdefault(format.name, []).append(seen)
        else:
            single.append(_Job(format, (seen,), format.phase(seen)))
    for theirs, ours in options.mapping.items():
        if ours not in met:
            report.notes.append(f"--map {theirs}={ours}: no file has a column {theirs!r}")
    for name, looks in together.items():
        single.append(_Job(formats[name], tuple(looks), min(map(formats[name].phase, looks))))
    return sorted(single, key=lambda job: job.phase)


def _unknown(seen: Look) -> str:
    if "html" in seen.keys and seen.shape == "xml":
        return "is a web page and no feed: what was saved may be the page that asks for a password"
    keys = ", ".join(sorted(seen.keys)[:12])
    said = f"no format has {seen.shape} with {keys or 'nothing in it'}"
    return f"{said}: {advice(seen, seen.name)}" if seen.keys and seen.shape != "xml" else said


def _seen(path: Path, file: FileReport, intake: Intake, options: ImportOptions) -> Look | None:
    try:
        seen = look(path, options.limits, options.mapping)
    except HostileInput as error:
        intake.refuse(file, error.message, "hostile")
        return None
    if seen is None:
        file.format = "empty"
    return seen


def _format(seen: Look, options: ImportOptions) -> Format | None:
    if options.format is not None:
        return next((format for format in FORMATS if format.name == options.format), None)
    found = recognise(seen)
    if options.kind is not None and found in (None, HEADED):
        return HEADED if kind_and_columns(seen, options.kind) else OWN
    return found


def _run(job: _Job, report: ImportReport, intake: Intake, *, options: ImportOptions, progress: Report | None) -> None:
    """Read the files of one job and hand every record to the intake."""
    files = {file.path: file for file in report.files}
    sources = [_source(seen, files[seen.path], intake, options=options, progress=progress) for seen in job.looks]
    try:
        for found in job.format.convert(sources, options):
            file = files[found.source.path]
            if isinstance(found, FoundEvents):
                intake.take_events(file, found)
            else:
                intake.take(file, found, creates=job.format.creates_products)
    except HostileInput as error:
        stopped = Path(error.where) if error.where else job.looks[0].path
        intake.refuse(files.get(stopped, files[job.looks[0].path]), error.message, "hostile")
    intake.flush()
    for source in sources:
        file = files[source.path]
        file.encoding = source.encoding
        report.notes += source.notes
        if file.encoding not in ("", "utf-8"):
            report.notes.append(f"{file.name} was read as {file.encoding}")
        if progress is not None:
            size = source.path.stat().st_size
            progress(Progress(file.name, size, size, _rows(file)))


def _source(seen: Look, file: FileReport, intake: Intake, *, options: ImportOptions, progress: Report | None) -> Source:
    size = seen.path.stat().st_size

    def tell(done: int) -> None:
        if progress is not None:
            progress(Progress(file.name, done, size, _rows(file)))

    refuse = partial(intake.unreadable, file)
    source = Source(seen, limits=options.limits, mapping=options.mapping, refuse=refuse, tell=tell)
    source.learn(options.currency, decimal=options.decimal, dates=options.dates)
    return source


def _rows(file: FileReport) -> int:
    return sum(count.read for count in file.counts)
