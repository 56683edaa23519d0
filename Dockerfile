# One image for every stage, the API, the dashboard and the migrations: `pets run STAGE`.
# Built by `docker compose build`; the versions are those of requirements/run.lock, with hashes.

FROM python:3.13.7-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/pets
WORKDIR /src
COPY requirements/run.lock requirements/run.lock
RUN /opt/pets/bin/python -m pip install --require-hashes --no-deps -r requirements/run.lock
COPY pyproject.toml LICENSE README.md ./
COPY schemas schemas
COPY streams streams
COPY topics topics
COPY configs configs
COPY connectors connectors
COPY agents agents
COPY sinks sinks
COPY api api
COPY dashboard dashboard
RUN /opt/pets/bin/python -m pip install --no-deps --no-build-isolation .

FROM python:3.13.7-slim-bookworm
LABEL org.opencontainers.image.title="pets-dataflow" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --create-home --uid 10001 pets \
    && install --directory --owner=pets --group=pets /var/lib/pets /archive /blocks
COPY --from=build /opt/pets /opt/pets
ENV PATH=/opt/pets/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PETS_HOME=/var/lib/pets
USER pets
WORKDIR /var/lib/pets
ENTRYPOINT ["pets"]
CMD ["--help"]
