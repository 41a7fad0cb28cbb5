/** Python's `math`, over known numbers. */
import type { Library } from '../library.ts';
import { bool, float, int, unknown } from '../values.ts';
import type { NumberValue, Value } from '../values.ts';
import { asNumber } from '../python/operators.ts';

const WHOLE: Readonly<Record<string, (value: number) => number>> = {
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  isqrt: (value) => Math.floor(Math.sqrt(value)),
  factorial: (value) =>
    Array.from({ length: Math.min(Math.max(0, value), 170) }, (_unused, idx) => idx + 1).reduce((a, b) => a * b, 1),
};

const REAL: Readonly<Record<string, (...values: number[]) => number>> = {
  sqrt: Math.sqrt,
  log: (value = Number.NaN, base) => (base === undefined ? Math.log(value) : exactLog(value, base)),
  log2: Math.log2,
  log10: Math.log10,
  exp: Math.exp,
  pow: (base = Number.NaN, exponent = Number.NaN) => base ** exponent,
  fabs: Math.abs,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
};

/** `log(8, 2)` is 3, as in Python, where dividing logarithms gives 3 as well or a value next to it. */
function exactLog(value: number, base: number): number {
  const quotient = Math.log(value) / Math.log(base);
  const rounded = Math.round(quotient);
  return base ** rounded === value ? rounded : quotient;
}

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, inf: Number.MAX_VALUE, tau: 2 * Math.PI };

export const mathLibrary: Library = {
  name: 'math',
  knows: (path) => path === 'math' || path.startsWith('math.'),
  constant(path) {
    const value = path.startsWith('math.') ? CONSTANTS[path.slice(5)] : undefined;
    return value === undefined ? null : float(value);
  },
  call(path, { positional }) {
    if (!path.startsWith('math.')) return null;
    return computeMath(path.slice(5), positional.map(asNumber));
  },
};

/** null: no such function. Shared with numpy's scalar functions. */
export function computeMath(name: string, numbers: readonly (NumberValue | null)[]): Value | null {
  const whole = WHOLE[name];
  const real = REAL[name];
  const isOther = name === 'gcd' || name === 'isnan' || name === 'isinf';
  if (whole === undefined && real === undefined && !isOther) return null;
  const values = numbers.map((number) => number?.value ?? Number.NaN);
  if (numbers.length === 0 || values.some(Number.isNaN)) return unknown(`${name} of something that is not known`);
  if (name === 'gcd') return int(values.reduce(gcd));
  if (isOther) return bool(false);
  const result = whole === undefined ? real?.(...values) : whole(values[0] ?? 0);
  if (result === undefined || !Number.isFinite(result)) return unknown(`${name} has no value here`);
  return whole === undefined ? float(result) : int(result);
}

function gcd(left: number, right: number): number {
  let [a, b] = [Math.abs(left), Math.abs(right)];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
