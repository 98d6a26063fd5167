/** The address of a server on a port that is free. */
export const listening = (server) => new Promise((found) => {
  server.listen(0, '127.0.0.1', () => found(`http://127.0.0.1:${server.address().port}`));
});
