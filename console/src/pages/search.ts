import type { Search } from '../api/operations';
import type { InsightSeverity, InsightStatus, InsightType, ServiceName } from '../api/types';
import { DAY } from '../time';

export const PERIODS = [
  { value: '1', label: 'Last day' }, { value: '7', label: 'Last 7 days' }, { value: '30', label: 'Last 30 days' },
  { value: '180', label: 'Last 180 days' }, { value: 'all', label: 'Any time' },
];

/** The list's whole state, as it stands in the address. */
export interface ListState {
  type: InsightType; status: string[]; severity: string[]; application: string[]; service: string[]; period: string; page: number; token?: string;
}
export const KEYS = ['status', 'severity', 'application', 'service'] as const;

/** What is asked first at night: what goes on now. An empty `status=` means any. */
export function read(query: URLSearchParams): ListState {
  const many = (key: string) => query.getAll(key).filter(Boolean);
  return {
    type: query.get('type') === 'PROACTIVE' ? 'PROACTIVE' : 'REACTIVE',
    status: query.has('status') ? many('status') : ['ONGOING'],
    severity: many('severity'), application: many('application'), service: many('service'),
    period: PERIODS.some(({ value }) => value === query.get('period')) ? query.get('period')! : 'all',
    page: Math.max(1, Number(query.get('page')) || 1),
    token: query.get('token') ?? undefined,
  };
}

export function write(state: ListState): URLSearchParams {
  const query = new URLSearchParams();
  if (state.type !== 'REACTIVE') query.set('type', state.type);
  for (const key of KEYS) {
    if (key === 'status' && state.status.join() === 'ONGOING') continue;
    if (key === 'status' && state.status.length === 0) query.append('status', '');
    state[key].forEach((value) => query.append(key, value));
  }
  if (state.period !== 'all') query.set('period', state.period);
  if (state.page > 1 && state.token) {
    query.set('page', String(state.page));
    query.set('token', state.token);
  }
  return query;
}

export function request(state: ListState, now: number, size: number): Search {
  const set = <T>(values: T[]) => (values.length ? values : undefined);
  return {
    type: state.type, size, token: state.page > 1 ? state.token : undefined,
    from: state.period === 'all' ? 0 : Math.floor(now - Number(state.period) * DAY),
    to: Math.ceil(now) + DAY,
    filters: {
      Statuses: set(state.status as InsightStatus[]),
      Severities: set(state.severity as InsightSeverity[]),
      ServiceCollection: state.service.length ? { ServiceNames: state.service as ServiceName[] } : undefined,
      ResourceCollection: state.application.length ? { CloudFormation: { StackNames: state.application } } : undefined,
    },
  };
}
