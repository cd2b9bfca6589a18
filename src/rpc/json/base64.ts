export { fromBase64, toBase64 } from "../../gob/json/base64.js";
