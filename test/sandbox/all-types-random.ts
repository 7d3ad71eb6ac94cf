/** Every type of the random provider the sandbox serves; each resource is called `main`. */
export const randomTypes = {
  random_id: { main: { byte_length: 4 } },
  random_password: { main: { length: 24 } },
};
