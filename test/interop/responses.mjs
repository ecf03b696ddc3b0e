// OpenAI's Responses shape, as a stream: a turn is answered with "pong".

/** @returns {string} */
export function responses() {
  const text = { type: 'output_text', text: 'pong', annotations: [] };
  const item = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [text] };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const response = {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    model: 'm',
    output: [item],
    usage,
  };
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: { ...text, text: '' } },
    { type: 'response.output_text.delta', ...place, delta: 'pong' },
    { type: 'response.output_text.done', ...place, text: 'pong' },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response },
  ]
    .map(
      (event, index) =>
        `event: ${event.type}\ndata: ${JSON.stringify({ sequence_number: index, ...event })}\n\n`,
    )
    .join('');
}
