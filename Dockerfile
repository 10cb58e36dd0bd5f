# One image for every process of server mode; docker-compose.yml gives each its command (docs/operations.md).
FROM python:3.11-slim-bookworm AS build
WORKDIR /market
COPY pyproject.toml constraints.txt ./
COPY tools/deps.py tools/
# What is installed changes seldom and has a layer of its own.
RUN python tools/deps.py s3 > /tmp/wanted.txt \
    && python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir \
        --constraint constraints.txt --requirement /tmp/wanted.txt \
    # A fifth of the weight that nothing here reads: Oscar's scenery for tests, sources of translations.
    && pip --python /venv/bin/python uninstall --yes factory_boy Faker \
    && find /venv -name '*.po' -delete
COPY . .
# English, style files and bytecode are made here, because the market's processes may write nowhere but /files and /tmp.
RUN export EMBEDDED=no VAR_DIR=/market-data SECRET_KEY=of-this-step DATABASE_URL=sqlite:////tmp/none BROKER_URL=redis://none \
    && /venv/bin/python tools/translations.py compile \
    && /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q .

FROM python:3.11-slim-bookworm
# What draws PDF: pango, and with it a font for letters that the market's own do not have. Debian's newest of each.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin market && install -d -o market /files /files/media /files/private
COPY --from=build /venv /venv
COPY --from=build /market-data /market-data
COPY --from=build /market /market
WORKDIR /market
# PRIVATE_ROOT is a folder, not a secret.
# hadolint ignore=DL3064
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    EMBEDDED=no VAR_DIR=/market-data MEDIA_ROOT=/files/media PRIVATE_ROOT=/files/private HOST=0.0.0.0 PORT=8000 \
    XDG_CACHE_HOME=/tmp
USER 10001
EXPOSE 8000
# Of a web process; docker-compose.yml has others for the rest.
HEALTHCHECK --interval=10s --timeout=5s --start-period=40s --retries=3 CMD ["python", "tools/alive.py"]
CMD ["gunicorn"]
