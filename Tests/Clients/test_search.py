"""Finding, as operators and newcomers do it: sentences in several languages, the operator's commands, and kills in between."""

import json
import os
import random
import threading
import time

import httpx

from conftest import Souk, wait_for

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "4"))


def found(souk, question, **parameters):
    answer = httpx.get(f"{souk.market}/discover", params={"q": question, **parameters}).json()
    return [service["name"] for service in answer["services"]], answer["total"]


def test_the_demo_is_found_by_sentences_in_four_languages(tmp_path):
    souk = Souk(tmp_path / "souk")
    souk.command("seed")
    souk.start()
    for sentence in ["please summarize this text for me", "帮我写一个摘要", "この文章を要約してください", "tôi cần một dịch vụ tóm tắt văn bản", "text sumary"]:
        names, total = found(souk, sentence)
        assert names[:1] == ["Text Summary"] and total >= 1, sentence
    assert found(souk, "the of and") == ([], 0)
    assert souk.stop() == 0


def test_the_operators_commands(tmp_path):
    souk = Souk(tmp_path / "souk")
    souk.command("seed")
    listed = json.loads(souk.command("search", "list", "--json").stdout)["searches"]
    assert {entry["kind"]: entry["records"] for entry in listed} == {"market.services": 3, "market.agents": 0, "affiliate.programs": 4, "commerce.products": 36, "forum.posts": 10}
    explained = souk.command("search", "explain", "market.services", "text summaries").stdout
    assert explained.startswith("3 found\n") and "name: summaries as summary (stem)" in explained
    souk.start()
    assert found(souk, "digest")[0] == []
    assert souk.command("search", "synonyms", "market.services", "--add", "digest = summary").stdout == "digest = summary\n"
    wait_for(lambda: found(souk, "digest")[0] == ["Text Summary"])
    assert "complete: 3 records" in souk.command("search", "rebuild", "market.services").stdout
    assert found(souk, "digest")[0] == ["Text Summary"]
    assert souk.command("search", "synonyms", "market.services", "--remove", "digest = summary").stdout == ""
    wait_for(lambda: found(souk, "digest")[0] == [])
    for arguments in (["explain", "nothing", "x"], ["synonyms", "market.services", "--add", "alone"], ["synonyms", "market.services", "--remove", "none"]):
        refused = souk.command("search", *arguments, check=False)
        assert refused.returncode == 1 and refused.stderr and "Fatal" not in refused.stderr, arguments
    assert souk.command("verify").returncode == 0
    assert souk.stop() == 0
    assert "complete: 3 records" in souk.command("search", "rebuild", "market.services").stdout


def test_what_was_acknowledged_is_found_after_a_kill(tmp_path):
    souk = Souk(tmp_path / "souk").start()
    key = souk.key("provider", "seller")
    states, changed, stop = {}, random.Random(14), threading.Event()

    def write(number):
        with souk.client(key) as client:
            while not stop.is_set():
                name = f"svc{number}x{changed.randrange(10**9)}"
                body = {"name": name, "endpoint": "http://127.0.0.1:9/", "price_per_call": "0.01", "tags": [f"owner{number}"]}
                known = states.get(number)
                try:
                    if known and changed.random() < 0.5:
                        states[number] = (known[0], None)
                        if client.patch(f"/services/{known[0]}", json={"name": name}).status_code == 200:
                            states[number] = (known[0], name)
                    else:
                        states.pop(number, None)
                        answer = client.post("/services", json=body)
                        if answer.status_code == 201:
                            states[number] = (answer.json()["id"], name)
                except httpx.HTTPError:
                    time.sleep(0.02)

    for _ in range(ROUNDS):
        stop.clear()
        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.3 + changed.random())
        souk.kill()
        stop.set()
        for thread in threads:
            thread.join()
        souk.start()
        for service, name in states.values():
            if name:
                answer = httpx.get(f"{souk.market}/discover", params={"q": name}).json()
                assert [entry["id"] for entry in answer["services"]] == [service], name
        verified = souk.command("verify", check=False)
        assert verified.returncode == 0, verified.stdout
    assert souk.stop() == 0
