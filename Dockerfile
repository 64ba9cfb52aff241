# Two images: `portal` runs the web workers, the Celery worker, its clock and migrations; `proxy`
# serves static and protected files and passes everything else on.

FROM python:3.11-slim-bookworm AS libraries
RUN python -m venv /venv
COPY requirements.txt /tmp/requirements.txt
RUN /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm AS portal
# Drawing PDF documents needs the first three.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent portal \
    && install -d -o portal -g portal -m 0750 /srv/media
COPY --from=libraries /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    EFC_READ_DOTENV=false \
    EFC_STATE=/tmp \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media
WORKDIR /app
COPY . /app
# The settings ask for addresses and a key; collecting files uses none of them.
RUN SECRET_KEY=none DATABASE_URL=postgres://none REDIS_URL=redis://none EMAIL_URL=consolemail:// \
        python manage.py collectstatic --noinput -v 0 \
    && chmod -R a+rX /srv/static \
    && python -m compileall -q /app
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "efc.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/tmp", "--no-control-socket"]

FROM nginx:1.28-bookworm AS proxy
COPY deploy/nginx/nginx.conf /etc/nginx/nginx.conf
COPY --from=portal /srv/static /srv/static
# The portal's group, so that it may read what the portal has stored.
USER 101:10001
EXPOSE 8080 8443
