"""The page in a real Chromium: its weight, its start, its answers, its frames, Lighthouse.

Lighthouse comes by npx, pinned here: nothing but this needs it.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.e2e.conftest import CHROMIUM_FLAGS, DigitPage, LocalServer, free_port, launched

LIGHTHOUSE = "lighthouse@12.8.2"  # 13 needs Node 22
PAGES = ("draw", "train", "data", "model")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2.625,
    "has_touch": True,
    "is_mobile": True,
}
# Names, delays and rates of the browser's own developer tools: ms, bits a second.
NETWORKS = {"Fast 4G": (60 * 2.75, 9_000_000 * 0.9), "Slow 4G": (150 * 3.75, 1_600_000 * 0.9)}
CPU_SLOWDOWN = 4
DRAWINGS = 40
DRAWING_S = 3
STROKE_S = 0.8

# From the moment that the pen is lifted to the frame that shows the answer.
TIME_ANSWERS = """() => {
    window.answered = [];
    let lifted = 0;
    addEventListener("pointerup", (event) => { lifted = event.timeStamp; }, true);
    new MutationObserver(() => {
        if (!lifted || !document.querySelector("[data-testid=confidence]")) return;
        const since = lifted;
        lifted = 0;
        requestAnimationFrame(() => answered.push(performance.now() - since));
    }).observe(document.body, { childList: true, subtree: true });
}"""

# From where the pen is to the frame whose bars know of it: those of the answer to a later request.
TIME_BARS = """() => {
    window.seen = [];
    let moves = [];
    let asked = 0;
    const send = window.fetch;
    window.fetch = (...what) => {
        if (String(what[0].url ?? what[0]).includes("live")) asked = performance.now();
        return send(...what);
    };
    addEventListener("pointermove", ({ buttons, timeStamp }) => {
        if (buttons) moves.push(timeStamp);
    }, true);
    addEventListener("pointerup", () => { moves = []; }, true);
    new MutationObserver(() => {
        if (!asked || !document.querySelector(".bars.faint")) return;
        const until = asked;
        asked = 0;
        requestAnimationFrame(() => {
            while (moves.length && moves[0] <= until) seen.push(performance.now() - moves.shift());
        });
    }).observe(document.body, { attributes: true, childList: true, subtree: true });
}"""

# A hand that goes round and round, with four places a frame as a 240 Hz digitiser gives them.
DRAW_AND_COUNT = """(seconds) => new Promise((done) => {
    const canvas = document.querySelector("canvas");
    const box = canvas.getBoundingClientRect();
    canvas.setPointerCapture = () => {};
    const frames = [];
    let step = 0;
    const send = (kind) => {
        const [angle, reach] = [step / 14, 0.15 + 0.25 * Math.abs(Math.sin(step / 90))];
        step += 1;
        canvas.dispatchEvent(new PointerEvent(kind, {
            pointerId: 1, pointerType: "touch", button: 0, bubbles: true, cancelable: true,
            clientX: box.left + box.width * (0.5 + reach * Math.cos(angle)),
            clientY: box.top + box.height * (0.5 + reach * Math.sin(angle)),
        }));
    };
    send("pointerdown");
    const begin = performance.now();
    const frame = (now) => {
        frames.push(now);
        for (let i = 0; i < 4; i++) send("pointermove");
        // As long as a stroke goes: three quarters of a second.
        if (frames.length % 45 === 0) { send("pointerup"); send("pointerdown"); }
        if (now - begin < 1000 * seconds) requestAnimationFrame(frame);
        else { send("pointerup"); done(frames); }
    };
    requestAnimationFrame(frame);
})"""


def report() -> str:
    """Measure the built page on the local server."""
    with tempfile.TemporaryDirectory() as store, sync_playwright() as playwright:
        server = LocalServer(store=Path(store), port=free_port())
        server.start()
        chromium = launched(playwright)
        try:
            rows = [
                *_weight(chromium, server.url),
                *_start(chromium, server.url),
                *_answers(chromium, server.url),
                *_while_drawing(chromium, server.url),
                *_frames(chromium, server.url),
            ]
        finally:
            chromium.close()
        try:
            rows += _lighthouse(server.url, str(playwright.chromium.executable_path))
        finally:
            server.stop()
    table = "\n".join(f"| {what} | {measured} | {goal} |" for what, measured, goal in rows)
    return f"| what | measured | to reach |\n| --- | --- | --- |\n{table}"


Row = tuple[str, str, str]


def _weight(chromium: Browser, url: str) -> list[Row]:
    page = chromium.new_page()
    session = _session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    page.close()
    return [
        (
            f"first load of the drawing page over the wire, all {len(sizes)} answers",
            f"{sum(sizes) / 1000:.1f} KB",
            "≤ 130 KB",
        )
    ]


def _start(chromium: Browser, url: str) -> list[Row]:
    """Until a finger can draw."""
    ready = """new MutationObserver((_, observer) => {
        if (!document.querySelector("[data-testid=canvas]")) return;
        observer.disconnect();
        setTimeout(() => { window.ready = performance.now(); });
    }).observe(document, { childList: true, subtree: true });"""
    rows = []
    for name, (latency, rate) in NETWORKS.items():
        times = []
        for _ in range(5):
            context = chromium.new_context(**PHONE)
            page = context.new_page()
            page.add_init_script(ready)
            session = _session(page)
            session.send("Network.enable")
            throughput = rate / 8
            session.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": latency,
                    "downloadThroughput": throughput,
                    "uploadThroughput": throughput,
                },
            )
            session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
            page.goto(url)
            page.wait_for_function("() => window.ready")
            times.append(page.evaluate("ready"))
            context.close()
        rows.append(
            (
                f"until a finger can draw, empty cache, {name}, processor {CPU_SLOWDOWN}× slower,"
                " median of 5",
                f"{statistics.median(times) / 1000:.2f} s",
                "< 1 s" if name == "Fast 4G" else "",
            )
        )
    return rows


def _answers(chromium: Browser, url: str) -> list[Row]:
    page = DigitPage(chromium.new_page(), url)
    page.open()
    page.page.evaluate(TIME_ANSWERS)
    for nth in range(DRAWINGS):
        page.draw((0, 1, 2, 3, 6, 7, 8, 9)[nth % 8])  # of one stroke each
        page.answer()
    times = sorted(page.page.evaluate("answered"))
    page.page.close()
    late = times[int(0.95 * len(times))]
    return [
        (
            f"pen up to answer on the screen, {len(times)} drawings, median (95 %)",
            f"{statistics.median(times):.0f} ms ({late:.0f} ms)",
            "≤ 60 ms",
        )
    ]


def _while_drawing(chromium: Browser, url: str) -> list[Row]:
    """What is asked and seen before the pen is lifted."""
    page = DigitPage(chromium.new_page(), url)
    page.open()
    page.page.evaluate(TIME_BARS)
    requests: list[str] = []
    page.page.on("request", lambda each: requests.append(each.url) if "live" in each.url else None)
    for nth in range(DRAWINGS):
        if page.part("clear").is_enabled():
            page.part("clear").click()
        page.page.mouse.move(*page.canvas_point(0.3, 0.2 + 0.005 * nth))
        page.page.mouse.down()
        began = time.monotonic()
        while (share := (time.monotonic() - began) / STROKE_S) < 1:
            corner = (
                (0.3 + 0.8 * share, 0.2) if share < 0.5 else (0.9 - 0.4 * share, 1.6 * share - 0.6)
            )
            page.page.mouse.move(*page.canvas_point(*corner))
        page.page.mouse.up()
        page.answer()
    times = sorted(page.page.evaluate("seen"))
    page.page.close()
    return [
        (
            f"pen move to bars on the screen, {DRAWINGS} strokes of {STROKE_S} s, median (95 %)",
            f"{statistics.median(times):.0f} ms ({times[int(0.95 * len(times))]:.0f} ms)",
            "≤ 80 ms",
        ),
        (
            f"requests while the pen moves, a stroke of {STROKE_S} s, mean",
            f"{len(requests) / DRAWINGS:.1f}",
            "",
        ),
    ]


def _frames(chromium: Browser, url: str) -> list[Row]:
    context = chromium.new_context(**PHONE)
    page = DigitPage(context.new_page(), url)
    page.open()
    page.draw(1)  # the first stroke of a visit also compiles the code
    page.answer()
    _session(page.page).send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    frames = page.page.evaluate(DRAW_AND_COUNT, DRAWING_S)
    context.close()
    gaps = sorted(b - a for a, b in pairwise(frames))
    rate = 1000 * len(gaps) / (frames[-1] - frames[0])
    return [
        (
            f"drawing on a phone's canvas, processor {CPU_SLOWDOWN}× slower:"
            " frames a second (longest of 95 % of them)",
            f"{rate:.0f} ({gaps[int(0.95 * len(gaps))]:.0f} ms)",
            "60",
        )
    ]


def _lighthouse(url: str, fallback: str) -> list[Row]:
    names = ", ".join(name.replace("-", " ") for name in CATEGORIES)
    rows = []
    for page in PAGES:
        result = _judged(f"{url}/#{page}", fallback)
        scores = [round(100 * result["categories"][name]["score"]) for name in CATEGORIES]
        lost = "; ".join(_lost(result))
        measured = f"{', '.join(map(str, scores))}{f' ({lost})' if lost else ''}"
        rows.append((f"Lighthouse, phone, {page}: {names}", measured, "100 each"))
    return rows


def _judged(url: str, fallback: str) -> dict[str, Any]:
    chrome = shutil.which("chromium") or shutil.which("google-chrome") or fallback
    flags = " ".join(["--headless=new", *CHROMIUM_FLAGS])
    words = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    for _ in range(3):  # at times it loses its trace, and says to be run again
        ran = subprocess.run(
            words, env=_environment(chrome), capture_output=True, text=True, check=False
        )
        if ran.returncode == 0:
            break
    else:
        raise RuntimeError(f"Lighthouse ended with {ran.returncode}: {ran.stderr.strip()[-300:]}")
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def _lost(result: dict[str, Any]) -> Iterator[str]:
    """What cost points."""
    for name in CATEGORIES:
        for each in result["categories"][name]["auditRefs"]:
            audit = result["audits"][each["id"]]
            is_judged = audit["scoreDisplayMode"] not in {"notApplicable", "manual"}
            if each["weight"] and is_judged and (audit["score"] or 0) < 0.995:
                shown = audit.get("displayValue", "")
                yield f"{audit['title']} {shown}: {100 * (audit['score'] or 0):.0f}"


def _environment(chrome: str) -> dict[str, str]:
    return {**os.environ, "CHROME_PATH": chrome}


def _session(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)
