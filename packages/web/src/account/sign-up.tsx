import { useRef } from "react";
import { Link } from "wouter";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Entrance } from "./entrance.tsx";
import { CallForm } from "./call-form.tsx";
import { PasswordField } from "./password-field.tsx";
import { useFieldErrors } from "./use-field-errors.ts";
import styles from "./form.module.css";

/** Creates an account, and signs in with it. */
export function SignUp() {
  const { auth } = useAppClient();
  const state = useFieldErrors();
  const { fields, isBusy } = state;
  /** The address that has got its account here: when only the sign-in failed, the next try does just that. */
  const registered = useRef<string>(undefined);
  return (
    <Entrance
      title={t("account.signUp.title")}
      footer={
        <>
          {t("account.signUp.hasAccount")} <Link href="/sign-in">{t("account.signIn.submit")}</Link>
        </>
      }
    >
      <CallForm
        state={state}
        call={async (value) => {
          const email = value("email").trim();
          const password = value("password");
          if (registered.current !== email)
            await auth.register({ name: value("name").trim(), email, password });
          registered.current = email;
          await auth.cookie.login({ email, password });
        }}
      >
        <TextField
          label={t("account.name")}
          hint={t("account.nameHint")}
          name="name"
          autoComplete="name"
          required
          autoFocus
          error={fields["name"]}
        />
        <TextField
          label={t("account.email")}
          name="email"
          type="email"
          autoComplete="username"
          required
          error={fields["email"]}
        />
        <PasswordField
          label={t("account.password")}
          hint={t("account.passwordHint")}
          name="password"
          autoComplete="new-password"
          required
          error={fields["password"]}
        />
        <Button type="submit" variant="primary" busy={isBusy} className={styles.wide}>
          {t("account.signUp.submit")}
        </Button>
      </CallForm>
    </Entrance>
  );
}
