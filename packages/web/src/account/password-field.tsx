import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { t } from "../i18n/i18n.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { TextField, type TextFieldProps } from "../ui/text-field.tsx";

/** A password, which can be looked at. */
export function PasswordField(props: Omit<TextFieldProps, "type" | "end">) {
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      {...props}
      type={isShown ? "text" : "password"}
      end={
        <IconButton
          label={t("account.showPassword")}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? <EyeOff /> : <Eye />}
        </IconButton>
      }
    />
  );
}
