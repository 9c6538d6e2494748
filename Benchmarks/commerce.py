"""Measures commerce over 20,000 products: the import of a feed, recommendations, cards and short links beside bare Hummingbird.

ICECAT=folder takes Icecat's products, which are not part of this repository, and asks Icecat's judged questions for the relevance of
the answers; without it the products are made up.
"""

import decimal
import gzip
import json
import math
import os
import random
import subprocess
import tempfile
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from run import BARE, SOUK, WORDS, Bench, ask, compare, free_port, memory_mib, wait_for

ICECAT = os.environ.get("ICECAT", "")
PRODUCTS = 20_000
QUESTIONS = int(os.environ.get("BENCH_QUESTIONS", "10000"))
RATES = "2026-11-20 CNY=0.1405 EUR=1.09 GBP=1.27 JPY=0.0065 VND=0.0000385"
SENTENCES = ["wireless mouse under $30", "200元以内的无线鼠标", "5000円以下のワイヤレスマウス", "chuột không dây dưới 700k"]
BROWSER = "Mozilla/5.0 (X11; Linux) Firefox/140.0"

ASK = """
local texts, number = { TEXTS }, 0
request = function()
  number = number + 1
  return wrk.format("GET", "/commerce/v1/recommend?intent=" .. texts[number % #texts + 1], { ["Authorization"] = "Bearer KEY" })
end
"""
CLICK = """
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", nil, { ["User-Agent"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0 " .. number })
end
"""


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        bench = Bench(folder)
        try:
            run(bench)
        finally:
            bench.stop()


def catalogue(folder):
    """A feed of Icecat's form."""
    if ICECAT:
        return os.path.join(ICECAT, "products.jsonl.gz")
    path = os.path.join(folder, "products.jsonl.gz")
    with gzip.open(path, "wt") as file:
        for number in range(1, PRODUCTS + 1):
            words = [WORDS[(number * step) % len(WORDS)] for step in (1, 3, 7)]
            kind = ("mouse", "keyboard", "monitor", "laptop")[number % 4]
            file.write(json.dumps({
                "id": str(number), "title": f"{words[0].title()} wireless {kind} {number}", "name": words[1], "supplier": words[2].title(),
                "short_description": f"A {kind} for {words[1]}", "price": 100 * (number % 900) + 995,
            }) + "\n")
    return path


class Shop:
    def __init__(self, bench):
        self.port = free_port()
        self.settings = {
            "SOUK_DATA_DIR": os.path.join(bench.folder, "commerce"), "SOUK_PORT": str(self.port),
            "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0", "SOUK_COMMERCE_FX": RATES,
        }
        self.url = f"http://127.0.0.1:{self.port}/commerce"

    def command(self, *arguments):
        return subprocess.run([SOUK, *arguments], env={**os.environ, **self.settings}, capture_output=True, text=True, check=True).stdout

    def key(self, role):
        made = self.command("keys", "create", "--surface", "commerce", "--role", role, "--owner", f"bench-{role}", "--rate-limit", "0")
        return json.loads(made)["authorization"]

    def recommend(self, key, sentence, more=""):
        return ask("GET", f"{self.url}/v1/recommend?intent={urllib.parse.quote(sentence)}{more}", key)


def run(bench):
    shop = Shop(bench)
    shop.command("commerce", "merchants", "create", "bench")
    key = shop.key("developer")
    feed = catalogue(bench.folder)
    print("\n## Commerce")
    started = time.time()
    told = shop.command("commerce", "import", feed, "--merchant", "bench", "--format", "icecat", "--ids", "keep")
    print(f"\nImport: {time.time() - started:.1f} s. {told.strip().splitlines()[-1]}")
    souk = bench.start([SOUK, "serve"], **shop.settings)
    started = time.time()
    wait_for(shop.port)
    while True:
        try:
            answer = shop.recommend(key, SENTENCES[0])
            break
        except urllib.error.HTTPError as error:
            assert error.code == 503, error
            time.sleep(0.02)
    print(f"\nFound {time.time() - started:.1f} s after the start. Memory: {memory_mib([souk.pid]):.0f} MiB.")
    if "relevance" not in sys.argv:
        speed(bench, shop, souk, key, answer["items"][0]["rec_id"])
    if ICECAT:
        relevance(shop, key)
    limits(shop, key)
    souk.terminate()
    souk.wait()
    print("\n" + shop.command("verify").strip().splitlines()[-1])


def speed(bench, shop, souk, key, card):
    port = free_port()
    bare = bench.start([BARE, str(port), "http://127.0.0.1:9/"])
    wait_for(port)
    texts = ", ".join(f'"{urllib.parse.quote(one)}"' for one in SENTENCES)
    questions = bench.script("recommend.lua", ASK.replace("TEXTS", texts).replace("KEY", key))
    click = bench.script("click.lua", CLICK)
    reader = bench.script("card.lua", f'wrk.headers["Authorization"] = "Bearer {key}"\n')
    compare("Recommendations in four languages, each stored", 8, [
        ("Souk GET /v1/recommend", f"{shop.url}/v1/recommend", questions, [souk.pid]),
    ])
    compare("Short links, each click durable before it is sent on", 64, [
        ("bare Hummingbird", f"http://127.0.0.1:{port}/", click, [bare.pid]),
        ("Souk GET /r/{rec_id}", f"{shop.url}/r/{card}", click, [souk.pid]),
    ])
    compare("Cards", 64, [
        ("bare Hummingbird", f"http://127.0.0.1:{port}/", reader, [bare.pid]),
        ("Souk GET /v1/cards/{rec_id}", f"{shop.url}/v1/cards/{card}", reader, [souk.pid]),
    ])


def relevance(shop, key):
    """How good the answers to Icecat's judged questions are, asked as clients ask."""
    grades = {}
    for line in open(os.path.join(ICECAT, "qrels.tsv")):
        question, _, product, grade = line.rstrip("\n").split("\t")[:4]
        grades.setdefault(question, {})[product] = int(grade)
    plain, judged, share, count = 0, 0, 0, 0
    for line in open(os.path.join(ICECAT, "queries.tsv")):
        question, text = line.rstrip("\n").split("\t")[:2]
        own = grades.get(question, {})
        if not any(own.values()):
            continue
        items = shop.recommend(key, text, "&limit=10&fill=false")["items"]
        found = [item["product"]["id"] for item in items]
        plain += gain(found, own)
        judged += gain([product for product in found if product in own], own)
        share += sum(product in own for product in found) / 10
        count += 1
    print(f"\nRelevance over {count} questions: NDCG@10 {plain / count:.3f}; of judged products among the ten {judged / count:.3f}; judged@10 {share / count:.2f}.")


def limits(shop, key):
    """Whether every card of generated questions keeps their limits of price and region, in four languages and five currencies."""
    rates = dict(part.split("=") for part in RATES.split()[1:]) | {"USD": "1"}
    words = {
        "en": ("wireless mouse", "keyboard", "monitor", "laptop", "printer"), "zh": ("鼠标", "键盘", "显示器", "打印机"),
        "ja": ("マウス", "キーボード", "モニター", "プリンター"), "vi": ("chuột", "bàn phím", "màn hình", "máy in"),
    }
    forms = {
        "en": [("{word} under ${high}", "USD"), ("{word} over £{low}", "GBP"), ("{word} between {low} and {high} euros", "EUR"), ("{word} ${low}-{high}", "USD")],
        "zh": [("{high}元以内的{word}", "CNY"), ("{low}到{high}美元的{word}", "USD")], "ja": [("{high}円以下の{word}", "JPY"), ("{low}円から{high}円までの{word}", "JPY")],
        "vi": [("{word} dưới {high} đô", "USD"), ("{word} từ {low} đến {high} nghìn đồng", "VND")],
    }
    chance = random.Random(15)

    def question(_):
        language = chance.choice(list(forms))
        form, currency = chance.choice(forms[language])
        unit = {"JPY": 100, "CNY": 7}.get(currency, 1)
        low = chance.randint(1, 400) * unit
        high = low + chance.randint(0, 600) * unit
        text = form.format(word=chance.choice(words[language]), low=low, high=high)
        factor = decimal.Decimal(rates[currency]) * (1000 if currency == "VND" else 1)
        bounds = (low * factor if "{low}" in form else 0, high * factor if "{high}" in form else 10**12)
        return text, bounds, chance.choice(["US", "JP", "VN", "DE"])

    def check(asked):
        text, (low, high), region = asked
        items = shop.recommend(key, text, f"&limit=10&region={region}")["items"]
        return len(items), [
            (text, item["product"]["id"]) for item in items
            if not low <= decimal.Decimal(item["product"]["price"]["amount"]) <= high or region not in item["compliance"]["region_allow"]
        ]

    with ThreadPoolExecutor(8) as pool:
        checked = list(pool.map(check, [question(number) for number in range(QUESTIONS)]))
    broken = [one for _, ones in checked for one in ones]
    print(f"\nLimits: {QUESTIONS:,} questions, {sum(count for count, _ in checked):,} cards, {len(broken)} that break one. {broken[:3] or ''}")


def gain(found, grades):
    def total(values):
        return sum(value / math.log2(place + 2) for place, value in enumerate(values))

    best = total(sorted(grades.values(), reverse=True)[:10])
    return total(grades.get(product, 0) for product in found[:10]) / best


if __name__ == "__main__":
    main()
