import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useState } from 'react';
import type { Clock } from '../api/own';
import { usePreferences } from '../preferences';
import { useNow, useServer } from '../server';
import { moment } from '../time';

const SPEEDS = [1, 60, 300, 1200];

/** The demo's time: stop it to look, let it run to see what comes. */
export function ClockBar({ clock }: { clock: Clock }) {
  const now = useNow();
  const { zone } = usePreferences();
  const { setClock } = useServer();
  const [failed, setFailed] = useState<string>();
  const change = (what: Partial<Clock>) => setClock(what).then(() => setFailed(undefined), (error: Error) => setFailed(error.message));
  const speeds = SPEEDS.includes(clock.Speed) ? SPEEDS : [...SPEEDS, clock.Speed].sort((a, b) => a - b);
  return (
    <section className="clock" aria-label="The demo’s clock">
      <span>Demo, simulated shop: <time dateTime={new Date(now * 1000).toISOString()}>{moment(now, zone)}</time></span>
      <Button iconName={clock.Paused ? 'caret-right-filled' : 'pause'} onClick={() => change({ Paused: !clock.Paused })}>
        {clock.Paused ? 'Go on' : 'Pause'}
      </Button>
      <SegmentedControl
        label="Speed"
        selectedId={String(clock.Speed)}
        options={speeds.map((speed) => ({ id: String(speed), text: `${speed}×` }))}
        onChange={({ detail }) => change({ Speed: Number(detail.selectedId) })}
      />
      {failed && <span role="alert">{failed}</span>}
    </section>
  );
}
