import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Leaves in the data folder where the metrics of the services are, as file_sd_configs of Prometheus reads it. Returns what
 * takes it away again. @param urls of the services
 */
export function publishScrapeTargets(dataDir: string, urls: readonly string[]): () => void {
  const file = join(dataDir, 'scrape-targets.json');
  writeFileSync(file, `${JSON.stringify([{ targets: urls.map((url) => new URL(url).host) }])}\n`);
  return () => rmSync(file, { force: true });
}
