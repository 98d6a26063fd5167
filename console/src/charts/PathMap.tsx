import { Fragment } from 'react';
import type { CauseStep } from '../api/types';

/** From the symptom to the cause, each with what shows it. */
export function PathMap({ steps, evidence }: { steps: CauseStep[]; evidence?: string }) {
  return (
    <ol className="path" aria-label="From the symptom to the cause">
      {steps.map((step, index) => {
        const isCause = index === steps.length - 1;
        const role = isCause ? 'Cause' : index === 0 ? 'Symptom' : 'Through';
        return (
          <Fragment key={`${step.Resource.Type} ${step.Resource.Name}`}>
            <li>
              {index > 0 && <span className="arrow" aria-hidden="true">→</span>}
              <div className={isCause ? 'step cause' : 'step'}>
                <div className="what">{role} · {step.Resource.Label || step.Resource.Type}</div>
                <div className="name">
                  {step.Resource.ConsoleUrl ? <a href={step.Resource.ConsoleUrl} target="_blank" rel="noreferrer">{step.Resource.Name}</a> : step.Resource.Name}
                </div>
                <div className="evidence">{step.Text}{isCause && evidence && evidence !== step.Text ? ` ${evidence}` : ''}</div>
              </div>
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}
