/** A field of a message, as its JSON Schema describes it. */
export interface ModelField {
  /** Names from the message on, joined by dots; items of lists stand under the list's own name. */
  readonly path: string;
  /** `undefined` where nobody described it. */
  readonly description: string | undefined;
}

type Node = Readonly<Record<string, unknown>>;

/** A part of `docs/model-messages.md`: a heading, and the fields of the table below it. */
export interface FieldTable {
  readonly heading: string;
  readonly fields: readonly ModelField[];
}

/** The tables of a page on these models: the frame that all have, then what is in the `data` of each. */
export function fieldTables(schemas: readonly Node[]): readonly FieldTable[] {
  const all = schemas.map((schema) => ({ heading: String(schema["title"]), fields: modelFields(schema) }));
  const frame = all[0]?.fields.filter(({ path }) => !path.startsWith("data.")) ?? [];
  return [
    { heading: "The frame", fields: frame },
    ...all.map(({ heading, fields }) => ({
      heading,
      fields: fields.flatMap(({ path, ...rest }) =>
        path.startsWith("data.") ? [{ path: path.slice("data.".length), ...rest }] : [],
      ),
    })),
  ];
}

/** Every field of a JSON Schema, those of an object before those of the objects in it. */
export function modelFields(schema: Node): readonly ModelField[] {
  const defs = (schema["$defs"] ?? {}) as Readonly<Record<string, Node>>;
  /** A node with what it refers to; what it says itself counts first. */
  const resolved = (node: Node): Node => {
    const { $ref: ref, ...own } = node;
    if (typeof ref !== "string") return node;
    return { ...resolved(defs[ref.replace("#/$defs/", "")] ?? {}), ...own };
  };
  const propertiesOf = (node: Node): Readonly<Record<string, Node>> => {
    const { properties, items, anyOf = [] } = resolved(node);
    if (properties !== undefined) return properties as Readonly<Record<string, Node>>;
    return Object.assign(
      {},
      ...[...(items ? [items] : []), ...(anyOf as Node[])].map((part) => propertiesOf(part as Node)),
    );
  };
  const fieldsIn = (node: Node, prefix: string): readonly ModelField[] => {
    const properties = Object.entries(propertiesOf(node));
    const own = properties.map(([name, property]): ModelField => {
      const { description } = resolved(property);
      return { path: prefix + name, description: typeof description === "string" ? description : undefined };
    });
    return [...own, ...properties.flatMap(([name, property]) => fieldsIn(property, `${prefix}${name}.`))];
  };
  return fieldsIn(schema, "");
}

/** The page with its tables of fields as they have to be; headings and all other text stay. */
export function withFieldTables(page: string, tables: readonly FieldTable[]): string {
  return tables.reduce((text, { heading, fields }) => {
    const [before = "", section, ...others] = text.split(new RegExp(`^(?=## ${heading}$)`, "m"));
    const table = /^\| field \|.*\n(?:\|.*\n)*/m;
    if (section === undefined || others.length > 0 || !table.test(section)) {
      throw new TypeError(
        `Cannot write the page: there must be one heading '${heading}' with a table of fields below it`,
      );
    }
    return before + section.replace(table, () => tableOf(fields));
  }, page);
}

/** One row for all fields of one name and description: under the end that their paths have in common. */
function tableOf(fields: readonly ModelField[]): string {
  const rows = new Map<string, { readonly paths: string[]; readonly description: string }>();
  for (const { path, description = "" } of fields) {
    const key = `${path.split(".").at(-1)}|${description}`;
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { paths: [path], description });
    else row.paths.push(path);
  }
  const lines = [...rows.values()].map(({ paths, description }) => {
    return `| \`${commonEnd(paths)}\` | ${description.replaceAll("|", "\\|")} |\n`;
  });
  return `| field | what it says |\n| ----- | ------------ |\n${lines.join("")}`;
}

function commonEnd(paths: readonly string[]): string {
  const [first = "", ...others] = paths;
  if (others.length === 0) return first;
  const names = first.split(".");
  const ends = names.map((_, from) => names.slice(from).join("."));
  const end = ends.find((end) => others.every((path) => path === end || path.endsWith(`.${end}`)));
  return `…${end ?? ""}`;
}
