// What tsc sees of a single-file component; Vite compiles it.
declare module "*.vue" {
  import type { Component } from "vue";

  const component: Component;
  export default component;
}
