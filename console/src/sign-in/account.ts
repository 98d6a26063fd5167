import { createContext, useContext } from 'react';

export interface Account { name: string; mayChange: boolean; signOut: () => void }

export const AccountContext = createContext<Account | undefined>(undefined);

/** Who is signed in; nobody needs to be on one's own machine. */
export const useAccount = () => useContext(AccountContext);
