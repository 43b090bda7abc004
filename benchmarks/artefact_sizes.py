"""What the Lambda artefacts weigh, by artefact and by package."""

from infra.packaging import sizes


def report() -> str:
    """The tables for `docs/benchmarks.md`."""
    target = sizes.built_for(sizes.BUILT / "ModelLayer")
    weights = sizes.weigh()
    sizes.check(weights)
    limits = (
        f"{sizes.UNZIPPED_LIMIT // sizes.MIB} MiB unzipped,"
        f" {sizes.ZIPPED_LIMIT // sizes.MIB} zipped"
        f" (AWS's: {sizes.AWS_LIMIT // sizes.MIB} unzipped)"
    )
    heading = f"Python {target.python}, {target.architecture}; limits: {limits}."
    return f"{heading}\n\n{sizes.table(weights)}"


if __name__ == "__main__":
    print(report())
