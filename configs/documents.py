"""The configuration files that decide, as texts: what goes onto the log."""

from importlib.resources import files

from configs.yaml_file import Documents, Folder, read_yaml

UNDECIDING = frozenset({"feeds.yaml"})
"""Read by connectors, whose words are on the log as they said them."""


def read_documents(folder: Folder | None) -> Documents:
    """The operator's files, and the shipped ones where there is none of his.

    Args:
        folder: The operator's folder (`PETS_CONFIG_DIR`) or documents, or None.
    """
    return Documents({name: read_yaml(name, folder)[1] for name in document_names()})


def document_names() -> tuple[str, ...]:
    """Names of all files that decide."""
    root = files("configs")
    common = [each.name for each in root.iterdir() if each.name.endswith(".yaml")]
    bots = [f"bots/{each.name}" for each in root.joinpath("bots").iterdir()]
    return tuple(sorted({*common, *bots} - UNDECIDING))
