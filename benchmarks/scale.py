"""What binds first as feedback grows, by simulating a day of it with AWS's limits and prices.

Nothing is measured here: the speed of compaction comes from the `store` topic, the limits and
prices from AWS's documentation (us-east-1, 2026). `docs/scale.md` says what follows from it.
"""

from dataclasses import dataclass

from benchmarks.sections import table

DAY_S = 86_400
TICK_S = 60

# Limits: Amazon S3 user guide, "Best practices design patterns"; API Gateway and Lambda quotas.
PUTS_A_PREFIX = 3_500
API_REQUESTS = 10_000
LAMBDA_CONCURRENCY = 1_000
MULTIPART_PARTS = 10_000
LAMBDA_RUN_S = 900

# Prices in dollars: S3 standard, HTTP API, Lambda (x86, a gigabyte-second).
PUT = 0.005 / 1000
GET = 0.0004 / 1000
LIST = 0.005 / 1000
API_REQUEST = 1.0 / 1_000_000
LAMBDA_REQUEST = 0.20 / 1_000_000
GB_SECOND = 0.0000166667
GB_MONTH = 0.023

# Of this service: see the topic `store` for how they were measured.
COMPACTED_A_SECOND = 4_000  # rows, by one function with one core, fetching from S3
SAVE_S, SAVE_GB = 0.02, 0.5
CSV_BYTES, RECORD_BYTES = 1_850, 4_700
SEGMENT_ENTRY_BYTES = 190  # of a manifest
FIGURES_BYTES = 110_000
COPY_S, COPIES_AT_ONCE = 0.25, 16  # an UploadPartCopy of 8 MB


@dataclass(frozen=True, slots=True)
class Day:
    """What a day at one rate of answers comes to.

    Attributes:
        rate: answers a second.
        prefixes: over which the rows are spread.
        longest_tail: the most rows that waited, at the end of a compaction's interval.
        behind: rows that wait at the end of the day beyond one interval's.
        pages: of the longest listing.
        busy: share of the day that a compaction runs.
        dollars: of the day, by what they are for.
    """

    rate: int
    prefixes: int
    longest_tail: int
    behind: int
    pages: int
    busy: float
    dollars: dict[str, float]

    @property
    def puts_a_prefix(self) -> float:
        """PUTs a second of each prefix."""
        return self.rate / self.prefixes

    @property
    def concurrency(self) -> float:
        """Feedback functions at the same time."""
        return self.rate * SAVE_S

    @property
    def binds(self) -> str:
        """The limits that are broken."""
        broken = [
            ("S3's PUTs of a prefix", self.puts_a_prefix > PUTS_A_PREFIX),
            ("the API's quota", self.rate > API_REQUESTS),
            ("Lambda's concurrency", self.concurrency > LAMBDA_CONCURRENCY),
            ("one compactor", self.behind > 0),
        ]
        return ", ".join(name for name, is_broken in broken if is_broken) or "nothing"


def simulate(rate: int, prefixes: int, interval_s: int) -> Day:
    """A day of answers at an even rate, compacted at an interval, a minute a step."""
    waiting, longest, busy_s, runs, lists = 0, 0, 0.0, 0, 0
    free_at = 0.0
    for now in range(0, DAY_S, TICK_S):
        waiting += rate * TICK_S
        if now % interval_s or now < free_at:
            continue
        longest = max(longest, waiting)
        # One run takes a hundred thousand rows a generation, and ends with its function.
        compacted = min(waiting, COMPACTED_A_SECOND * LAMBDA_RUN_S)
        seconds = compacted / COMPACTED_A_SECOND
        free_at = now + seconds
        busy_s += seconds
        lists += sum(-(-max(waiting - done, 1) // 1000) for done in range(0, compacted, 100_000))
        waiting -= compacted
        runs += 1
    day = rate * DAY_S
    generations = max(runs, day // 100_000)
    dollars = {
        "API": day * API_REQUEST,
        "functions": day * (LAMBDA_REQUEST + SAVE_S * SAVE_GB * GB_SECOND) + busy_s * GB_SECOND,
        "PUTs": (day + 4 * generations) * PUT,
        "GETs, lists": day * GET + lists * LIST,
        "a month's storage": day * (CSV_BYTES + RECORD_BYTES) / 1e9 * GB_MONTH,
    }
    behind = max(0, waiting - rate * interval_s)
    pages = -(-longest // 1000)
    return Day(rate, prefixes, longest, behind, pages, busy_s / DAY_S, dollars)


def report() -> str:
    """The tables for `docs/benchmarks.md`."""
    settings = [(10, 16, 300), (1_000, 16, 300), (1_000, 16, 60), (100_000, 16, 60)]
    settings += [(100_000, 64, 60)]
    days = [(interval, simulate(rate, prefixes, interval)) for rate, prefixes, interval in settings]
    rates = table(
        ["answers/s", "prefixes", "compacted every", "PUTs/s of a prefix", "functions at once",
         "longest tail", "its list pages", "compactor busy", "binds"],
        [
            [
                f"{day.rate:,}",
                str(day.prefixes),
                f"{interval} s",
                f"{day.puts_a_prefix:,.1f}",
                f"{day.concurrency:,.1f}",
                f"{day.longest_tail:,}",
                f"{day.pages:,}",
                f"{100 * day.busy:.0f} %",
                day.binds,
            ]
            for interval, day in days
        ],
    )  # fmt: skip
    money = table(
        ["answers/s", *days[0][1].dollars, "together, $ a day"],
        [
            [f"{day.rate:,}", *(f"{d:,.2f}" for d in day.dollars.values()),
             f"{sum(day.dollars.values()):,.2f}"]
            for _, day in (days[0], days[1], days[3])
        ],
    )  # fmt: skip
    rows = table(
        ["rows", "SEGMENT_BYTES", "segments", "manifest, MB", "file, GB", "joined in", "binds"],
        [_rows(n, mb) for n, mb in [(10**6, 8), (10**7, 8), (10**8, 8), (10**8, 64), (10**9, 512)]],
    )
    return f"A day of answers:\n\n{rates}\n\nIts price:\n\n{money}\n\nMany rows:\n\n{rows}"


def _rows(rows: int, megabytes: int) -> list[str]:
    """What so many rows come to with segments of so many megabytes."""
    csv_bytes = rows * CSV_BYTES
    segments = -(-csv_bytes // (megabytes << 20))
    manifest = segments * SEGMENT_ENTRY_BYTES + FIGURES_BYTES
    seconds = segments * COPY_S * megabytes / 8 / COPIES_AT_ONCE
    broken = [
        ("S3's 10,000 parts", segments > MULTIPART_PARTS),
        ("the API's 30 s", seconds > 30),
        ("a compactor's memory", megabytes > 128),
    ]
    binds = ", ".join(name for name, is_broken in broken if is_broken) or "nothing"
    return [
        f"{rows:,}",
        f"{megabytes} MB",
        f"{segments:,}",
        f"{manifest / 1e6:.2f}",
        f"{csv_bytes / 1e9:,.1f}",
        f"{seconds:,.0f} s",
        binds,
    ]


if __name__ == "__main__":
    print(report())
