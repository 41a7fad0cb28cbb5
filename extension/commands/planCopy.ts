/** The name of a copy of a plan: still one that the editor knows as a plan, and not taken. Pure. */
export function copyName(planName: string, taken: readonly string[]): string {
  const stem = /^slimwise(?:\.(.+))?\.json$/.exec(planName)?.[1] ?? planName.replace(/\.json$/, '');
  const base = stem.replace(/^again(-\d+)?\.?/, '');
  for (let i = 1; ; i++) {
    const name = [
      'slimwise',
      i === 1 ? 'again' : `again-${i}`,
      ...(base === '' || base === 'slimwise' ? [] : [base]),
      'json',
    ].join('.');
    if (!taken.includes(name)) return name;
  }
}
