"""The file joined on S3."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session
from hypothesis import given
from hypothesis import strategies as st

from digit_recognizer.download import csv_file, s3_join
from digit_recognizer.download.s3_join import MOST_PARTS, SMALLEST_PART, Part, plan
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback import csv_format
from digit_recognizer.rows import arrivals, compaction, snapshot
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.rows.segments import Segment
from digit_recognizer.settings import settings
from digit_recognizer.store.storage import Bucket, Store
from tests.conftest import BUCKET
from tests.layers.rows.examples import downloaded, numbered, numbers_in
from tests.layers.store.faulty_s3 import faulty_s3


def segment(csv_bytes: int, name: str = "s") -> Segment:
    return Segment(name, 1, csv_bytes, 0, ((0, 0),), (1,))


@given(st.lists(st.integers(1, 3 * SMALLEST_PART), max_size=30))
def test_parts_are_all_segments_in_order_and_none_is_too_small(sizes: list[int]) -> None:
    segments = [segment(size, str(n)) for n, size in enumerate(sizes)]

    parts = plan(segments)

    assert [s for part in parts for s in part.segments] == segments
    assert [part.first for part in parts] == [n == 0 for n in range(len(parts))]
    for part in parts[:-1]:
        size = len(csv_format.HEADER) * part.first + sum(s.csv_bytes for s in part.segments)
        assert size >= SMALLEST_PART
        # No more travels than must.
        assert size - part.segments[-1].csv_bytes < SMALLEST_PART


def test_segments_of_full_size_are_copied_but_for_the_one_after_the_header() -> None:
    parts = plan(segment(8 << 20) for _ in range(5))

    assert [part.is_copied for part in parts] == [False, True, True, True, True]


def test_segments_of_which_all_was_taken_back_are_no_parts() -> None:
    empty, full = segment(0, "empty"), segment(8 << 20, "full")

    parts = plan([empty, full, empty, full, empty])

    assert [[each.name for each in part.segments] for part in parts] == [
        ["empty", "full"],
        ["full"],
    ]
    assert [part.is_copied for part in parts] == [False, True]


async def fetched(url: str, method: str = "GET") -> httpx.Response:
    """What a browser gets that knows only the address."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        return (await client.request(method, url)).raise_for_status()


on_s3 = pytest.mark.parametrize("store_url", ["s3"], indirect=True)


@on_s3
async def test_the_object_is_the_file(store: Store) -> None:
    large = b"3," + b",".join([b"111"] * 784) + b"\r\n"
    for n in range(3):
        await arrivals.save(store, numbered(n))
    current = await compaction.compact_all(store)
    # Rows of five megabytes are made by hand.
    lines = [large * (SMALLEST_PART // len(large) + 1), large * 2, large * 3000, large]
    segments = []
    for n, content in enumerate(lines):
        segments.append(segment(len(content), f"by-hand-{n}"))
        await store.create(segments[-1].csv_key, content)
    current = replace(current, segments=(*current.segments, *segments))

    url = await s3_join.address(store, current, "GET")

    answer = await fetched(url)
    assert answer.headers["content-disposition"] == csv_format.DISPOSITION
    assert answer.headers["content-type"] == "text/csv"
    content = answer.content
    assert content.startswith(csv_format.HEADER)
    assert content.endswith(b"".join(lines))
    assert len(content) == len(csv_format.HEADER) + current.csv_bytes


@on_s3
async def test_what_was_taken_back_is_not_in_the_object(store: Store) -> None:
    records = [numbered(n) for n in range(6)]
    for record in records:
        await arrivals.save(store, record)
    await compaction.compact_all(store)
    for record in records[1:3]:
        await arrivals.take_back(store, record.id)
    await arrivals.save(store, numbered(6))

    url = await s3_join.address(store, await snapshot.compacted(store), "GET")

    assert numbers_in((await fetched(url)).content) == [0, 3, 4, 5, 6]


@on_s3
async def test_it_is_made_once_a_generation(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await arrivals.save(store, numbered(1))
    first = await compaction.compact_all(store)
    made: list[str] = []
    join = s3_join._join

    def noted(bucket: Bucket, key: str, parts: Sequence[Part]) -> None:
        made.append(key)
        join(bucket, key, parts)

    monkeypatch.setattr(s3_join, "_join", noted)

    for _ in range(2):
        await s3_join.address(store, first, "GET")
    await arrivals.save(store, numbered(2))
    second = await compaction.compact_all(store)
    url = await s3_join.address(store, second, "GET")

    assert made == [f"exports/{n}/user_pixel_data.csv" for n in (1, 2)]
    assert numbers_in((await fetched(url)).content) == [1, 2]


@on_s3
async def test_it_can_be_asked_about_without_being_fetched(store: Store) -> None:
    await arrivals.save(store, numbered(1))
    current = await compaction.compact_all(store)

    url = await s3_join.address(store, current, "HEAD")

    answer = await fetched(url, "HEAD")
    assert int(answer.headers["content-length"]) == len(csv_format.HEADER) + current.csv_bytes


@on_s3
async def test_two_at_once_make_the_same(store: Store) -> None:
    for n in range(3):
        await arrivals.save(store, numbered(n))
    current = await compaction.compact_all(store)

    urls = await asyncio.gather(*(s3_join.address(store, current, "GET") for _ in range(3)))

    for url in urls:
        assert numbers_in((await fetched(url)).content) == [0, 1, 2]
    assert await downloaded(store) == [0, 1, 2]


@on_s3
async def test_what_failed_leaves_no_upload_behind(store: Store, s3_server: str) -> None:
    missing = Manifest(7, segments=(segment(100, "never-there"),))

    with pytest.raises(StoreUnavailable, match="replaced meanwhile"):
        await s3_join.address(store, missing, "GET")
    copied = Manifest(8, segments=(segment(6 << 20, "never-there"),) * 2)
    with pytest.raises(StoreUnavailable):
        await s3_join.address(store, copied, "GET")

    uploads = boto3.client("s3", endpoint_url=s3_server).list_multipart_uploads(Bucket=BUCKET)
    assert not uploads.get("Uploads")


@on_s3
async def test_what_is_there_but_is_not_whole_is_made_anew(store: Store) -> None:
    for n in range(3):
        await arrivals.save(store, numbered(n))
    current = await compaction.compact_all(store)
    await store.create(s3_join.key_of(current.generation), csv_format.HEADER)

    url = await s3_join.address(store, current, "GET")

    assert numbers_in((await fetched(url)).content) == [0, 1, 2]


@on_s3
async def test_a_file_that_is_not_as_long_as_its_segments_is_not_handed_out(store: Store) -> None:
    await store.create(segment(6 << 20).csv_key, bytes(5 << 20))
    first = segment(100, "first")
    await store.create(first.csv_key, bytes(100))
    copied = Manifest(3, segments=(first, segment(6 << 20)))
    with pytest.raises(StoreUnavailable, match="is not as long"):
        await s3_join.address(store, copied, "GET")

    copied = Manifest(4, segments=(replace(first, csv_bytes=6 << 20), segment(6 << 20)))
    await store.delete([first.csv_key])
    await store.create(first.csv_key, bytes(6 << 20))
    with pytest.raises(StoreUnavailable, match="not whole"):
        await s3_join.address(store, copied, "GET")


@on_s3
async def test_a_failure_keeps_its_name_if_the_upload_cannot_be_ended(
    store: Store, s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Manifest(7, segments=(segment(100, "never-there"),))
    with faulty_s3(s3_server, seed=1) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.address)
        assert store.bucket is not None
        proxy.scripts[store.bucket.prefix.rstrip("/")] = lambda asked: (
            "403" if asked.operation == "AbortMultipartUpload" else None
        )

        with pytest.raises(StoreUnavailable, match="replaced meanwhile"):
            await s3_join.address(store, missing, "GET")


@on_s3
async def test_more_parts_than_s3_takes_are_told_to_an_operator(store: Store) -> None:
    many = Manifest(9, segments=(segment(6 << 20),) * (MOST_PARTS + 1))

    with pytest.raises(StoreUnavailable, match="raise SEGMENT_BYTES"):
        await s3_join.address(store, many, "GET")


async def test_the_assembly_is_short_or_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await arrivals.save(store, numbered(1))
    assert (await csv_file.assemble(store)).is_short
    monkeypatch.setattr(csv_file, "IN_RESPONSE", 5000)
    assert not (await csv_file.assemble(store)).is_short


@on_s3
async def test_the_parts_send_no_checksum_that_the_upload_did_not_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3 refuses a part with another kind of checksum than its upload has; moto never looks."""
    await arrivals.save(store, numbered(1))
    current = await compaction.compact_all(store)
    sent: list[tuple[str, dict[str, str]]] = []
    send = URLLib3Session.send

    def noted(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        if "uploads" in request.url or "uploadId" in request.url:
            sent.append(
                (request.method, {name.lower(): str(v) for name, v in request.headers.items()})
            )
        return send(session, request)

    monkeypatch.setattr(URLLib3Session, "send", noted)
    await s3_join.address(store, current, "GET")

    assert [method for method, _ in sent] == ["POST", "PUT", "POST"]
    for _, headers in sent:
        assert not [name for name in headers if "checksum" in name or name == "x-amz-trailer"]


@on_s3
async def test_behind_a_site_the_file_has_the_sites_address(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORTS", "site")
    settings.cache_clear()
    await arrivals.save(store, numbered(1))
    current = await compaction.compact_all(store)

    url = await s3_join.address(store, current, "GET")

    assert store.bucket is not None
    key = s3_join.key_of(current.generation)
    assert url == f"/{store.bucket.prefix}{key}"
    assert await store.size(key) == len(csv_format.HEADER) + current.csv_bytes
