export { selfView, userView } from "./user-view.ts";
export {
  findUser,
  findUserByEmail,
  findUsers,
  insertUser,
  listAdmins,
  setAdmin,
  type UserRow,
} from "./users.repository.ts";
export { createUsersService, type ProfileChanges, type UsersService } from "./users.service.ts";
