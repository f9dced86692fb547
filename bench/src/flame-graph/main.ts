import { writeFileSync } from 'node:fs';
import { CommandError, runProgram, say } from '@ticketing/command-line';
import { Command } from 'commander';
import { draw } from './draw';
import { readProfile } from './profile';
import { summary } from './summary';

const program = new Command('flame-graph')
  .description('Says where the time of a CPU profile went, which `node --cpu-prof PROGRAM` has written.')
  .argument('<file>', 'the .cpuprofile')
  .option('--svg <out>', 'write a flame graph to this file, too')
  .exitOverride()
  .action((file: string, { svg }: { svg?: string }) => {
    const profile = readProfile(file);
    say(summary(profile));
    if (svg !== undefined) write(svg, draw(profile));
  });

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

void runProgram(program);
