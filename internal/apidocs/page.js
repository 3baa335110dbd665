// Starts Swagger UI on the contract that the page names.
"use strict";

// indent lays JSON text out in lines without parsing it: JSON.parse would round
// long numbers and put members such as "2" and "1" in order, and this page must
// show what came over the wire.
function indent(json) {
  const tokens = json.match(/"(?:[^"\\]+|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g) ?? [];
  let text = "";
  let depth = 0;
  const newLine = () => "\n" + "  ".repeat(depth);
  let before = "";
  for (const token of tokens) {
    const opened = before === "{" || before === "[";
    const closes = token === "}" || token === "]";
    if (closes) depth--;
    if (opened ? !closes : closes) text += newLine();
    text += token;
    if (token === "{" || token === "[") depth++;
    if (token === ",") text += newLine();
    if (token === ":") text += " ";
    before = token;
  }
  return text;
}

// exactAnswers makes Swagger UI show JSON answers by indent.
const exactAnswers = () => ({
  wrapComponents: {
    responseBody: (Original, { React, getComponent }) => (props) => {
      if (typeof props.content !== "string" || !/json/i.test(props.contentType)) {
        return React.createElement(Original, props);
      }
      const looks = { language: "json", canCopy: true, downloadable: true, fileName: "answer.json" };
      return React.createElement(getComponent("HighlightCode", true), looks, indent(props.content));
    },
  },
});

window.ui = SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: document.getElementById("swagger-ui").dataset.contract,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [exactAnswers],
  // The other layout has a bar to load foreign documents, and a badge that sends
  // this one to a validator on the internet.
  layout: "BaseLayout",
  // Otherwise "?url=" in a link could make the page show someone else's calls.
  queryConfigEnabled: false,
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
});
