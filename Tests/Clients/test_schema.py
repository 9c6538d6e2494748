"""schemathesis over the market's own OpenAPI document, all checks."""

import os
import subprocess
import sys

EXAMPLES = os.environ.get("SCHEMA_EXAMPLES", "100")


def test_the_document_is_true(souk):
    # An administrator's key passes every role, so that the checks reach the operations themselves.
    key = souk.key("admin", "schema")
    command = [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"),
        "--config-file", os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemathesis.toml"),
        "run",
        f"{souk.url}/market/openapi.json",
        "--url", f"{souk.url}/market",
        "--header", f"Authorization: Bearer {key}",
        # A call through the proxy answers whatever its provider says.
        # The dashboard answers pages, and has no key in a header.
        "--exclude-path-regex", "/proxy/|/admin/dashboard",
        "--checks", "all",
        "--max-examples", EXAMPLES,
        "--phases", "examples,coverage,fuzzing",
        "--suppress-health-check", "all",
        "--no-color",
    ]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
