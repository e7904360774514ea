# glibc: the Temporal SDK's native core has no build for musl.
FROM node:24-bookworm-slim AS base
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*

FROM base AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
COPY fake-flexperto fake-flexperto
COPY examples examples
# The bill of materials lists the Debian packages of this stage, and the final stage has the same.
RUN npm run build && npm run sbom -- --image && npm prune --omit=dev
# Temporal's core for other platforms and its sources, and what only compilers and debuggers of packages read.
RUN cd node_modules \
  && find @temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
  && rm -r @temporalio/core-bridge/sdk-core \
  && find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' \) -delete

FROM base
# Nothing is installed in a running container, so npm and yarn go.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn*
WORKDIR /app
COPY --from=build /app/package.json /app/sbom.cdx.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/workflow-bundle.js /app/dist/workflow-bundle-encrypting.js dist/
COPY --from=build /app/dist/src dist/src
COPY --from=build /app/dist/fake-flexperto dist/fake-flexperto
# For a container of 1 GiB, less the memory of two PDF inspections (INSPECTION_LIMITS); for another size set NODE_OPTIONS.
# docs/performance.md, waiting, explains the small young generation and the few arenas.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 NODE_OPTIONS="--max-old-space-size=400 --max-semi-space-size=4 --enable-source-maps"
# A new volume that is mounted here gets this owner.
RUN mkdir /documents && chown node:node /documents
USER node
# Runs the worker by default, and the gateway with the command node dist/src/gateway.js. The health check is the worker's;
# docker-compose.yml sets those of the other programs.
ENV SIGNING_HEALTH_ADDRESS=127.0.0.1:9465
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9465/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/worker.js"]
