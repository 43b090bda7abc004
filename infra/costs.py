"""What AWS asks for all this: one table of prices, and the tables of docs/deploy.md made of it.

`python -m infra.costs` prints them; a test holds the docs against them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# List prices of us-east-1, end of 2025, without free tiers, in dollars.
PRICES = {
    "HTTP API, a million requests": 1.00,
    "CloudFront, a million requests": 1.00,
    "CloudFront, a GB to the internet (the first TB each month is free)": 0.085,
    "Lambda, a million requests": 0.20,
    "Lambda, a GB-second": 0.0000166667,
    "SnapStart, a GB-second of a snapshot kept": 0.0000015046,
    "S3, a million PUT or LIST": 5.00,
    "S3, a million GET": 0.40,
    "S3, a GB and month": 0.023,
    "S3, a GB to the internet": 0.09,
    "logs, a GB taken in": 0.50,
    "X-Ray, a million traces": 5.00,
    "alarm, a metric and month": 0.10,
    "metric of our own, a month": 0.30,
    "dashboard, a month (the first three are free)": 3.00,
    "secret, a month": 0.40,
    "firewall, a month": 5.00,
    "firewall, a rule and month": 1.00,
    "ECR, a GB and month": 0.10,
    "Athena, a TB read": 5.00,
}

# Measured (docs/benchmarks.md), or as the template has it.
PREDICT_S, FEEDBACK_S, MEMORY_GB = 0.003, 0.040, 1769 / 1024
PREDICT_LOG_GB, FEEDBACK_LOG_GB = 1.6e-6, 1.2e-6
ROW_GB = 8e-6  # in a segment: its record and its line of the CSV
COMPACT_ROW_S = 1 / 4000
LIVE_STROKE = 9  # requests of a stroke of 0.8 s: some eight while the pen moves, one after it
HOURS = 730.0


@dataclass(frozen=True, slots=True)
class Line:
    """What something costs: by the million, or by the month."""

    what: str
    dollars: float


def predictions() -> list[Line]:
    """A million predictions."""
    return [*_calls(PREDICT_S), Line("logs", 1e6 * PREDICT_LOG_GB * PRICES["logs, a GB taken in"])]


def drawings() -> list[Line]:
    """A million drawings of one stroke on the page."""
    once = total(predictions())
    return [
        Line("read as the pen is lifted (`VITE_LIVE_ANSWERS=off`)", once),
        Line("read while the pen moves, too (the default)", LIVE_STROKE * once),
    ]


def feedback() -> list[Line]:
    """A million rows of feedback."""
    return [
        *_calls(FEEDBACK_S),
        Line("S3, the PUT of a row", PRICES["S3, a million PUT or LIST"]),
        Line(
            "compaction: a GET of each row, its time",
            PRICES["S3, a million GET"] + _seconds(1e6 * COMPACT_ROW_S),
        ),
        Line("logs", 1e6 * FEEDBACK_LOG_GB * PRICES["logs, a GB taken in"]),
    ]


def idle(template: Mapping[str, Any]) -> list[Line]:
    """A month in which nobody comes, with the template's defaults."""
    runs = HOURS * 4  # every fifteen minutes, each in a new process
    return [
        Line(
            f"{metrics_watched(template)} metrics that alarms watch",
            metrics_watched(template) * PRICES["alarm, a metric and month"],
        ),
        Line("the dashboard", PRICES["dashboard, a month (the first three are free)"]),
        Line(
            f"{runs:,.0f} compactions of nothing: 0.6 s, four LIST and GET each",
            _seconds(runs * 0.6) + runs * 4e-6 * PRICES["S3, a million PUT or LIST"],
        ),
    ]


def switches() -> list[Line]:
    """What each switch of the template adds to a month in which nobody comes."""
    snapshot = PRICES["SnapStart, a GB-second of a snapshot kept"] * MEMORY_GB * HOURS * 3600
    return [
        Line("`SnapStart=on`: three snapshots", 3 * snapshot),
        Line("`DownloadAccess=token`: a secret", PRICES["secret, a month"]),
        Line(
            "`RateLimit`: a firewall with a rule",
            PRICES["firewall, a month"] + PRICES["firewall, a rule and month"],
        ),
        Line(
            "`QueryTables=on`: thirty questions to a million rows, 5 GB each",
            30 * 0.005 * PRICES["Athena, a TB read"],
        ),
        Line(
            "retraining: an image of 2 GB in ECR, of three kept", 6 * PRICES["ECR, a GB and month"]
        ),
        Line(
            "retraining: 30 nights that skip, 20 s of 10 GB each",
            30 * 20 * 10 * PRICES["Lambda, a GB-second"],
        ),
    ]


def visited() -> list[Line]:
    """What is paid only for months with visitors, and does not grow with their number."""
    own = PRICES["metric of our own, a month"]
    return [
        Line("some forty metrics of our own, each digit and label in every hour", 40 * own),
        Line("`RouteMetrics=on`: 12 routes with six each", 72 * own),
        Line(
            "`Tracing=on`, at one request a second or less: each is traced, a million of them",
            PRICES["X-Ray, a million traces"],
        ),
    ]


def metrics_watched(template: Mapping[str, Any]) -> int:
    """How many metrics the alarms of a template watch: what an alarm costs depends on it."""
    alarms = [
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    ]
    return sum(
        sum("MetricStat" in metric for metric in each.get("Metrics", [])) or 1 for each in alarms
    )


def total(lines: Iterable[Line]) -> float:
    """All lines together (dollars)."""
    return sum(line.dollars for line in lines)


def table(title: str, lines: list[Line], *, summed: bool) -> str:
    """A Markdown table, with its sum if it means something."""
    rows = [f"| {title} | dollars |", "| --- | ---: |"]
    rows += [f"| {line.what} | {line.dollars:.2f} |" for line in lines]
    if summed:
        rows.append(f"| **together** | **{total(lines):.2f}** |")
    return "\n".join(rows)


def tables(template: Mapping[str, Any]) -> list[str]:
    """The tables of docs/deploy.md."""
    return [
        table("one million predictions", predictions(), summed=True),
        table("one million drawings on the page", drawings(), summed=False),
        table("one million rows of feedback", feedback(), summed=True),
        table("a month in which nobody comes", idle(template), summed=True),
        table("what a switch adds to it", switches(), summed=False),
        table("what a month with visitors adds", visited(), summed=False),
    ]


def _calls(seconds: float) -> list[Line]:
    return [
        Line("HTTP API", PRICES["HTTP API, a million requests"]),
        Line("CloudFront", PRICES["CloudFront, a million requests"]),
        Line("Lambda, requests", PRICES["Lambda, a million requests"]),
        Line(f"Lambda, {1000 * seconds:.0f} ms each", _seconds(1e6 * seconds)),
    ]


def _seconds(seconds: float) -> float:
    return seconds * MEMORY_GB * PRICES["Lambda, a GB-second"]


if __name__ == "__main__":
    from infra.deploy.parameters import read_template
    from infra.packaging.artefacts import PROJECT

    print("\n\n".join(tables(read_template(PROJECT / "infra" / "template.yaml"))))
