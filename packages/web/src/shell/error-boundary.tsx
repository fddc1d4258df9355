import { Component, type ReactNode } from "react";
import { t } from "../i18n/i18n.ts";
import styles from "./error-boundary.module.css";

/** Shows that the page failed, instead of nothing. React reports the error itself, and takes only a class for this. */
export class ErrorBoundary extends Component<
  { readonly children: ReactNode },
  { readonly hasFailed: boolean }
> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div className={styles.failed} role="alert">
        <p>{t("app.failed")}</p>
        <button type="button" onClick={() => location.reload()}>
          {t("app.reload")}
        </button>
      </div>
    );
  }
}
