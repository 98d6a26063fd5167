// Serves console/dist and the API's answers over what `stackseer demo --output json --series` said: for work on the page alone.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { extname, join, normalize } from 'node:path';

const [, , demoFile, distDir, port = '0', at = '2026-01-26T12:31:00Z', insightsWanted = '0', anomaliesWanted = '0'] = process.argv;
const demo = JSON.parse(await readFile(demoFile, 'utf8'));
const sec = (text) => (text ? Date.parse(text) / 1000 : undefined);
const LABELS = { 'AWS::Lambda::Function': 'Lambda function', 'AWS::DynamoDB::Table': 'DynamoDB table', 'AWS::SQS::Queue': 'SQS queue', 'AWS::ApiGateway::RestApi': 'API Gateway REST API' };
const clock = { Paused: false, Speed: 60, base: sec(at), since: Date.now() };
const now = () => clock.base + (clock.Paused ? 0 : ((Date.now() - clock.since) / 1000) * clock.Speed);
const up = (text) => text?.toUpperCase();
const resource = (r) => ({ Name: r.name, Type: r.type, Label: LABELS[r.type] ?? r.type, ConsoleUrl: `https://eu-west-1.console.aws.amazon.com/x/${r.name}` });
const application = { Id: demo.applications[0].id, Name: 'shop', Kind: 'STACK' };
const people = new Map();
const audit = [];
const lists = { Mutes: [], Sensitivities: [] };
const channels = [{ Id: '11111111-1111-4111-8111-111111111111', Config: { Sns: { TopicArn: 'arn:aws:sns:eu-west-1:123456789012:on-call' }, Filters: { Severities: ['HIGH', 'MEDIUM'] } } }];
const stacks = ['shop'];
const integrations = { OpsCenter: { OptInStatus: 'DISABLED' }, LogsAnomalyDetection: { OptInStatus: 'ENABLED' } };

let insights = demo.insights.map((i) => ({ ...i }));
if (+insightsWanted) insights = Array.from({ length: +insightsWanted }, (_, n) => ({ ...demo.insights[n % 4 + 2], id: `many-${n}` }));
const seen = (i) => sec(i.start_time) <= now();
const over = (i) => i.end_time && sec(i.end_time) <= now();
const common = (i) => ({
  Id: i.id, Name: i.name, Headline: i.name, Severity: up(i.severity), Status: over(i) ? 'CLOSED' : 'ONGOING', Application: application,
  InsightTimeRange: { StartTime: sec(i.start_time), ...(over(i) && { EndTime: sec(i.end_time) }) }, UpdateTime: sec(i.update_time), OpenTime: sec(i.open_time),
  ...people.get(i.id),
});
const key = (i) => (i.type === 'reactive' ? 'Reactive' : 'Proactive');
const detail = (i) => ({
  ...common(i), Description: i.description, Pattern: i.pattern, Check: i.check,
  Causes: i.causes.map((c) => ({ Rank: c.rank, Resource: resource(c.resource), Share: c.share, Reason: c.reason, ChangeIds: (c.changes ?? []).flatMap((x) => x.events), Path: (c.path ?? []).map((p) => ({ Resource: resource(p.resource), Text: p.evidence })) })),
  Impact: i.impact && { Share: i.impact.failed / i.impact.requests, Requests: i.impact.requests, Failed: i.impact.failed, Slow: i.impact.slow, Sentence: `${i.impact.failed} of ${i.impact.requests} requests at ${i.impact.front_door.name} failed, ${i.impact.slow} were slow.` },
  Considered: (i.considered ?? []).map((c) => ({ What: c.what, Because: c.because })),
  History: i.history.filter((h) => sec(h.time) <= now()).map((h) => ({ Time: sec(h.time), Step: h.change, Sentence: h.reason })),
});
const anomalies = (i) => {
  const list = +anomaliesWanted ? Array.from({ length: +anomaliesWanted }, (_, n) => ({ ...i.anomalies[n % i.anomalies.length], id: `a${n}` })) : i.anomalies;
  return list.map((a) => {
    const m = a.evidence.metric, s = a.evidence.series ?? [];
    return {
      Id: a.id, Type: up(a.type), Causal: a.type === 'causal', CauseRank: i.causes.find((c) => c.resource.id === a.resource.id)?.rank, Label: m?.name, Description: a.description, Severity: up(a.severity),
      AnomalyTimeRange: { StartTime: sec(a.start_time), ...(over(i) && { EndTime: sec(a.end_time) }) }, Resource: resource(a.resource), CloudWatchUrl: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home',
      SourceDetails: m && { CloudWatchMetrics: [{ MetricName: m.name, Namespace: m.namespace, Stat: m.statistic, Unit: m.unit, Period: m.period }] },
      Evidence: { Kind: up(a.evidence.kind), Peak: a.evidence.peak, Expected: a.evidence.expected, Attribute: a.evidence.attribute, Value: a.evidence.value },
      Series: { Timestamps: s.map((p) => sec(p.time)), Values: s.map((p) => p.value ?? null), Expected: s.map((p) => p.expected), Lower: s.map((p) => p.lower), Upper: s.map((p) => p.upper) },
    };
  });
};
const event = (e) => ({
  Id: e.id, Time: sec(e.time), EventSource: e.source, Name: e.name, DataSource: e.data_source, EventClass: e.class, Actor: e.actor, Application: application,
  Resources: e.resources.map((r) => ({ Type: r.split('/')[0], Name: r.split('/')[1], Label: LABELS[r.split('/')[0]] })),
  Sentence: `${e.actor} ${e.name} ${(e.changes ?? []).map((c) => `${c.property} ${c.from} → ${c.to}`).join(', ')}`,
});
const allEvents = [...new Map(demo.insights.flatMap((i) => i.events).map((e) => [e.id, e])).values()];
const find = (id) => insights.find((i) => i.id === id) ?? fail(404, 'ResourceNotFoundException', 'There is no such insight.');
const fail = (status, type, message) => { throw Object.assign(new Error(message), { status, type }); };
const open = (i) => seen(i) && !over(i);
const say = (What, Command) => audit.unshift({ Time: now(), Who: 'you', What, Command });
const put = (id, values) => people.set(id, { ...people.get(id), ...values });
const clockNow = () => ({ Paused: clock.Paused, Speed: clock.Speed, Now: now() });

function search(body) {
  const f = body.Filters ?? {}, size = body.MaxResults ?? 50, from = Number(body.NextToken?.slice(24) ?? 0);
  const found = insights.filter((i) => seen(i) && up(i.type) === body.Type && sec(i.start_time) >= body.StartTimeRange.FromTime && sec(i.start_time) <= (body.StartTimeRange.ToTime ?? Infinity)
    && (!f.Severities || f.Severities.includes(up(i.severity))) && (!f.Statuses || f.Statuses.includes(over(i) ? 'CLOSED' : 'ONGOING'))).reverse();
  return { [`${body.Type === 'REACTIVE' ? 'Reactive' : 'Proactive'}Insights`]: found.slice(from, from + size).map(common), ...(from + size < found.length && { NextToken: `00000000-0000-4000-8000-${String(from + size).padStart(12, '0')}` }) };
}
const states = demo.applications[0].resources.map((r, n) => ({ MonitoredResourceName: r.name, Type: r.type, Label: LABELS[r.type], Application: application, State: n === 3 ? 'WITHOUT_METRICS' : 'WATCHED', LastUpdated: now() - 300, ...(n === 3 && { Because: 'request metrics are off', TurnOn: 'Turn request metrics on' }) }));
const edges = [['ApiGateway::RestApi/shop', 'Lambda::Function/shop-catalog'], ['ApiGateway::RestApi/shop', 'Lambda::Function/shop-checkout'], ['ApiGateway::RestApi/shop', 'Lambda::Function/shop-account'], ['Lambda::Function/shop-catalog', 'DynamoDB::Table/shop-products'], ['Lambda::Function/shop-checkout', 'DynamoDB::Table/shop-orders'], ['Lambda::Function/shop-checkout', 'SQS::Queue/shop-order-queue', 'ASYNC'], ['SQS::Queue/shop-order-queue', 'Lambda::Function/shop-orders-worker', 'ASYNC'], ['Lambda::Function/shop-orders-worker', 'DynamoDB::Table/shop-orders'], ['Lambda::Function/shop-account', 'DynamoDB::Table/shop-sessions'], ['SQS::Queue/shop-order-queue', 'SQS::Queue/shop-order-dead-letters', 'ASYNC']];
const touches = (i, id) => i.causes.some((c) => c.resource.id === id) || i.anomalies.some((a) => a.type === 'causal' && a.resource.id === id);

const routes = [
  ['GET', /^\/stackseer\/status$/, () => ({ Product: 'Stackseer', Version: '0.1.0', Region: 'eu-west-1', Account: '123456789012', Source: 'DEMO', Now: now(), LastWatch: now(), Unseen: [] })],
  ['GET', /^\/stackseer\/clock$/, clockNow],
  ['PUT', /^\/stackseer\/clock$/, (_, b) => { clock.base = b.Now ?? now(); clock.since = Date.now(); if (b.Paused !== undefined) clock.Paused = b.Paused; if (b.Speed) clock.Speed = b.Speed; return clockNow(); }],
  ['GET', /^\/stackseer\/applications$/, () => { const o = insights.filter(open); return { Applications: [{ ...application, Health: { OpenReactive: o.filter((i) => i.type === 'reactive').length, OpenProactive: o.filter((i) => i.type === 'proactive').length, Severity: ['HIGH', 'MEDIUM', 'LOW'].find((s) => o.some((i) => up(i.severity) === s)) }, Watching: { Watched: 9, WithoutMetrics: 1, NotSupported: 0 }, UpdateTime: now() }] }; }],
  ['GET', /^\/stackseer\/applications\/([^/]+)\/topology$/, () => ({ Nodes: demo.applications[0].resources.map((r, n) => { const ids = insights.filter((i) => open(i) && i.type === 'reactive' && touches(i, r.id)).map((i) => i.id); return { Id: r.id, Name: r.name, Type: r.type, Label: LABELS[r.type], State: states[n].State, InsightIds: ids, ...(ids.length && { Severity: 'HIGH' }) }; }), Edges: edges.map(([a, b, k = 'SYNC']) => ({ From: `AWS::${a}`, To: `AWS::${b}`, Kind: k })) })],
  ['GET', /^\/stackseer\/changes$/, () => ({ Events: allEvents.filter((e) => sec(e.time) <= now()).map(event).sort((a, b) => b.Time - a.Time) })],
  ['GET', /^\/stackseer\/resources$/, () => ({ MonitoredResourceIdentifiers: states })],
  ['GET', /^\/stackseer\/expiries$/, () => ({ Expiries: [] })],
  ['GET', /^\/stackseer\/audit$/, () => ({ Entries: audit })],
  ['GET', /^\/stackseer\/(mutes|sensitivities)$/, (m) => (m[1] === 'mutes' ? { Mutes: lists.Mutes } : { Sensitivities: lists.Sensitivities })],
  ['POST', /^\/stackseer\/mutes$/, (_, b) => { const mute = { Id: `m${lists.Mutes.length}`, By: 'you', From: now(), ...b }; lists.Mutes.push(mute); say(`Muted ${JSON.stringify(b.What)}`); return mute; }],
  ['DELETE', /^\/stackseer\/mutes\/(.+)$/, (m) => { lists.Mutes = lists.Mutes.filter((x) => x.Id !== m[1]); return {}; }],
  ['PUT', /^\/stackseer\/insights\/([^/]+)\/acknowledgement$/, (m) => { put(m[1], { Acknowledgement: { By: 'you', Time: now() } }); say('Acknowledged', `stackseer ack ${m[1]}`); return {}; }],
  ['DELETE', /^\/stackseer\/insights\/([^/]+)\/acknowledgement$/, (m) => { put(m[1], { Acknowledgement: undefined }); return {}; }],
  ['PUT', /^\/stackseer\/insights\/([^/]+)\/assignee$/, (m, b) => { put(m[1], { Assignee: b.Assignee }); say(`Assigned to ${b.Assignee}`); return {}; }],
  ['DELETE', /^\/stackseer\/insights\/([^/]+)\/assignee$/, (m) => { put(m[1], { Assignee: undefined }); return {}; }],
  ['POST', /^\/stackseer\/insights\/([^/]+)\/notes$/, (m, b) => { const notes = people.get(m[1])?.Notes ?? []; put(m[1], { Notes: [...notes, { Id: `n${notes.length}`, By: 'you', Time: now(), Text: b.Text }] }); return {}; }],
  ['DELETE', /^\/stackseer\/insights\/([^/]+)\/notes\/(.+)$/, (m) => { put(m[1], { Notes: people.get(m[1])?.Notes?.filter((n) => n.Id !== m[2]) }); return {}; }],
  ['POST', /^\/stackseer\/channels\/(.+)\/test$/, () => ({})],
  ['POST', /^\/accounts\/overview$/, () => ({ ReactiveInsights: 4, ProactiveInsights: 2, MeanTimeToRecoverInMilliseconds: 2_730_000 })],
  ['POST', /^\/insights\/search$/, (_, b) => search(b)],
  ['GET', /^\/insights\/([^/]+)$/, (m) => { const i = find(m[1]); return { [`${key(i)}Insight`]: detail(i) }; }],
  ['POST', /^\/anomalies\/insight\/([^/]+)$/, (m) => { const i = find(m[1]); return { [`${key(i)}Anomalies`]: anomalies(i) }; }],
  ['POST', /^\/events$/, (_, b) => ({ Events: find(b.Filters.InsightId).events.filter((e) => sec(e.time) <= now()).map(event) })],
  ['POST', /^\/recommendations$/, (_, b) => ({ Recommendations: find(b.InsightId).recommendations.map((r) => ({ Name: r.name, Description: r.description, Reason: r.reason, Link: r.link, Place: r.place, Command: r.command, ConsoleUrl: r.place && 'https://eu-west-1.console.aws.amazon.com/x', RelatedEvents: (r.related_events ?? []).map((e) => ({ Name: e.name, Resources: e.resources.map((x) => ({ Name: x.name, Type: x.type })) })) })) })],
  ['POST', /^\/list-log-anomalies$/, (_, b) => ({ InsightId: b.InsightId, AnomalousLogGroups: [] })],
  ['PUT', /^\/feedback$/, (_, b) => { put(b.InsightFeedback.Id, { Feedback: b.InsightFeedback.Feedback }); return {}; }],
  ['POST', /^\/channels$/, () => ({ Channels: channels })],
  ['PUT', /^\/channels$/, (_, b) => { channels.push({ Id: crypto.randomUUID(), Config: b.Config }); return { Id: channels.at(-1).Id }; }],
  ['DELETE', /^\/channels\/(.+)$/, (m) => { channels.splice(channels.findIndex((c) => c.Id === m[1]), 1); return {}; }],
  ['GET', /^\/resource-collections\/(.+)$/, (m) => (m[1] === 'AWS_TAGS' ? { ResourceCollection: {} } : { ResourceCollection: { CloudFormation: { StackNames: stacks } } })],
  ['PUT', /^\/resource-collections$/, (_, b) => { const names = b.ResourceCollection.CloudFormation?.StackNames ?? []; names.forEach((n) => (b.Action === 'ADD' ? stacks.push(n) : stacks.splice(stacks.indexOf(n), 1))); return {}; }],
  ['GET', /^\/service-integrations$/, () => ({ ServiceIntegration: integrations })],
  ['PUT', /^\/service-integrations$/, (_, b) => { Object.assign(integrations, b.ServiceIntegration); return {}; }],
  ['GET', /^\/cost-estimation$/, () => ({ Status: 'COMPLETED', Costs: [{ Type: 'AWS::Lambda::Function', State: 'ACTIVE', Count: 4, UnitCost: 0.0028, Cost: 8.06, StackseerCost: 0.42 }], TimeRange: { StartTime: now() - 86400, EndTime: now() }, TotalCost: 8.06, StackseerTotalCost: 0.42 })],
  ['PUT', /^\/cost-estimation$/, () => ({})],
];

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  const body = await new Promise((done) => { let text = ''; request.on('data', (x) => (text += x)); request.on('end', () => done(text)); });
  const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
  try {
    if (route) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(route[2](path.match(route[1]), body ? JSON.parse(body) : {})));
    const file = join(distDir, normalize(path === '/' ? '/index.html' : path));
    const bytes = await readFile(file).catch(() => fail(404, 'ResourceNotFoundException', `Nothing at ${path}`));
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-encoding': 'gzip', 'content-security-policy': "default-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; frame-ancestors 'none'" }).end(gzipSync(bytes));
  } catch (error) {
    response.writeHead(error.status ?? 500, { 'content-type': 'application/json', 'x-amzn-errortype': error.type ?? 'InternalServerException' }).end(JSON.stringify({ Message: error.message }));
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
