/*
 * process_helper.c - the helper's two processes: one that answers, and one that starts it again.
 */
#include "config.h"

#include "role/process_helper.h"

#include "base/out.h"
#include "role/clock.h"
#include "role/ipc.h"
#include "role/privileges.h"
#include "role/process_find.h"
#include "role/sandbox.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MAX_S 3             /* a look gives up after 1.5 s; what takes longer waits for somebody */
#define MEMORY_MAX (16ULL << 20) /* beside what it has when it begins: nothing is allocated after that */
#define BACK_OFF_FIRST_MS 10
#define BACK_OFF_MOST_MS 10000
#define SHORT_LIFE_NS (10 * NS_PER_SEC)
#define LOOK_AT_IT_MS 1000                       /* between two looks at whether it hangs */
#define HANGS_NS ((LOOK_MAX_S + 1) * NS_PER_SEC) /* its alarm did not end it */
#define LEFT_MAX 8                               /* that hang; each holds its memory, and waits for somebody who means it */
#define STILL_THERE 0xffff                       /* a status that neither exits nor signals give */
#define STOP_NS NS_PER_SEC                       /* that it has to end */

enum { ENDED = 0, FAILED = 3 }; /* exit statuses: the parent is gone; it could not begin */

struct helper {
    const struct conf *conf;
    int control, asked, asks;    /* the helper's end of the two to the report, and the report's, which is not its */
    struct process_draft *draft; /* shared by the two */
    uint32_t life;
};

const char process_helper_advice[] =
    "give AmbientCapabilities= and CapabilityBoundingSet= of the systemd unit CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, as "
    "countermine-host.service has them; in an ECS task definition linuxParameters.capabilities.add SYS_PTRACE and pidMode task, for "
    "a container that starts as root; of Docker --cap-add SYS_PTRACE --pid host";

bool process_helper_possible(char *why, size_t n_why)
{
    char missing[80];
    struct out o = out_of(why, n_why);

    if (privileges_can_look(missing, sizeof(missing)))
        return true;
    out_fmt(&o, "the processes of this machine cannot be looked at: %s", missing);
    return false;
}

/* --- the process that answers ---------------------------------------------------------------------- */

static bool enter_jail(const struct helper *h, const struct process_find *find)
{
    struct jail_fds keep = jail_fds_none();
    const int proc = process_find_fd(find);
    char why[200] = "";
    bool ok;

    keep.control = h->control;
    keep.evidence = h->asked;
    keep.inputs = &proc;
    keep.n_inputs = 1;
    ok = jail_enter(JAIL_PROCESSES, &keep, (enum conf_sandbox)h->conf->process.sandbox, MEMORY_MAX, why, sizeof(why));
    if (!ok)
        log_err("the process that looks at processes: %s", why);
    return ok;
}

static void tell(void *arg, struct process_answer *a)
{
    const struct helper *h = arg;

    a->life = h->life;
    /* The report asks again what it gets no answer to, or goes without. */
    (void)ipc_send(h->asked, IPC_PROCESS_TOLD, view_of(a, sizeof(*a)), -1, false);
}

/* Takes the questions that are there, as many as are answered at a time. */
static uint32_t take_questions(const struct helper *h, struct process_question *q)
{
    static struct ipc_message m;
    enum ipc_result got = IPC_GOT;
    uint32_t n = 0;

    while (n < PROCESS_QUESTIONS_MAX && (got == IPC_GOT || got == IPC_BAD)) {
        const void *body;

        got = ipc_receive(h->asked, &m, NULL, false);
        body = got == IPC_GOT && m.head.type == IPC_PROCESS_ASK ? ipc_body(&m, sizeof(*q)) : NULL;
        if (body)
            memcpy(&q[n++], body, sizeof(*q));
    }
    return n;
}

static void answer_all(struct helper *h, struct process_find *find)
{
    static struct process_question questions[PROCESS_QUESTIONS_MAX];
    uint32_t n;

    while ((n = take_questions(h, questions)) > 0) {
        h->draft->busy_ns = clock_mono();
        alarm(LOOK_MAX_S);
        process_find_answer(find, questions, n, tell, h);
        alarm(0);
        h->draft->busy_ns = 0;
    }
}

/* Until the parent is gone. */
static int serve(struct helper *h)
{
    char why[200] = "";
    struct process_find *find = process_find_new(h->draft, why, sizeof(why));
    struct pollfd fds[] = {{.fd = h->asked, .events = POLLIN}, {.fd = h->control, .events = POLLIN}};

    if (!find) {
        log_err("the process that looks at processes: %s", why);
        return FAILED;
    }
    if (!enter_jail(h, find))
        return FAILED;
    for (;;) {
        if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
            return FAILED;
        if (fds[1].revents)
            return ENDED; /* the parent says nothing: it is gone */
        answer_all(h, find);
    }
}

/* --- the process that starts it again --------------------------------------------------------------- */

/* What the one that ended, or hangs, in the midst of an answer had known. */
static void tell_draft(struct helper *h)
{
    static struct process_answer a;
    bool is_set = h->draft->is_set;

    a = h->draft->answer;
    *h->draft = (struct process_draft){.busy_ns = 0};
    if (is_set && process_answer_check(&a))
        tell(h, &a);
}

static void say_replaced(int status)
{
    char how[120];

    child_describe_end(status, how, sizeof(how));
    log_warn("the process that looks at processes %s%s; it is replaced", how,
             WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? ", as one that it looked at held it up" : "");
}

enum end { PARENT_GONE, CHILD_ENDED, CHILD_HANGS };

/*
 * Until the child ends. One that reads from a file system which does not answer cannot even be killed, and is left behind; it has been
 * told to end.
 */
static enum end wait_for(const struct helper *h, pid_t pid, int *status)
{
    int watch = (int)syscall(SYS_pidfd_open, pid, 0); /* -1 before Linux 5.3: then its end is seen late */
    struct pollfd fds[] = {{.fd = h->control, .events = POLLIN}, {.fd = watch, .events = POLLIN}};
    enum end end = CHILD_ENDED;

    while (waitpid(pid, status, WNOHANG) != pid) {
        ns_t busy = h->draft->busy_ns;

        (void)poll(fds, ARRAY_LEN(fds), LOOK_AT_IT_MS);
        if (fds[0].revents || (busy && clock_mono() - busy > HANGS_NS)) {
            end = fds[0].revents ? PARENT_GONE : CHILD_HANGS;
            break;
        }
    }
    if (watch >= 0)
        close(watch);
    return end;
}

/* True when there is to be another one. */
static bool goes_on(struct helper *h, int status, uint32_t *n_left)
{
    if (WIFEXITED(status) && (WEXITSTATUS(status) == ENDED || (WEXITSTATUS(status) == FAILED && h->life == 0)))
        return false;
    if (WIFSIGNALED(status) || WIFEXITED(status)) {
        say_replaced(status);
    } else {
        log_warn("the process that looks at processes hangs in one of them and is left behind; it is replaced");
        (*n_left)++;
    }
    tell_draft(h);
    return *n_left < LEFT_MAX;
}

/* Runs the other process again and again. Gives the exit status. */
static int supervise(struct helper *h)
{
    struct pollfd control = {.fd = h->control, .events = POLLIN};
    uint32_t n_left = 0;
    int back_off_ms = 0;

    for (;; h->life++) {
        ns_t began = clock_mono();
        int status = STILL_THERE;
        pid_t pid = fork();

        if (pid == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* cannot fail; so that there is none without its rights being known */
            _exit(serve(h));
        }
        if (pid > 0) {
            if (wait_for(h, pid, &status) == PARENT_GONE)
                return ENDED;
            if (!goes_on(h, status, &n_left))
                return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
        }
        if (pid > 0 && clock_mono() - began >= SHORT_LIFE_NS)
            back_off_ms = 0;
        else
            back_off_ms = back_off_ms ? (int)min_size((size_t)back_off_ms * 2, BACK_OFF_MOST_MS) : BACK_OFF_FIRST_MS;
        if (poll(&control, 1, back_off_ms) != 0)
            return ENDED;
    }
}

static int helper_main(void *arg, int control)
{
    struct helper *h = arg;
    struct jail_fds none = jail_fds_none();
    char why[200] = "";

    h->control = control;
    close(h->asks);
    h->draft = mmap(NULL, sizeof(*h->draft), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (h->draft == MAP_FAILED) {
        log_err("the process that looks at processes: not enough memory");
        return FAILED;
    }
    if (!privileges_drop_to_look(h->conf))
        return FAILED;
    if (!jail_enter(JAIL_PARENT, &none, (enum conf_sandbox)h->conf->process.sandbox, 0, why, sizeof(why))) {
        log_err("the process that looks at processes: %s", why);
        return FAILED;
    }
    return supervise(h);
}

/* --- the parent --------------------------------------------------------------------------------------- */

bool process_helper_start(struct process_helper *h, const struct conf *conf, ns_t now_ns)
{
    struct helper start = {.conf = conf};
    int pair[2];
    bool ok;

    *h = (struct process_helper)PROCESS_HELPER_NONE;
    if (!ipc_pair(pair)) {
        log_err("socketpair: %s", strerror(errno));
        return false;
    }
    start.asked = pair[0];
    start.asks = pair[1];
    ok = child_start(&h->child, helper_main, &start, now_ns);
    close(pair[0]); /* so that the report hears when nobody is there any more */
    if (ok)
        h->asked = pair[1];
    else
        close(pair[1]);
    return ok;
}

void process_helper_hear(struct process_helper *h)
{
    static struct ipc_message m;
    enum ipc_result got = IPC_NONE;

    while (h->child.control >= 0 && ((got = ipc_receive(h->child.control, &m, NULL, false)) == IPC_GOT || got == IPC_BAD))
        if (got == IPC_GOT && m.head.type == IPC_LOG)
            ipc_log_print(&m);
    if (got == IPC_EOF) { /* waitpid tells the rest */
        close(h->child.control);
        h->child.control = -1;
    }
}

void process_helper_forget(struct process_helper *h)
{
    child_forget(&h->child);
    if (h->asked >= 0)
        close(h->asked);
    h->asked = -1;
}

void process_helper_stop(struct process_helper *h)
{
    ns_t until = clock_mono() + STOP_NS;
    pid_t pid = h->child.pid, got = 0;

    if (pid == 0)
        return;
    process_helper_hear(h); /* its last words */
    process_helper_forget(h);
    while ((got = waitpid(pid, NULL, WNOHANG)) == 0 && clock_mono() < until)
        usleep(1000);
    if (got == 0) {
        kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0); /* nothing is left to be done about it */
    }
}
