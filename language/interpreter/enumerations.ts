/** Members of enumerations: `Kind.DCGAN.name`, `.value`, and comparisons with other members. */
import type { ForeignObject } from './foreign.ts';
import { bool, foreign, string } from './values.ts';
import type { ClassValue, Value } from './values.ts';

interface EnumMember extends ForeignObject {
  readonly typeName: 'enumeration member';
  readonly value: Value;
}

/** Turns the plain values in the body of an enumeration into its members. */
export function nameMembers(cls: ClassValue): void {
  for (const [name, value] of cls.members) {
    const isPlain = ['number', 'string', 'tuple', 'bool', 'unknown', 'builtin'].includes(value.kind);
    if (isPlain && !name.startsWith('_')) cls.members.set(name, foreign(member(cls, name, value)));
  }
}

/** `Kind('dcgan')`: the member of a value; null where there is none. */
export function memberOf(cls: ClassValue, wanted: Value): Value | null {
  for (const item of cls.members.values()) {
    if (item.kind !== 'foreign' || item.object.typeName !== 'enumeration member') continue;
    const { value } = item.object as EnumMember;
    if (wanted === item) return item;
    const isSame = value.kind === wanted.kind && 'value' in value && 'value' in wanted && value.value === wanted.value;
    if (isSame) return item;
  }
  return null;
}

function member(cls: ClassValue, name: string, value: Value): EnumMember {
  return {
    typeName: 'enumeration member',
    typePaths: [`enum.${cls.name}`, 'enum.Enum'],
    value,
    key: `${cls.unit.path}:${cls.definition.start}.${name}`,
    attribute: (key) => (key === 'name' ? string(name) : key === 'value' ? value : null),
    compare(operator, other) {
      const isSame = other.kind === 'foreign' && other.object.key === this.key;
      const isText = other.kind === value.kind && 'value' in other && 'value' in value && other.value === value.value;
      if (operator === '==') return bool(isSame || isText);
      return operator === '!=' ? bool(!isSame && !isText) : null;
    },
    truth: () => true,
  };
}
