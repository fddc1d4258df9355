const setting = "causerie.notifications";

/** What the browser and the user say about notifications. `unsupported`: this browser has none. */
export type NotificationSetting = "on" | "off" | "denied" | "unsupported";

/** Whether messages are told of while the page is hidden. */
export function notificationSetting(): NotificationSetting {
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return localStorage.getItem(setting) === "on" && Notification.permission === "granted" ? "on" : "off";
}

/** Turns them on, which asks the user, or off. Returns what holds then. */
export async function setNotifications(isOn: boolean): Promise<NotificationSetting> {
  localStorage.setItem(setting, isOn ? "on" : "off");
  if (isOn && "Notification" in window && Notification.permission === "default")
    await Notification.requestPermission();
  return notificationSetting();
}

/** Tells of a message, if that is wanted and nobody looks at the page. One per conversation is shown: the latest. */
export function notify(title: string, body: string, conversationId: number, onOpen: () => void): void {
  if (document.visibilityState === "visible" || notificationSetting() !== "on") return;
  const shown = new Notification(title, {
    body,
    tag: `conversation ${conversationId}`,
    icon: "/app/icon.svg",
  });
  shown.onclick = () => {
    window.focus();
    onOpen();
    shown.close();
  };
}
