"""What the embedded Kafka is made of. A new version needs a new ``kafka_jars.sha256``."""

from dataclasses import dataclass

KAFKA_VERSION = "4.3.1"


@dataclass(frozen=True, slots=True)
class MavenArtifact:
    """One artifact to fetch with everything it depends on at run time."""

    group: str
    name: str
    version: str

    @property
    def coordinate(self) -> str:
        """``group:name:version``."""
        return f"{self.group}:{self.name}:{self.version}"


ARTIFACTS = (
    MavenArtifact("org.apache.kafka", "kafka_2.13", KAFKA_VERSION),
    MavenArtifact("org.slf4j", "slf4j-simple", "1.7.36"),
)
