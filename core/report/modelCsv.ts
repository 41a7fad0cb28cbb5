/**
 * The tables of the model editor as comma-separated values (RFC 4180), with every digit: what is not known is an
 * empty field. A text that a spreadsheet would run as a formula is set off with an apostrophe, because names come
 * from files that nobody vouches for.
 */
import type { LayerReport } from './analyzeReport.ts';
import type { ModelFileReport, TensorRow } from './modelFileReport.ts';
import type { ModelTable } from './modelFileProtocol.ts';

type Cell = string | number | null;

const layerHead =
  'number,name,type,operator,input,output,parameters,not trained,MACs,DoR,fp32 bytes,int8 bytes,1-bit bytes,runs,sensitivity';
const tensorHead = 'number,tensor,type,shape,values,bytes,fit,layer,weight,expected shape';

/** Positions that the table does not have are left out. */
export function modelCsv(report: ModelFileReport, table: ModelTable, rows: readonly number[]): string {
  const lines = rows.flatMap((idx): string[] => {
    const cells =
      table === 'layers'
        ? cellsOf(report.models[0]?.layers[idx], (row) => layerCells(row, idx))
        : cellsOf(report.tensors?.rows[idx], (row) => tensorCells(row, idx));
    return cells === null ? [] : [cells.map(field).join(',')];
  });
  return [table === 'layers' ? layerHead : tensorHead, ...lines, ''].join('\r\n');
}

function cellsOf<T>(row: T | undefined, make: (row: T) => readonly Cell[]): readonly Cell[] | null {
  return row === undefined ? null : make(row);
}

function layerCells(row: LayerReport, idx: number): readonly Cell[] {
  return [
    idx + 1,
    row.name,
    row.type,
    row.op,
    row.inputShapes?.map((shape) => shape?.join('×') ?? '?').join(' ') ?? null,
    row.outputShape?.join('×') ?? null,
    row.params,
    row.nonTrainable,
    row.macs,
    row.dor?.value ?? null,
    row.bytes?.fp32 ?? null,
    row.bytes?.int8 ?? null,
    row.bytes?.binary ?? null,
    row.calls.length,
    row.sensitivity?.level ?? null,
  ];
}

function tensorCells({ name, dtype, shape, values, bytes, fit }: TensorRow, idx: number): readonly Cell[] {
  const expected = fit?.expected?.join('×') ?? null;
  return [
    idx + 1,
    name,
    dtype,
    shape.join('×'),
    values,
    bytes,
    fit?.kind ?? null,
    fit?.layer ?? null,
    fit?.weight ?? null,
    expected,
  ];
}

function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
