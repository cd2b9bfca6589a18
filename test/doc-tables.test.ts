// The tables of docs/errors.md and docs/security.md are complete, and true to the source.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as gob from "toolkit/gob";
import * as net from "toolkit/net";
import * as rest from "toolkit/rest";
import * as rpc from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import * as tls from "toolkit/tls";
import * as udp from "toolkit/udp";
import * as unix from "toolkit/unix";
import * as ws from "toolkit/ws";
import { describe, expect, test } from "vitest";
import * as rpcInBrowser from "../src/rpc/browser/index.js";
import * as wsInBrowser from "../src/ws/browser/index.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const modules: Readonly<Record<string, readonly object[]>> = {
  net: [net],
  tcp: [tcp],
  tls: [tls],
  unix: [unix],
  udp: [udp],
  ws: [ws, wsInBrowser],
  gob: [gob],
  rpc: [rpc, rpcInBrowser],
  rest: [rest],
};
const rooms = Object.keys(modules);

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function sourcesOf(room: string): string[] {
  const names = readdirSync(join(root, "src", room), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => read(join("src", room, name)));
}

/** The cells of the rows of all tables that have a column of this name, by column. */
function rowsWith(page: string, column: string): Record<string, string>[] {
  const tables = read(page).matchAll(/^\|(.*)\|\n\|[ |-]+\|\n((?:\|.*\|\n)*)/gm);
  return [...tables].flatMap(([, head = "", body = ""]) => {
    const names = cellsOf(head);
    if (!names.includes(column)) return [];
    const lines = body.split("\n").filter((line) => line !== "");
    return lines.map((line) => Object.fromEntries(cellsOf(line.slice(1, -1)).map((cell, i) => [names[i] ?? "", cell])));
  });
}

function cellsOf(line: string): string[] {
  return line.split("|").map((cell) => cell.trim());
}

/** What stands between backticks at the front of a cell. */
function nameIn(cell = ""): string {
  return /^`([^`]*)`/.exec(cell)?.[1] ?? "";
}

function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].toSorted();
}

describe("docs/errors.md", () => {
  /** The system's names that no source spells out, as Node gives them. */
  const ofNode = ["EAI_AGAIN"];

  test("lists every code, and none that does not exist", () => {
    const source = [read("src/dial.ts"), read("src/listen.ts"), ...rooms.flatMap(sourcesOf)].join("\n");
    const spelled = [
      ...source.matchAll(/"(ERR_[A-Z0-9_]*[A-Z0-9])"/g),
      ...source.matchAll(/(?:\bcode: |\bsyscallError\("\w+", )"(E[A-Z]+)"/g),
      ...["src/net/errno.ts", "src/tls/errors.ts"].flatMap((file) => [
        ...read(file).matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm),
      ]),
      ...read("src/net/errno.ts").matchAll(/"(ENOTFOUND)"/g),
    ].map(([, code = ""]) => code);
    expect(sorted(rowsWith("docs/errors.md", "code").map((row) => nameIn(row["code"])))).not.toContain("");
    const listed = rowsWith("docs/errors.md", "code").filter((row) => !("class" in row && "from" in row));
    expect(sorted(listed.map((row) => nameIn(row["code"])))).toEqual(sorted([...spelled, ...ofNode]));
  });

  test("has Go's words for the codes of the system", () => {
    const words = Object.fromEntries(
      [...read("src/net/errno.ts").matchAll(/^ {2}(E[A-Z]+): "(.*)",$/gm)].map(([, code = "", text]) => [code, text]),
    );
    const listed = rowsWith("docs/errors.md", "Go's words").map((row) => [nameIn(row["code"]), row["Go's words"]]);
    expect(Object.fromEntries(listed.filter(([code = ""]) => code in words))).toEqual(words);
  });

  test("lists every class of errors that is exported, and where it comes from", () => {
    const listed = rowsWith("docs/errors.md", "class").filter((row) => "from" in row);
    const named = listed.flatMap((row) => {
      const from = [...(row["from"] ?? "").matchAll(/`toolkit\/(\w+)`/g)].map(([, room = ""]) => room);
      return from.map((room) => `${room} ${nameIn(row["class"])}`);
    });
    expect(sorted(named)).toEqual(sorted(rooms.flatMap(errorsOf)));
  });

  function errorsOf(room: string): string[] {
    const exports = (modules[room] ?? []).flatMap((module) => Object.entries(module) as [string, unknown][]);
    return exports.flatMap(([name, value]) =>
      typeof value === "function" && value.prototype instanceof Error ? [`${room} ${name}`] : [],
    );
  }
});

describe("docs/security.md", () => {
  /** Options that bound something, by their names. */
  const isLimit = /^max|[tT]imeoutMs$|^backlog$|^graceMs$|^window$/;
  /** They say how long something else holds. */
  const others = ["CorsOptions maxAgeSeconds"];

  test("lists every limit that has a default, with that", () => {
    const defaults = new Map(rooms.flatMap(limitsOf));
    const listed = rowsWith("docs/security.md", "option").flatMap(({ of = "", option, default: value = "" }) => {
      const [, room, type] = /`toolkit\/(\w+)` `(\w+)`/.exec(of) ?? [];
      return room === undefined
        ? []
        : [[`${room} ${type} ${nameIn(option)}`, Number(value.replaceAll(",", ""))] as const];
    });
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(defaults));
  });

  /** The limits of a room's exported interfaces, with their defaults as the comments have them. */
  function limitsOf(room: string): [string, number][] {
    const index = read(`src/${room}/index.ts`).replace(/\/\*\*.*?\*\//gs, "");
    return sourcesOf(room)
      .flatMap((source) => [...source.matchAll(/^export interface (\w+)[^{]*\{\n(.*?)^\}/gms)])
      .filter(([, type = ""]) => new RegExp(`\\b${type}\\b`).test(index))
      .flatMap(([, type = "", body = ""]) => {
        const options = body.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*(?:readonly )?(\w+)\??:/gs);
        return [...options].flatMap(([, comment = "", name = ""]): [string, number][] => {
          const value = /@default ([\d_,]+)/.exec(comment)?.[1];
          if (value === undefined || !isLimit.test(name) || others.includes(`${type} ${name}`)) return [];
          return [[`${room} ${type} ${name}`, Number(value.replace(/[_,]/g, ""))]];
        });
      });
  }
});
