/* Loaded into servers and tools of a bench (LD_PRELOAD): fsync and fdatasync take DELAY_NS longer, as on a slower disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int slow(const char *name, int fd) {
  struct timespec delay = {0, DELAY_NS};
  nanosleep(&delay, 0);
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
