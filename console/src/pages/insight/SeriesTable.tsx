import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { Series } from '../../api/types';
import { number } from '../../number';
import { usePreferences } from '../../preferences';
import { moment } from '../../time';

const SIZE = 12;
const show = (value: number | null | undefined) => (typeof value === 'number' ? number(value) : '–');

/** A graph's points, the newest first. */
export function SeriesTable({ series, title }: { series: Series; title: string }) {
  const { zone } = usePreferences();
  const [page, setPage] = useState(1);
  const rows = series.Timestamps.map((time, index) => ({ time, index })).reverse();
  return (
    <Table
      variant="embedded" contentDensity="compact" items={rows.slice((page - 1) * SIZE, page * SIZE)} trackBy={({ time }) => String(time)}
      ariaLabels={{ tableLabel: title }}
      pagination={
        <Pagination
          currentPageIndex={page} pagesCount={Math.ceil(rows.length / SIZE)} onChange={({ detail }) => setPage(detail.currentPageIndex)}
          ariaLabels={{ nextPageLabel: `Older points of ${title}`, previousPageLabel: `Newer points of ${title}`, pageLabel: (at) => `Page ${at}` }}
        />
      }
      columnDefinitions={[
        { id: 'time', header: 'Time', isRowHeader: true, cell: ({ time }) => moment(time, zone) },
        { id: 'value', header: 'Value', cell: ({ index }) => show(series.Values[index]) },
        { id: 'lower', header: 'Expected from', cell: ({ index }) => show(series.Lower[index]) },
        { id: 'upper', header: 'to', cell: ({ index }) => show(series.Upper[index]) },
      ]}
    />
  );
}
