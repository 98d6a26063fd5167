import { expect, test } from 'vitest';
import { channelCommand, muteCommand, quote } from './commands';

test.each([['plain-1.2', 'plain-1.2'], ['two words', "'two words'"], ["it's $(rm)", `'it'\\''s $(rm)'`], ['', "''"]])(
  'a shell reads %s back', (text, quoted) => expect(quote(text)).toBe(quoted));

test('a channel with its filters', () => {
  expect(channelCommand('arn:aws:sns:eu-west-1:1:t', ['HIGH'], [])).toBe(
    `aws --profile stackseer devops-guru add-notification-channel --config '{"Sns":{"TopicArn":"arn:aws:sns:eu-west-1:1:t"},"Filters":{"Severities":["HIGH"]}}'`);
});

test('a channel without filters has none', () => {
  expect(channelCommand('arn', [], [])).not.toContain('Filters');
});

test('a mute for some hours, and none on the command line of a window', () => {
  const request = { What: { Application: 'shop' }, Reason: 'load test' };
  expect(muteCommand(request, 8)).toBe("stackseer mute add --application shop --reason 'load test' --hours 8");
  expect(muteCommand({ ...request, Window: { Cron: '0 2 * * SUN', Minutes: 60, TimeZone: 'UTC' } })).toBeUndefined();
});
