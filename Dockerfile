# One image for every process of server mode; docker-compose.yml gives each its command.
FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 EMBEDDED=no VAR_DIR=/market-data HOST=0.0.0.0
WORKDIR /market
COPY pyproject.toml constraints.txt ./
COPY tools/deps.py tools/deps.py
RUN python tools/deps.py s3 > wanted.txt && pip install --no-cache-dir --constraint constraints.txt --requirement wanted.txt
COPY . .
RUN useradd --create-home market && mkdir -p /market-data /files && python tools/translations.py compile \
    && SECRET_KEY=only-for-this-step DATABASE_URL=sqlite:////tmp/none BROKER_URL=redis://none python manage.py collectstatic --noinput \
    && chown -R market /market-data /files
USER market
CMD ["gunicorn"]
