/** The official image of Valkey, and the user it runs as. */
export const valkeyImage = 'valkey/valkey:8.1.3-bookworm';
export const valkeyUserId = '999';
