# One file for all services, in syntax that every builder knows:
#   docker build --build-arg SERVICE=NAME -t ticketing/NAME:dev .
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

# The package.json of every service and nothing else.
FROM ${NODE_IMAGE} AS services
COPY services /services
RUN find /services -type f ! -path '/services/*/package.json' -delete && find /services -type d -empty -delete

# The installation depends only on these files, so it stays cached after an edit of a source file.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/common/package.json packages/common/
COPY packages/testing/package.json packages/testing/
COPY packages/servers/package.json packages/servers/
COPY --from=services /services services

# All services, so that the second image finds all of this cached. No install script of a dependency is run.
FROM manifests AS build
RUN npm ci --ignore-scripts
COPY tsconfig.base.json ./
COPY packages/common packages/common
COPY services services
RUN npx tsc -b services/tsconfig.src.json \
  && find packages services -path '*/dist/*' \( -name '*.d.ts' -o -name '*.map' -o -name '*.tsbuildinfo' \) -delete

# The service's own dependencies. npm takes those of development with a workspace whatever is omitted: they are struck out.
# Of swagger-ui a service serves three files.
FROM manifests AS dependencies
ARG SERVICE
RUN test -n "$SERVICE" || { echo 'say which service: --build-arg SERVICE=NAME, a folder in services/' >&2; exit 1; }
RUN npm pkg delete devDependencies --workspace packages/common --workspace services/${SERVICE} \
  && npm ci --ignore-scripts --omit=dev --include-workspace-root=false --workspace services/${SERVICE} \
  && find node_modules/swagger-ui-dist -type f \( -name '*.map' -o -name '*-es-bundle*' -o -name '*-standalone-*' -o -name swagger-ui.js \) -delete

# Node, `sleep` for a preStop hook, and the libraries that they are linked to: no shell, no npm, none of the rest of Debian.
FROM ${NODE_IMAGE} AS node
RUN mkdir -p /root-of-image/tmp && chmod 1777 /root-of-image/tmp \
  && cp --parents --dereference /usr/local/bin/node /usr/bin/sleep $(ldd /usr/local/bin/node /usr/bin/sleep | grep -o '/[^ :]*') /root-of-image/

FROM scratch
ARG SERVICE
ARG VERSION=0.0.0-dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ticketing-${SERVICE}" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production PATH=/usr/local/bin:/usr/bin
COPY --from=node /root-of-image/ /
COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=build /app/packages/common/package.json /app/packages/common/
COPY --from=build /app/packages/common/dist /app/packages/common/dist
COPY --from=build /app/services/${SERVICE}/package.json /app/services/${SERVICE}/
COPY --from=build /app/services/${SERVICE}/dist /app/services/${SERVICE}/dist
WORKDIR /app/services/${SERVICE}
# By number: Kubernetes cannot tell that a name is not root.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "--max-old-space-size=160", "dist/main.js"]
