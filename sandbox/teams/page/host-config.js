// Sizes, spaces and palette of Teams' cards. Colours are CSS variables: a change of theme needs no new rendering.
const colors = {
  default: { default: 'var(--text)', subtle: 'var(--text-2)' },
  dark: { default: 'var(--text)', subtle: 'var(--text-2)' },
  light: { default: 'var(--text-2)', subtle: 'var(--text-2)' },
  accent: { default: 'var(--accent-text)', subtle: 'var(--accent-text)' },
  good: { default: 'var(--good)', subtle: 'var(--good)' },
  warning: { default: 'var(--warning)', subtle: 'var(--warning)' },
  attention: { default: 'var(--attention)', subtle: 'var(--attention)' },
};

const container = (backgroundColor) => ({ backgroundColor, foregroundColors: colors, borderColor: 'var(--line)' });
const sizes = { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 };
const weights = { lighter: 400, default: 400, bolder: 600 };

export const hostConfig = {
  supportsInteractivity: true,
  fontFamily: 'var(--font)',
  fontTypes: {
    default: { fontFamily: 'var(--font)', fontSizes: sizes, fontWeights: weights },
    monospace: { fontFamily: 'var(--mono)', fontSizes: sizes, fontWeights: weights },
  },
  lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
  spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: 'var(--line)' },
  containerStyles: {
    default: container('var(--surface)'),
    emphasis: container('var(--surface-2)'),
    accent: container('var(--accent-soft)'),
    good: container('var(--good-soft)'),
    warning: container('var(--warning-soft)'),
    attention: container('var(--attention-soft)'),
  },
  actions: {
    maxActions: 5,
    buttonSpacing: 8,
    spacing: 'medium',
    actionsOrientation: 'horizontal',
    actionAlignment: 'left',
    showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'default' },
  },
  adaptiveCard: { allowCustomStyle: false },
  factSet: {
    title: { weight: 'bolder', wrap: true, maxWidth: 160 },
    value: { wrap: true },
    spacing: 16,
  },
  inputs: {
    label: {
      inputSpacing: 'small',
      requiredInputs: { weight: 'bolder', suffix: ' *', suffixColor: 'attention' },
      optionalInputs: { weight: 'bolder' },
    },
    errorMessage: { color: 'attention', size: 'small', spacing: 'small' },
  },
  textStyles: { heading: { weight: 'bolder', size: 'large' } },
  textBlock: { headingLevel: 3 },
};
