// The command that does what a button does. Everything the page changes can be changed without it.
import type { MuteRequest } from './api/own';
import type { SensitivityLevel, SensitivityTarget } from './api/types';

/** As a POSIX shell reads it back unchanged. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const aws = (...words: string[]) => ['aws --profile stackseer devops-guru', ...words].join(' ');
const json = (value: unknown) => quote(JSON.stringify(value));

export const assignCommand = (id: string, to: string) => `stackseer assign ${quote(id)} ${quote(to || 'NAME')}`;

/** None for a maintenance window: the command line has no such mutes. */
export function muteCommand({ What, Reason, Window }: MuteRequest, hours?: number): string | undefined {
  if (Window) return undefined;
  const [kind, value] = Object.entries(What).find(([, text]) => text) ?? ['Resource', 'NAME'];
  const words = [`stackseer mute add --${kind.toLowerCase()} ${quote(value)}`, `--reason ${quote(Reason || 'WHY')}`, ...(hours ? [`--hours ${hours}`] : [])];
  return words.join(' ');
}

export function sensitivityCommand(what: SensitivityTarget, level: SensitivityLevel, days: string): string {
  const [kind, name] = Object.entries(what)[0] ?? ['Metric', ''];
  const words = [`stackseer sensitivity set ${level.toLowerCase()} --${kind.toLowerCase()} ${quote(name || 'NAME')}`, ...(days ? [`--days ${days}`] : [])];
  return words.join(' ');
}

export function channelCommand(topic: string, severities: string[], messages: string[]): string {
  const Filters = { ...(severities.length && { Severities: severities }), ...(messages.length && { MessageTypes: messages }) };
  return aws('add-notification-channel', '--config', json({ Sns: { TopicArn: topic || 'TOPIC_ARN' }, ...(Object.keys(Filters).length && { Filters }) }));
}

export const removeChannelCommand = (id: string) => aws('remove-notification-channel', '--id', quote(id));
export const collectionCommand = (action: string, collection: unknown) =>
  aws('update-resource-collection', '--action', action, '--resource-collection', json(collection));
export const integrationCommand = (integration: unknown) => aws('update-service-integration', '--service-integration', json(integration));
