/* Renders Adaptive Cards with Microsoft's renderer and our host configuration. */

const FONT = "'Segoe UI', 'Open Sans', 'Noto Sans', 'Liberation Sans', system-ui, sans-serif";

const THEMES = {
  light: {
    text: '#242424',
    subtle: '#616161',
    accent: '#4f52b2',
    good: '#107c10',
    warning: '#8a5a00',
    attention: '#b10e1c',
    card: '#ffffff',
    styles: { emphasis: '#f3f2f1', accent: '#e9eafb', good: '#e7f4e4', warning: '#fff4d4', attention: '#fde8e9' },
  },
  dark: {
    text: '#f0f0f0',
    subtle: '#adadad',
    accent: '#a6a9ff',
    good: '#7fd37a',
    warning: '#f2c661',
    attention: '#ff9a9f',
    card: '#292929',
    styles: { emphasis: '#333333', accent: '#2f2f4a', good: '#22391f', warning: '#43371a', attention: '#4a2326' },
  },
};

function hostConfig(name) {
  const theme = THEMES[name];
  const color = (value) => ({ default: value, subtle: theme.subtle });
  const foregroundColors = {
    default: color(theme.text),
    dark: color(theme.text),
    light: color(theme.subtle),
    accent: color(theme.accent),
    good: color(theme.good),
    warning: color(theme.warning),
    attention: color(theme.attention),
  };
  const style = (backgroundColor) => ({ backgroundColor, foregroundColors, borderColor: 'transparent' });
  return {
    fontFamily: FONT,
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: name === 'dark' ? '#3d3d3d' : '#e1dfdd' },
    fontTypes: {
      default: {
        fontFamily: FONT,
        fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
        fontWeights: { lighter: 300, default: 400, bolder: 600 },
      },
      monospace: {
        fontFamily: "'DejaVu Sans Mono', Consolas, monospace",
        fontSizes: { small: 12, default: 13, medium: 14, large: 18, extraLarge: 24 },
        fontWeights: { lighter: 300, default: 400, bolder: 600 },
      },
    },
    lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
    containerStyles: {
      default: style(theme.card),
      emphasis: style(theme.styles.emphasis),
      accent: style(theme.styles.accent),
      good: style(theme.styles.good),
      warning: style(theme.styles.warning),
      attention: style(theme.styles.attention),
    },
    actions: {
      maxActions: 6,
      spacing: 'medium',
      buttonSpacing: 8,
      showCard: { actionMode: 'inline', inlineTopMargin: 8 },
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
    },
    factSet: {
      title: { weight: 'default', isSubtle: true, wrap: false, maxWidth: 160 },
      value: { wrap: true },
      spacing: 12,
    },
    supportsInteractivity: true,
  };
}

const markdown = () => window.markdownit({ html: false, linkify: false });

/** Renders a card into an element; `press` gets the pressed action. Returns the element. */
export function renderCard(content, theme, press) {
  const AC = window.AdaptiveCards;
  AC.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown().render(text);
    result.didProcess = true;
  };
  const card = new AC.AdaptiveCard();
  card.hostConfig = new AC.HostConfig(hostConfig(theme));
  card.parse(content);
  card.onExecuteAction = (action) => {
    if (action instanceof AC.ExecuteAction) press({ verb: action.verb, data: action.data ?? {} });
    else if (action instanceof AC.SubmitAction) press({ verb: action.data?.verb ?? '', data: action.data ?? {} });
  };
  const element = card.render();
  element.classList.add('card');
  return element;
}
