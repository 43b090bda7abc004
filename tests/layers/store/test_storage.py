"""One suite over a folder, memory and an S3 server: the same code, the same guarantees."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback.record import Feedback
from digit_recognizer.feedback.request import from_request
from digit_recognizer.rows import arrivals, snapshot
from digit_recognizer.store.folder import Folder
from digit_recognizer.store.opening import open_store
from digit_recognizer.store.storage import Store, failures_not_logged
from tests.conftest import AWS_VARIABLES, BUCKET


def record(**fields: object) -> Feedback:
    body = {"image": "data:image/png;base64,AAAA", "label": 5, **fields}
    return from_request(body, bytes(784), 1)


async def keys(store: Store, prefix: str, page_size: int = 1000) -> list[str]:
    return sorted([entry.key async for page in store.pages(prefix, page_size) for entry in page])


async def rows(store: Store) -> list[Feedback]:
    return (await snapshot.view(store, lambda row: row)).tail


async def test_an_object_is_created_once_and_never_changed(store: Store) -> None:
    assert await store.create("a/b.json", b"first")
    assert not await store.create("a/b.json", b"second")

    assert await store.get("a/b.json") == b"first"


async def test_of_many_at_once_exactly_one_creates_the_object(store: Store) -> None:
    contents = [str(n).encode() for n in range(20)]

    created = await asyncio.gather(*(store.create("commit", content) for content in contents))

    assert created.count(True) == 1
    assert await store.get("commit") == contents[created.index(True)]


async def test_an_object_is_swapped_only_for_the_one_that_was_seen(store: Store) -> None:
    assert await store.swap("a/b", None, b"1")
    assert not await store.swap("a/b", None, b"2")
    assert not await store.swap("a/b", b"0", b"2")
    assert not await store.swap("a/c", b"0", b"2")
    assert await store.get("a/b") == b"1"
    assert await store.swap("a/b", b"1", b"2")
    assert await store.get("a/b") == b"2"
    assert await keys(store, "a") == ["a/b"]


async def test_of_many_swaps_at_once_exactly_one_is_done(store: Store) -> None:
    await store.create("k", b"0")

    done = await asyncio.gather(*(store.swap("k", b"0", b"%d" % n) for n in range(1, 9)))

    assert done.count(True) == 1
    assert await store.get("k") == b"%d" % (1 + done.index(True))


async def test_what_changes_between_the_look_and_the_swap_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(store._objects, Folder):
        pytest.skip("It looks and swaps under one lock.")
    await store.create("k", b"0")
    put = store._objects.put_async

    async def overtaken(*args: Any, **options: Any) -> Any:
        await put("k", b"another's")
        return await put(*args, **options)

    objects = SimpleNamespace(get_async=store._objects.get_async, put_async=overtaken)
    with monkeypatch.context() as patch:
        patch.setattr(store, "_objects", objects)
        assert not await store.swap("k", b"0", b"1")
    assert await store.get("k") == b"another's"


async def test_an_object_has_an_address_for_other_programs(store: Store, store_url: str) -> None:
    root = "memory:///" if store_url == "memory://" else f"{store_url}/"
    assert store.address("a/b.csv") == f"{root}a/b.csv"


async def test_a_missing_object_is_none(store: Store) -> None:
    assert await store.get("no/such/key") is None


async def test_listing_pages_through_everything_below_a_prefix(store: Store) -> None:
    expected = [f"rows/day/{n:03}" for n in range(25)]
    for key in [*expected, "rows/day2/x", "other"]:
        await store.create(key, b"")

    assert await keys(store, "rows/day", page_size=10) == expected


async def test_a_listing_may_begin_after_a_key(store: Store) -> None:
    for n in range(5):
        await store.create(f"log/{n}", b"")
    await store.create("logs", b"")

    pages = [page async for page in store.pages("log", after="log/2")]

    assert sorted(entry.key for page in pages for entry in page) == ["log/3", "log/4"]


async def test_a_failure_is_logged_but_where_that_is_not_wanted(
    unreachable_s3: str, caplog: pytest.LogCaptureFixture
) -> None:
    unreachable = open_store(unreachable_s3)

    with pytest.raises(StoreUnavailable), failures_not_logged():
        await unreachable.get("key")
    assert not caplog.records
    with pytest.raises(StoreUnavailable):
        await unreachable.get("key")
    assert len(caplog.records) == 1


async def test_a_listing_tells_sizes_and_times(store: Store) -> None:
    await store.create("rows/a", b"12345")

    (page,) = [page async for page in store.pages("rows")]
    assert [(entry.key, entry.size) for entry in page] == [("rows/a", 5)]
    assert abs((page[0].written_at - datetime.now(UTC)).total_seconds()) < 60
    assert await store.size("rows/a") == 5
    assert await store.size("rows/b") is None


async def test_many_objects_come_in_the_order_they_are_asked_for(store: Store) -> None:
    for n in range(30):
        await store.create(f"many/{n}", str(n).encode())

    contents = await store.get_many([*(f"many/{n}" for n in reversed(range(30))), "many/none"])

    assert contents == [*(str(n).encode() for n in reversed(range(30))), None]


async def test_an_object_comes_in_chunks(store: Store) -> None:
    content = bytes(range(256)) * 1000
    await store.create("large", content)

    assert b"".join([chunk async for chunk in store.chunks("large", 10_000)]) == content
    with pytest.raises(StoreUnavailable):
        [chunk async for chunk in store.chunks("missing")]


async def test_what_is_deleted_has_gone_and_what_is_missing_is_no_error(store: Store) -> None:
    for n in range(5):
        await store.create(f"gone/{n}", b"")

    await store.delete(["gone/none", *(f"gone/{n}" for n in range(4)), "gone/neither"])

    assert await keys(store, "gone") == ["gone/4"]


async def test_an_empty_store_lists_nothing(store: Store) -> None:
    assert await keys(store, "feedback") == []
    assert await rows(store) == []
    assert not await snapshot.any_rows(store)


async def test_rows_come_back_in_order_of_their_ids_whatever_order_they_arrived_in(
    store: Store,
) -> None:
    made = [record(label=n % 10) for n in range(100)]
    old = record(id="0190e3d0-0000-7000-8000-000000000000")  # made in July 2024

    for row in [*reversed(made), old]:
        await arrivals.save(store, row)

    assert await rows(store) == [old, *made]
    assert await snapshot.any_rows(store)


async def test_the_same_id_sent_twice_is_one_row(store: Store) -> None:
    first = record(label=3)
    await arrivals.save(store, first)
    await arrivals.save(store, record(label=3, id=first.id))

    assert await rows(store) == [first]


async def test_a_row_lies_under_a_prefix_and_the_day_of_its_id(store: Store) -> None:
    await arrivals.save(store, record(id="0190e3d0-0000-7000-8000-000000000000"))

    assert await keys(store, "feedback") == [
        "feedback/rows/00/2024-07-24/0190e3d0-0000-7000-8000-000000000000.json"
    ]


async def test_an_object_that_is_no_record_blocks_no_other(store: Store) -> None:
    good = record()
    await store.create("feedback/rows/00/2024-07-24/broken.json", b"{")
    await arrivals.save(store, good)

    assert await rows(store) == [good]


def test_a_store_serves_one_event_loop_after_another(store: Store) -> None:
    made = [record(), record()]
    for row in made:
        asyncio.run(arrivals.save(store, row))

    assert asyncio.run(rows(store)) == made


async def test_a_folder_is_kept_when_the_process_ends(tmp_path: Path) -> None:
    url = (tmp_path / "with space" / "ümlaut").as_uri()
    await open_store(url).create("key", b"kept")

    assert await open_store(url).get("key") == b"kept"
    assert (tmp_path / "with space" / "ümlaut" / "key").read_bytes() == b"kept"


@pytest.mark.parametrize(
    "url",
    [
        "", "data", "/data", "file://data", "file://", "file:///", "file:data", "s3://", "s3:b/p",
        "ftp://x/y", "gs://b", "memory://a", "s3://b:80/p", "s3:///p", "file://host/folder",
    ],
)  # fmt: skip
def test_a_url_that_names_no_store_is_told_what_would(url: str) -> None:
    with pytest.raises(ValueError, match=r"^DATA_STORE is .*; it must be file:///"):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("s3://b/p?region=x", "What comes after ? would be lost."),
        ("s3://b/p#1", "What comes after # would be lost."),
        ("s3://b?x", "What comes after ? would be lost."),
        ("s3://b/p//q", "S3 can't have such a prefix."),
        ("s3://b/../q", "S3 can't have such a prefix."),
        ("s3://key:secret@b/p", "Credentials have no place in it"),
        ("file:///a/b%00c", "No folder's name has a zero byte in it."),
        ("file:///a/%ff", "The folder's name is not in UTF-8."),
        ("file:///a/b\n", "It has spaces around it, or characters that can't be seen."),
        (" file:///a/b", "It has spaces around it, or characters that can't be seen."),
    ],
)
def test_no_part_of_a_url_is_passed_over(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^DATA_STORE is ") as error:
        open_store(url)

    assert sentence in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("name", ["store#1", "store?1", "a%20b", "store%231", "ü", "a;b", "a b"])
async def test_a_folders_name_is_taken_whole_encoded_or_as_it_is(tmp_path: Path, name: str) -> None:
    await open_store((tmp_path / name).as_uri()).create("feedback/key", b"kept")
    assert (tmp_path / name / "feedback" / "key").read_bytes() == b"kept"

    if "%" not in name:
        by_hand = open_store(f"file://{tmp_path}/{name}")
        assert await by_hand.get("feedback/key") == b"kept"
        assert await keys(by_hand, "feedback") == ["feedback/key"]
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("prefix", ["a%20b", "a b", "ü/é", "a+b=c", "a/b/"])
async def test_a_prefix_on_s3_is_taken_as_it_stands(
    s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL": s3_server}.items():
        monkeypatch.setenv(name, value)
    await open_store(f"s3://{BUCKET}/{tmp_path.name}/{prefix}").create("key", b"kept")

    client = boto3.client("s3", endpoint_url=s3_server)
    listed = client.list_objects_v2(Bucket=BUCKET, Prefix=f"{tmp_path.name}/")["Contents"]
    assert [each["Key"] for each in listed] == [f"{tmp_path.name}/{prefix.strip('/')}/key"]


def test_a_folder_that_cannot_be_made_is_an_unavailable_store(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnavailable, match="can't be reached right now"):
        open_store((tmp_path / "file" / "store").as_uri())


async def test_a_folder_that_stops_being_one_is_an_unavailable_store(tmp_path: Path) -> None:
    store = open_store((tmp_path / "store").as_uri())
    (tmp_path / "store").rmdir()
    (tmp_path / "store").touch()

    with pytest.raises(StoreUnavailable):
        await arrivals.save(store, record())


@pytest.fixture(params=["refuses", "stalls", "has no bucket"])
def unreachable(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, s3_server: str
) -> Iterator[Store]:
    """An S3 store that can't be reached, each in its own way."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        endpoint = s3_server if request.param == "has no bucket" else f"http://{host}:{port}"
        if request.param == "refuses":
            silent.close()
        for name, value in {**AWS_VARIABLES, "AWS_ENDPOINT_URL_S3": endpoint}.items():
            monkeypatch.setenv(name, value)
        yield open_store("s3://no-such-bucket/prefix")


async def test_an_unreachable_store_is_named_within_seconds(unreachable: Store) -> None:
    started = time.monotonic()

    with pytest.raises(StoreUnavailable, match="can't be reached right now; try again"):
        await arrivals.save(unreachable, record())
    with pytest.raises(StoreUnavailable):
        await rows(unreachable)

    assert time.monotonic() - started < 15


def test_a_process_may_end_right_after_its_last_request(tmp_path: Path) -> None:
    """Without a pause at the exit, about every third of these is aborted."""
    program = f"""
import asyncio
from digit_recognizer.store.opening import open_store
store = open_store({tmp_path.as_uri()!r})
asyncio.run(store.create("key", b""))
"""
    processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(8)]

    assert [process.wait(60) for process in processes] == [0] * 8
