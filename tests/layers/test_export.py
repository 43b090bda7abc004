"""The file joined on S3."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import boto3
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digit_recognizer import assembly, compaction, csv_file, export, feedback_rows
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.export import MOST_PARTS, SMALLEST_PART, Part, plan
from digit_recognizer.manifest import Manifest
from digit_recognizer.segments import Segment
from digit_recognizer.storage import Bucket, Store
from tests.conftest import BUCKET
from tests.layers.rows import downloaded, numbered, numbers_in


def segment(csv_bytes: int, name: str = "s") -> Segment:
    return Segment(name, 1, csv_bytes, 0, ((0, 0),), (1,))


@given(st.lists(st.integers(1, 3 * SMALLEST_PART), max_size=30))
def test_parts_are_all_segments_in_order_and_none_is_too_small(sizes: list[int]) -> None:
    segments = [segment(size, str(n)) for n, size in enumerate(sizes)]

    parts = plan(segments)

    assert [s for part in parts for s in part.segments] == segments
    assert [part.first for part in parts] == [n == 0 for n in range(len(parts))]
    for part in parts[:-1]:
        size = len(csv_file.HEADER) * part.first + sum(s.csv_bytes for s in part.segments)
        assert size >= SMALLEST_PART
        # No more travels than must.
        assert size - part.segments[-1].csv_bytes < SMALLEST_PART


def test_segments_of_full_size_are_copied_but_for_the_one_after_the_header() -> None:
    parts = plan(segment(8 << 20) for _ in range(5))

    assert [part.is_copied for part in parts] == [False, True, True, True, True]


async def fetched(url: str, method: str = "GET") -> httpx.Response:
    """What a browser gets that knows only the address."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        return (await client.request(method, url)).raise_for_status()


on_s3 = pytest.mark.parametrize("store_url", ["s3"], indirect=True)


@on_s3
async def test_the_object_is_the_file(store: Store) -> None:
    large = b"3," + b",".join([b"111"] * 784) + b"\r\n"
    for n in range(3):
        await feedback_rows.save(store, numbered(n))
    current = await compaction.compact_all(store)
    # Rows of five megabytes are made by hand.
    lines = [large * (SMALLEST_PART // len(large) + 1), large * 2, large * 3000, large]
    segments = []
    for n, content in enumerate(lines):
        segments.append(segment(len(content), f"by-hand-{n}"))
        await store.create(segments[-1].csv_key, content)
    current = replace(current, segments=(*current.segments, *segments))

    url = await export.presigned(store, current, "GET")

    answer = await fetched(url)
    assert answer.headers["content-disposition"] == csv_file.DISPOSITION
    assert answer.headers["content-type"] == "text/csv"
    content = answer.content
    assert content.startswith(csv_file.HEADER)
    assert content.endswith(b"".join(lines))
    assert len(content) == len(csv_file.HEADER) + current.csv_bytes


@on_s3
async def test_it_is_made_once_a_generation(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await feedback_rows.save(store, numbered(1))
    first = await compaction.compact_all(store)
    made: list[str] = []
    join = export._join

    def noted(bucket: Bucket, key: str, parts: Sequence[Part]) -> None:
        made.append(key)
        join(bucket, key, parts)

    monkeypatch.setattr(export, "_join", noted)

    for _ in range(2):
        await export.presigned(store, first, "GET")
    await feedback_rows.save(store, numbered(2))
    second = await compaction.compact_all(store)
    url = await export.presigned(store, second, "GET")

    assert made == [f"exports/{n}/user_pixel_data.csv" for n in (1, 2)]
    assert numbers_in((await fetched(url)).content) == [1, 2]


@on_s3
async def test_it_can_be_asked_about_without_being_fetched(store: Store) -> None:
    await feedback_rows.save(store, numbered(1))
    current = await compaction.compact_all(store)

    url = await export.presigned(store, current, "HEAD")

    answer = await fetched(url, "HEAD")
    assert int(answer.headers["content-length"]) == len(csv_file.HEADER) + current.csv_bytes


@on_s3
async def test_two_at_once_make_the_same(store: Store) -> None:
    for n in range(3):
        await feedback_rows.save(store, numbered(n))
    current = await compaction.compact_all(store)

    urls = await asyncio.gather(*(export.presigned(store, current, "GET") for _ in range(3)))

    for url in urls:
        assert numbers_in((await fetched(url)).content) == [0, 1, 2]
    assert await downloaded(store) == [0, 1, 2]


@on_s3
async def test_what_failed_leaves_no_upload_behind(store: Store, s3_server: str) -> None:
    missing = Manifest(7, segments=(segment(100, "never-there"),))

    with pytest.raises(StoreUnavailable, match="replaced meanwhile"):
        await export.presigned(store, missing, "GET")
    copied = Manifest(8, segments=(segment(6 << 20, "never-there"),) * 2)
    with pytest.raises(StoreUnavailable):
        await export.presigned(store, copied, "GET")

    uploads = boto3.client("s3", endpoint_url=s3_server).list_multipart_uploads(Bucket=BUCKET)
    assert not uploads.get("Uploads")


@on_s3
async def test_more_parts_than_s3_takes_are_told_to_an_operator(store: Store) -> None:
    many = Manifest(9, segments=(segment(6 << 20),) * (MOST_PARTS + 1))

    with pytest.raises(StoreUnavailable, match="raise SEGMENT_BYTES"):
        await export.presigned(store, many, "GET")


async def test_the_assembly_is_short_or_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await feedback_rows.save(store, numbered(1))
    assert (await assembly.assemble(store)).is_short
    monkeypatch.setattr(assembly, "IN_RESPONSE", 5000)
    assert not (await assembly.assemble(store)).is_short
