export { parseValue } from "../../gob/json/parse.js";
