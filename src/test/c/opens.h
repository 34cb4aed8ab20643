/* The calls that open files by a path all come to one: the library that includes this says what opened() does. */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/types.h>

#define MAX_FD 65536

static int opened(int dirfd, const char *path, int flags, mode_t mode);

#define MODE                                                                                                          \
  mode_t mode = 0;                                                                                                    \
  if (flags & (O_CREAT | __O_TMPFILE)) {                                                                              \
    va_list rest;                                                                                                     \
    va_start(rest, flags);                                                                                            \
    mode = va_arg(rest, mode_t);                                                                                      \
    va_end(rest);                                                                                                     \
  }

int open(const char *path, int flags, ...) {
  MODE return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
int openat(int dirfd, const char *path, int flags, ...) {
  MODE return opened(dirfd, path, flags, mode);
}
int openat64(int dirfd, const char *path, int flags, ...) {
  MODE return opened(dirfd, path, flags | O_LARGEFILE, mode);
}
