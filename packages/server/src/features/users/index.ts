export { selfView, userView } from "./user-view.ts";
export {
  eraseUser,
  existingUsers,
  findUser,
  findUserByEmail,
  findUsers,
  insertUser,
  listAdmins,
  setAdmin,
  type UserRow,
} from "./users.repository.ts";
export { createUsersService, type ProfileChanges, type UsersService } from "./users.service.ts";
export { requireUnchanged, type CheckedAccount } from "./users.writes.ts";
