/** Says why something is not done, in words for who asked. The connection goes on. */
export class Refused extends Error {
  override name = "Refused";
}
