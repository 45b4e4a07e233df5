# The service. docker-compose.yml starts it beside a Neo4j; on its own it keeps its graph in a file:
#   docker build -t ai-film-graph . && docker run --read-only --tmpfs /tmp -p 8000:8000 -v graph:/data ai-film-graph
FROM node:22-slim AS ide
WORKDIR /src
COPY scripts/build-ide scripts/build-ide
COPY ide ide
RUN scripts/build-ide

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/filmgraph
WORKDIR /src
# Requirements first: they change less often than the code, and then come from the cache.
COPY requirements/base.txt requirements/base.txt
RUN /opt/filmgraph/bin/pip install --require-hashes -r requirements/base.txt
COPY pyproject.toml README.md LICENSE LICENSE-DATA.md ./
COPY graph_api graph_api
COPY loaders loaders
COPY schema schema
COPY seed seed
COPY --from=ide /src/graph_api/http/static/graphiql graph_api/http/static/graphiql
RUN /opt/filmgraph/bin/pip install --no-index --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home filmgraph && install -d -o filmgraph -g filmgraph /data
COPY --from=build /opt/filmgraph /opt/filmgraph
# Nobody has a home here: tokens, and runs of analyses on a Neo4j, are kept beside the graph.
ENV PATH=/opt/filmgraph/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MPLCONFIGDIR=/tmp XDG_DATA_HOME=/data
USER 10001:10001
VOLUME /data
EXPOSE 8000
# /readyz answers 503 until the graph is loaded.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["filmgraph"]
CMD ["serve", "--host", "0.0.0.0", "--database", "/data/graph.db"]
