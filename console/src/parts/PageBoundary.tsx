import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { Component, type ReactNode } from 'react';

/** A page that can't be drawn says so, and leaves the others alone. */
export class PageBoundary extends Component<{ children: ReactNode }, { error?: Error }> {
  state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  render() {
    if (!this.state.error) return this.props.children;
    return (
      <Alert type="error" header="This page could not be shown" action={<Button onClick={() => window.location.reload()}>Load again</Button>}>
        {this.state.error.message}
      </Alert>
    );
  }
}
