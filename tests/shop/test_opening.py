import json
import subprocess
import sys


def test_a_server_imports_nothing_that_only_training_needs() -> None:
    program = "import sys, json, daogou.server.app, daogou.shop.shop\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert loaded.isdisjoint({"scipy", "sklearn", "pandas", "pyarrow", "duckdb", "torch"})
