"""Whether what was deployed does what it should: page, predict, feedback, download."""

import json
import time
import tomllib
import urllib.error
import urllib.request
from typing import Any

from infra.deploy.account import Account, DeployError
from infra.packaging.artefacts import LAYER, PROJECT

# The same row in each deploy, and true: a seven.
_ROW_ID = "019a0000-0000-7000-8000-000000000007"
_TRIES = 20
_READ = 1 << 20  # bytes; a CSV may have gigabytes, and its beginning says all
_VERSION = tomllib.loads((LAYER / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def check(
    address: str, revision: str | None, token: str | None = None, wait_s: float = 15.0
) -> None:
    """Use a deployed address once as the page does; a new address takes minutes to answer.

    Args:
        address: of the site, or of a server that has page and API under one address.
        revision: what must answer there; None where nothing was deployed.
        token: for the download, where it must ask for one.
        wait_s: how long to wait before another try.

    Raises:
        DeployError: something does not answer as it should.
    """
    image = json.loads(_event("predict")["body"])["image"]
    page = _ask(f"{address}/", wait_s=wait_s)
    _expect(b'id="root"' in page, "the page is not the built one", page)
    health = json.loads(_ask(f"{address}/health", wait_s=wait_s))
    _expect(health["version"] == _VERSION, f"it is not version {_VERSION} that answers", health)
    _expect(health["revision"] == revision, f"it is not revision {revision} that answers", health)
    answer = json.loads(_ask(f"{address}/predict", {"image": image}, wait_s=wait_s))
    _expect(answer["prediction"] == 7, "a seven is read as something else", answer)
    feedback = {"image": image, "label": 7, "id": _ROW_ID, "source": "training"}
    answer = json.loads(_ask(f"{address}/save_feedback", feedback, wait_s=wait_s))
    _expect(answer["status"] == "success", "feedback is not saved", answer)
    if token is not None:
        for path in ("/download_csv", "/feedback/summary"):
            _expect(_refuses(f"{address}{path}"), f"{path} is open to who has no token", path)
    csv = _ask(f"{address}/download_csv", token=token, wait_s=wait_s)
    _expect(csv.startswith(b"label,pixel0,"), "the download is no CSV", csv)


def check_condition(account: Account, bucket: str) -> None:
    """Try whether a bucket refuses to create an object where one is: all commits rely on it.

    Raises:
        DeployError: it overwrites it.
    """
    s3 = account.session.client("s3")
    # Where the functions try it as well, see digit_recognizer.store.condition.
    for _ in range(2):
        try:
            s3.put_object(
                Bucket=bucket,
                Key="feedback/manifests/create-if-absent",
                Body=b"Created once; whoever may create it again would lose rows.\n",
                IfNoneMatch="*",
            )
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return
    raise DeployError(
        f"Deployed, but bucket {bucket} overwrites an object where it should refuse to: it ignores"
        " If-None-Match, and rows would be lost."
    )


def _event(name: str) -> Any:
    return json.loads((PROJECT / "infra" / "events" / f"{name}.json").read_text("utf-8"))


def _ask(url: str, body: object = None, *, token: str | None = None, wait_s: float = 15.0) -> bytes:
    """The beginning of the answer; asks again while the address or its name is not there yet."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    if token is not None:
        # Not sent on to S3, where a redirect goes: it has a signature of its own.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    for attempt in range(1, _TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                content: bytes = answer.read(_READ)
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


def _refuses(url: str) -> bool:
    """Whether an address that answers wants a token."""
    try:
        with urllib.request.urlopen(url, timeout=30):
            return False
    except urllib.error.HTTPError as error:
        return error.code == 401


def _expect(right: bool, sentence: str, got: object) -> None:
    if not right:
        raise DeployError(f"Deployed, but {sentence}: {str(got)[:200]}")
