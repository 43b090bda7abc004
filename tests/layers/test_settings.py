import pytest

from digit_recognizer.settings import PROJECT, Settings


def test_data_is_kept_in_the_projects_folder_by_default() -> None:
    settings = Settings.from_environment({})

    assert settings.data_store == (PROJECT / "data").as_uri()
    assert (PROJECT / "layers" / "model").is_dir()


def test_an_empty_variable_is_a_missing_one() -> None:
    environment = {"DATA_STORE": "", "MAX_BODY_BYTES": ""}

    assert Settings.from_environment(environment) == Settings.from_environment({})


def test_the_environment_is_followed() -> None:
    settings = Settings.from_environment({"DATA_STORE": "s3://b/p", "MAX_BODY_BYTES": "1000"})

    assert settings == Settings(data_store="s3://b/p", max_body_bytes=1000)
    assert Settings.from_environment({"ROW_PREFIXES": "256"}).row_prefixes == 256
    assert Settings.from_environment({"LOG_REQUESTS": "on"}).log_requests is True
    assert Settings.from_environment({"LOG_REQUESTS": "off"}).log_requests is False
    assert Settings.from_environment({"DURABILITY": "fsync"}).durable is True
    assert Settings.from_environment({"DURABILITY": "process"}).durable is False
    assert Settings.from_environment({"COMPACT_AT": "5"}).compact_at == 5
    assert Settings.from_environment({"SEGMENT_BYTES": "6000"}).segment_bytes == 6000


@pytest.mark.parametrize("variable", ["MAX_BODY_BYTES", "ROW_PREFIXES", "COMPACT_AT"])
@pytest.mark.parametrize("limit", ["six", "-1", "0", "1e6"])
def test_a_limit_that_is_no_number_is_named(variable: str, limit: str) -> None:
    with pytest.raises(ValueError, match=f"{variable} is '{limit}'; it must be a number of"):
        Settings.from_environment({variable: limit})


def test_a_switch_that_is_neither_on_nor_off_is_named() -> None:
    with pytest.raises(ValueError, match="LOG_REQUESTS is 'yes'; it must be on or off"):
        Settings.from_environment({"LOG_REQUESTS": "yes"})
    with pytest.raises(ValueError, match="DURABILITY is 'full'; it must be fsync or process"):
        Settings.from_environment({"DURABILITY": "full"})
