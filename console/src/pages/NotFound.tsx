import { PageHeader } from '../parts/PageHeader';
import { Nothing } from '../parts/Loaded';

export function NotFound() {
  return (
    <>
      <PageHeader title="No such page" />
      <Nothing title="There is nothing at this address">The pages are in the list beside.</Nothing>
    </>
  );
}
