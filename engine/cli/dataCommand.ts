/**
 * `slimwise data <path>`: what a data set holds, before anything is trained on it. The editor's dialog shows the
 * JSON of it. Exit code 1 says that a run would refuse the set.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ImagesDescription } from '../../core/data/imagesDescription.ts';
import { formatExact, formatPercent } from '../../core/format/numbers.ts';
import { describeImages } from '../data/describeImages.ts';
import { createCountProgress } from './countProgress.ts';
import { fail, type CliCommand } from './command.ts';
import { badUsage } from './problems.ts';

const usage = `Usage: slimwise data <folder or file> [options]

Counts the images of a folder, an archive, an IDX file or a NumPy array; says their sizes, colours and statistics,
and which are bad and why.

  --size N        fit to N×N pixels for statistics and preview (default: what fits the images)
  --channels N    1 for grey, 3 for RGB (default: 3 where any image has colour)
  --most N        look at N images, evenly over the set (default: 2000)
  --json          print everything as JSON, with a preview grid as PNG in base64

Exit codes: 0 a run can use the set, 1 it would refuse it, 2 wrong usage or nothing to read.`;

export const dataCommand: CliCommand = {
  summary: 'Describes a set of images: count, sizes, statistics, bad files.',
  usage,
  async run(args, io) {
    let options: ReturnType<typeof parse>;
    try {
      options = parse(args);
    } catch (error) {
      return fail(io, badUsage(error instanceof Error ? error.message : String(error), 'data'));
    }
    const { values, positionals } = options;
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0)
      return fail(io, badUsage('Say which folder or file holds the images.', 'data'));
    const size = values.size === undefined ? undefined : Number(values.size);
    const most = Number(values.most);
    if (size !== undefined && !(Number.isInteger(size) && 1 <= size && size <= 4096)) {
      return fail(io, badUsage('--size is a whole number from 1 to 4096.', 'data'));
    }
    if (!(Number.isInteger(most) && most >= 1)) return fail(io, badUsage('--most is a whole number from 1.', 'data'));
    if (values.channels !== undefined && values.channels !== '1' && values.channels !== '3') {
      return fail(io, badUsage('--channels is 1 or 3.', 'data'));
    }
    const progress = createCountProgress(io, 'Reading images');
    const described = await describeImages({
      path: path.resolve(io.cwd, name),
      most,
      onProgress: progress.show,
      ...(size === undefined ? {} : { size }),
      ...(values.channels === undefined ? {} : { channels: values.channels === '1' ? 1 : 3 }),
    });
    progress.end();
    if (!described.ok) return fail(io, described.problem);
    io.out(values.json ? `${JSON.stringify(described.value)}\n` : `${renderDescription(described.value).join('\n')}\n`);
    return isRefused(described.value) && !values.json ? 1 : 0;
  },
};

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      size: { type: 'string' },
      channels: { type: 'string' },
      most: { type: 'string', default: '2000' },
      json: { type: 'boolean', default: false },
    },
  });
}

function isRefused({ bad, nRead, badShareAllowed }: ImagesDescription): boolean {
  return nRead === bad.length || bad.length > badShareAllowed * nRead;
}

const mostListed = 12;

function renderDescription(description: ImagesDescription): readonly string[] {
  const { nFound, nRead, sizes, nGrey, nColour, bad, fitted, mean, deviation, stored } = description;
  const figures = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(', ');
  const read = nRead < nFound ? `, ${formatExact(nRead)} of them looked at` : '';
  return [
    `${formatExact(nFound)} images (${stored})${read}; ${formatExact(nGrey)} grey, ${formatExact(nColour)} colour.`,
    `Sizes: ${sizes
      .slice(0, mostListed)
      .map(({ width, height, count }) => `${width}×${height} (${formatExact(count)})`)
      .join(', ')}${sizes.length > mostListed ? `, and ${sizes.length - mostListed} more` : ''}`,
    `As ${fitted.size}×${fitted.size}×${fitted.channels}: mean ${figures(mean)}, standard deviation ${figures(deviation)} (of 255).`,
    ...(bad.length === 0
      ? ['No bad images.']
      : [
          `${formatExact(bad.length)} bad (${formatPercent(bad.length / nRead)})${isRefused(description) ? ': a run refuses the set' : ': a run skips them'}.`,
          ...bad.slice(0, mostListed).map(({ file, reason }) => `  ${file}: ${reason}`),
          ...(bad.length > mostListed ? [`  and ${bad.length - mostListed} more`] : []),
        ]),
  ];
}
