// How the page is served: on one's own machine, whose server knows the browser by its cookie, or hosted for people who sign in.

/** A user pool of Amazon Cognito, and its client without a secret. */
export interface SignIn { Issuer: string; ClientId: string; Address: string }
export interface Config { SignIn?: SignIn }

export async function config(): Promise<Config> {
  const response = await fetch('/config.json');
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json() as Promise<Config>;
}
