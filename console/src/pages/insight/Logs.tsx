import type { AnomalousLogGroup } from '../../api/types';
import { number } from '../../number';
import { When } from '../../parts/labels';
import { Section } from '../../parts/Section';

/** Log lines that were not there before. */
export function Logs({ groups }: { groups: AnomalousLogGroup[] }) {
  return (
    <Section title="Log groups" count={groups.length}>
      <ul className="plain">
        {groups.map((group) => (
          <li key={group.LogGroupName}>
            <strong>{group.LogGroupName}</strong>, from <When at={group.ImpactStartTime} />
            <ul className="plain">
              {(group.LogAnomalyShowcases ?? []).flatMap(({ LogAnomalyClasses = [] }) => LogAnomalyClasses).map((line, index) => (
                <li key={index}><span className="mono">{line.LogAnomalyToken}</span> {line.Explanation} {line.NumberOfLogLinesOccurrences !== undefined && `${number(line.NumberOfLogLinesOccurrences)} times`}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Section>
  );
}
