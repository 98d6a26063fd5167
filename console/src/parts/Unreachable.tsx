import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';

/** Before anything is known. */
export function Unreachable() {
  return (
    <main className="signed-out">
      <Alert type="error" header="The console’s server does not answer" action={<Button onClick={() => location.reload()}>Try again</Button>}>
        The page came, and what it begins with did not.
      </Alert>
    </main>
  );
}
