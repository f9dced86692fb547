/** Commands to try, for the terminal in which the first line was run. @param shell the program of that terminal */
export function instructions(url: string, token: string, shell = ''): string {
  const auth = `-H "authorization: Bearer $TOKEN"`;
  const json = `-H 'content-type: application/json'`;
  const curl = `curl -sw '\\n'`;
  const pick = (field: string) => `node -pe 'JSON.parse(fs.readFileSync(0))[0].${field}'`;
  const newest = `$(curl -s '${url}/api/tickets?limit=1' | ${pick('id')})`;
  const ordered = `$(curl -s '${url}/api/orders?limit=1' ${auth} | ${pick('ticket.id')})`;
  return [
    ...(shell.endsWith('zsh') ? ['setopt interactivecomments'] : []),
    '# be alice in this terminal',
    `export TOKEN=${token}`,
    '# sell a ticket',
    `${curl} ${url}/api/tickets ${auth} ${json} -d '{"title":"Concert","price":20}'`,
    '# list what can be bought',
    `${curl} ${url}/api/tickets`,
    '# order the newest one',
    `${curl} ${url}/api/orders ${auth} ${json} -d "{\\"ticketId\\":\\"${newest}\\"}"`,
    '# show the ticket that was ordered last: it has an orderId now',
    `${curl} ${url}/api/tickets/${ordered}`,
    '# look at it in a browser: sell there, break something, watch it heal',
    `${url}/`,
    '# read about every call in a browser, and try it there: Authorize takes the token',
    `${url}/api/docs`,
    '# a token for somebody else',
    'npm run -s token -- bob',
  ].join('\n');
}
