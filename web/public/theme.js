// Puts the remembered theme on <html> before the first paint. A file of its own, because an inline script
// would need 'unsafe-inline' in the content security policy. The key is the one in src/config.ts.
try {
  const theme = localStorage.getItem("digit-recognizer.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the page follows the system.
}
