import type { ReactNode } from "react";
import { FormAlert } from "./form-alert.tsx";
import type { FormState, Values } from "./use-field-errors.ts";
import styles from "./form.module.css";

interface Props {
  /** What `useFieldErrors` gave. */
  readonly state: FormState;
  /** Makes the call with what was typed. */
  readonly call: (value: Values) => Promise<unknown>;
  /** By which a button elsewhere submits it. */
  readonly id?: string;
  /** Stands before what is wrong with the whole form. */
  readonly intro?: ReactNode;
  readonly children: ReactNode;
}

/** A form that makes a call, and shows what it is refused for. */
export function CallForm({ state: { form, submit }, call, id, intro, children }: Props) {
  return (
    <form id={id} noValidate className={styles.form} onSubmit={(event) => submit(event, call)}>
      {intro}
      <FormAlert text={form} />
      {children}
    </form>
  );
}
