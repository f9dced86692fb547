import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the addresses of the services' metrics to the data folder, for file_sd_configs of Prometheus. Returns a
 * function that removes the file. @param urls of the services
 */
export function publishScrapeTargets(dataDir: string, urls: readonly string[]): () => void {
  const file = join(dataDir, 'scrape-targets.json');
  writeFileSync(file, `${JSON.stringify([{ targets: urls.map((url) => new URL(url).host) }])}\n`);
  return () => rmSync(file, { force: true });
}
