/**
 * The HTTP client that the seed prints for browsers, call by call: `FormData` for sign-in and
 * sending, a bearer header and nothing else for the rest.
 */
export class SeedApiClient {
  readonly #baseUrl: string;
  token = "";

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  async login(email: string, password: string): Promise<{ access_token: string }> {
    const form = new FormData();
    form.append("username", email);
    form.append("password", password);
    const response = await fetch(`${this.#baseUrl}/auth/token`, { method: "POST", body: form });
    if (!response.ok) throw new Error("Échec de la connexion");
    const data = (await response.json()) as { access_token: string };
    this.token = data.access_token;
    return data;
  }

  async getConversation(userId: number): Promise<{ content: string }[]> {
    return (await this.#get(`/messages/conversation/${userId}`)) as { content: string }[];
  }

  async sendMessage(receiverId: number, content: string): Promise<{ id: number; receiver_id: number }> {
    const form = new FormData();
    form.append("receiver_id", String(receiverId));
    form.append("content", content);
    const response = await fetch(`${this.#baseUrl}/messages/`, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.token}` },
      body: form,
    });
    return (await response.json()) as { id: number; receiver_id: number };
  }

  async getActiveUsers(): Promise<{ active_users: number[]; count: number }> {
    return (await this.#get("/users/active/list")) as { active_users: number[]; count: number };
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(this.#baseUrl + path, {
      headers: { Authorization: `Bearer ${this.token}` },
    });
    return await response.json();
  }
}
