"""Whether what was deployed does what it should: page, predict, feedback, download."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

from infra.deploy.account import DeployError
from infra.packaging.artefacts import PROJECT

# The same row in each deploy, and true: a seven.
_ROW_ID = "019a0000-0000-7000-8000-000000000007"
_TRIES = 20


def check(address: str, token: str | None = None, wait_s: float = 15.0) -> None:
    """Use a deployed address once as the page does; a new address takes minutes to answer.

    Args:
        address: of the site, or of a server that has page and API under one address.
        token: for the download, where it asks for one.
        wait_s: how long to wait before another try.

    Raises:
        DeployError: something does not answer as it should.
    """
    image = json.loads(_event("predict")["body"])["image"]
    page = _ask(f"{address}/", wait_s=wait_s)
    _expect(b'id="root"' in page, "the page is not the built one", page)
    answer = json.loads(_ask(f"{address}/predict", {"image": image}, wait_s=wait_s))
    _expect(answer["prediction"] == 7, "a seven is read as something else", answer)
    feedback = {"image": image, "label": 7, "id": _ROW_ID, "source": "training"}
    answer = json.loads(_ask(f"{address}/save_feedback", feedback, wait_s=wait_s))
    _expect(answer["status"] == "success", "feedback is not saved", answer)
    csv = _ask(f"{address}/download_csv", token=token, wait_s=wait_s)
    _expect(csv.startswith(b"label,pixel0,"), "the download is no CSV", csv)


def _event(name: str) -> Any:
    return json.loads((PROJECT / "infra" / "events" / f"{name}.json").read_text("utf-8"))


def _ask(url: str, body: object = None, *, token: str | None = None, wait_s: float = 15.0) -> bytes:
    """The answer's content; asks again while the address or its name is not there yet."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    if token is not None:
        # Not sent on to S3, where a redirect goes: it has a signature of its own.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    for attempt in range(1, _TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            if attempt == _TRIES or error.code not in (403, 404, 429, 502, 503, 504):
                said = error.read(300).decode("utf-8", "replace")
                raise DeployError(f"{url} answers {error.code}: {said}") from error
        except OSError as error:
            if attempt == _TRIES:
                raise DeployError(f"{url} can't be reached: {error}.") from error
        time.sleep(wait_s)
    raise AssertionError("unreachable")


def _expect(right: bool, sentence: str, got: object) -> None:
    if not right:
        raise DeployError(f"Deployed, but {sentence}: {str(got)[:200]}")
