import { useEffect, useRef } from 'preact/hooks';
import type { Job } from '../model/system';
import { clock } from '../model/words';
import { useStore } from '../store';

const SAID: Readonly<Record<Job['state'], string>> = { running: 'runs', done: 'done', failed: 'not well' };
const TONE: Readonly<Record<Job['state'], string>> = { running: 'wait', done: 'good', failed: 'bad' };

/** What was started on the page, with what it says. @param only programs have a command, experiments have none */
export function Jobs({ only }: { readonly only: 'program' | 'experiment' }) {
  const jobs = useStore((state) => state.jobs).filter(({ command }) => (command === '') === (only === 'experiment'));
  if (jobs.length === 0) return null;
  return (
    <div class="jobs" role="log" aria-label="What was started, the newest first" tabIndex={0}>
      {jobs.map((job, place) => (
        <details key={job.id} open={place === 0}>
          <summary>
            <span class={`kind ${TONE[job.state]}`}>{SAID[job.state]}</span> {job.title}{' '}
            <time class="soft">{clock(job.at).slice(0, 8)}</time>
          </summary>
          {job.command !== '' && <code class="command">{job.command}</code>}
          <Lines lines={job.lines} title={job.title} />
        </details>
      ))}
    </div>
  );
}

function Lines({ lines, title }: { readonly lines: readonly string[]; readonly title: string }) {
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (lines.length === 0) return null;
  return (
    <pre ref={box} tabIndex={0} aria-label={`What it says: ${title}`}>
      {lines.join('\n')}
    </pre>
  );
}
