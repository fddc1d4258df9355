import { createClient, indexedDbOutbox } from "@causerie/client";
import { createRoot } from "react-dom/client";
import { AppClientProvider } from "./app-client.tsx";
import { App } from "./app.tsx";
import { startTexts } from "./i18n/i18n.ts";
import { registerServiceWorker } from "./service-worker/register.ts";
import { createServices, ServicesProvider } from "./services.tsx";
import { showTheme } from "./theme/theme.ts";
import "./theme/tokens.css";
import "./theme/global.css";

showTheme();
registerServiceWorker();
const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");

const client = createClient({ url: "/", tokens: "cookie", outbox: indexedDbOutbox() });
const services = createServices(client);
client.connection.connect();
await startTexts();

createRoot(root).render(
  <AppClientProvider client={client}>
    <ServicesProvider value={services}>
      <App />
    </ServicesProvider>
  </AppClientProvider>,
);
