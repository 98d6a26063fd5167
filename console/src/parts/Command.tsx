import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

/** A command line to copy. */
export function Command({ text }: { text: string }) {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyToClipboard variant="icon" textToCopy={text} copyButtonAriaLabel="Copy the command" copySuccessText="Copied" copyErrorText="Could not copy" />
    </div>
  );
}
