import { routes, serviceNames } from '../services';
import { BY, type WrittenFile } from './written-file';

/** The whole system for a machine with a Docker engine. */
export function compose(): WrittenFile {
  const services = serviceNames.map(
    (name) => `  ${name}:
    <<: *service
    image: ticketing/${name}:dev
    build: { context: ., args: { SERVICE: ${name} } }
    environment:
      <<: *environment
      MONGO_URI: mongodb://mongodb:27017/${name}

`,
  );
  const waits = serviceNames.map((name) => `      ${name}: { condition: service_healthy }\n`);
  const locations = routes().map(
    ({ path, exact, service }) =>
      `        location ${exact ? '= ' : ''}${path} { proxy_pass http://${service}:3000; }\n`,
  );
  const text = `# ${BY}
# The whole system for a machine that has a Docker engine, and not Node:
#   export JWT_KEY=$(openssl rand -hex 32)
#   docker compose up --build --wait
# One MongoDB holds the databases of all services here. infra/k8s has one for each.
name: ticketing

x-service: &service
  depends_on:
    mongodb: { condition: service_healthy }
    nats-streaming: { condition: service_started }
  restart: unless-stopped
  stop_grace_period: 30s # 10 s of DRAIN_DEADLINE_MS, up to 10 s for a start under way to end, and more
  read_only: true
  cap_drop: [ALL]
  security_opt: ['no-new-privileges:true']

x-environment: &environment
  NATS_URL: nats://nats-streaming:4222
  NATS_CLUSTER_ID: ticketing
  JWT_KEY: '\${JWT_KEY:?set it: export JWT_KEY=$$(openssl rand -hex 32)}'
  TRUST_PROXY: uniquelocal

services:
${services.join('')}  # One address for all, as the Ingress is in Kubernetes. /healthz, /readyz and /metrics are not routed.
  ingress:
    image: nginx:1.28-alpine
    depends_on:
${waits.join('')}    restart: unless-stopped
    ports: ['127.0.0.1:\${PORT:-3000}:80']
    configs:
      - source: routes
        target: /etc/nginx/conf.d/default.conf

  # The ports of both servers are open on this machine only, for \`npm run audit\` and \`npm run nats:...\`.
  mongodb:
    image: mongo:8.0.16
    restart: unless-stopped
    ports: ['127.0.0.1:27017:27017']
    volumes: ['mongodb:/data/db']
    stop_grace_period: 60s # mongod writes a checkpoint
    healthcheck:
      test: [CMD, mongosh, --quiet, --eval, 'db.adminCommand("ping").ok']
      interval: 5s
      timeout: 10s
      start_period: 60s

  # Every option is explained in infra/k8s/base/nats-streaming/stateful-set.yaml.
  nats-streaming:
    image: nats-streaming:0.25.6
    restart: unless-stopped
    ports: ['127.0.0.1:4222:4222', '127.0.0.1:8222:8222']
    volumes: ['nats-streaming:/data']
    command:
      - -p=4222
      - -m=8222
      - -hbi=5s
      - -hbt=5s
      - -hbf=2
      - -SD
      - -cid=ticketing
      - -st=FILE
      - --dir=/data/store
      - --file_sync=true
      - --file_read_buffer_size=0
      - -mc=0
      - -mm=0
      - -mb=200MB
      - -msu=1000

configs:
  routes:
    # \`$$\` is one dollar: Compose would take \`$host\` for a variable of its own.
    content: |
      server {
        listen 80;
        client_max_body_size 1m;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $$http_host;
        proxy_set_header X-Forwarded-For $$proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $$scheme;
${locations.join('')}      }

volumes:
  mongodb:
  nats-streaming:
`;
  return { path: 'compose.yaml', text };
}
