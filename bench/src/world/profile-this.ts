// Loaded into a service by --require: takes a CPU profile of its whole life and leaves it in PROFILE_DIR.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.start');
process.once('exit', () => {
  // Calls back before it returns, so that it can be done while the process ends.
  session.post('Profiler.stop', (error, result) => {
    if (error) return;
    const name = `${process.env['NATS_CLIENT_ID'] ?? 'ceiling'}-${process.pid}.cpuprofile`;
    writeFileSync(join(process.env['PROFILE_DIR'] ?? '.', name), JSON.stringify(result.profile));
  });
});
