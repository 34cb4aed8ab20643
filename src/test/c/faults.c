/*
 * Makes drives fail under a running process, for tests: preloaded (LD_PRELOAD), it stands between the process and the
 * system calls on files.
 *
 *   KINTSUGI_FAULTS  a file of one page, which the test changes while the process runs: lines "CALLS FAULT FOLDER".
 *                    CALLS are of r (reads), w (writes and changes of names), s (syncs), l (whatever looks up a
 *                    path); FAULT is EIO, ENOSPC, EROFS,
 *                    HANG (until the line is gone), or a number of milliseconds; FOLDER is absolute
 *
 * A drive that is out of space also says so when it is asked how much is left. System calls are made directly.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "opens.h"

#define PAGE 4096
#define POLL_MILLIS 20

static const char *control;
static char *paths[MAX_FD]; /* by descriptor, of absolute paths; never freed while it is open */

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("KINTSUGI_FAULTS");
  int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0) : -1;
  if (fd < 0) return;
  void *page = (void *)syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  control = page == MAP_FAILED ? NULL : page;
  syscall(SYS_close, fd);
}

static void pause_millis(long millis) {
  struct timespec time = {millis / 1000, millis % 1000 * 1000000};
  nanosleep(&time, NULL);
}

/* What is to happen to this kind of call on this path, as text; returns whether anything is. */
static int fault_of(char call, const char *path, char *fault) {
  char text[PAGE + 1];
  memcpy(text, control, PAGE);
  text[PAGE] = 0;
  char *rest = NULL;
  for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    char calls[16], folder[PATH_MAX];
    if (sscanf(line, "%15s %15s %4095s", calls, fault, folder) != 3) continue;
    size_t length = strlen(folder);
    if (strchr(calls, call) && strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length])) return 1;
  }
  return 0;
}

/* 0: go on; -1: errno says why not. */
static int meet(char call, const char *path) {
  char fault[16];
  if (!control || !path || *path != '/') return 0;
  int saved = errno, delayed = 0;
  while (*control && fault_of(call, path, fault)) {
    if (strcmp(fault, "HANG") == 0) {
      pause_millis(POLL_MILLIS);
      continue;
    }
    if (strcmp(fault, "EIO") == 0) return errno = EIO, -1;
    if (strcmp(fault, "ENOSPC") == 0) return errno = ENOSPC, -1;
    if (strcmp(fault, "EROFS") == 0) return errno = EROFS, -1;
    if (!delayed++) pause_millis(atol(fault));
    break;
  }
  errno = saved;
  return 0;
}

static int meet_fd(char call, int fd) { return fd >= 0 && fd < MAX_FD && paths[fd] ? meet(call, paths[fd]) : 0; }

static void forget(int fd) {
  if (fd >= 0 && fd < MAX_FD) {
    char *path = __atomic_exchange_n(&paths[fd], NULL, __ATOMIC_ACQ_REL);
    (void)path; /* another thread may be reading it: tests are short */
  }
}

static int opened(int dirfd, const char *path, int flags, mode_t mode) {
  if (control && meet('l', path)) return -1;
  if (control && (flags & (O_CREAT | O_TRUNC)) && meet('w', path)) return -1;
  int fd = (int)syscall(SYS_openat, dirfd, path, flags, mode);
  if (control && fd >= 0 && fd < MAX_FD) {
    forget(fd);
    if (path && *path == '/' && strstr(path, "/drive")) paths[fd] = strdup(path);
  }
  return fd;
}

int close(int fd) {
  forget(fd);
  return (int)syscall(SYS_close, fd);
}
int closedir(DIR *directory) {
  int (*real)(DIR *) = (int (*)(DIR *))dlsym(RTLD_NEXT, "closedir");
  forget(dirfd(directory));
  return real(directory);
}

ssize_t read(int fd, void *bytes, size_t count) {
  return meet_fd('r', fd) ? -1 : syscall(SYS_read, fd, bytes, count);
}
ssize_t pread(int fd, void *bytes, size_t count, off_t at) {
  return meet_fd('r', fd) ? -1 : syscall(SYS_pread64, fd, bytes, count, at);
}
ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) { return pread(fd, bytes, count, at); }
ssize_t readv(int fd, const struct iovec *v, int n) { return meet_fd('r', fd) ? -1 : syscall(SYS_readv, fd, v, n); }
ssize_t write(int fd, const void *bytes, size_t count) {
  return meet_fd('w', fd) ? -1 : syscall(SYS_write, fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  return meet_fd('w', fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return pwrite(fd, bytes, count, at); }
ssize_t writev(int fd, const struct iovec *v, int n) { return meet_fd('w', fd) ? -1 : syscall(SYS_writev, fd, v, n); }
int fsync(int fd) { return meet_fd('s', fd) ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return meet_fd('s', fd) ? -1 : (int)syscall(SYS_fdatasync, fd); }
int ftruncate(int fd, off_t bytes) { return meet_fd('w', fd) ? -1 : (int)syscall(SYS_ftruncate, fd, bytes); }
int ftruncate64(int fd, off64_t bytes) { return ftruncate(fd, bytes); }
int fallocate(int fd, int mode, off_t at, off_t bytes) {
  return meet_fd('w', fd) ? -1 : (int)syscall(SYS_fallocate, fd, mode, at, bytes);
}
int fallocate64(int fd, int mode, off64_t at, off64_t bytes) { return fallocate(fd, mode, at, bytes); }

int rename(const char *old, const char *path) {
  return meet('w', path) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, path, 0);
}
int link(const char *old, const char *path) {
  return meet('w', path) ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, old, AT_FDCWD, path, 0);
}
int unlink(const char *path) { return meet('w', path) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
int rmdir(const char *path) { return meet('w', path) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR); }
int mkdir(const char *path, mode_t mode) {
  return meet('w', path) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

/* Looks at paths; those of descriptors are none. */
int stat(const char *path, struct stat *is) {
  return meet('l', path) ? -1 : (int)syscall(SYS_newfstatat, AT_FDCWD, path, is, 0);
}
int stat64(const char *path, struct stat64 *is) { return stat(path, (struct stat *)is); }
int lstat(const char *path, struct stat *is) {
  return meet('l', path) ? -1 : (int)syscall(SYS_newfstatat, AT_FDCWD, path, is, AT_SYMLINK_NOFOLLOW);
}
int lstat64(const char *path, struct stat64 *is) { return lstat(path, (struct stat *)is); }
int fstatat(int dirfd, const char *path, struct stat *is, int flags) {
  return meet('l', path) ? -1 : (int)syscall(SYS_newfstatat, dirfd, path, is, flags);
}
int fstatat64(int dirfd, const char *path, struct stat64 *is, int flags) {
  return fstatat(dirfd, path, (struct stat *)is, flags);
}
int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *is) {
  return meet('l', path) ? -1 : (int)syscall(SYS_statx, dirfd, path, flags, mask, is);
}
int access(const char *path, int mode) {
  return meet('l', path) ? -1 : (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}
DIR *opendir(const char *path) {
  DIR *(*real)(const char *) = (DIR * (*)(const char *)) dlsym(RTLD_NEXT, "opendir");
  return meet('l', path) ? NULL : real(path);
}
char *realpath(const char *path, char *resolved) {
  char *(*real)(const char *, char *) = (char *(*)(const char *, char *))dlsym(RTLD_NEXT, "realpath");
  return meet('l', path) ? NULL : real(path, resolved);
}

static int space(const char *name, const char *path, struct statvfs *is) {
  int (*real)(const char *, struct statvfs *) = (int (*)(const char *, struct statvfs *))dlsym(RTLD_NEXT, name);
  char fault[16];
  if (meet('l', path)) return -1;
  int status = real(path, is);
  if (status == 0 && control && *control && fault_of('w', path, fault) && strcmp(fault, "ENOSPC") == 0) {
    is->f_bfree = is->f_bavail = 0;
  }
  return status;
}
int statvfs(const char *path, struct statvfs *is) { return space("statvfs", path, is); }
int statvfs64(const char *path, struct statvfs64 *is) { return space("statvfs64", path, (struct statvfs *)is); }
