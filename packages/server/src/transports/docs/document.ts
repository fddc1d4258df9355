import type { oas31 } from "zod-openapi";

export type Schema = oas31.SchemaObject;
export type Parameter = oas31.ParameterObject & { schema: Schema };

export interface Answer {
  description: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, { schema: Schema; example?: unknown; examples?: Record<string, object> }>;
}

/** An operation as the generator writes it: nothing in it is a reference but schemas. */
export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema; example?: unknown }> };
  responses: Record<string, Answer>;
}

/** The parts of an OpenAPI document that are worked on here. */
export interface OpenApiDocument extends oas31.OpenAPIObject {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    headers?: Record<string, oas31.HeaderObject>;
    securitySchemes: Record<string, oas31.SecuritySchemeObject>;
  };
}
