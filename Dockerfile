# glibc: the Temporal SDK's native core has no build for musl.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
COPY fake-flexperto fake-flexperto
COPY examples examples
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/workflow-bundle.js /app/dist/workflow-bundle-encrypting.js dist/
COPY --from=build /app/dist/src dist/src
COPY --from=build /app/dist/fake-flexperto dist/fake-flexperto
# 80 % of a container of 1 GiB; for another size set NODE_OPTIONS.
ENV NODE_ENV=production NODE_OPTIONS="--max-old-space-size=800 --enable-source-maps"
USER node
# No health check: a worker listens on nothing. It ends when it cannot work, and a restart is the answer to that;
# SIGNING_METRICS_ADDRESS shows how it does.
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/worker.js"]
