import re
from collections.abc import Iterator

import jsonschema
import pytest
import yaml

from configs.settings import Settings
from tests.architecture.source_tree import ROOT
from tests.deploy.compose_files import BASE, OVERLAYS, VARIABLE, load, ours, schema, services

SETTINGS = {f"PETS_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", [BASE, *OVERLAYS])
def test_a_file_follows_the_compose_specification(name: str) -> None:
    jsonschema.Draft7Validator(schema()).validate(load(name))


def test_the_specification_refuses_a_wrong_file() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema()).validate({"services": {"bots": {"imagee": "x"}}})


def test_every_image_has_a_version() -> None:
    for name, service in services().items():
        tag = service["image"].rsplit(":", 1)[-1]
        assert re.search(r"\d+\.\d+", tag), f"{name} runs {service['image']}: pin its version"


def ports() -> Iterator[tuple[str, str]]:
    for file in (BASE, *OVERLAYS):
        for name, service in services(file).items():
            yield from ((f"{file} {name}", port) for port in service.get("ports", []))


def test_every_port_is_on_loopback_and_published_once() -> None:
    published = [port.rsplit(":", 1)[0] for _, port in ports()]
    assert all(port.startswith("127.0.0.1:") for port in published), published
    assert len(published) == len(set(published)), f"Published twice: {sorted(published)}"


def test_every_service_says_whether_it_is_well() -> None:
    for name, service in services().items():
        if service["restart"] == "no":
            assert service["healthcheck"] == {"disable": True}, f"{name} ends by itself"
        else:
            assert service["healthcheck"]["test"], f"Give {name} a healthcheck"
            assert service["restart"] == "unless-stopped", name
            assert service["logging"]["options"]["max-size"], f"The log of {name} has no end"


def test_dependencies_exist_and_can_be_waited_for() -> None:
    ends = {name for name, service in services().items() if service["restart"] == "no"}
    for name, service in services().items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services(), f"{name} waits for {other}, which there is not"
            condition = "service_completed_successfully" if other in ends else "service_healthy"
            assert how["condition"] == condition, f"{name} waits for {other}"


def test_overlays_change_only_services_that_exist() -> None:
    for file in OVERLAYS:
        assert set(services(file)) <= set(services()), file


def test_the_checkout_is_given_to_every_service_of_ours() -> None:
    assert {
        name for name, service in services("compose.dev.yml").items() if "environment" in service
    } == set(ours())


def test_volumes_and_mounted_files_exist() -> None:
    named = set(load(BASE)["volumes"])
    used = {v for s in services().values() for v in s.get("volumes", [])}
    for source in (volume.split(":")[0] for volume in used):
        if source.startswith("."):
            assert (ROOT / source).exists(), f"{source} is mounted and missing"
        else:
            assert source in named, f"Volume {source} is not declared"
    assert named == {v.split(":")[0] for v in used if not v.startswith(".")}


def test_stages_have_only_settings_that_exist() -> None:
    for file in (BASE, *OVERLAYS):
        for name in ours():
            given = set(services(file).get(name, {}).get("environment", {}))
            unknown = {key for key in given if key.startswith("PETS_")} - SETTINGS
            assert not unknown, f"{file} {name}: {sorted(unknown)} set nothing"


def test_every_variable_is_explained_in_env_example() -> None:
    explained = (ROOT / ".env.example").read_text(encoding="utf-8")
    for file in (BASE, *OVERLAYS):
        for found in VARIABLE.finditer((ROOT / file).read_text(encoding="utf-8")):
            assert f"#{found['name']}=" in explained, f"{file} reads {found['name']}"


def test_no_password_is_written_down() -> None:
    for name, service in services().items():
        for key, value in service.get("environment", {}).items():
            if key.endswith(("PASSWORD", "API_KEY")):
                assert value.startswith("${"), f"{name} has {key} in the file"
                assert ":?" in value, f"{name} starts without {key}"


def test_stages_run_with_no_right_that_they_do_not_need() -> None:
    for name, service in ours().items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_prometheus_asks_every_service_that_counts() -> None:
    text = (ROOT / "configs" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    jobs = {job["job_name"]: job for job in yaml.safe_load(text)["scrape_configs"]}
    asked = {
        target.split(":")[0]
        for config in jobs["stages"]["static_configs"]
        for target in config["targets"]
    }
    counting = {
        name
        for name, service in ours().items()
        if ":9100/metrics" in str(service["healthcheck"].get("test"))
    }
    assert asked == counting
    assert jobs["api"]["static_configs"][0]["targets"] == ["api:8000"]
