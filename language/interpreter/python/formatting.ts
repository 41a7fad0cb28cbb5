/** Text of values: `str`, format specifications, `%` and `.format`; null or unknown where a part is not known. */
import { MAX_WALK, string, unknown } from '../values.ts';
import type { Value, Walk } from '../values.ts';

/** As `format(value, spec)`; null where the text is not known. */
export function formatValue(value: Value, spec: string | null): string | null {
  if (spec === null || spec === '') return textOf(value);
  const match = /^(?:(.)?([<>^=]))?([+ -])?#?(0)?(\d+)?,?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/.exec(spec);
  if (match === null) return null;
  const [, fill, align, , zero, width, precision, type] = match;
  const body = bodyOf(value, precision === undefined ? null : Number(precision), type);
  if (body === null) return null;
  const length = Math.min(Number(width ?? 0), 200);
  const pad = fill ?? (zero === undefined ? ' ' : '0');
  const side = align ?? (value.kind === 'string' ? '<' : '>');
  if (side === '^') {
    const before = Math.max(0, Math.floor((length - body.length) / 2));
    return (pad.repeat(before) + body).padEnd(length, pad);
  }
  return side === '<' ? body.padEnd(length, pad) : body.padStart(length, pad);
}

function bodyOf(value: Value, precision: number | null, type: string | undefined): string | null {
  if (value.kind !== 'number') {
    const text = textOf(value);
    return text === null || precision === null ? text : text.slice(0, precision);
  }
  switch (type) {
    case 'd':
    case 'n':
      return String(Math.trunc(value.value));
    case 'f':
    case 'F':
      return value.value.toFixed(precision ?? 6);
    case 'e':
    case 'E':
      return value.value.toExponential(precision ?? 6);
    case '%':
      return `${(value.value * 100).toFixed(precision ?? 6)}%`;
    case 'x':
      return value.value.toString(16);
    case 'X':
      return value.value.toString(16).toUpperCase();
    case 'b':
      return value.value.toString(2);
    case 'o':
      return value.value.toString(8);
    case undefined:
      return precision === null ? textOf(value) : String(Number(value.value.toPrecision(precision)));
    default:
      return String(value.value);
  }
}

/** As `str(value)`; null also where the text would be very long. */
export function textOf(value: Value, room: Walk = { left: MAX_WALK }): string | null {
  if (room.left-- <= 0) return null;
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'number':
      if (value.isInteger || !Number.isInteger(value.value)) return String(value.value);
      return Math.abs(value.value) < 1e16 ? value.value.toFixed(1) : String(value.value);
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'none':
      return 'None';
    case 'tuple': {
      const items = reprsOf(value.items, room);
      if (items === null) return null;
      return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
    }
    case 'list': {
      const items = value.unknown === null ? reprsOf(value.items, room) : null;
      return items === null ? null : `[${items.join(', ')}]`;
    }
    default:
      return null;
  }
}

function reprsOf(items: readonly Value[], room: Walk): readonly string[] | null {
  const texts: string[] = [];
  for (const item of items) {
    const text = textOf(item, room);
    if (text === null) return null;
    room.left -= text.length >> 8;
    texts.push(item.kind === 'string' ? `'${text}'` : text);
  }
  return texts;
}

/** `template % values`. */
export function formatPercent(template: string, values: Value): Value {
  const items = values.kind === 'tuple' ? values.items : [values];
  let position = 0;
  let reason: string | null = null;
  const text = template.replace(
    /%(?:\((\w+)\))?([-+ #0]*)(\d+|\*)?(?:\.(\d+))?([diouxXeEfFgGcrsa%])/g,
    (whole: string, name: string | undefined, flags: string, width?: string, precision?: string, type?: string) => {
      if (type === '%') return '%';
      const value =
        name === undefined
          ? items[position++]
          : values.kind === 'dict'
            ? values.entries.get(`s${name}`)?.value
            : undefined;
      if (value === undefined) {
        reason ??= 'a value of this text is missing';
        return whole;
      }
      const isText = type === 's' || type === 'r' || type === 'a';
      const kind = isText ? '' : type === 'i' || type === 'u' ? 'd' : (type ?? '');
      const align = flags.includes('-') ? '<' : isText ? '>' : '';
      const zero = flags.includes('0') && align === '' ? '0' : '';
      const spec = `${align}${zero}${width ?? ''}${precision === undefined ? '' : `.${precision}`}${kind}`;
      const formatted = formatValue(isText ? string(textOf(value) ?? '') : value, spec);
      if (formatted === null || (isText && textOf(value) === null)) {
        reason ??= value.kind === 'unknown' ? value.reason : 'a part of this text is not known';
        return whole;
      }
      return formatted;
    },
  );
  return reason === null ? string(text) : unknown(reason);
}

/** `template.format(...)`; fields by position or name, without attributes of them. */
export function formatBraces(
  template: string,
  positional: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
): Value {
  let position = 0;
  let reason: string | null = null;
  const text = template.replace(
    /\{\{|\}\}|\{(\w*)(?:!\w)?(?::([^{}]*))?\}/g,
    (whole: string, name: string | undefined, spec: string | undefined) => {
      if (whole === '{{') return '{';
      if (whole === '}}') return '}';
      const value =
        name === undefined || name === ''
          ? positional[position++]
          : /^\d+$/.test(name)
            ? positional[Number(name)]
            : keywords.get(name);
      const formatted = value === undefined ? null : formatValue(value, spec ?? null);
      if (formatted === null) {
        reason ??= value?.kind === 'unknown' ? value.reason : 'a part of this text is not known';
        return whole;
      }
      return formatted;
    },
  );
  return reason === null ? string(text) : unknown(reason);
}
