/** Style sheets are bundled as text (esbuild's `text` loader) and put inside the shadow root that needs them. */
declare module '*.css' {
  const text: string;
  export default text;
}
