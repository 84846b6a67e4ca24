/*
 * process_proc.c - files, folders and links of /proc (proc(5)).
 */
#include "config.h"

#include "role/process_proc.h"

#include "base/out.h"
#include "base/parse.h"
#include "enrich/process_group.h"
#include "enrich/process_mask.h"
#include "enrich/process_text.h"
#include "role/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 64        /* "4194304/net/tcp6" and such */
#define LINK_BYTES 64        /* "socket:[4294967295]", "net:[4026531840]" */
#define FOLDER_BYTES 32768   /* entries of a folder at a time: about a thousand */
#define TABLE_BYTES 65536    /* of a table of sockets at a time: about 400 lines */
#define STAT_BYTES 2048      /* of /proc/PID/stat, which has 52 numbers and a name */
#define STATUS_BYTES 4096    /* of /proc/PID/status; the users stand within the first few hundred */
#define GROUPS_BYTES 8192    /* of /proc/PID/cgroup: a dozen lines, with the path of a pod each */
#define ARGUMENTS_BYTES 4096 /* of a command line: four times what is kept, as what is hidden shrinks */
#define CUT_MARK "..."       /* before the end of a long path */
#define LINK_PATH_BYTES 4096 /* PATH_MAX */

static void path_of(char path[PATH_BYTES], uint32_t pid, const char *name)
{
    struct out o = out_of(path, PATH_BYTES);

    if (pid == 0)
        out_str(&o, "self");
    else
        out_u64(&o, pid);
    out_char(&o, '/');
    out_str(&o, name);
}

bool proc_open(struct proc *p, char *why, size_t n_why)
{
    struct out o = out_of(why, n_why);
    uint64_t own;

    *p = (struct proc){.fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (p->fd < 0) {
        out_fmt(&o, "/proc: %s", strerror(errno));
        return false;
    }
    own = proc_namespace(p, 0);
    if (own == 0) {
        out_str(&o, "/proc: this process is not in it; it must be mounted, of the process numbers that the sensor has");
        close(p->fd);
        p->fd = -1;
        return false;
    }
    p->own_net = (uint32_t)own;
    return true;
}

static bool is_late(struct proc *p)
{
    if (!p->late && clock_mono() > p->deadline_ns) {
        p->late = true;
        p->n_late++;
    }
    return p->late;
}

/* All that is there, up to n bytes. */
static long read_all(int fd, uint8_t *mem, size_t n)
{
    size_t at = 0;
    ssize_t got;

    do {
        got = read(fd, mem + at, n - at);
        if (got > 0)
            at += (size_t)got;
    } while (got > 0 && at < n);
    return got < 0 && at == 0 ? -1 : (long)at;
}

long proc_read(const struct proc *p, const char *path, void *mem, size_t n)
{
    int fd = openat(p->fd, path, O_RDONLY | O_CLOEXEC);
    long got;

    if (fd < 0)
        return -1;
    got = read_all(fd, mem, n);
    close(fd);
    return got;
}

static struct view read_of(const struct proc *p, uint32_t pid, const char *name, uint8_t *mem, size_t n)
{
    char path[PATH_BYTES];
    long got;

    path_of(path, pid, name);
    got = proc_read(p, path, mem, n);
    return view_of(mem, got < 0 ? 0 : (size_t)got);
}

/* --- folders ------------------------------------------------------------------------------------ */

typedef bool name_fn(void *arg, const char *name);

/* Calls fn for each name in the folder, up to max; mem is for its entries. */
static void each_name(struct proc *p, int folder, uint8_t *mem, uint32_t max, name_fn *fn, void *arg)
{
    bool goes_on = true;
    uint32_t n = 0;
    ssize_t got;

    while (goes_on && !is_late(p) && (got = getdents64(folder, mem, FOLDER_BYTES)) > 0) {
        for (ssize_t at = 0; goes_on && at < got;) {
            const struct dirent64 *d = (const struct dirent64 *)(const void *)(mem + at); /* as the kernel aligned it */

            at += d->d_reclen;
            if (d->d_name[0] == '.')
                continue;
            goes_on = n < max && fn(arg, d->d_name);
            p->n_over += n++ == max;
        }
    }
}

struct each {
    struct proc *p;
    proc_each_fn *fn;
    void *arg;
};

static bool each_process(void *arg, const char *name)
{
    struct each *e = arg;
    uint32_t pid;

    return !process_read_pid(view_str(name), &pid) || (!is_late(e->p) && e->fn(e->arg, pid));
}

void proc_each(struct proc *p, proc_each_fn *fn, void *arg)
{
    static _Alignas(struct dirent64) uint8_t mem[FOLDER_BYTES];
    struct each e = {p, fn, arg};
    int folder = openat(p->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0)
        return;
    each_name(p, folder, mem, PROC_PROCESSES_MAX, each_process, &e);
    close(folder);
}

/* --- links -------------------------------------------------------------------------------------- */

static struct view read_link(int folder, const char *path, char *mem, size_t n)
{
    ssize_t got = readlinkat(folder, path, mem, n);

    return view_of(mem, got < 0 ? 0 : (size_t)got);
}

uint64_t proc_namespace(const struct proc *p, uint32_t pid)
{
    char path[PATH_BYTES], mem[LINK_BYTES];
    uint64_t inode;

    path_of(path, pid, "ns/net");
    return process_read_link(read_link(p->fd, path, mem, sizeof(mem)), "net", &inode) ? inode : 0;
}

static bool is_socket(int folder, const char *path, uint64_t inode)
{
    char mem[LINK_BYTES];
    uint64_t got;

    return process_read_link(read_link(folder, path, mem, sizeof(mem)), "socket", &got) && got == inode;
}

struct held {
    const struct proc_wanted *wanted;
    uint32_t n, pid;
    int folder;
    proc_holder_fn *fn;
    void *arg;
};

static bool look_at_file(void *arg, const char *name)
{
    struct held *h = arg;
    char mem[LINK_BYTES];
    uint64_t inode, number;

    if (!process_read_link(read_link(h->folder, name, mem, sizeof(mem)), "socket", &inode) ||
        !parse_u64(view_str(name), &number) || number > INT32_MAX)
        return true;
    for (uint32_t i = 0; i < h->n; i++)
        if (h->wanted[i].inode == inode)
            h->fn(h->arg, h->pid, i, (int)number);
    return true;
}

void proc_find_held(struct proc *p, uint32_t pid, const struct proc_wanted *wanted, uint32_t n, proc_holder_fn *fn, void *arg)
{
    static _Alignas(struct dirent64) uint8_t mem[FOLDER_BYTES];
    struct held h = {.wanted = wanted, .n = n, .pid = pid, .fn = fn, .arg = arg};
    char path[PATH_BYTES];

    path_of(path, pid, "fd");
    h.folder = openat(p->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (h.folder < 0)
        return;
    each_name(p, h.folder, mem, PROC_FILES_MAX, look_at_file, &h);
    close(h.folder);
}

bool proc_holds(const struct proc *p, uint32_t pid, int number, uint64_t inode)
{
    char path[PATH_BYTES];
    struct out o = out_of(path, sizeof(path));

    out_fmt(&o, "%u/fd/%d", pid, number);
    return is_socket(p->fd, path, inode);
}

/* --- sockets ------------------------------------------------------------------------------------ */

static void look_at_line(struct proc_wanted *wanted, uint32_t n, struct view line)
{
    struct process_socket socket;

    if (!process_read_socket(line, &socket))
        return;
    for (uint32_t i = 0; i < n; i++) {
        const struct process_question *q = wanted[i].q;

        if (!addr_eq(&socket.local.addr, &q->miner.addr))
            continue;
        wanted[i].is_local = true;
        if (socket.inode && endpoint_eq(&socket.local, &q->miner) && endpoint_eq(&socket.remote, &q->pool))
            wanted[i].inode = socket.inode;
    }
}

/* Lines from a table that is longer than the memory for it: what is cut off stands at the beginning next time. */
static void search_table(struct proc *p, int fd, struct proc_wanted *wanted, uint32_t n)
{
    static uint8_t mem[TABLE_BYTES];
    size_t kept = 0;
    ssize_t got;

    while (!is_late(p) && (got = read(fd, mem + kept, sizeof(mem) - kept)) > 0) {
        struct view rest = view_of(mem, kept + (size_t)got);
        size_t end;

        while ((end = view_find(rest, '\n')) < rest.n) {
            look_at_line(wanted, n, view_head(rest, end));
            rest = view_skip(rest, end + 1);
        }
        kept = rest.n < sizeof(mem) ? rest.n : 0; /* no line is so long */
        memmove(mem, rest.p, kept);
    }
}

void proc_find_sockets(struct proc *p, uint32_t pid, struct proc_wanted *wanted, uint32_t n)
{
    static const char *const tables[] = {"net/tcp", "net/tcp6"};
    char path[PATH_BYTES];

    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        int fd;

        path_of(path, pid, tables[i]);
        fd = openat(p->fd, path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue; /* no IPv6 there, or the process is gone */
        search_table(p, fd, wanted, n);
        close(fd);
    }
}

/* --- processes ---------------------------------------------------------------------------------- */

static uint16_t copy(uint8_t *to, size_t n_to, struct view from)
{
    size_t n = min_size(n_to, from.n);

    if (n > 0)
        memcpy(to, from.p, n);
    return (uint16_t)n;
}

bool proc_state(const struct proc *p, uint32_t pid, struct proc_state *s)
{
    uint8_t mem[STAT_BYTES];
    struct process_stat stat;

    if (!process_read_stat(read_of(p, pid, "stat", mem, sizeof(mem)), &stat))
        return false;
    *s = (struct proc_state){.start_ticks = stat.start_ticks, .parent = stat.parent};
    s->n_name = copy(s->name, sizeof(s->name), stat.name);
    return true;
}

/* Of a long path the end, where the program's name is. */
static void describe_exe(const struct proc *p, uint32_t pid, struct process_answer *a)
{
    static char mem[LINK_PATH_BYTES];
    char path[PATH_BYTES];
    struct view exe;
    size_t mark = strlen(CUT_MARK);

    path_of(path, pid, "exe");
    exe = read_link(p->fd, path, mem, sizeof(mem));
    if (exe.n > sizeof(a->exe)) {
        memcpy(a->exe, CUT_MARK, mark);
        memcpy(a->exe + mark, exe.p + exe.n - (sizeof(a->exe) - mark), sizeof(a->exe) - mark);
        a->n_exe = sizeof(a->exe);
    } else {
        a->n_exe = copy(a->exe, sizeof(a->exe), exe);
    }
}

void proc_describe(const struct proc *p, uint32_t pid, struct process_answer *a)
{
    static uint8_t mem[GROUPS_BYTES];
    char pod[PROCESS_POD_MAX + 1];
    struct out o = out_of(pod, sizeof(pod));
    struct process_group group;

    (void)process_read_uid(read_of(p, pid, "status", mem, STATUS_BYTES), &a->uid); /* as it was */
    describe_exe(p, pid, a);
    process_read_groups(read_of(p, pid, "cgroup", mem, sizeof(mem)), &group);
    a->n_container = copy(a->container, sizeof(a->container), group.container);
    process_pod_print(group.pod, &o);
    a->n_pod = copy(a->pod, sizeof(a->pod), out_view(&o));
}

void proc_cmdline(const struct proc *p, uint32_t pid, struct process_answer *a)
{
    static uint8_t mem[ARGUMENTS_BYTES];
    char text[PROCESS_CMDLINE_MAX + 1];
    struct out o = out_of(text, sizeof(text));

    process_mask(read_of(p, pid, "cmdline", mem, sizeof(mem)), &o);
    a->n_cmdline = copy(a->cmdline, sizeof(a->cmdline), out_view(&o));
}
