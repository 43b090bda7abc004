"""What is said at the start where others than this machine can reach the server."""

from ipaddress import ip_address

from local.client_limit import is_this_machine


def warning(address: str, has_token: bool) -> str | None:
    """Who can now read what, in sentences; None where the server is for this machine only.

    Args:
        address: that it listens on, in digits.
        has_token: whether DOWNLOAD_TOKEN is set.
    """
    if is_this_machine(address):
        return None
    everywhere = ip_address(address.partition("%")[0]).is_unspecified
    where = "any of this machine's addresses" if everywhere else address
    who = f"Whoever reaches {where} over the network, without encryption,"
    if has_token:
        return (
            f"{who} can draw, have digits read and save answers. All answers with their drawings"
            " (/download_csv, /feedback/summary) and the figures (/metrics) are for those who have"
            " the token."
        )
    return (
        f"{who} can draw, have digits read, save answers, and read all answers with their drawings"
        " (/download_csv, /feedback/summary). To keep those for who has a token:"
        " make run DOWNLOAD_TOKEN=…. The figures (/metrics) are told to this machine only."
    )
