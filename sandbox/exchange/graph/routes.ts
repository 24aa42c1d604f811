import { ORGANIZATION_ROUTES } from '../directory/organization-routes.ts';
import { USER_ROUTES } from '../directory/user-routes.ts';
import { ATTACHMENT_ROUTES } from '../mail/attachment-routes.ts';
import { DELTA_ROUTES } from '../mail/delta-routes.ts';
import { FOLDER_ROUTES } from '../mail/folder-routes.ts';
import { MESSAGE_ROUTES } from '../mail/message-routes.ts';
import { UPLOAD_ROUTES } from '../mail/upload-session-routes.ts';
import { createRouter } from './router.ts';

/** Everything of Graph v1.0 this server knows. */
export const matchGraphRoute = createRouter([
  ...DELTA_ROUTES,
  ...USER_ROUTES,
  ...ORGANIZATION_ROUTES,
  ...FOLDER_ROUTES,
  ...MESSAGE_ROUTES,
  ...ATTACHMENT_ROUTES,
]);

/** Pre-authenticated URLs. */
export const matchUploadRoute = createRouter(UPLOAD_ROUTES);
