/** Nodes in columns, callers before whom they call; cycles are cut where they close. */
export interface Placed { id: string; column: number; row: number }

export function layers(ids: string[], edges: { From: string; To: string }[]): Placed[] {
  const known = new Set(ids);
  const within = edges.filter(({ From, To }) => known.has(From) && known.has(To) && From !== To);
  const columns = columnsOf(ids, within);
  const byColumn: string[][] = [];
  for (const id of ids) (byColumn[columns.get(id) ?? 0] ??= []).push(id);
  for (let round = 0; round < 4; round++) {
    for (let column = 1; column < byColumn.length; column++) sortByNeighbours(byColumn, column, within);
  }
  return byColumn.flatMap((column, index) => (column ?? []).map((id, row) => ({ id, column: index, row })));
}

/** The longest way from a node that nobody calls. */
function columnsOf(ids: string[], edges: { From: string; To: string }[]): Map<string, number> {
  const next = new Map<string, string[]>();
  for (const { From, To } of edges) next.set(From, [...(next.get(From) ?? []), To]);
  const columns = new Map<string, number>(ids.map((id) => [id, 0]));
  const onWay = new Set<string>();
  const visit = (id: string, column: number) => {
    if (onWay.has(id) || column > ids.length) return;
    if (column > 0 && column <= (columns.get(id) ?? 0)) return;
    columns.set(id, column);
    onWay.add(id);
    for (const to of next.get(id) ?? []) visit(to, column + 1);
    onWay.delete(id);
  };
  const called = new Set(edges.map(({ To }) => To));
  for (const id of ids) if (!called.has(id)) visit(id, 0);
  // What is only called from within its own circle.
  for (const id of ids) if (called.has(id) && columns.get(id) === 0) visit(id, 0);
  return columns;
}

/** Each node near the middle of those that call it. */
function sortByNeighbours(byColumn: string[][], column: number, edges: { From: string; To: string }[]) {
  const row = new Map(byColumn.flatMap((ids) => (ids ?? []).map((id, index) => [id, index] as const)));
  const middle = (id: string) => {
    const rows = edges.flatMap(({ From, To }) => (To === id ? [row.get(From) ?? 0] : []));
    return rows.length ? rows.reduce((sum, value) => sum + value, 0) / rows.length : (row.get(id) ?? 0);
  };
  byColumn[column] = (byColumn[column] ?? []).map((id) => [middle(id), id] as const).sort((a, b) => a[0] - b[0]).map(([, id]) => id);
}
