"""The lab in a real browser: run page 01, move a slider, solve an exercise by typing."""

import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pages
import pytest

ARTEFACTS = pages.ROOT / "test-artefacts"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser",
                                                "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]
PATIENCE = 180_000          # milliseconds; a page takes seconds, a loaded machine longer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install it (Debian and "
                       "Ubuntu: apt install chromium) to run the lab in a real browser")]
playwright = pytest.importorskip("playwright.sync_api", reason="no playwright here: "
                                 "pip install playwright")

ALL_RUN = """() => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')];
    return document.querySelector("[data-mime-type='application/vnd.jupyter.error']") ||
        prompts.length > 3 && prompts.every(p => /\\[\\d+\\]/.test(p.textContent));
}"""
PICTURE = """panel => {
    const canvas = document.createElement('canvas'), image = panel.querySelector('img');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL();
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a copy of the pages; return its address and token."""
    folder = tmp_path_factory.mktemp("lab folder é")
    (folder / "notebooks").mkdir()
    for path in pages.all_pages():
        shutil.copy(path, folder / "notebooks")
    shutil.copytree(pages.ROOT / "docs", folder / "docs")
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # All cells in the document at once, also those out of sight.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1",
             f"--port={port}", "--ServerApp.port_retries=0",
             f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}",
             f"--LabApp.user_settings_dir={folder / 'settings'}", "--LabApp.news_url=",
             "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
             "--allow-root"], stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status?token={token}", server, folder)
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address, server, folder):
    """Return when the server answers; show its log if it stops first."""
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            assert server.poll() is None, (folder / "lab.log").read_text()
            time.sleep(0.5)
    raise AssertionError("JupyterLab did not answer within two minutes")


@pytest.fixture
def page(lab, tmp_path, request):
    """Return an empty tab; keep a picture of the browser if the test does not finish."""
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, args=FLAGS, headless=True,
            viewport={"width": 1300, "height": 1000})
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.faults, page.finished = [], False
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        yield page
        if not page.finished:
            ARTEFACTS.mkdir(exist_ok=True)
            page.screenshot(path=ARTEFACTS / f"{request.node.name}.png", full_page=True)
        context.close()


def open_notebook(page, lab, name):
    """Open a notebook and wait for its kernel."""
    address, token = lab
    page.goto(f"{address}/doc/tree/notebooks/{name}?reset&token={token}")
    # The indicator alone says idle before there is a kernel; the status bar does not.
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle")


def run_all(page):
    """Run every cell by the menu and wait for the last."""
    page.click(".lm-MenuBar-itemLabel:text-is('Run')")
    page.click("li[data-command='runmenu:run-all']")
    # The stored numbers of the cells give way to stars first, then come back.
    page.wait_for_selector(".jp-InputPrompt:text-is('[*]:')")
    page.wait_for_function(ALL_RUN)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")


def move_by_keyboard(page, panel, presses=4):
    """Press the right arrow on the first slider of a panel; wait for a new picture."""
    before = panel.evaluate(PICTURE)
    handle = panel.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    handle.focus()
    for _ in range(presses):
        handle.press("ArrowRight")
    for _ in range(60):
        if panel.evaluate(PICTURE) != before:
            return
        page.wait_for_timeout(250)
    raise AssertionError("the slider moved, the picture did not change")


def test_the_course_map_shows_its_pictures(page, lab):
    open_notebook(page, lab, "00_start_here.ipynb")
    page.wait_for_selector(".jp-RenderedMarkdown img")
    widths = page.eval_on_selector_all(
        ".jp-RenderedMarkdown img",
        "images => Promise.all(images.map(i => i.decode().then(() => i.naturalWidth)))")
    assert len(widths) == len(pages.all_pages()) - 1
    assert min(widths) > 50
    page.finished = True


def test_a_student_runs_moves_and_solves(page, lab):
    open_notebook(page, lab, "01_images_and_histograms.ipynb")
    run_all(page)
    for fault in ("application/vnd.jupyter.error", "application/vnd.jupyter.stderr"):
        assert page.locator(f"[data-mime-type='{fault}']").all_inner_texts() == []
    panels = page.locator(".jp-OutputArea-output .widget-vbox:has(img)")
    assert panels.count() == 3
    for k in range(3):
        move_by_keyboard(page, panels.nth(k))

    cell = page.locator(".jp-CodeCell", has_text="ex.crop.check(crop)")
    assert "crop: not attempted yet" in cell.locator(".jp-OutputArea").inner_text()
    editor = cell.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("def crop(f, x, y, width, height):\n"
                              "    return f[y:y + height, x:x + width]\n\n"
                              "ex.crop.check(crop)")
    page.keyboard.press("Control+Enter")
    answer = cell.locator(".jp-OutputArea", has_text="crop: right, on all 4 cases")
    answer.wait_for()
    assert page.faults == []
    page.finished = True
