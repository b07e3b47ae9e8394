import { Converter, UnknownType } from "typedoc";

/**
 * A plug-in of typedoc that writes a type as the source has it where typedoc would spell out a whole schema: "Summary",
 * not all of its fields. FORMAT describes those.
 */
export function load(app) {
  const written = new Map();
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (_context, reflection, node) => {
    if (node?.type) written.set(reflection, node.type.getText());
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const reflection of Object.values(context.project.reflections)) {
      const type = reflection.type === undefined ? "" : String(reflection.type);
      const node = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.type;
      const source = written.get(reflection) ?? node?.getText() ?? "object";
      if (/^Zod/.test(type)) {
        // The value of a schema. The type of its name is what is exported.
        context.project.removeReflection(reflection);
      } else if (/\binfer<typeof /.test(type)) {
        reflection.type = new UnknownType("object");
      } else if (/\.\.\./.test(type) || reflection.type?.type === "reflection") {
        reflection.type = new UnknownType(source.replaceAll(/\s+/g, " "));
      }
    }
  });
}
