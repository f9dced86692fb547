import { serviceNames } from '../services';
import { BY, type WrittenFile } from './written-file';

/** As the formatter would have it. */
const LINE_WIDTH = 120;

function listOf(kind: string): string {
  const references = serviceNames.map((name) => `{ "path": "${name}/tsconfig.${kind}.json" }`);
  const line = `  "references": [${references.join(', ')}]`;
  return line.length <= LINE_WIDTH ? line : `  "references": [\n    ${references.join(',\n    ')}\n  ]`;
}

/** Lists for `tsc -b`, which knows no patterns: the programs of all services, and their tests. */
export function tsconfigs(): readonly WrittenFile[] {
  return ['src', 'test'].map((kind) => ({
    path: `services/tsconfig.${kind}.json`,
    text: `// ${BY}
{
  "extends": "../tsconfig.base.json",
  "files": [],
${listOf(kind)}
}
`,
  }));
}
