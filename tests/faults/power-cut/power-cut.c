/*
 * A power cut for one folder, to be loaded with LD_PRELOAD.
 *
 * It keeps a second copy of the folder POWER_CUT_DATA in POWER_CUT_SHADOW that holds only what was
 * synced: the bytes of a file up to its last fsync or fdatasync, the names up to the last fsync of
 * the folder. What the folder holds when the process starts counts as synced. After the process was
 * killed, the shadow is what a machine would find whose disk kept nothing else.
 *
 * Watched: write, pwrite, ftruncate, fsync, fdatasync, unlink, rename. Not watched, since nobody in
 * the server writes to the folder that way: writev, mmap (SQLite's -shm is rebuilt and never synced),
 * copy_file_range, subfolders.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct range { off_t from, to; };

/* A regular file, known by its inode; `shadow` numbers its copy, and is 0 outside the folder. */
struct file {
  dev_t dev;
  ino_t ino;
  int shadow;
  off_t shortest; /* the smallest size since the last sync, or -1 */
  struct range *dirty;
  size_t count, room;
};

static const char *data, *shadows;
static struct file *files;
static size_t file_count, file_room;
static int last_shadow;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* A copy that cannot be kept would make the test lie. */
static void must(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "power-cut: %s: %s\n", what, strerror(errno));
  _exit(99);
}

static int open_shadow(int shadow) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%d", shadows, shadow);
  int fd = open(path, O_WRONLY | O_CREAT, 0600);
  must(fd >= 0, path);
  return fd;
}

static struct file *find(dev_t dev, ino_t ino) {
  for (size_t i = 0; i < file_count; i++)
    if (files[i].ino == ino && files[i].dev == dev) return &files[i];
  return NULL;
}

static struct file *add(dev_t dev, ino_t ino, int ours) {
  if (file_count == file_room) {
    file_room = file_room * 2 + 16;
    files = realloc(files, file_room * sizeof *files);
    must(files != NULL, "memory");
  }
  files[file_count] = (struct file){dev, ino, ours ? ++last_shadow : 0, -1, NULL, 0, 0};
  return &files[file_count++];
}

/* The file of the folder that is open as `fd`, or NULL. */
static struct file *watched(int fd) {
  struct stat st;
  if (data == NULL || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return NULL;
  struct file *file = find(st.st_dev, st.st_ino);
  if (file == NULL) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    size_t prefix = strlen(data);
    int ours = length > (ssize_t)prefix && memcmp(path, data, prefix) == 0 && path[prefix] == '/';
    file = add(st.st_dev, st.st_ino, ours);
  }
  return file->shadow ? file : NULL;
}

static void wrote(int fd, off_t from, ssize_t length) {
  if (length <= 0) return;
  int before = errno;
  pthread_mutex_lock(&mutex);
  struct file *file = watched(fd);
  if (file != NULL) {
    if (file->count > 0 && file->dirty[file->count - 1].to == from) {
      file->dirty[file->count - 1].to = from + length;
    } else {
      if (file->count == file->room) {
        file->room = file->room * 2 + 16;
        file->dirty = realloc(file->dirty, file->room * sizeof *file->dirty);
        must(file->dirty != NULL, "memory");
      }
      file->dirty[file->count++] = (struct range){from, from + length};
    }
  }
  pthread_mutex_unlock(&mutex);
  errno = before;
}

static void copy(int from, int to, struct range range) {
  char buffer[1 << 16];
  while (range.from < range.to) {
    size_t want = range.to - range.from < (off_t)sizeof buffer ? (size_t)(range.to - range.from) : sizeof buffer;
    ssize_t got = pread(from, buffer, want, range.from);
    if (got <= 0) return; /* truncated meanwhile */
    must(REAL(pwrite)(to, buffer, got, range.from) == got, "a copy");
    range.from += got;
  }
}

static void keep_bytes(int fd, struct file *file) {
  char link[64];
  struct stat st;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int from = open(link, O_RDONLY); /* `fd` may be open for writing only */
  if (from < 0 || fstat(from, &st) != 0) must(0, "a file that is synced");
  int to = open_shadow(file->shadow);
  if (file->shortest >= 0) must(REAL(ftruncate)(to, file->shortest) == 0, "a copy's size");
  for (size_t i = 0; i < file->count; i++) copy(from, to, file->dirty[i]);
  must(REAL(ftruncate)(to, st.st_size) == 0, "a copy's size");
  file->count = 0;
  file->shortest = -1;
  close(from);
  close(to);
}

/* Lists the folder: number of the copy, mode, name. With `whole`, copies everything too. */
static void keep_names(int whole) {
  char path[PATH_MAX * 2], next[PATH_MAX];
  snprintf(next, sizeof next, "%s/names.next", shadows);
  FILE *list = fopen(next, "w");
  DIR *folder = opendir(data);
  must(list != NULL && folder != NULL, data);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", data, entry->d_name);
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) continue;
    struct file *file = find(st.st_dev, st.st_ino);
    if (file == NULL) file = add(st.st_dev, st.st_ino, 1);
    fprintf(list, "%d %o %s\n", file->shadow, st.st_mode & 0777, entry->d_name);
    if (!whole) continue;
    int from = open(path, O_RDONLY), to = open_shadow(file->shadow);
    must(from >= 0, path);
    copy(from, to, (struct range){0, st.st_size});
    close(from);
    close(to);
  }
  closedir(folder);
  must(fclose(list) == 0, next);
  snprintf(path, sizeof path, "%s/names", shadows);
  must(REAL(rename)(next, path) == 0, path);
}

__attribute__((constructor)) static void begin(void) {
  data = getenv("POWER_CUT_DATA");
  shadows = getenv("POWER_CUT_SHADOW");
  if (data == NULL || shadows == NULL) data = NULL;
  else keep_names(1);
}

static int is_folder(int fd) {
  struct stat st, ours;
  return data != NULL && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && stat(data, &ours) == 0 &&
         st.st_ino == ours.st_ino && st.st_dev == ours.st_dev;
}

/* Killed between the copy and the end of the sync, it was as good as synced but never acknowledged. */
static int synced(int fd, int (*sync)(int)) {
  pthread_mutex_lock(&mutex);
  struct file *file = watched(fd);
  if (file != NULL) keep_bytes(fd, file);
  else if (is_folder(fd)) keep_names(0);
  pthread_mutex_unlock(&mutex);
  return sync(fd);
}
int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

ssize_t write(int fd, const void *bytes, size_t size) {
  ssize_t done = REAL(write)(fd, bytes, size);
  if (data != NULL && done > 0) {
    off_t end = lseek(fd, 0, SEEK_CUR);
    if (end >= done) wrote(fd, end - done, done);
  }
  return done;
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  ssize_t done = REAL(pwrite)(fd, bytes, size, at);
  wrote(fd, at, done);
  return done;
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) { return pwrite(fd, bytes, size, at); }

int ftruncate(int fd, off_t size) {
  int result = REAL(ftruncate)(fd, size);
  pthread_mutex_lock(&mutex);
  struct file *file = result == 0 ? watched(fd) : NULL;
  if (file != NULL && (file->shortest < 0 || size < file->shortest)) file->shortest = size;
  pthread_mutex_unlock(&mutex);
  return result;
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

/* The inode of what goes away may be given to another file. */
static void forget(const char *path) {
  struct stat st;
  if (data == NULL || lstat(path, &st) != 0 || st.st_nlink > 1) return;
  pthread_mutex_lock(&mutex);
  struct file *file = find(st.st_dev, st.st_ino);
  if (file != NULL) file->dev = 0, file->ino = 0;
  pthread_mutex_unlock(&mutex);
}
int unlink(const char *path) {
  forget(path);
  return REAL(unlink)(path);
}
int rename(const char *from, const char *to) {
  forget(to);
  return REAL(rename)(from, to);
}
