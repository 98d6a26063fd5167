import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { ReactNode } from 'react';

export function Section({ title, count, description, actions, children }: {
  title: string; count?: number; description?: ReactNode; actions?: ReactNode; children: ReactNode;
}) {
  return (
    <Container header={<Header variant="h2" counter={count === undefined ? undefined : `(${count})`} description={description} actions={actions}>{title}</Header>}>
      {children}
    </Container>
  );
}
