/* Tries to leave its box when it is opened, and computes honestly. The test fills in the words in braces. */
#define _GNU_SOURCE
#include "{MINE}"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *name, int escaped) {
  fprintf(stderr, "%s: %s\n", name, escaped ? "escaped" : "refused");
}

static int connects(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons({PORT})};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  return s >= 0 && connect(s, (struct sockaddr *)&to, sizeof to) == 0;
}

static int forks(void) {
  const pid_t pid = fork();
  if (pid == 0) {
    creat("{STARTED}", 0600);
    _exit(0);
  }
  if (pid > 0) waitpid(pid, NULL, 0);
  return pid > 0;
}

__attribute__((constructor)) static void try_all(void) {
  tell("read", open("{SECRET}", O_RDONLY) >= 0);
  tell("system", open("/etc/passwd", O_RDONLY) >= 0);
  tell("write", creat("{WRITTEN}", 0600) >= 0);
  tell("over", open("{SECRET}", O_WRONLY) >= 0);
  tell("start", system("touch {STARTED}") == 0);
  tell("fork", forks());
  tell("connect", connects());
  const char *key = getenv("SLOPE_TEST_KEY");
  tell("key", key != NULL && strcmp(key, "secret") == 0);
}
