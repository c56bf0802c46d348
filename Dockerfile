# One image for web, worker, beat and the migration job.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-lxgw-wenkai \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    PYPINYIN_NO_DICT_COPY=1 \
    UV_PYTHON_DOWNLOADS=never \
    PATH=/app/.venv/bin:$PATH \
    PORTAL_MODE=production \
    PORTAL_HOME=/srv/portal \
    MEDIA_ROOT=/srv/files

WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir uv \
    && uv sync --locked --no-dev --no-cache --compile-bytecode

COPY . .
# The settings refuse to load without these; nothing of them stays in the image.
RUN SECRET_KEY=build SITE_URL=https://build.invalid ALLOWED_HOSTS=build.invalid DATABASE_URL=postgresql:///build \
        DATA_KEYS="build:$(head -c 32 /dev/urandom | base64)" DATA_INDEX_KEY="$(head -c 32 /dev/urandom | base64)" \
        CERTIFICATE_KEY="build:$(head -c 32 /dev/urandom | base64)" \
        python manage.py collectstatic --noinput \
    && useradd --system --uid 1000 --home-dir /srv/portal portal \
    && mkdir -p /srv/files \
    && chown -R portal:portal /srv/portal /srv/files

USER portal
EXPOSE 8000
CMD ["honcho", "start", "web"]
