# syntax=docker/dockerfile:1.4
# The exchange between learners and instructors, in versions that were seen to work together (docs/hub-kubernetes.md).
#
#     docker build -f deploy/ngshare.Dockerfile -t REGISTRY/ngshare:0.6.0 deploy
FROM python:3.12-slim-bookworm
# With SQLAlchemy 2, ngshare 0.6.0 says "released" and keeps nothing.
RUN pip install --no-cache-dir "ngshare==0.6.0" "sqlalchemy<2" "jupyterhub==5.5.4" requests \
    && mkdir /srv/ngshare && chown 65535:1000 /srv/ngshare
USER 65535
ENTRYPOINT ["python", "-m", "ngshare", "--database", "sqlite:////srv/ngshare/ngshare.db", "--storage", "/srv/ngshare/files"]
