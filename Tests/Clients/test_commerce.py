"""Commerce's documents, as hosts read them, and their examples, run as they stand."""

import os
import re
import subprocess

import httpx
import pytest
import yaml

from conftest import Souk

RATES = "2026-11-20 CNY=0.1405 EUR=1.09 GBP=1.27 JPY=0.0065 VND=0.0000385"
DOCUMENTS = ["skills/moras-shop/SKILL.md"] + [
    f"docs/{name}.md" for name in ("INTENT_MATCHING_PROTOCOL", "EXPERIENCE_COMMERCE_PROTOCOL", "COMMERCE_RUNTIME_LAYER")
]


class Shop:
    def __init__(self, directory):
        self.souk = Souk(directory, SOUK_COMMERCE_FX=RATES)
        self.keys = dict(re.findall(r"commerce, (\w+)[^:]*: (\S+)", self.souk.command("seed").stdout))
        self.souk.start()
        self.url = f"{self.souk.url}/commerce"
        # Links name the address that the server was told.
        self.named = f"http://localhost:{self.souk.port}/commerce"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("commerce"))
    yield shop
    assert shop.souk.stop() == 0


def schemas(value):
    """Every object of a document that is not an example."""
    if isinstance(value, dict):
        yield value
        for name, member in value.items():
            if name not in ("example", "x-problems"):
                yield from schemas(member)
    elif isinstance(value, list):
        for member in value:
            yield from schemas(member)


def test_the_openapi_document_is_3_0_3_in_two_languages(shop):
    english, chinese, other = (httpx.get(f"{shop.url}/openapi.json{query}").json() for query in ("", "?locale=zh", "?locale=fr"))
    assert (english["openapi"], english["info"]["version"], english["servers"][0]["url"]) == ("3.0.3", "0.1.0", shop.named)
    assert english == other and "webhooks" not in english
    for one in schemas(english["components"]["schemas"] | english["paths"]):
        assert not isinstance(one.get("type"), list) and one.get("type") != "null" and "const" not in one, one
    assert english["paths"].keys() == chinese["paths"].keys()
    for path, item in chinese["paths"].items():
        for method, operation in item.items():
            assert re.search(r"[一-龥]", operation["summary"]), (method, path)
            assert operation["parameters" if "parameters" in operation else "responses"] == english["paths"][path][method][
                "parameters" if "parameters" in operation else "responses"
            ]
    current = httpx.get(f"{shop.url}/openapi.json?openapi=3.1").json()
    assert current["openapi"] == "3.1.0" and current["paths"].keys() == english["paths"].keys()


@pytest.mark.parametrize("path", DOCUMENTS + ["openapi.json", "skills/install.sh", ".well-known/agent-card.json"])
def test_what_is_known_is_not_sent_again(shop, path):
    first = httpx.get(f"{shop.url}/{path}")
    assert first.status_code == 200 and "max-age" in first.headers["cache-control"]
    second = httpx.get(f"{shop.url}/{path}", headers={"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.content) == (304, b"")


def test_the_agent_card_stands_at_the_root_too_and_names_what_answers(shop):
    card = httpx.get(f"{shop.url}/.well-known/agent-card.json").json()
    assert card == httpx.get(f"{shop.souk.url}/.well-known/agent-card.json").json()
    assert {skill["id"] for skill in card["skills"]} >= {"recommend_products", "get_product_card", "lookup_card", "get_creator_showcase"}
    paths = httpx.get(f"{shop.url}/openapi.json").json()["paths"]
    for skill in card["skills"]:
        method, path = re.match(r"(\w+) (\S+):", skill["description"]).groups()
        assert method.lower() in paths[path]


def test_the_skill_is_one_by_the_rules_of_skills(shop):
    text = httpx.get(f"{shop.url}/skills/moras-shop/SKILL.md").text
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["name"] == "moras-shop" and len(head["description"]) <= 1024
    assert all(isinstance(value, str) for value in head["metadata"].values())
    assert head.keys() <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}


def test_the_installer_says_what_it_writes_and_checks_it(shop, tmp_path):
    script = httpx.get(f"{shop.url}/skills/install.sh").text
    environment = {**os.environ, "SKILLS_DIR": str(tmp_path)}
    run = subprocess.run(["sh"], input=script, text=True, capture_output=True, env=environment)
    assert run.returncode == 0 and f"{tmp_path}/moras-shop/SKILL.md" in run.stdout
    assert (tmp_path / "moras-shop/SKILL.md").read_text() == httpx.get(f"{shop.url}/skills/moras-shop/SKILL.md").text
    wrong = re.sub(r'echo "[0-9a-f]{64}', 'echo "' + "0" * 64, script)
    (tmp_path / "moras-shop/SKILL.md").unlink()
    run = subprocess.run(["sh"], input=wrong, text=True, capture_output=True, env=environment)
    assert run.returncode == 1 and not (tmp_path / "moras-shop/SKILL.md").exists()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_examples_of_the_documents_run(shop, path):
    key, merchant = shop.keys["developer"], shop.keys["merchant"]
    answer = httpx.get(f"{shop.url}/v1/recommend", params={"intent": "wireless mouse"}, headers={"Authorization": f"Bearer {key}"})
    card = answer.json()["items"][0]["rec_id"]
    text = httpx.get(f"{shop.url}/{path}").text
    assert "<pre" in httpx.get(f"{shop.url}/{path}", headers={"Accept": "text/html"}).text
    examples = re.findall(r"^    (curl .+)$", text, re.M)
    assert examples or "does not have it yet" in text
    for example in examples:
        command = example.replace("REC_ID", card).replace("USERNAME", "desk.stories").replace("curl ", "curl -sS --fail-with-body ", 1)
        environment = {**os.environ, "SOUK_KEY": key, "MERCHANT_TOKEN": merchant}
        run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment)
        assert run.returncode == 0, example + run.stdout
