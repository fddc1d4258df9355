import { z } from "zod";
import { id, idInput, timestamp } from "./ids.ts";
import { limits } from "./limits.ts";
import { pageFields } from "./paging.ts";
import { named } from "./named.ts";
import { text } from "./text.ts";

export const nameInput = text({ max: limits.nameLength, singleLine: true }).meta({
  description: "The name other people see.",
  example: "Jean Dupont",
});

export const emailInput = text({ max: limits.emailLength, singleLine: true })
  .regex(z.regexes.unicodeEmail, "must be an e-mail address")
  .meta({ description: "Unique after NFKC and case folding.", format: "email", example: "jean@example.com" });

export const passwordInput = text({
  min: limits.passwordMinLength,
  max: limits.passwordMaxLength,
}).meta({ description: "8 to 128 characters of any kind.", format: "password", example: "motdepasse123" });

const name = z.string().meta({ description: "The name other people see." });

/** A user as anybody signed in sees them. */
export interface User {
  id: number;
  /** The name other people see. */
  name: string;
  created_at: string;
  updated_at: string;
}

export const user = named<User>()(
  z
    .object({ id, name, created_at: timestamp, updated_at: timestamp })
    .meta({ id: "User", description: "A user as other people see them." }),
);

/** The signed-in user: the only one whose e-mail address is shown. */
export interface Self extends User {
  /** The address to sign in with. */
  email: string;
  /** Whether this user runs the server. */
  is_admin: boolean;
}

export const self = named<Self>()(
  z
    .object({
      id,
      name,
      email: z.string().meta({ description: "The address to sign in with." }),
      is_admin: z.boolean().meta({ description: "Whether the user runs this server." }),
      created_at: timestamp,
      updated_at: timestamp,
    })
    .meta({ id: "Self", description: "The signed-in user, e-mail address included." }),
);

export const usersListInput = z.strictObject({
  query: text({ max: limits.nameLength })
    .meta({ description: "Only people whose name holds this text, whatever its case." })
    .optional(),
  ...pageFields,
});

export const userIdInput = z.strictObject({
  user_id: idInput.meta({ description: "The user's id.", example: 2 }),
});

const currentPassword = text({ max: limits.passwordMaxLength });

export const changePasswordInput = z.strictObject({
  current_password: currentPassword.meta({
    description: "The password until now.",
    format: "password",
    example: "motdepasse123",
  }),
  new_password: passwordInput.meta({ example: "une-autre-phrase" }),
});

export const deleteMeInput = z.strictObject({
  current_password: currentPassword.meta({
    description: "The password, as nothing can be undone.",
    format: "password",
    example: "motdepasse123",
  }),
});

export const updateMeInput = z.strictObject({
  name: nameInput.optional(),
  email: emailInput.optional(),
  password: passwordInput.optional(),
  current_password: currentPassword
    .meta({
      description: "Needed to change the e-mail address or the password.",
      format: "password",
      example: "motdepasse123",
    })
    .optional(),
});

export const broadcastInput = z.strictObject({
  message: text({ max: limits.contentLength, maxBytes: limits.contentBytes }).meta({
    description: "What every connected user receives.",
    example: "Annonce importante à tous les utilisateurs",
  }),
});

export const broadcastResult = z
  .object({
    status: z.literal("sent"),
    recipients: z.int().min(0).meta({ description: "The number of users reached." }),
  })
  .meta({ id: "BroadcastResult", description: "How far a broadcast went." });
