/*
 * Records what a process does to the files below one folder, for the tests of crash states: preloaded
 * (LD_PRELOAD), it stands between the process and the system calls that change files.
 *
 *   KINTSUGI_RECORD_ROOT    the folder, absolute, without links in it
 *   KINTSUGI_RECORD_LOG     where the records are appended
 *   KINTSUGI_RECORD_MARKS   a path that is no file: what is written to it becomes MARK records
 *   KINTSUGI_RECORD_SYNC_MICROS  how long every sync takes at least, so that others write beside it
 *
 * One lock makes the order of the records that of the changes. Syncs are outside of it: a record when one begins and
 * one when it has ended, for only what was written before the first is durable after the second. A call that changes
 * files in a way that is not recorded leaves a FORBIDDEN record, which fails the test.
 *
 * System calls are made directly: nothing is looked up, so it works from the first instruction of any process.
 * io.kintsugi.crash.Trace reads the records; the numbers below are its ordinals.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "opens.h"

enum { OPEN, WRITE, TRUNCATE, SYNC_BEGIN, SYNC_END, CLOSE, RENAME, UNLINK, MKDIR, RMDIR, LINK, MARK, FORBIDDEN };
enum { CREATED = 1, EMPTIED = 2, DIRECTORY = 4 };

/* Little-endian, then the path, the other path, the data. */
struct head {
  uint32_t kind, path_bytes, other_bytes, data_bytes;
  int64_t a, b;
};

#define MARKS (-1)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX], marks[PATH_MAX];
static size_t root_bytes;
static int log_fd = -1;
static long sync_micros;
static int64_t next_handle, next_sync;
static int64_t handles[MAX_FD]; /* by descriptor; 0: not ours */

__attribute__((constructor)) static void begin(void) {
  const char *r = getenv("KINTSUGI_RECORD_ROOT"), *l = getenv("KINTSUGI_RECORD_LOG");
  const char *m = getenv("KINTSUGI_RECORD_MARKS"), *s = getenv("KINTSUGI_RECORD_SYNC_MICROS");
  if (!r || !l) return;
  strncpy(root, r, sizeof root - 1);
  strncpy(marks, m ? m : "", sizeof marks - 1);
  root_bytes = strlen(root);
  sync_micros = s ? atol(s) : 0;
  next_handle = (int64_t)getpid() << 32;
  next_sync = next_handle;
  log_fd = (int)syscall(SYS_openat, AT_FDCWD, l, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) {
    fprintf(stderr, "recorder: cannot write %s\n", l);
    _exit(99);
  }
}

static void take(void) { pthread_mutex_lock(&lock); }

static void give(void) {
  int saved = errno;
  pthread_mutex_unlock(&lock);
  errno = saved;
}

/* The lock is held. */
static void emit(uint32_t kind, const char *path, const char *other, int64_t a, int64_t b) {
  struct head head = {kind, path ? strlen(path) : 0, other ? strlen(other) : 0, 0, a, b};
  struct iovec parts[3] = {
      {&head, sizeof head}, {(void *)path, head.path_bytes}, {(void *)other, head.other_bytes}};
  int saved = errno;
  if (syscall(SYS_writev, log_fd, parts, 3) < 0) _exit(98);
  errno = saved;
}

static void emit_data(uint32_t kind, int64_t a, int64_t b, const struct iovec *v, int n, size_t bytes) {
  struct iovec parts[1 + 64];
  struct head head = {kind, 0, 0, (uint32_t)bytes, a, b};
  int count = 1, saved = errno;
  parts[0] = (struct iovec){&head, sizeof head};
  for (int i = 0; i < n && bytes > 0 && count < 65; i++) {
    size_t some = v[i].iov_len < bytes ? v[i].iov_len : bytes;
    parts[count++] = (struct iovec){v[i].iov_base, some};
    bytes -= some;
  }
  if (bytes > 0 || syscall(SYS_writev, log_fd, parts, count) < 0) _exit(97);
  errno = saved;
}

static void forbidden(const char *call, const char *where) {
  take();
  emit(FORBIDDEN, call, where, 0, 0);
  give();
}

static int64_t handle_of(int fd) { return fd >= 0 && fd < MAX_FD ? handles[fd] : 0; }

/* The path as an absolute one below the root, or NULL when it is none. */
static const char *ours(int dirfd, const char *path, char *buffer) {
  if (log_fd < 0 || !path || !*path) return NULL;
  if (*path != '/') {
    if (dirfd != AT_FDCWD) {
      if (handle_of(dirfd)) forbidden("a path that is relative to a directory", path);
      return NULL;
    }
    if (!getcwd(buffer, PATH_MAX) || strlen(buffer) + strlen(path) + 2 > PATH_MAX) return NULL;
    strcat(strcat(buffer, "/"), path);
  } else {
    strncpy(buffer, path, PATH_MAX - 1);
    buffer[PATH_MAX - 1] = 0;
  }
  char *out = buffer; /* without doubled and trailing slashes, as RocksDB makes them */
  for (char *in = buffer; *in; in++) {
    if (*in != '/' || out == buffer || out[-1] != '/') *out++ = *in;
  }
  if (out > buffer + 1 && out[-1] == '/') out--;
  *out = 0;
  return strncmp(buffer, root, root_bytes) == 0 && (buffer[root_bytes] == '/' || !buffer[root_bytes]) ? buffer : NULL;
}

static int opened(int dirfd, const char *path, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  if (log_fd >= 0 && *marks && path && strcmp(path, marks) == 0) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC, 0);
    if (fd >= 0 && fd < MAX_FD) handles[fd] = MARKS;
    return fd;
  }
  const char *full = ours(dirfd, path, buffer);
  if (!full) {
    int other = (int)syscall(SYS_openat, dirfd, path, flags, mode);
    if (other >= 0 && other < MAX_FD) handles[other] = 0;
    return other;
  }
  /* O_DIRECT is none of these: it goes past the page cache, not past the device's, and needs the same sync */
  if ((flags & O_DSYNC) || (flags & O_TMPFILE) == O_TMPFILE) forbidden("open with unusual flags", full);
  take();
  struct stat before, after;
  int was = syscall(SYS_newfstatat, AT_FDCWD, full, &before, 0) == 0;
  int fd = (int)syscall(SYS_openat, dirfd, path, flags, mode);
  if (fd >= MAX_FD) _exit(96);
  if (fd >= 0 && fstat(fd, &after) == 0) {
    handles[fd] = ++next_handle;
    int64_t how = (!was && (flags & O_CREAT) ? CREATED : 0) | (was && (flags & O_TRUNC) ? EMPTIED : 0)
        | (S_ISDIR(after.st_mode) ? DIRECTORY : 0);
    emit(OPEN, full, NULL, handles[fd], how);
  }
  give();
  return fd;
}

int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

static FILE *stream(const char *name, const char *path, const char *mode) {
  FILE *(*real)(const char *, const char *) = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, name);
  char buffer[PATH_MAX];
  if ((*mode != 'r' || strchr(mode, '+')) && ours(AT_FDCWD, path, buffer)) forbidden("fopen", path);
  return real(path, mode);
}
FILE *fopen(const char *path, const char *mode) { return stream("fopen", path, mode); }
FILE *fopen64(const char *path, const char *mode) { return stream("fopen64", path, mode); }

static size_t length(const struct iovec *v, int n) {
  size_t sum = 0;
  for (int i = 0; i < n; i++) sum += v[i].iov_len;
  return sum;
}

static off_t position(int fd) {
  if (syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND) {
    struct stat now;
    return fstat(fd, &now) == 0 ? now.st_size : 0;
  }
  return syscall(SYS_lseek, fd, 0, SEEK_CUR);
}

static ssize_t put(int fd, const struct iovec *v, int n, off_t at) {
  int64_t handle = handle_of(fd);
  if (handle == 0) {
    return at < 0 ? syscall(SYS_writev, fd, v, n) : syscall(SYS_pwritev, fd, v, n, (long)at, 0L);
  }
  take();
  ssize_t done;
  if (handle == MARKS) {
    done = (ssize_t)length(v, n);
    emit_data(MARK, 0, 0, v, n, (size_t)done);
  } else {
    off_t where = at < 0 ? position(fd) : at;
    done = at < 0 ? syscall(SYS_writev, fd, v, n) : syscall(SYS_pwritev, fd, v, n, (long)at, 0L);
    if (done > 0) emit_data(WRITE, handle, where, v, n, (size_t)done);
  }
  give();
  return done;
}

static ssize_t put_one(int fd, const void *bytes, size_t count, off_t at) {
  if (handle_of(fd) == 0) {
    return at < 0 ? syscall(SYS_write, fd, bytes, count) : syscall(SYS_pwrite64, fd, bytes, count, at);
  }
  struct iovec one = {(void *)bytes, count};
  return put(fd, &one, 1, at);
}
ssize_t write(int fd, const void *bytes, size_t count) { return put_one(fd, bytes, count, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return put_one(fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return put_one(fd, bytes, count, at); }
ssize_t writev(int fd, const struct iovec *v, int n) { return put(fd, v, n, -1); }
ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at) { return put(fd, v, n, at); }
ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t at) { return put(fd, v, n, at); }

static int synced(long call, int fd) {
  if (handle_of(fd) <= 0) return (int)syscall(call, fd);
  take();
  int64_t serial = ++next_sync;
  emit(SYNC_BEGIN, NULL, NULL, handle_of(fd), serial);
  give();
  if (sync_micros > 0) {
    struct timespec pause = {sync_micros / 1000000, sync_micros % 1000000 * 1000};
    nanosleep(&pause, NULL);
  }
  int status = (int)syscall(call, fd);
  take();
  if (status == 0) emit(SYNC_END, NULL, NULL, 0, serial);
  give();
  return status;
}
int fsync(int fd) { return synced(SYS_fsync, fd); }
int fdatasync(int fd) { return synced(SYS_fdatasync, fd); }

static int sized(int fd, off_t bytes) {
  if (handle_of(fd) <= 0) return (int)syscall(SYS_ftruncate, fd, bytes);
  take();
  int status = (int)syscall(SYS_ftruncate, fd, bytes);
  if (status == 0) emit(TRUNCATE, NULL, NULL, handle_of(fd), bytes);
  give();
  return status;
}
int ftruncate(int fd, off_t bytes) { return sized(fd, bytes); }
int ftruncate64(int fd, off64_t bytes) { return sized(fd, bytes); }
int truncate(const char *path, off_t bytes) {
  char buffer[PATH_MAX];
  if (ours(AT_FDCWD, path, buffer)) forbidden("truncate", path);
  return (int)syscall(SYS_truncate, path, bytes);
}

/* What keeps the size and is behind the end changes nothing that can be read. */
static int allocated(int fd, int mode, off_t at, off_t bytes) {
  if (handle_of(fd) > 0) {
    struct stat now;
    int harmless = (mode & FALLOC_FL_KEEP_SIZE)
        && (!(mode & ~FALLOC_FL_KEEP_SIZE) || (fstat(fd, &now) == 0 && at >= now.st_size));
    if (!harmless) forbidden("fallocate", NULL);
  }
  return (int)syscall(SYS_fallocate, fd, mode, at, bytes);
}
int fallocate(int fd, int mode, off_t at, off_t bytes) { return allocated(fd, mode, at, bytes); }
int fallocate64(int fd, int mode, off64_t at, off64_t bytes) { return allocated(fd, mode, at, bytes); }
int posix_fallocate(int fd, off_t at, off_t bytes) { return allocated(fd, 0, at, bytes) == 0 ? 0 : errno; }
int posix_fallocate64(int fd, off64_t at, off64_t bytes) { return allocated(fd, 0, at, bytes) == 0 ? 0 : errno; }

static int renamed(int from, const char *old, int to, const char *path, unsigned flags) {
  char a[PATH_MAX], b[PATH_MAX];
  const char *first = ours(from, old, a), *second = ours(to, path, b);
  if (!first && !second) return (int)syscall(SYS_renameat2, from, old, to, path, flags);
  if (!first || !second || flags) forbidden("rename from or to elsewhere", old);
  take();
  int status = (int)syscall(SYS_renameat2, from, old, to, path, flags);
  if (status == 0) emit(RENAME, first, second, 0, 0);
  give();
  return status;
}
int rename(const char *old, const char *path) { return renamed(AT_FDCWD, old, AT_FDCWD, path, 0); }
int renameat(int from, const char *old, int to, const char *path) { return renamed(from, old, to, path, 0); }
int renameat2(int from, const char *old, int to, const char *path, unsigned flags) {
  return renamed(from, old, to, path, flags);
}

static int linked(int from, const char *old, int to, const char *path, int flags) {
  char a[PATH_MAX], b[PATH_MAX];
  const char *first = ours(from, old, a), *second = ours(to, path, b);
  take();
  int status = (int)syscall(SYS_linkat, from, old, to, path, flags);
  if (status == 0 && first && second) emit(LINK, first, second, 0, 0);
  give();
  if (!first != !second) forbidden("link from or to elsewhere", old);
  return status;
}
int link(const char *old, const char *path) { return linked(AT_FDCWD, old, AT_FDCWD, path, 0); }
int linkat(int from, const char *old, int to, const char *path, int flags) {
  return linked(from, old, to, path, flags);
}
int symlink(const char *target, const char *path) {
  char buffer[PATH_MAX];
  if (ours(AT_FDCWD, path, buffer)) forbidden("symlink", path);
  return (int)syscall(SYS_symlinkat, target, AT_FDCWD, path);
}

static int unlinked(int dirfd, const char *path, int flags) {
  char buffer[PATH_MAX];
  const char *full = ours(dirfd, path, buffer);
  if (!full) return (int)syscall(SYS_unlinkat, dirfd, path, flags);
  take();
  int status = (int)syscall(SYS_unlinkat, dirfd, path, flags);
  if (status == 0) emit(flags & AT_REMOVEDIR ? RMDIR : UNLINK, full, NULL, 0, 0);
  give();
  return status;
}
int unlink(const char *path) { return unlinked(AT_FDCWD, path, 0); }
int unlinkat(int dirfd, const char *path, int flags) { return unlinked(dirfd, path, flags); }
int rmdir(const char *path) { return unlinked(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  int status = unlink(path);
  return status != 0 && (errno == EISDIR || errno == EPERM) ? rmdir(path) : status;
}

static int made(int dirfd, const char *path, mode_t mode) {
  char buffer[PATH_MAX];
  const char *full = ours(dirfd, path, buffer);
  if (!full) return (int)syscall(SYS_mkdirat, dirfd, path, mode);
  take();
  int status = (int)syscall(SYS_mkdirat, dirfd, path, mode);
  if (status == 0) emit(MKDIR, full, NULL, 0, 0);
  give();
  return status;
}
int mkdir(const char *path, mode_t mode) { return made(AT_FDCWD, path, mode); }
int mkdirat(int dirfd, const char *path, mode_t mode) { return made(dirfd, path, mode); }

static void forget(int fd) {
  if (handle_of(fd) == 0) return;
  take();
  if (handles[fd] > 0) emit(CLOSE, NULL, NULL, handles[fd], 0);
  handles[fd] = 0;
  give();
}
int close(int fd) {
  forget(fd);
  return (int)syscall(SYS_close, fd);
}
int dup3(int fd, int other, int flags) {
  if (handle_of(fd)) forbidden("dup3", NULL);
  forget(other);
  return (int)syscall(SYS_dup3, fd, other, flags);
}
int dup2(int fd, int other) {
  if (handle_of(fd)) forbidden("dup2", NULL);
  if (fd == other) return other;
  forget(other);
  return (int)syscall(SYS_dup3, fd, other, 0);
}
/* The JDK lists a directory by two descriptors of it. */
int dup(int fd) {
  int other = (int)syscall(SYS_dup, fd);
  if (other >= 0 && other < MAX_FD) handles[other] = handle_of(fd);
  return other;
}
int closedir(DIR *directory) {
  int (*real)(DIR *) = (int (*)(DIR *))dlsym(RTLD_NEXT, "closedir");
  int fd = dirfd(directory);
  if (handle_of(fd) > 0) handles[fd] = 0;
  return real(directory);
}

static void *mapped(void *address, size_t bytes, int protection, int flags, int fd, off_t at) {
  if (handle_of(fd) && (flags & MAP_SHARED) && (protection & PROT_WRITE)) forbidden("mmap for writing", NULL);
  return (void *)syscall(SYS_mmap, address, bytes, protection, flags, fd, at);
}
void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t at) {
  return mapped(address, bytes, protection, flags, fd, at);
}
void *mmap64(void *address, size_t bytes, int protection, int flags, int fd, off64_t at) {
  return mapped(address, bytes, protection, flags, fd, at);
}
ssize_t sendfile(int out, int in, off_t *at, size_t count) {
  if (handle_of(out)) forbidden("sendfile", NULL);
  return syscall(SYS_sendfile, out, in, at, count);
}
ssize_t sendfile64(int out, int in, off64_t *at, size_t count) { return sendfile(out, in, (off_t *)at, count); }
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t count, unsigned flags) {
  if (handle_of(out)) forbidden("copy_file_range", NULL);
  return syscall(SYS_copy_file_range, in, from, out, to, count, flags);
}
