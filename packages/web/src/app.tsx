import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { Redirect, Route, Router, Switch, useLocation } from "wouter";
import { Banner } from "./banner/banner.tsx";
import { currentLanguage, onLanguage } from "./i18n/i18n.ts";
import { NoticesView } from "./notices/notices-view.tsx";
import { useSignedIn } from "./session/use-user-id.ts";
import { Shell } from "./shell/shell.tsx";
import { Splash } from "./shell/splash.tsx";
import { ErrorBoundary } from "./shell/error-boundary.tsx";

const SignIn = lazy(async () => ({ default: (await import("./account/sign-in.tsx")).SignIn }));
const SignUp = lazy(async () => ({ default: (await import("./account/sign-up.tsx")).SignUp }));

/** The app: what somebody sees follows from whether they are signed in, and from the address. */
export function App() {
  const language = useSyncExternalStore(onLanguage, currentLanguage);
  return (
    <ErrorBoundary>
      {/* Texts are read while rendering: another language renders everything anew. */}
      <Router base="/app" key={language}>
        <Suspense fallback={<Splash />}>
          <Pages />
        </Suspense>
        <NoticesView />
      </Router>
    </ErrorBoundary>
  );
}

function Pages() {
  const userId = useSignedIn();
  const [path] = useLocation();
  const isAccountPage = path === "/sign-in" || path === "/sign-up";
  /** Where somebody wanted to go, and had to sign in first. */
  const [wanted, setWanted] = useState("/");

  useEffect(() => {
    if (userId === null && !isAccountPage) setWanted(path);
  }, [userId, isAccountPage, path]);

  if (userId === undefined) return <Splash banner={<Banner />} />;
  if (userId === null)
    return (
      <>
        <Banner />
        <Switch>
          <Route path="/sign-in" component={SignIn} />
          <Route path="/sign-up" component={SignUp} />
          <Route>
            <Redirect to="/sign-in" replace />
          </Route>
        </Switch>
      </>
    );
  if (isAccountPage) return <Redirect to={wanted} replace />;
  // Another user begins anew.
  return <Shell key={userId} />;
}
