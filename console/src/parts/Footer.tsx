/** `version`: of the server, once it said it. */
export function Footer({ version }: { version?: string }) {
  return (
    <footer className="footer">
      Stackseer{version ? ` ${version}` : ''} is open-source software that runs in your own account. It is not a product of Amazon Web Services and
      not endorsed by it. “Amazon DevOps Guru” names the service whose API it speaks.
    </footer>
  );
}
