import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { Command } from './Command';

/** A question with its answer's command: the same can be done without the page. */
export function Dialog({ title, confirm, command, error, isBusy, isReady = true, onConfirm, onClose, children }: {
  title: string; confirm: string; command?: string; error?: string; isBusy: boolean; isReady?: boolean; onConfirm: () => void; onClose: () => void; children: ReactNode;
}) {
  return (
    <Modal
      visible header={title} onDismiss={onClose} closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Cancel</Button>
            <Button variant="primary" disabled={!isReady} loading={isBusy} onClick={onConfirm}>{confirm}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form onSubmit={(event) => { event.preventDefault(); if (isReady) onConfirm(); }}>
        <SpaceBetween size="m">
          {children}
          {error && <Box color="text-status-error"><span role="alert">{error}</span></Box>}
          {command && <div><Box variant="awsui-key-label">On the command line</Box><Command text={command} /></div>}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
