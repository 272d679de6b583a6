"""Runs every code block of the documentation, so that the docs fail the build when they lie.

A page is a story told in one empty folder, from top to bottom:

- a block with a title (```jsonl title="products.jsonl") becomes that file;
- `bash` blocks run in order, with the shop engine on the PATH; a block that serves a shop is started in the background,
  and the blocks after it talk to it;
- `python` blocks run in order in one interpreter a page;
- `json`, `jsonl` and `toml` blocks without a title must parse;
- `text` blocks (output, sketches) are not run; links to other pages of the documentation must lead somewhere.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"^```(?P<language>\w+)(?P<rest>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r'title="([^"]+)"')
_LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
_SERVES = re.compile(r"^daogou (serve|demo(?!.*--no-serve))\b.*$", re.MULTILINE)
_SKIPPED = {"text", "mermaid"}
_NOT_RUN = {"make demo", "make test", "make check", "git clone"}
_READY_WITHIN_S = 120


class Lie(Exception):
    """A block that does not do what the page says."""


@dataclass
class Page:
    """One page and the folder its story is told in."""

    path: Path
    folder: Path
    port: int
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    python: list[str] = field(default_factory=list)

    def run(self) -> int:
        """Run the blocks; returns how many there were."""
        n = 0
        for line, language, title, body in _blocks(self.path.read_text("utf-8")):
            try:
                n += self._block(language, title, body)
            except (Lie, ValueError) as error:
                raise Lie(f"{_name(self.path)}:{line}: {error}") from None
        return n

    def close(self) -> list[int]:
        """Stop what the page started, as Ctrl-C would; returns how each ended."""
        for server in self.servers:
            server.send_signal(signal.SIGINT)
        return [server.wait(timeout=20) for server in self.servers]

    def _block(self, language: str, title: str | None, body: str) -> int:
        if title:
            target = self.folder / title
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(body, "utf-8")
        match language:
            case "bash":
                self._bash(body)
            case "python":
                self.python.append(body)
                self._python()
            case "json":
                json.loads(body)
            case "jsonl":
                for text in body.splitlines():
                    json.loads(text)
            case "toml":
                tomllib.loads(body)
            case _ if language in _SKIPPED or title:
                return 0
            case _:
                raise Lie(f"a block of {language!r} is neither run nor marked as text")
        return 1

    def _bash(self, body: str) -> None:
        if any(body.strip().startswith(words) for words in _NOT_RUN):
            return  # what the build itself does before it comes here
        body = body.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        served = _SERVES.search(body)
        before = body[: served.start()] if served else body
        self._shell(before)
        if served:
            self._serve(before, served.group(0))

    def _shell(self, body: str) -> None:
        remember = 'pwd > "$PAGE_FOLDER/.cwd"'
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{body}\n{remember}"],
            cwd=self._cwd(), env=self._env(), capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Lie(f"status {done.returncode} of:\n{body}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")

    def _serve(self, before: str, command: str) -> None:
        log = (self.folder / "serve.log").open("wb")
        words = f"exec {command} --port {self.port}"
        server = subprocess.Popen(["bash", "-c", words], cwd=self._cwd(), env=self._env(), stdout=log, stderr=log)
        self.servers.append(server)
        deadline = time.monotonic() + _READY_WITHIN_S
        while not _ready(self.port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise Lie(f"{command!r} was not ready: {(self.folder / 'serve.log').read_text()[-1500:]}")
            time.sleep(0.1)

    def _python(self) -> None:
        script = self.folder / "page.py"
        script.write_text("\n".join(self.python), "utf-8")
        done = subprocess.run(
            [sys.executable, str(script)],
            cwd=self._cwd(), env=self._env(), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Lie(f"python failed:\n{done.stderr[-2000:]}")

    def _cwd(self) -> Path:
        kept = self.folder / ".cwd"
        return Path(kept.read_text().strip()) if kept.exists() else self.folder

    def _env(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "PAGE_FOLDER": str(self.folder), "COLUMNS": "160"}


def _blocks(text: str) -> Iterator[tuple[int, str, str | None, str]]:
    for block in _BLOCK.finditer(text):
        title = _TITLE.search(block["rest"])
        yield text.count("\n", 0, block.start()) + 1, block["language"], title and title[1], block["body"]


def _dead_links(path: Path) -> Iterator[str]:
    for link in _LINK.finditer(re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)):
        if not (path.parent / link[1]).exists():
            yield f"{_name(path)}: dead link {link[1]!r}"


def _name(path: Path) -> str:
    """A page as messages name it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check(path: Path) -> int:
    """Run one page; returns how many blocks were run. Raises Lie."""
    with tempfile.TemporaryDirectory() as folder:
        page = Page(path, Path(folder), _free_port())
        try:
            n = page.run()
        except BaseException:
            page.close()
            raise
        if any(statuses := page.close()):
            said = (Path(folder) / "serve.log").read_text()[-1500:]
            raise Lie(f"{_name(path)}: serving ended with {statuses} on Ctrl-C, not with 0: {said}")
        return n


def main() -> int:
    """Check every page, or those named; exit status 1 where one lies."""
    named = [Path(name).resolve() for name in sys.argv[1:]]
    pages = named or sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
    lies = [lie for path in pages for lie in _dead_links(path)]
    for path in pages:
        try:
            n = check(path)
        except Lie as lie:
            lies.append(str(lie))
        else:
            print(f"{_name(path)}: {n} blocks")
    print(*lies, sep="\n", file=sys.stderr)
    return 1 if lies else 0


if __name__ == "__main__":
    sys.exit(main())
