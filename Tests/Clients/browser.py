"""A window of Chromium, which remembers what its console said and looks at pages as far as a program can."""

import os
import re

from axe_playwright_python.base import AXE_FILE_PATH
from conftest import ROOT
from playwright.sync_api import Error

# Pictures for people are taken when somebody asks for them: `make test ONLY=test_pages SHOTS=1`.
SHOTS = os.path.join(ROOT, ".build/screenshots") if os.environ.get("SHOTS") else None
WINDOWS = {"wide": (1280, 900), "narrow": (390, 844)}
LOCALES = {"en-US": "English", "ja-JP": "Japanese", "zh-CN": "Chinese", "vi-VN": "Vietnamese"}
# Each language in both windows and both themes, every second language the other way round.
LOOKS = {
    locale: [(window, ["light", "dark"][(number + (window == "narrow")) % 2]) for window in WINDOWS]
    for number, locale in enumerate(LOCALES)
}


def words(locale):
    """What the surfaces say, by key."""
    texts = {}
    for path in ["Web/Words/House", "Market/Words/Market", "Affiliate/Words/Affiliate", "Commerce/Words/Commerce", "Gateway/Words/Gateway"]:
        with open(os.path.join(ROOT, f"Sources/{path}{LOCALES[locale]}.swift")) as file:
            texts[path.split("/")[0]] = dict(re.findall(r"^ +([a-z][\w.]*) = (.+)$", file.read(), re.M))
    return texts


# Frames do not need it.
AXE = f"if (window === top) {{ {AXE_FILE_PATH.read_text()} }}"
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    # axe then writes no details of what passes, which halves its time.
    "resultTypes": ["violations"],
}


# What a page says after a form has done something, in English and in Japanese.
DONE = re.compile("^Done|しました")


class Browser:
    """One window, which remembers what its console said."""

    def __init__(self, chromium, url, *others, window="wide", theme="light", locale="en-US", has_axe=True):
        self.context = chromium.new_context(base_url=url, locale=locale)
        if has_axe:
            self.context.add_init_script(AXE)
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.has_confirmed = False
        self.locale, self.errors = locale, []
        self.turn(window, theme)
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("request", lambda request: self.errors.append(request.url) if not request.url.startswith((url, *others, "data:")) else None)

    def turn(self, window, theme):
        """Shows the present page in another window or theme."""
        width, height = WINDOWS[window]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=theme)
        self.name = f"{window}-{theme}-{self.locale[:2]}"

    def sign_in(self, key):
        self.page.goto("/market/sign-in")
        self.enter_key(key)

    def enter_key(self, key):
        self.page.locator("main details summary").click()
        self.page.locator("[name=key]").fill(key)
        self.page.locator("main details button").click()

    def click(self, name, role="button", exact=False):
        if role == "link":
            self.open_menu(name)
        self.page.get_by_role(role, name=name, exact=exact).first.click()
        if role == "button":
            self.confirm()

    def sign_out(self):
        button = self.page.locator("header form button:visible")
        if not button.count():
            self.page.locator("nav.menu summary").click()
        button.first.click()

    def open_menu(self, name):
        """Where a place of the menu is meant, behind its button."""
        place = self.page.locator("nav.menu .places a", has_text=name)
        if place.count() and not self.page.get_by_role("link", name=name).count():
            self.page.locator("nav.menu summary").click()

    def confirm(self):
        """What moves money or rights asks once more, and shows what it will do."""
        if not self.page.locator("input[name=confirmed]").count():
            return
        if not self.has_confirmed:
            self.has_confirmed = True
            self.check("confirmation")
        self.page.locator("form:has(input[name=confirmed]) button").click()

    def fill(self, **fields):
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").first.fill(value)

    def english(self, *data):
        """English sentences on the page, apart from what people have written and code."""
        text = self.page.evaluate(
            "() => { const body = document.body.cloneNode(true);"
            " body.querySelectorAll('pre, code, .id, [lang]').forEach(e => e.remove()); return body.innerText }"
        )
        for one in data:
            text = text.replace(one, "")
        return re.findall(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}[a-z ]*", text)

    def look(self, name):
        """Takes a picture where somebody wants one, and measures."""
        if SHOTS:
            self.picture(name)
        wider = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{name} {self.name} is {wider} pixels wider than the window"
        assert not self.errors, f"{name} {self.name}: {self.errors}"

    def picture(self, name):
        os.makedirs(SHOTS, exist_ok=True)
        path = os.path.join(SHOTS, f"{name}-{self.name}.png")
        try:
            self.page.screenshot(path=path, full_page=True)
        except Error:  # A busy machine has no picture ready at the first try.
            self.page.screenshot(path=path, full_page=True)

    def check(self, name):
        """Takes a picture, and looks as far as a program can."""
        self.look(name)
        problems = self.page.evaluate(
            "options => axe.run(options).then(result => result.violations.map(one => `${one.id}: ${one.nodes[0].html}`))", AXE_OPTIONS
        )
        assert not problems, f"{name} {self.name}: {problems}"
