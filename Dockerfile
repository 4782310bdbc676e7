# The image of web, worker, beat and migrate: from the same hashed lock as everything else.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/base.lock /tmp/base.lock
RUN /opt/venv/bin/pip install --require-hashes --only-binary=:all: -r /tmp/base.lock

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin sijafung \
    && install -d -o sijafung -g sijafung /data/media /data/anchors
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/sijafung
COPY . .
# The key of these two commands signs nothing and stays in no file. The files belong to root, so
# that the application cannot change its own code.
RUN export SECRET_KEY=only-while-building DATABASE_URL=postgres://nobody@127.0.0.1:1/none \
        REDIS_URL=redis://127.0.0.1:1/0 \
    && python -m config.messages compile \
    && python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .
USER sijafung
EXPOSE 8000
CMD ["gunicorn", "-c", "python:config.gunicorn", "--bind", "0.0.0.0:8000", "config.wsgi:application"]
