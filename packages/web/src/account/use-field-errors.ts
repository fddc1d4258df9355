import { CauserieError } from "@causerie/client";
import { useState, type SubmitEvent } from "react";
import { t } from "../i18n/i18n.ts";
import { fieldErrors, type FieldErrors } from "./field-errors.ts";

export interface FormState extends FieldErrors {
  /** The call is under way. */
  readonly isBusy: boolean;
  /**
   * For `onSubmit`: makes the call with what was typed, by the fields' names. What it is refused for is in `fields` and
   * `form`, and the first field at fault has the focus.
   */
  submit(event: SubmitEvent<HTMLFormElement>, call: (value: Values) => Promise<unknown>): void;
}

/** What was typed into the field of a name. */
export type Values = (name: string) => string;

const none: FieldErrors = { fields: {} };

/** Turns what the calls of a form are refused for into errors of its fields. */
export function useFieldErrors(): FormState {
  const [errors, setErrors] = useState(none);
  const [isBusy, setBusy] = useState(false);

  function refuse(inputs: readonly HTMLInputElement[], next: FieldErrors): void {
    setErrors(next);
    setBusy(false);
    inputs.find(({ name }) => next.fields[name] !== undefined)?.focus();
  }

  async function submit(
    event: SubmitEvent<HTMLFormElement>,
    call: (value: Values) => Promise<unknown>,
  ): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    const inputs = [...event.currentTarget.elements].filter((element) => element instanceof HTMLInputElement);
    const empty = inputs.filter(({ required, value }) => required && value === "");
    if (empty.length > 0) {
      const blank = t("account.fault.blank");
      return refuse(inputs, { fields: Object.fromEntries(empty.map(({ name }) => [name, blank])) });
    }
    setBusy(true);
    try {
      await call((name) => inputs.find((input) => input.name === name)?.value ?? "");
    } catch (cause) {
      if (!(cause instanceof CauserieError)) {
        setBusy(false);
        throw cause;
      }
      return refuse(
        inputs,
        fieldErrors(
          cause,
          inputs.map(({ name }) => name),
        ),
      );
    }
    setErrors(none);
    setBusy(false);
  }

  return { ...errors, isBusy, submit: (event, call) => void submit(event, call) };
}
