/** Where a node stands: columns from the left, rows from the top. */
export interface Cell { column: number; row: number }
export interface Layout { cells: Map<string, Cell>; /** Of an edge, by `from to`, the free cells it passes. */ ways: Map<string, Cell[]> }
interface Link { From: string; To: string }

export const wayKey = ({ From, To }: Link) => `${From} ${To}`;

/** Nodes in columns, callers before whom they call; a long edge has a cell of its own in each column it passes. */
export function layers(ids: string[], edges: Link[]): Layout {
  const known = new Set(ids);
  const within = edges.filter(({ From, To }) => known.has(From) && known.has(To) && From !== To);
  const columns = columnsOf(ids, within);
  const byColumn: string[][] = [];
  const put = (id: string, column: number) => (byColumn[column] ??= []).push(id);
  for (const id of ids) put(id, columns.get(id) ?? 0);
  const passed = new Map<string, string[]>();
  const short = within.flatMap((edge): Link[] => {
    const from = columns.get(edge.From) ?? 0, to = columns.get(edge.To) ?? 0;
    const bends = Array.from({ length: Math.max(0, to - from - 1) }, (_, index) => `${wayKey(edge)} ${index}`);
    bends.forEach((bend, index) => put(bend, from + 1 + index));
    passed.set(wayKey(edge), bends);
    const way = [edge.From, ...bends, edge.To];
    return way.slice(1).map((To, index) => ({ From: way[index]!, To }));
  });
  for (let round = 0; round < 6; round++) {
    for (let column = 1; column < byColumn.length; column++) sortBy(byColumn, column, short, 'From');
    for (let column = byColumn.length - 2; column >= 0; column--) sortBy(byColumn, column, short, 'To');
  }
  const cells = new Map(byColumn.flatMap((column, index) => column.map((id, row): [string, Cell] => [id, { column: index, row }])));
  const ways = new Map([...passed].map(([key, bends]): [string, Cell[]] => [key, bends.map((bend) => cells.get(bend)!)]));
  return { cells, ways };
}

/** The longest way from a node that nobody calls. Cycles are cut where they close. */
function columnsOf(ids: string[], edges: Link[]): Map<string, number> {
  const next = new Map<string, string[]>();
  for (const { From, To } of edges) next.set(From, [...(next.get(From) ?? []), To]);
  const columns = new Map<string, number>();
  const onWay = new Set<string>();
  const visit = (id: string, column: number) => {
    if (onWay.has(id) || column <= (columns.get(id) ?? -1)) return;
    columns.set(id, column);
    onWay.add(id);
    for (const to of next.get(id) ?? []) visit(to, column + 1);
    onWay.delete(id);
  };
  const called = new Set(edges.map(({ To }) => To));
  for (const id of ids) if (!called.has(id)) visit(id, 0);
  // What is only called from within its own circle.
  for (const id of ids) if (!columns.has(id)) visit(id, 0);
  return columns;
}

/** Each node of a column near the middle of its neighbours on one side. */
function sortBy(byColumn: string[][], column: number, edges: Link[], side: 'From' | 'To') {
  const other = side === 'From' ? 'To' : 'From';
  const row = new Map(byColumn.flatMap((ids) => ids.map((id, index): [string, number] => [id, index - ids.length / 2])));
  const middle = (id: string) => {
    const rows = edges.flatMap((edge) => (edge[other] === id ? [row.get(edge[side]) ?? 0] : []));
    return rows.length ? rows.reduce((sum, value) => sum + value, 0) / rows.length : (row.get(id) ?? 0);
  };
  byColumn[column] = (byColumn[column] ?? []).map((id) => [middle(id), id] as const).sort((a, b) => a[0] - b[0]).map(([, id]) => id);
}
