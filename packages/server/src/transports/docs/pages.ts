export interface PageLinks {
  /** Where the page's own files are, relative to the page. */
  readonly files: string;
  /** Where the OpenAPI document is, relative to the page. */
  readonly document: string;
}

/** Swagger UI. Its script is a file of its own: the page's policy allows no inline scripts. */
export function swaggerPage({ files, document }: PageLinks): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Causerie API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${files}swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui" data-document="${document}"></div>
    <script src="${files}swagger-ui-bundle.js"></script>
    <script src="${files}init.js"></script>
  </body>
</html>
`;
}

/** Starts Swagger UI on the page above. */
export const swaggerInit = `// An empty field says null in a form; Swagger UI would fill in the word.
function emptyForNull() {
  return {
    afterLoad() {
      const { getSampleSchema } = this.fn;
      this.fn.getSampleSchema = (...args) => {
        const sample = getSampleSchema(...args);
        return sample === "null" ? "" : sample;
      };
    },
  };
}

// Whoever is signed in to the web app is nobody here: only what was entered under Authorize counts.
function withoutCookies(request) {
  request.credentials = "omit";
  return request;
}

const element = document.getElementById("swagger-ui");
SwaggerUIBundle({
  url: element.dataset.document,
  domNode: element,
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  plugins: [emptyForNull],
  requestInterceptor: withoutCookies,
});
`;

/** ReDoc, which starts itself on the element that names the document. */
export function redocPage({ files, document }: PageLinks): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Causerie API reference</title>
    <link rel="icon" href="data:,">
    <style>body { margin: 0 }</style>
  </head>
  <body>
    <redoc spec-url="${document}" hide-download-button theme='{"spacing":{"sectionVertical":20}}'></redoc>
    <script src="${files}redoc.standalone.js"></script>
  </body>
</html>
`;
}
