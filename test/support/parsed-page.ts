/** A page as a browser's parser reads it: what a test may say about content without looking at bytes. */

import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

export interface ParsedPage {
  /** Names of all elements, in order. */
  names: string[];
  /** All attributes, as `element name=value`. */
  attributes: string[];
  /** Complaints of the parser, but for characters that no page can do without: those that a name brought along. */
  errors: string[];
  /** The text of every element of that name. */
  all(name: string): string[];
  /** What is told about a term. */
  told(term: string): string | undefined;
  /** The text of the body. */
  text: string;
}

export function parsePage(html: string): ParsedPage {
  const errors: string[] = [];
  const document = parse(html, { onParseError: ({ code }) => errors.push(code) });
  const elements = descendants(document).filter((node): node is Element => 'tagName' in node);
  const named = (name: string) => elements.filter(({ tagName }) => tagName === name);
  return {
    names: elements.map(({ tagName }) => tagName),
    attributes: elements.flatMap(({ tagName, attrs }) =>
      attrs.map(({ name, value }) => `${tagName} ${name}=${value}`),
    ),
    errors: errors.filter((code) => code !== 'noncharacter-in-input-stream'),
    all: (name) => named(name).map(textOf),
    told: (term) => {
      const row = named('dt').findIndex((element) => textOf(element) === term);
      const [found] = named('dd').slice(row);
      return row === -1 || found === undefined ? undefined : textOf(found);
    },
    text: named('body').map(textOf).join(''),
  };
}

function descendants(node: Node): Node[] {
  return 'childNodes' in node ? node.childNodes.flatMap((child) => [child, ...descendants(child)]) : [];
}

function textOf(node: Node): string {
  return [node, ...descendants(node)]
    .map((one) => (one.nodeName === '#text' && 'value' in one ? one.value : ''))
    .join('');
}
