import { expect, test } from 'vitest';
import type { Report } from '../pages/insight/report';
import { escape, markdown } from './markdown';

const AT = Date.UTC(2026, 0, 26, 12, 1) / 1000;
const report: Report = {
  type: 'REACTIVE',
  insight: {
    Name: 'Writes throttled', Severity: 'HIGH', Status: 'CLOSED', InsightTimeRange: { StartTime: AT, EndTime: AT + 3060 },
    Application: { Id: 'a', Name: 'shop', Kind: 'STACK' },
    Causes: [{ Rank: 1, Resource: { Name: 'orders', Type: 'AWS::DynamoDB::Table', Label: 'DynamoDB table' }, Reason: 'capacity 100 → 5', ChangeIds: [], Path: [] }],
  },
  anomalies: [{ Id: '1', Label: 'Errors | all', AnomalyTimeRange: { StartTime: AT } }],
  events: [], advice: [{ Name: 'Set it back', Description: 'To 100.', Command: 'aws dynamodb describe-table' }], logs: [],
};

test('what, when, why and what to do', () => {
  const text = markdown(report, AT + 7200, 'utc');
  expect(text).toMatch(/^# Writes throttled\n/);
  expect(text).toContain('From 2026-01-26 12:01 UTC to 2026-01-26 12:52 UTC (51 min)');
  expect(text).toContain('DynamoDB table orders: capacity 100 → 5');
  expect(text).toContain('```sh\n  aws dynamodb describe-table');
  expect(text).toContain('| Errors \\| all |');
  expect(text).not.toContain('## Notes');
});

test('an ongoing one is as long as it lasts', () => {
  const ongoing = { ...report, insight: { ...report.insight, Status: 'ONGOING' as const, InsightTimeRange: { StartTime: AT } } };
  expect(markdown(ongoing, AT + 600, 'utc')).toContain('on, still ongoing (10 min)');
});

test('names start no markup and no line', () => {
  expect(escape('a <b>*x*</b>\n# no')).toBe('a \\<b\\>\\*x\\*\\</b\\> # no');
});
