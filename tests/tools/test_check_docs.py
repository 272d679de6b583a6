"""A page of the documentation that lies is named with its line; one that does not passes."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

HONEST = """# A page
```jsonl title="shop/lines.jsonl"
{"id": 1}
```
```bash
cd shop
```
```bash
grep -c id lines.jsonl
```
```python
from pathlib import Path
lines = Path("lines.jsonl").read_text()
```
```python
assert lines.startswith("{")
```
```text
this is never run
```
"""


def check(page: Path, text: str) -> tuple[int, str]:
    page.write_text(text, "utf-8")
    words = [sys.executable, "-m", "tools.check_docs", str(page)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_page_is_one_story_in_one_folder(tmp_path: Path) -> None:
    status, said = check(tmp_path / "page.md", HONEST)
    assert (status, "page.md: 5 blocks" in said) == (0, True), said


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("```bash\ntrue\nfalse\ntrue\n```", "status 1"),
        ("```bash\necho $NEVER_SET\n```", "NEVER_SET"),
        ("```bash\nfalse | true\n```", "status 1"),
        ("```python\nassert 1 > 2\n```", "AssertionError"),
        ("```json\n{'a': 1}\n```", "Expecting property name"),
        ('```toml title="a.toml"\n[shop\n```', "page.md:3"),
        ("```ruby\nputs 1\n```", "neither run nor marked as text"),
        ("[gone](gone.md)", "dead link 'gone.md'"),
    ],
)
def test_a_lie_is_named_with_its_place(tmp_path: Path, block: str, said: str) -> None:
    status, found = check(tmp_path / "page.md", f"# A page\n\n{block}\n")
    assert status == 1
    assert said in found
    assert "page.md" in found


def test_the_reference_is_what_the_code_says() -> None:
    words = [sys.executable, "-m", "tools.write_reference", "--check"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
