import { className, changeSentence } from '../parts/ChangeTable';
import { headline, measure, resourceName, start, end, type Report } from '../pages/insight/report';
import { duration, moment, type Zone } from '../time';

/** An insight as a post-mortem begins with: what, when, why, what to do. */
export function markdown({ insight, type, anomalies, events, advice }: Report, now: number, zone: Zone): string {
  const at = (time?: number) => (time === undefined ? '–' : moment(time, zone));
  const { StartTime, EndTime } = insight.InsightTimeRange ?? {};
  const facts = [
    `- Severity: ${insight.Severity?.toLowerCase() ?? 'not known'}, ${type.toLowerCase()}, ${insight.Status?.toLowerCase() ?? ''}`,
    `- Application: ${insight.Application?.Name ?? '–'}`,
    `- From ${at(StartTime)} ${EndTime ? `to ${at(EndTime)}` : 'on, still ongoing'}${StartTime ? ` (${duration((EndTime ?? now) - StartTime)})` : ''}`,
    ...(insight.Impact?.Sentence ? [`- Impact: ${insight.Impact.Sentence}`] : []),
    ...(insight.Assignee ? [`- Assigned to ${insight.Assignee}`] : []),
  ];
  const cause = insight.Causes?.[0];
  return [
    `# ${escape(headline(insight))}`,
    `${insight.Description ? `${escape(insight.Description)}\n\n` : ''}${facts.map(escape).join('\n')}`,
    section('Cause', cause ? [
      escape(`${cause.Resource.Label} ${cause.Resource.Name}: ${cause.Reason}`),
      ...cause.Path.map((step, index) => `${index + 1}. ${escape(`${step.Resource.Name}: ${step.Text}`)}`),
    ] : ['No clear cause.']),
    section('What to do', advice.flatMap((item) => [
      `- **${escape(item.Name ?? '')}**: ${escape(item.Description ?? '')}`,
      ...(item.Reason ? [`  ${escape(item.Reason)}`] : []),
      ...(item.Command ? [`\n  \`\`\`sh\n  ${item.Command}\n  \`\`\``] : []),
    ])),
    section('Changes', table(['Time', 'What', 'Kind', 'By'], events.map((event) => [at(event.Time), changeSentence(event), className(event), event.Actor ?? '–']))),
    section('Anomalies', table(['Metric', 'Resource', 'From', 'To'], anomalies.map((anomaly) => [
      measure(anomaly), resourceName(anomaly), at(start(anomaly)), end(anomaly) ? at(end(anomaly)) : 'ongoing',
    ]))),
    section('Considered and ruled out', (insight.Considered ?? []).map(({ What, Because }) => `- ${escape(What)}: ${escape(Because)}`)),
    section('History', (insight.History ?? []).map(({ Time, Step, Sentence }) => `- ${at(Time)} ${escape(Step)}: ${escape(Sentence)}`)),
    section('Notes', (insight.Notes ?? []).map(({ Time, By, Text }) => `- ${at(Time)} ${escape(By)}: ${escape(Text)}`)),
  ].filter(Boolean).join('\n\n') + '\n';
}

function section(title: string, lines: string[]): string {
  return lines.length ? `## ${title}\n\n${lines.join('\n')}` : '';
}

function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return [];
  const row = (cells: string[]) => `| ${cells.map((cell) => escape(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)];
}

/** Names come from outside: none may start markup or another line. */
export function escape(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/[\\`*<>[\]]/g, (character) => `\\${character}`);
}
