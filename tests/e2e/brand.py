"""Draws the page's icons and its card anew, from the SVGs: `python -m tests.e2e.brand`."""

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import PROJECT, launched

WEB = PROJECT / "web"
PUBLIC = WEB / "public"
PICTURES = {
    "icon-192.png": (PUBLIC / "favicon.svg", 192, 192),
    "icon-512.png": (PUBLIC / "favicon.svg", 512, 512),
    "icon-maskable-512.png": (WEB / "brand" / "mark.svg", 512, 512),
    "apple-touch-icon.png": (WEB / "brand" / "mark.svg", 180, 180),
    "card.png": (WEB / "brand" / "card.svg", 1200, 630),
}


def main() -> None:
    with sync_playwright() as playwright:
        chromium = launched(playwright)
        page = chromium.new_page()
        for name, (svg, width, height) in PICTURES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.set_content(
                f"<style>body {{ margin: 0 }} svg {{ display: block; width: {width}px }}</style>"
                + svg.read_text("utf-8")
            )
            page.screenshot(path=PUBLIC / name, omit_background=True)
        chromium.close()


if __name__ == "__main__":
    main()
