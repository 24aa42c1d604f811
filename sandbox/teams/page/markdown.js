import MarkdownIt from './lib/markdown-it.js';

// What Teams renders: bold, italic, lists, links. No headings, tables, images, code, quotes; never HTML.
const NOT_IN_TEAMS = ['heading', 'lheading', 'code', 'fence', 'blockquote', 'hr', 'table', 'reference', 'html_block'];
const NOT_IN_TEAMS_INLINE = ['image', 'backticks', 'strikethrough', 'html_inline', 'autolink'];

const cards = create(false);
const messages = create(true);

/** Markdown of a card's TextBlock -> HTML. */
export function cardMarkdown(text) {
  return markMentions(cards.render(text));
}

/** Markdown of a message -> HTML; a line break is a line break. */
export function messageMarkdown(text) {
  return markMentions(messages.render(text));
}

function create(breaks) {
  const md = new MarkdownIt({ html: false, linkify: false, breaks });
  md.disable([...NOT_IN_TEAMS, ...NOT_IN_TEAMS_INLINE]);
  md.renderer.rules.link_open = (tokens, index, options, _env, self) => {
    tokens[index].attrSet('target', '_blank');
    tokens[index].attrSet('rel', 'noopener noreferrer');
    return self.renderToken(tokens, index, options);
  };
  return md;
}

/** `<at>Name</at>`, already escaped by the renderer, becomes a mention. */
function markMentions(html) {
  return html.replaceAll(/&lt;at&gt;(.*?)&lt;\/at&gt;/gu, '<span class="mention">$1</span>');
}
