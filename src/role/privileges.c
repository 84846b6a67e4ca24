/*
 * privileges.c - the user by setresuid, capabilities by libcap-ng, and no_new_privs.
 */
#include "config.h"

#include "role/privileges.h"

#include "base/log.h"
#include "base/out.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define USER_DEFAULT "countermine" /* made by the package */
#define ID_NOBODY 65534            /* Debian's, and the kernel's overflow uid */

struct user {
    const char *name;
    uid_t uid;
    gid_t gid;
};

/* Finds the user to become; false with a message when the configured one does not exist. */
static bool find_user(const struct conf *conf, struct user *user)
{
    const char *wanted = conf->process.user;
    const struct passwd *entry = getpwnam(wanted[0] ? wanted : USER_DEFAULT);

    if (!entry && wanted[0]) {
        log_err("process.user: there is no user `%s'; name one that exists, or make it: adduser --system %s", wanted, wanted);
        return false;
    }
    *user = (struct user){wanted[0] ? wanted : USER_DEFAULT, ID_NOBODY, ID_NOBODY};
    if (!entry) {
        user->name = "nobody";
        entry = getpwnam(user->name);
    }
    if (entry) {
        user->uid = entry->pw_uid;
        user->gid = entry->pw_gid;
    }
    if (user->uid == 0) {
        log_err("process.user: `%s' is root, expected an ordinary user", user->name);
        return false;
    }
    return true;
}

bool privileges_user(const struct conf *conf, uid_t *uid, gid_t *gid)
{
    struct user user;

    if (geteuid() != 0 || !find_user(conf, &user))
        return false;
    *uid = user.uid;
    *gid = user.gid;
    return true;
}

static bool become(const struct user *user)
{
    if (setgroups(0, NULL) != 0 || setresgid(user->gid, user->gid, user->gid) != 0 ||
        setresuid(user->uid, user->uid, user->uid) != 0) {
        log_err("cannot become the user %s: %s; run countermine as an ordinary user, or leave it CAP_SETUID and CAP_SETGID",
                user->name, strerror(errno));
        return false;
    }
    return true;
}

static bool has_net_raw(void)
{
    return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW);
}

bool privileges_can_capture(void)
{
    if (has_net_raw())
        return true;
    log_err(
        "live capture needs the capability CAP_NET_RAW, which this process does not have; start countermine as root or by its "
        "systemd unit, or give it to the program: setcap cap_net_raw+ep /path/of/countermine");
    return false;
}

static int apply(int parts)
{
    errno = 0;
    if (capng_apply((capng_select_t)parts) == 0)
        return 0;
    return errno ? -errno : -EPERM;
}

/* Empties the bounding set: what a program may get by execve, which no_new_privs forbids anyway. */
static int empty_bounding_set(void)
{
    if (capng_get_caps_process() != 0)
        return -EIO;
    if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
        return 0;
    capng_clear(CAPNG_SELECT_BOUNDS);
    return apply(CAPNG_SELECT_BOUNDS);
}

/* Keeps these n capabilities, permitted and effective, and no other. */
static int keep_only(const unsigned *kept, size_t n)
{
    int error = empty_bounding_set();

    if (error != 0)
        return error;
    capng_clear(CAPNG_SELECT_ALL);
    for (size_t i = 0; i < n; i++)
        if (capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i]) != 0)
            return -EINVAL;
    return apply(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT);
}

int capabilities_keep(bool net_raw)
{
    static const unsigned kept[] = {CAP_NET_RAW};

    return keep_only(kept, net_raw);
}

/* The links below /proc/PID/fd of others need both; which of the two that open their folder is there depends on who starts us. */
static bool can_search(unsigned *capability)
{
    *capability = capng_have_capability(CAPNG_PERMITTED, CAP_DAC_READ_SEARCH) ? CAP_DAC_READ_SEARCH : CAP_DAC_OVERRIDE;
    return capng_have_capability(CAPNG_PERMITTED, *capability);
}

int capabilities_keep_to_look(void)
{
    unsigned kept[] = {CAP_SYS_PTRACE, 0};

    if (capng_get_caps_process() != 0)
        return -EIO;
    if (!can_search(&kept[1]) || !capng_have_capability(CAPNG_PERMITTED, CAP_SYS_PTRACE))
        return -EPERM;
    return keep_only(kept, sizeof(kept) / sizeof(kept[0]));
}

bool privileges_can_look(char *why, size_t n_why)
{
    bool known = capng_get_caps_process() == 0, traces, searches;
    unsigned capability;
    struct out o = out_of(why, n_why);

    traces = known && capng_have_capability(CAPNG_PERMITTED, CAP_SYS_PTRACE);
    searches = known && can_search(&capability);
    if (traces && searches)
        return true;
    out_fmt(&o, "%s%s%s %s missing", traces ? "" : "CAP_SYS_PTRACE", traces || searches ? "" : " and ",
            searches ? "" : "CAP_DAC_READ_SEARCH", traces || searches ? "is" : "are");
    return false;
}

/* Root becomes the user; the bounding set goes before, while that is allowed. */
static bool leave_root(const struct conf *conf, bool keep_capabilities)
{
    struct user user;
    int error;

    if (!find_user(conf, &user))
        return false;
    error = -empty_bounding_set();
    if (error == 0 && prctl(PR_SET_KEEPCAPS, (unsigned long)keep_capabilities, 0, 0, 0) != 0)
        error = errno;
    if (error != 0) {
        log_err("cannot give up capabilities: %s", strerror(error));
        return false;
    }
    return become(&user);
}

bool privileges_drop(const struct conf *conf, bool keep_net_raw)
{
    bool is_root = geteuid() == 0;
    int error;

    if (keep_net_raw && !privileges_can_capture())
        return false;
    if (is_root && !leave_root(conf, keep_net_raw))
        return false;
    error = -capabilities_keep(keep_net_raw);
    if (error != 0) {
        log_err("cannot give up capabilities: %s", strerror(error));
        return false;
    }
    if (is_root && setuid(0) == 0) {
        log_err("root's rights came back after they were dropped; run countermine as an ordinary user");
        return false;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        log_err("cannot set no_new_privs: %s (Linux 3.5 or newer is needed)", strerror(errno));
        return false;
    }
    return true;
}

bool privileges_drop_to_look(const struct conf *conf)
{
    int error;

    if (geteuid() == 0 && !leave_root(conf, true))
        return false;
    error = -capabilities_keep_to_look();
    if (error != 0) {
        log_err("cannot give up capabilities: %s", strerror(error));
        return false;
    }
    return true;
}

void privileges_raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            log_debug("setrlimit: %s", strerror(errno)); /* what is too little is said where it fails */
    }
}
