"""How the server writes its log: one line an entry on standard error, for people or for machines."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog


def configure(form: Literal["json", "text"]) -> None:
    """Set up structlog for the process."""
    last: structlog.typing.Processor
    if form == "json":
        shape: list[structlog.typing.Processor] = [structlog.processors.dict_tracebacks]
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        shape = []
        plain_traceback = structlog.dev.plain_traceback  # the rich one would write out every local value
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *shape,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
