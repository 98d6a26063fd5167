import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { Change } from '../api/own';
import { When } from './labels';

const CLASSES: Record<string, string> = {
  INFRASTRUCTURE: 'Infrastructure', DEPLOYMENT: 'Deployment', SECURITY_CHANGE: 'Security', CONFIG_CHANGE: 'Configuration', SCHEMA_CHANGE: 'Schema',
};

export const className = (change: Change) => CLASSES[change.EventClass ?? ''] ?? change.EventClass ?? '';

/** What somebody did, as a sentence. */
export function changeSentence(change: Change): string {
  const names = (change.Resources ?? []).map(({ Name }) => Name).filter(Boolean).join(', ');
  return change.Sentence ?? `${change.Name ?? 'Change'}${names && ` of ${names}`}`;
}

const isLink = (text?: string) => text?.startsWith('https://');

export function ChangeTable({ changes, label = 'Changes', empty, showApplication = false }: {
  changes: Change[]; label?: string; empty: ReactNode; showApplication?: boolean;
}) {
  return (
    <Table
      variant="embedded"
      items={changes}
      trackBy={(change) => change.Id ?? `${change.Time} ${change.Name}`}
      wrapLines
      empty={empty}
      ariaLabels={{ tableLabel: label }}
      columnDefinitions={[
        { id: 'time', header: 'Time', cell: (change) => <When at={change.Time} />, width: 190 },
        { id: 'what', header: 'What', cell: changeSentence, isRowHeader: true, minWidth: 220 },
        {
          id: 'resources', header: 'Resource', minWidth: 160,
          cell: (change) => (change.Resources ?? []).map(({ Name, Label, Type, Arn }) => `${Label || Type || ''} ${Name ?? Arn ?? ''}`.trim()).join(', ') || '–',
        },
        ...(showApplication ? [{ id: 'application', header: 'Application', cell: (change: Change) => change.Application?.Name ?? '–' }] : []),
        { id: 'class', header: 'Kind', cell: className },
        { id: 'actor', header: 'By', cell: (change) => change.Actor ?? '–' },
        {
          id: 'source', header: 'Source',
          cell: (change) => (isLink(change.EventSource) ? <Link external href={change.EventSource}>Open</Link> : change.EventSource ?? change.DataSource ?? '–'),
        },
      ]}
    />
  );
}
