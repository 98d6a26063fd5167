import Link from '@cloudscape-design/components/link';
import type { CauseStep } from '../api/types';

/** From the symptom to the cause, each with what shows it. */
export function PathMap({ steps, evidence }: { steps: CauseStep[]; evidence?: string }) {
  return (
    <ol className="path" aria-label="From the symptom to the cause">
      {steps.map((step, index) => {
        const isCause = index === steps.length - 1;
        const role = isCause ? 'Cause' : index === 0 ? 'Symptom' : 'Through';
        return (
          <li key={`${step.Resource.Type} ${step.Resource.Name}`}>
            {index > 0 && <span className="arrow" aria-hidden="true">→</span>}
            <div className={isCause ? 'step cause' : 'step'}>
              <div className="what">{role} · {step.Resource.Label || step.Resource.Type}</div>
              <div className="name">
                  {step.Resource.ConsoleUrl ? <Link external href={step.Resource.ConsoleUrl}>{step.Resource.Name}</Link> : step.Resource.Name}
                </div>
              <div className="evidence">{step.Text}{isCause && evidence && evidence !== step.Text ? ` ${evidence}` : ''}</div>
              </div>
          </li>
        );
      })}
    </ol>
  );
}
