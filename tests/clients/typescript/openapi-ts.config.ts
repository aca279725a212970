import { defineConfig } from '@hey-api/openapi-ts';

type Answer = { content?: Record<string, { schema?: { anyOf?: object[] } }> };
type Operation = { parameters?: { name?: string }[]; responses?: Record<string, Answer> };

/** Takes away what this front-end never sends, `fields=` and `mode=validate`: then each request has one form of answer. */
function answerInOneForm(operation: Operation): void {
  const { parameters = [], responses = {} } = operation;
  const creates = '201' in responses;
  if (creates) delete responses['200'];
  for (const media of Object.values(responses).flatMap(({ content = {} }) => Object.values(content))) {
    const [whole] = media.schema?.anyOf ?? [];
    if (whole) media.schema = whole;
  }
  operation.parameters = parameters.filter(({ name }) => name !== (creates ? 'mode' : 'fields'));
}

export default defineConfig({
  input: '../../../openapi/openapi.json',
  output: { path: 'client', module: { extension: '.js' } },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  parser: { patch: { operations: (_method, _path, operation) => answerInOneForm(operation as Operation) } },
});
