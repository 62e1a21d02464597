// Calls every system call of x86_64, x32 and i386 in a process of its own and prints what came of it, a line each.
//
// The arguments are all -1, which no call takes for a descriptor, an address, a pid or a size; then some calls again with arguments
// that the profiles of the engines look at. Results that differ from run to run (pids, descriptors) are all "ok".
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { X64, I386 };

// Observations, 10 ms apart, of a process that is asleep in the call; one that merely gets no processor is not counted.
enum { ASLEEP = 20 };

static long call(int abi, unsigned long nr, const unsigned long *a)
{
    long result;
    if (abi == X64) {
        register unsigned long r10 __asm__("r10") = a[3];
        register unsigned long r8 __asm__("r8") = a[4];
        register unsigned long r9 __asm__("r9") = a[5];
        __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
        return result;
    }

    // The sixth argument is in ebp, which the compiler may not give away.
    __asm__ volatile("push %%rbp\n\tmov %[six], %%rbp\n\tint $0x80\n\tpop %%rbp"
                     : "=a"(result)
                     : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), [six] "r"(a[5])
                     : "r8", "r9", "r10", "r11", "memory");
    return (int)result;
}

static int sleeps_in(pid_t pid, unsigned long nr)
{
    char path[64];
    unsigned long number = 0;
    snprintf(path, sizeof path, "/proc/%d/syscall", pid);
    FILE *file = fopen(path, "r");
    int count = file ? fscanf(file, "%lu", &number) : 0;
    if (file)
        fclose(file);
    return count == 1 && number == nr;
}

static void attempt(const char *name, int abi, unsigned long nr, const unsigned long *arguments)
{
    int report[2];
    if (pipe(report) != 0)
        _exit(99);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        pid_t self = (pid_t)syscall(SYS_getpid);
        long result = call(abi, nr, arguments);
        // A child of this child (fork, clone) has nothing to tell.
        if (result == 0 && (pid_t)syscall(SYS_getpid) != self)
            syscall(SYS_exit_group, 0);
        int error = result < 0 && result > -4096 ? (int)-result : 0;
        write(report[1], &error, sizeof error);
        syscall(SYS_exit_group, 0);
    }

    close(report[1]);
    struct pollfd wait = {.fd = report[0], .events = POLLIN};
    int error = -1, status = 0;
    int ready = 0;
    for (int asleep = 0; ready == 0 && asleep < ASLEEP; asleep = sleeps_in(pid, nr) ? asleep + 1 : 0)
        ready = poll(&wait, 1, 10);
    if (ready == 1 && read(report[0], &error, sizeof error) != sizeof error)
        error = -1;
    close(report[0]);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);

    printf("%s %lu", name, nr & ~0x40000000UL);
    for (int i = 0; i < 3 && arguments[i] != -1UL; i++)
        printf(" %lx", arguments[i]);
    if (error > 0)
        printf(": errno %d\n", error);
    else if (error == 0)
        printf(": ok\n");
    else if (ready == 0)
        printf(": waits\n");
    else if (WIFSIGNALED(status))
        printf(": signal %d\n", WTERMSIG(status));
    else
        printf(": exit %d\n", WEXITSTATUS(status));
}

int main(void)
{
    static const unsigned long none[6] = {-1UL, -1UL, -1UL, -1UL, -1UL, -1UL};
    // sync(2) writes the whole machine's caches; a filter lets it through or not without looking at anything.
    for (unsigned long nr = 0; nr < 600; nr++) {
        if (nr != SYS_sync)
            attempt("x86_64", X64, nr, none);
        if (nr != 36)
            attempt("i386", I386, nr, none);
        attempt("x32", X64, nr | 0x40000000UL, none);
    }

    static const unsigned long personalities[] = {0, 8, 0x20000, 0x20008, 0xffffffff, 1, 0x10000, 0x100000008};
    for (unsigned i = 0; i < sizeof personalities / sizeof *personalities; i++) {
        unsigned long a[6] = {personalities[i], -1UL, -1UL, -1UL, -1UL, -1UL};
        attempt("x86_64", X64, SYS_personality, a);
        attempt("i386", I386, 136, a);
    }

    // AF_INET, AF_NETLINK with and without NETLINK_AUDIT, AF_VSOCK, and what only looks like them in the lower half.
    static const unsigned long sockets[][3] = {{2, 2, 0}, {16, 3, 9}, {16, 3, 0}, {40, 1, 0}, {39, 1, 0}, {0x100000028, 1, 0}, {16, 3, 0x100000009}};
    for (unsigned i = 0; i < sizeof sockets / sizeof *sockets; i++) {
        unsigned long a[6] = {sockets[i][0], sockets[i][1], sockets[i][2], 0, 0, 0};
        attempt("x86_64", X64, SYS_socket, a);
        attempt("i386", I386, 359, a);
    }

    // CLONE_NEW* one by one, and a plain fork.
    static const unsigned long clones[] = {17, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000};
    for (unsigned i = 0; i < sizeof clones / sizeof *clones; i++) {
        unsigned long a[6] = {clones[i] | 17, 0, 0, 0, 0, 0};
        attempt("x86_64", X64, SYS_clone, a);
        attempt("i386", I386, 120, a);
    }

    // Operations of socketcall(2) and ipc(2), of which the filter sees only the number.
    for (unsigned long operation = 0; operation < 26; operation++) {
        unsigned long a[6] = {operation, -1UL, -1UL, -1UL, -1UL, -1UL};
        attempt("i386", I386, 102, a);
        attempt("i386", I386, 117, a);
    }

    return 0;
}
