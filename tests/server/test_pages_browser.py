"""Pages in a real browser: by keyboard, on a phone, without script, and with nothing our policy forbids."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from page_server import listening
from page_shop import HOSTILE, PageShop, furnish

from daogou.domain.ids import Instant, ProductId
from daogou.domain.money import Money
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.server.app import build_app
from daogou.server.auth import create_key

pytestmark = pytest.mark.page
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
PAGES = ("/", "/search?q=shoes", "/product/p0", "/basket", "/me", "/chat", "/guides", "/guides/shoes", "/campaign/tea")

# Contrast as WCAG 2.2 (1.4.3) counts it, of every text that is shown on a plain background.
FAINT = """() => {
  const lin = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const rgb = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => .2126 * lin(r) + .7152 * lin(g) + .0722 * lin(b);
  const back = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    const words = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!words || !e.checkVisibility() || e.closest('.gone, .unseen, :disabled, :disabled + span')) continue;
    const style = getComputedStyle(e), [a, b] = [lum(rgb(style.color)), lum(back(e))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24;
    const ratio = (a + .05) / (b + .05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${e.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the PATH: pages were not opened in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> PageShop:
    return furnish(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def address(shop: PageShop) -> Iterator[str]:
    with listening(build_app(shop)) as at:  # type: ignore[arg-type]
        yield at


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A desktop page in English whose console stays silent: no error, nothing the policy refused."""
    with browser.new_context(base_url=address, locale="en-GB", viewport={"width": 1280, "height": 900}) as context:
        said: list[str] = []
        opened = context.new_page()
        opened.on(
            "console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None
        )
        opened.on("pageerror", lambda error: said.append(str(error)))
        yield opened
        assert said == []


def test_search_by_keyboard_alone(page: Any) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    box = page.get_by_role("combobox")
    assert box.evaluate("e => e === document.activeElement")
    page.keyboard.type("tea")
    page.locator("#suggestions [role=option]").first.wait_for(state="visible")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "s1"
    assert box.input_value() == "teapot"
    page.keyboard.press("Escape")
    assert box.input_value() == "tea"
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.type("p")
    page.locator("#suggestions [role=option]").first.wait_for(state="visible")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=teapot")
    assert "6 products" in page.get_by_role("status").inner_text()


def test_a_facet_changes_the_results_in_place(page: Any) -> None:
    page.goto("/search?q=shoes")
    page.get_by_label("Celadon").check()
    page.get_by_text("3 products").wait_for()
    assert "a.color=celadon" in page.url
    assert page.get_by_label("Celadon").is_checked()


def test_from_a_row_to_the_basket(page: Any) -> None:
    page.goto("/")
    page.locator("section.row a").first.click()
    page.wait_for_url("**/product/p0?from=home*")
    page.get_by_role("radio", name="40").check(force=True)
    page.get_by_role("button", name="Add to basket").click()
    page.wait_for_url("**/basket?added=1")
    assert page.get_by_role("navigation", name="Main").get_by_text("1", exact=True).is_visible()
    assert page.locator("dd").last.inner_text() == "¥399.00"


def test_the_chat_opens_beside_the_page_and_answers(page: Any) -> None:
    page.goto("/product/p1")
    page.get_by_role("link", name="Ask", exact=True).click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Your question").fill("running shoes please")
    page.keyboard.press("Enter")
    panel.get_by_text("Fits what you said").first.wait_for()
    assert panel.get_by_role("log").get_attribute("aria-live") == "polite"
    assert panel.get_by_label("Your question").input_value() == ""
    assert page.url.endswith("/product/p1")
    page.keyboard.press("Escape")
    assert not panel.is_visible()


def test_everything_works_without_script(browser: Any, address: str) -> None:
    with browser.new_context(base_url=address, java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("combobox").fill("teapot")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Heatproof glass teapot, black").click()
        page.get_by_role("button", name="Add to basket").click()
        assert "Heatproof glass teapot, black" in page.locator("main").inner_text()
        page.get_by_role("link", name="Ask", exact=True).click()
        page.get_by_label("Your question").fill("running shoes please")
        page.get_by_role("button", name="Send").click()
        assert "Fits what you said" in page.locator("main").inner_text()
        page.get_by_role("link", name="中文").click()
        assert page.locator("html").get_attribute("lang") == "zh-CN"


@pytest.mark.parametrize(("language", "scheme"), [("zh", "dark"), ("en", "light")])
def test_every_page_fits_a_phone_and_can_be_read(browser: Any, address: str, language: str, scheme: str) -> None:
    phone = {"width": 390, "height": 844}
    with browser.new_context(base_url=address, viewport=phone, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"/?lang={language}")
        for path in PAGES:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
            assert page.evaluate(FAINT) == [], path


_PICTURES = """Promise.all([...document.querySelectorAll('.sheet img')].map(
    image => image.complete || new Promise(done => { image.onload = image.onerror = done })))"""
"""Waits until each has come or has not. (Waiting for a function asks by eval, which the pages' policy forbids.)"""


def test_a_picture_that_does_not_come_shows_an_initial(browser: Any, address: str, shop: PageShop) -> None:
    lamp = Product(ProductId("dark"), Text(en="Lamp"), images=("pictures/gone.svg", "pictures/gone2.svg"))
    shop.stores.catalogue.put([lamp], at=Instant(1))
    with browser.new_context(base_url=address, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto("/product/dark")
        page.evaluate(_PICTURES)
        seen = page.evaluate(
            "[...document.querySelectorAll('.sheet img')].map(e => [getComputedStyle(e, '::before'), e.clientWidth])"
            ".map(([s, wide]) => [s.content, parseFloat(s.width) === wide])"
        )  # a pseudo-element has a width in pixels only where it is drawn: over the whole picture
        assert seen == [['"L"', True], ['""', True]]
        page.goto("/product/p0")
        page.evaluate(_PICTURES)
        assert page.evaluate("document.querySelector('.sheet img').naturalWidth > 0")
        assert page.evaluate("getComputedStyle(document.querySelector('.sheet img'), '::before').width") == "auto"


def test_hostile_text_runs_nothing(page: Any, shop: PageShop) -> None:
    bad = Text(HOSTILE, HOSTILE)
    shop.stores.catalogue.put([Product(ProductId("bad"), bad, bad, HOSTILE, (bad,), Money(1, "CNY"))], at=Instant(1))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in ("/product/bad", "/search?q=script", "/"):
        page.goto(path)
    assert dialogs == []


def test_the_operator_enters_and_looks(page: Any, shop: PageShop) -> None:
    key = create_key(shop.stores, "operator", "boss")
    page.goto("/guides")
    page.evaluate("key => fetch('/console/sign-in', {method: 'POST', body: new URLSearchParams({key})})", key)
    page.goto("/console/events")
    page.get_by_role("link", name="Preview").click()
    page.get_by_role("textbox", name="Search").fill("shoes under $80")
    page.get_by_role("button", name="Show").click()
    assert "price = 80" in page.locator("main").inner_text()
