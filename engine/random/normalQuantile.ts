/**
 * The inverse of the standard normal distribution function (Wichura, algorithm AS 241, PPND16; relative
 * error about 1e−16). One uniform number becomes one normal number, so positions in a random stream stay
 * simple. It uses only +, −, ×, ÷ and square root, which IEEE 754 fixes to the bit; `Math.log` and
 * `Math.sin` may differ between JavaScript engines, so the logarithm is computed here.
 */

/** x with Φ(x) = p, for 0 < p < 1. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(r, centralTop)) / polynomial(r, centralBottom);
  }
  const r = Math.sqrt(-naturalLogarithm(q < 0 ? p : 1 - p));
  const size =
    r <= 5
      ? polynomial(r - 1.6, middleTop) / polynomial(r - 1.6, middleBottom)
      : polynomial(r - 5, farTop) / polynomial(r - 5, farBottom);
  return q < 0 ? -size : size;
}

const bits = new DataView(new ArrayBuffer(8));

/** ln x for normal positive x, from its exponent and an odd series in (m − 1)/(m + 1), m in [√½, √2). */
export function naturalLogarithm(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let mantissa = bits.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let k = 23; k >= 3; k -= 2) sum = (sum + 1 / k) * square;
  return exponent * ln2High + (2 * s + (2 * s * sum + exponent * ln2Low));
}

/** ln 2 in two parts, so that exponent · high is exact. */
const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;

function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + (coefficients[k] ?? 0);
  return sum;
}

const centralTop = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
];
const centralBottom = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852854561,
];
const middleTop = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
];
const middleBottom = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
];
const farTop = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
];
const farBottom = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
];
