"""schemathesis over the market's own OpenAPI document, all checks."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "100"))


@pytest.fixture(scope="session")
def key(souk):
    # An administrator's key passes every role, so that the checks reach the operations themselves.
    return souk.key("admin", "schema")


@pytest.fixture
def document(souk):
    schema = schemathesis.openapi.from_url(f"{souk.url}/market/openapi.json")
    schema.config.update(base_url=f"{souk.url}/market")
    # A call through the proxy answers whatever its provider says.
    return schema.exclude(path_regex="/proxy/")


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_document_is_true(case, key):
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"})
