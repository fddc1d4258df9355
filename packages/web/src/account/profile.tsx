import type { Self } from "@causerie/client";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useServices } from "../services.tsx";
import { CallForm } from "./call-form.tsx";
import { LoadState } from "./load-state.tsx";
import { PasswordField } from "./password-field.tsx";
import { Section } from "./section.tsx";
import { useFieldErrors } from "./use-field-errors.ts";
import { useLoaded } from "./use-loaded.ts";
import styles from "./form.module.css";
import profileStyles from "./profile.module.css";

/** Who one is to others, and the address to sign in with. */
export function Profile() {
  const { auth } = useAppClient();
  const { value: me, error, reload } = useLoaded(auth.me);
  return (
    <>
      <Section title={t("account.profile")} hint={t("account.profileHint")}>
        {me ? (
          <NameForm key={me.name} me={me} onDone={reload} />
        ) : (
          <LoadState error={error} reload={reload} />
        )}
      </Section>
      {me && (
        <Section title={t("account.email")} hint={t("account.emailHint")}>
          <EmailForm key={me.email} me={me} onDone={reload} />
        </Section>
      )}
    </>
  );
}

interface ProfileFormProps {
  readonly me: Self;
  readonly onDone: () => void;
}

function NameForm({ me, onDone }: ProfileFormProps) {
  const { users } = useAppClient();
  const { notices } = useServices();
  const state = useFieldErrors();
  const { fields, isBusy } = state;
  return (
    <CallForm
      state={state}
      call={async (value) => {
        await users.updateMe({ name: value("name").trim() });
        notices.show(t("account.saved"));
        onDone();
      }}
    >
      <div className={profileStyles.name}>
        <Avatar id={me.id} name={me.name} size={64} />
        <TextField
          label={t("account.name")}
          name="name"
          autoComplete="name"
          required
          defaultValue={me.name}
          error={fields["name"]}
        />
      </div>
      <div className={styles.actions}>
        <Button type="submit" variant="primary" busy={isBusy}>
          {t("app.save")}
        </Button>
      </div>
    </CallForm>
  );
}

function EmailForm({ me, onDone }: ProfileFormProps) {
  const { users } = useAppClient();
  const { notices } = useServices();
  const state = useFieldErrors();
  const { fields, isBusy } = state;
  return (
    <CallForm
      state={state}
      call={async (value) => {
        await users.updateMe({ email: value("email").trim(), current_password: value("current_password") });
        notices.show(t("account.saved"));
        onDone();
      }}
    >
      <TextField
        label={t("account.email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        defaultValue={me.email}
        error={fields["email"]}
      />
      <PasswordField
        label={t("account.currentPassword")}
        name="current_password"
        autoComplete="current-password"
        required
        error={fields["current_password"]}
      />
      <div className={styles.actions}>
        <Button type="submit" busy={isBusy}>
          {t("account.changeEmail")}
        </Button>
      </div>
    </CallForm>
  );
}
