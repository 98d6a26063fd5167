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

test('a maintenance window', () => {
  expect(muteCommand({ What: { Application: 'shop' }, Reason: 'load test', Window: { Cron: '0 2 * * SUN', Minutes: 60, TimeZone: 'Europe/Berlin' } })).toBe(
    "stackseer mute add --application shop --reason 'load test' --cron '0 2 * * SUN' --minutes 60 --time-zone Europe/Berlin");
});
