// Runs before the first paint, so that a dark page does not flash white.
const chosen = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem('theme');
const dark = chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
document.documentElement.dataset.theme = dark ? 'dark' : 'light';
