/**
 * The `slimwise` command: a table of subcommands, each loaded when it is called, so that `analyze` never
 * pays for the training engine. Unknown commands and bugs end with a message on standard error and
 * exit code 2.
 */
import process from 'node:process';
import type { CliCommand, CliIo, ExitCode } from './command.ts';

interface CommandEntry {
  readonly summary: string;
  load(): Promise<CliCommand>;
}

const commands: Readonly<Record<string, CommandEntry>> = {
  analyze: {
    summary: 'Layers, costs, redundancy and findings of the models in a file or folder.',
    load: async () => (await import('./analyzeCommand.ts')).analyzeCommand,
  },
  check: {
    summary: 'Fails a build on findings or budgets; with a baseline and annotations.',
    load: async () => (await import('./checkCommand.ts')).checkCommand,
  },
  edit: {
    summary: 'Edits a layer in its source: fewer bits, cheaper layers, other channels.',
    load: async () => (await import('./editCommand.ts')).editCommand,
  },
  fit: {
    summary: 'Chooses bits per layer that fit a budget, and says why.',
    load: async () => (await import('./fitCommand.ts')).fitCommand,
  },
  run: {
    summary: 'Trains, decides by Algorithm 1, and packs the generator of a plan.',
    load: async () => (await import('./runCommand.ts')).runCommand,
  },
  pack: {
    summary: 'Packs weights that were trained in your own pipeline.',
    load: async () => (await import('./packCommand.ts')).packCommand,
  },
  generate: {
    summary: 'Draws images from a packed generator.',
    load: async () => (await import('./generateCommand.ts')).generateCommand,
  },
  'bench-model': {
    summary: 'Times a packed generator and measures its memory.',
    load: async () => (await import('./benchModelCommand.ts')).benchModelCommand,
  },
  export: {
    summary: 'Writes a packed generator as ONNX or TensorFlow.js.',
    load: async () => (await import('./exportCommand.ts')).exportCommand,
  },
  data: {
    summary: 'Describes a set of images: count, sizes, statistics, bad files.',
    load: async () => (await import('./dataCommand.ts')).dataCommand,
  },
  sensitivity: {
    summary: 'Measures what fewer bits do to each layer of a trained generator.',
    load: async () => (await import('./sensitivityCommand.ts')).sensitivityCommand,
  },
  score: {
    summary: 'Scores a generator: SWD, and Fréchet distance and inception score by named features.',
    load: async () => (await import('./scoreCommand.ts')).scoreCommand,
  },
  runs: {
    summary: 'Lists the runs below a folder, and compares them.',
    load: async () => (await import('./runsCommand.ts')).runsCommand,
  },
};

export async function main(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.out(overview());
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(commands, name)) {
    io.err(`slimwise: there is no command '${name}'.\n\n${overview()}`);
    return 2;
  }
  const command = await commands[name]?.load();
  if (command === undefined) return 2;
  if (args.includes('--help') || args.includes('-h')) {
    io.out(`${command.usage}\n`);
    return 0;
  }
  return command.run(args, io);
}

function overview(): string {
  const names = Object.keys(commands);
  const width = Math.max(...names.map((name) => name.length));
  const rows = names.map((name) => `  ${name.padEnd(width)}  ${commands[name]?.summary ?? ''}`);
  return [
    'Slimwise: what each layer costs, which layers can be compressed, and doing it.',
    '',
    'Usage: slimwise <command> [options]',
    '',
    ...rows,
    '',
    "'slimwise <command> --help' says more.",
    '',
  ].join('\n');
}

/** Runs on the process' own streams; `bin/slimwise.mjs` calls it. */
export async function runProcess(): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2), {
      cwd: process.cwd(),
      env: process.env,
      isTerminal: process.stdout.isTTY,
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    });
  } catch (error) {
    process.stderr.write(`slimwise: this is a defect of Slimwise, please report it.\n${stackOf(error)}\n`);
    process.exitCode = 2;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
